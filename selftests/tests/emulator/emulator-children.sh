#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Hosts with several children, some of which talk, some are idle and some are
# polled by their server. Entries are deleted, a host moves to another address,
# somebody sends in the server's name: three seconds later all is well.
#
# Left out are 20 hosts with 20 children, of whose packets some are lost without any
# fault, and a host that moves with 20.
#
# clock: instructions
# kernels: 6.12
# timeout: 900
set -u
# shellcheck source=selftests/lib/emulator.sh
. "$(dirname "$0")/../../lib/emulator.sh"

# play FAULT HOSTS CHILDREN
play() {
	case_children 14 "$2" "$3" "$1"
	judge_children
}

for fault in none flush delete spoof move; do
	for hosts in 2 20; do
		play "$fault" "$hosts" 1
		play "$fault" "$hosts" 3
	done
done
for fault in none flush delete spoof; do
	play "$fault" 2 20
done
done_testing
