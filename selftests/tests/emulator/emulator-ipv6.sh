#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# 20 hosts with IKE start within 100 ms, all of it over IPv6.
#
# clock: instructions
# kernels: 6.12
set -u
# shellcheck source=selftests/lib/emulator.sh
. "$(dirname "$0")/../../lib/emulator.sh"

case_start6 15
judge_start6
done_testing
