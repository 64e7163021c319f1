#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# 20 hosts rekey every 15 s, while a queue on the way fills and empties.
#
# timeout: 600
# clock: instructions
# kernels: 6.12
set -u
# shellcheck source=selftests/lib/emulator.sh
. "$(dirname "$0")/../../lib/emulator.sh"

case_queue 40
judge_queue
done_testing
