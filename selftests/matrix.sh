#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# matrix.sh [FAULT...]: plays 2 and 20 hosts with 1, 3 and 20 children each, that
# talk, are idle, or whose server begins, with each of these faults (default: all),
# and prints what reached its owner outside of the 3 s after the fault. Run by
# "make emulate-matrix" in a machine whose clock counts instructions.
set -u
# shellcheck source=selftests/lib/emulator.sh
. "$(dirname "$0")/lib/emulator.sh"

SECONDS_EACH=14
FAULTS=(none late loss spoof reload flush delete move)
RESULT=${RESULT:-/dev/null}
played=0 missed=0

# traffics FAULT: a fault that a host has to answer by sending has them all send
traffics() {
	case $1 in
	flush | delete | move) echo talking ;;
	*) echo talking idle polled ;;
	esac
}

# cell FAULT HOSTS CHILDREN TRAFFIC
cell() {
	local before=$tap_failed verdict=reached

	case_children "$SECONDS_EACH" "$2" "$3" "$1" "$4"
	judge_children > "$TMP/judged"
	[ "$tap_failed" = "$before" ] || verdict=missed
	played=$((played + 1))
	[ "$verdict" = reached ] || missed=$((missed + 1))
	printf '%-8s %-8s %2d hosts %2d children: %s %s\n' "$1" "$4" "$2" "$3" \
		"$(emu '"\(.own_outside) of \(.outside), wrong \(.wrong_longest_ms | round) ms, copies \(.copies_percent | round) %"')" \
		"$verdict"
	jq -c --arg cell "$*" '{cell: $cell} + .' <<< "$emu" >> "$RESULT"
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
[ "$missed" = 0 ]
