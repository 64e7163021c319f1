#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# 20 hosts with IKE start within 100 ms, their server 50 ms away; then the same
# over a line that loses one packet of a hundred and reorders others.
set -u
# shellcheck source=selftests/emulator.sh
. "$(dirname "$0")/../emulator.sh"

case_start 15
judge_start
case_loss 20
judge_loss
done_testing
