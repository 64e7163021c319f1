#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# times.sh RESULTS: where the time of a run of suite.sh went. Reads what
# suite.sh noted in RESULTS/times and the seconds of each assertion; prints two
# tables. Machines run side by side: the sum is more than a clock shows.
set -u

cd "$1" || exit

# tests: kernel, name and seconds of each assertion, as they were the first time
tests() {
	local dir

	for dir in */; do
		[[ $dir != *-again/ ]] || continue
		cat "$dir/first.jsonl" 2>/dev/null ||
			cat "$dir/results.jsonl" 2>/dev/null
	done | sed -n 's/^{"kernel": "\([^"]*\)", "test": "\([^"]*\)".*"seconds": \([0-9.]*\)}$/\1 \2 \3/p'
}

parts() {
	awk '
		function add(part, seconds)
		{
			if (!(part in sum))
				order[++n] = part
			sum[part] += seconds
		}
		$1 ~ /^machine:.*-again$/	{ again += $2; next }
		$1 ~ /^machine:/		{ machines += $2; next }
						{ add($1, $2) }
		END {
			add("machines", machines)
			add("second runs", again)
			for (i = 1; i <= n; i++)
				printf "%-20s %6d s\n", order[i], sum[order[i]]
		}' times
}

# in seconds of the guest: where its clock counts instructions, not of the host
dearest() {
	awk '
		!(($1, $2) in seen)	{ seen[$1, $2]; kernels[$2]++ }
					{ sum[$2] += $3 }
		END {
			for (test in sum)
				printf "%-20s %6d s on %d\n", test, sum[test],
					kernels[test]
		}' | sort -k 2,2nr | head -n 10
}

echo 'Where the time went:'
parts
echo 'The dearest tests, and on how many kernels:'
tests | dearest
