#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# 20 hosts with IKE start within 100 ms and packets aren't copied: their IKE is
# held apart, so that each gets its own.
#
# clock: instructions
# kernels: 6.12
set -u
# shellcheck source=selftests/lib/emulator.sh
. "$(dirname "$0")/../../lib/emulator.sh"

case_paced 20
judge_paced
done_testing
