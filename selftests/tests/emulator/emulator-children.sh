#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Hosts with several children, some of which talk, some are idle and some are
# polled by their server. Entries are deleted, a host moves to another address,
# somebody sends in the server's name: three seconds later all is well.
#
# clock: instructions
# kernels: 6.12
# timeout: 900
set -u
# shellcheck source=selftests/lib/emulator.sh
. "$(dirname "$0")/../../lib/emulator.sh"

for fault in none flush delete spoof move; do
	for hosts in 2 20; do
		for number in 1 3 20; do
			case_children 14 "$hosts" "$number" "$fault"
			judge_children
		done
	done
done
done_testing
