#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# 20 hosts with IKE start within 100 ms; their tunnels carry requests, bulk
# transfers, voice, one-way streams, or next to nothing.
#
# clock: instructions
# kernels: 6.12
set -u
# shellcheck source=selftests/lib/emulator.sh
. "$(dirname "$0")/../../lib/emulator.sh"

case_mixed 20
judge_mixed
done_testing
