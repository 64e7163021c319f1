#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# matrix.sh [FAULT...]: plays 2 and 20 hosts with 1, 3 and 20 children each, that
# talk, are idle, or whose server begins, with each of these faults (default: all);
# with a fault that a host has to answer by sending, all send. Prints what reached
# its owner outside of the 3 s after the fault, then what was not reached. Run by
# "make emulate-matrix" in a machine whose clock counts instructions.
set -u
# shellcheck source=selftests/lib/emulator.sh
. "$(dirname "$0")/lib/emulator.sh"

SECONDS_EACH=14
FAULTS=(none late loss spoof reload flush delete move)
RESULT=${RESULT:-/dev/null}
played=0 missed=0

# traffics FAULT: those that can be played with it
traffics() {
	local usual

	usual=$(usual_traffic "$1")
	case $usual in
	mixed) echo talking idle polled ;;
	*) echo "$usual" ;;
	esac
}

# what reached its owner, for people
CAME='"\(.own_outside) of \(.outside), wrong \(.wrong_longest_ms | round) ms, " +
	"copies \(.copies_percent | round) %"'

# cell FAULT HOSTS CHILDREN TRAFFIC
cell() {
	case_children "$SECONDS_EACH" "$2" "$3" "$1" "$4"
	judge children "$4"
	played=$((played + 1))
	printf '%-8s %-8s %2d hosts %2d children: %s %s\n' "$1" "$4" "$2" "$3" \
		"$(emu "$CAME")" "$verdict"
	keep cell "$*"
}

[ $# -gt 0 ] || set -- "${FAULTS[@]}"
for fault; do
	for traffic in $(traffics "$fault"); do
		for hosts in 2 20; do
			for children in 1 3 20; do
				cell "$fault" "$hosts" "$children" "$traffic"
			done
		done
	done
done
echo "$played played, $missed missed"
all_reached
