#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# emulate.sh [CASE[:SECONDS]...]: plays the cases of emulator.sh at full length
# and prints a table of what came out, then what was not reached. Run by
# "make emulate" in a machine whose clock counts instructions: neither other
# work of the real one nor its speed then show in the figures.
#
#   RESULT	a file for the complete reports, JSON lines
#   SEED, VERBOSE	see emulator.sh
set -u
# shellcheck source=selftests/lib/emulator.sh
. "$(dirname "$0")/lib/emulator.sh"

CASES=(start:60 start6:20 loss:60 manual:60 mixed:20 paced:20 rekey:600 churn:60
	queue:50 children:14 children_flush:14 children_delete:14
	children_spoof:14 children_move:14 delete:60 delete_guess1:60 icmp:20 idle:25 spoof:60
	preload:15)
RESULT=${RESULT:-/dev/null}
missed=0

# row CELL...
row() {
	local IFS='|'

	echo "|$*|"
}

# seconds, to be read by people
CELLS='def s: if . == null then "never" else . / 10 | round / 100 end;
	[(.delivered_percent * 1000 | floor / 1000 | tostring) + " %",
	.lost + .only_others, .wrong, (.wrong_longest_ms | s),
	"\(.decided) of \(.spis)", (.decided_p50_ms | s),
	(.decided_p95_ms | s), (.copies_percent * 10 | round / 10 |
	tostring) + " %", (.silent_ms | s), .killed,
	(.lateness.packet_max_ms | round)] | map(" \(.) ") | join("|")'

# play CASE SECONDS
play() {
	"case_$1" "$2"
	judge "$1" "$1"
	row " $1, $2 s " "$(emu "$CELLS")" " $verdict "
	keep case "$1"
}

# length CASE: of the table above
length() {
	local one

	for one in "${CASES[@]}"; do
		[ "${one%:*}" != "$1" ] || echo "${one#*:}"
	done
}

row " case " ' delivered ' ' not ' ' wrong ' ' longest, s ' ' decided ' \
	' half, s ' ' 95 %, s ' ' copies ' ' silence, s ' ' killed ' \
	' late, ms ' ' figures '
row --- ---: ---: ---: ---: ---: ---: ---: ---: ---: ---: ---: ---
[ $# -gt 0 ] || set -- "${CASES[@]}"
for one; do
	name=${one%%:*} seconds=${one#*:}
	[ "$seconds" != "$name" ] || seconds=$(length "$name")
	[ -n "$seconds" ] || bail "no case \"$name\""
	play "$name" "$seconds"
done
all_reached
