#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# 50 hosts rekey every 30 s; a third of the rekeys are begun by the server, in
# some of them ESP overtakes the response, and the line loses packets.
#
# timeout: 600
# clock: instructions
# kernels: 6.12
set -u
# shellcheck source=selftests/lib/emulator.sh
. "$(dirname "$0")/../../lib/emulator.sh"

case_rekey 60
judge_rekey
done_testing
