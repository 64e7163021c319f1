#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# run.sh PROGRAM... - tests one after the other
#
# Each PROGRAM, with its arguments in one word, prints TAP. What they print is
# joined, with the programs' names before the texts. A program that fails
# without saying what, or says nothing at all, is a failure, too. The last line
# is "N passed, N failed". RUNNER is put before every program (valgrind).
set -u

cd "$(dirname "$0")" || exit 1
export LC_ALL=C UBSAN_OPTIONS=print_stacktrace=1
read -r -a runner <<< "${RUNNER:-}"
tmp=$(mktemp) || exit 1
trap 'rm -f "$tmp"' EXIT
n=0 failed=0

# result STATUS TEXT
result() {
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
	else
		failed=$((failed + 1))
		echo "not ok $n - $2"
	fi
}

# join NAME: what NAME has printed to $tmp
join() {
	local line verdict='^(not )?ok [0-9]+ - (.*)'

	while IFS= read -r line; do
		if [[ $line =~ $verdict ]]; then
			[ -z "${BASH_REMATCH[1]}" ]
			result $? "$1: ${BASH_REMATCH[2]}"
		elif [[ $line != 1..* ]]; then
			echo "# ${line#\# }"
		fi
	done < "$tmp"
}

# run PROGRAM [ARGUMENT...]
run() {
	local name n_before=$n failed_before=$failed status

	name=$(basename "$1")
	# a script puts it where it is wanted
	[[ $1 == *.sh ]] || set -- "${runner[@]}" "$@"
	"$@" > "$tmp" 2>&1
	status=$?
	join "$name"
	if [ "$n" = "$n_before" ] || { [ "$status" != 0 ] &&
		[ "$failed" = "$failed_before" ]; }; then
		result 1 "$name: runs to its end (exit status $status)"
	fi
}

for program; do
	read -r -a words <<< "$program"
	run "${words[@]}"
done
echo "1..$n"
echo "$((n - failed)) passed, $failed failed"
[ "$n" -gt 0 ] && [ "$failed" = 0 ]
