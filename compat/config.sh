#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# config.sh CONFIG...: says of the first file that is there, the configuration of a
# kernel, which of the options in the file "options" it lacks and what doesn't work
# then. Fails if the modules can't be built for it.
set -eu

for config; do
	[ ! -r "$config" ] || break
done
if [ ! -r "$config" ]; then
	echo "There is no configuration of a kernel in $*: make check-config CONFIG=FILE" >&2
	exit 2
fi
case $config in
*.gz) zcat "$config" ;;
*) cat "$config" ;;
esac | awk -F '\t' -v name="$config" '
	NR == FNR {
		if (!/^#/) {
			option[++n] = $1
			need[n] = $2
			without[n] = $3
		}
		next
	}
	/^CONFIG_[A-Z0-9_]*=[ym]$/ {
		sub(/^CONFIG_/, "")
		sub(/=.*/, "")
		has[$0]
	}
	END {
		for (i = 1; i <= n; i++) {
			if (option[i] in has)
				continue
			missing++
			if (need[i] == "build")
				fatal++
			printf "CONFIG_%s (%s): %s\n", option[i],
				need[i] == "build" ? "needed" : "optional",
				without[i]
		}
		printf "%s lacks %s%s\n", name,
			missing ? missing " of " n " options" : "nothing",
			fatal ? ": the modules need " fatal " of them" : ""
		exit (fatal > 0)
	}' "$(dirname "$0")/options" -
