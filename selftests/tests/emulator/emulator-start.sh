#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# 20 hosts with IKE start within 100 ms, their server 50 ms away.
#
# clock: instructions
# kernels: 6.12
set -u
# shellcheck source=selftests/lib/emulator.sh
. "$(dirname "$0")/../../lib/emulator.sh"

case_start 15
judge_start
done_testing
