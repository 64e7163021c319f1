#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Hosts with several children, some of which talk, some are idle and some are
# polled by their server. Entries are deleted, a host moves to another address,
# somebody sends in the server's name: three seconds later all is well. "make
# emulate" plays each with 20 hosts of 20 children; here are some that all talk,
# which are more than the gateway has room for while they are undecided.
#
# clock: instructions
# kernels: 6.12
# timeout: 600
set -u
# shellcheck source=selftests/lib/emulator.sh
. "$(dirname "$0")/../../lib/emulator.sh"

# play FAULT HOSTS CHILDREN [TRAFFIC]
play() {
	case_children 14 "$2" "$3" "$1" "${4:-}"
	judge_children
}

for fault in none flush delete spoof move; do
	play "$fault" 5 3
done
for fault in flush move; do
	play "$fault" 10 1
done
for fault in none delete; do
	play "$fault" 2 20
done
play delete 16 20
play spoof 20 1 talking
done_testing
