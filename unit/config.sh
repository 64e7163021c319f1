#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# config.sh - what "make check-config" says of made-up configurations
set -u

cd "$(dirname "$0")/.." || exit 1
# shellcheck source=selftests/lib/tap.sh
. selftests/lib/tap.sh
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
# of the make that has called this one
unset MAKEFLAGS MAKELEVEL

# with NAME VALUE...: a configuration with every option, but these
with() {
	awk -F '\t' '!/^#/ { print "CONFIG_" $1 "=m" }' compat/options > "$tmp/all"
	while [ $# -gt 0 ]; do
		sed -i "s/^CONFIG_$1=.*/$2/" "$tmp/all"
		shift 2
	done
}

# config FILE: what is said of it, and the status of that
config() {
	make -s check-config CONFIG="$1" 2>&1 | sed "s,$tmp/,,"
	sh compat/config.sh "$1" > "$tmp/said" 2>&1
	echo "status $?"
}

with
is "$(config "$tmp/all")" "all lacks nothing
status 0" "a configuration with all of it"
gzip -k "$tmp/all"
is "$(config "$tmp/all.gz")" "all.gz lacks nothing
status 0" "as /proc/config.gz has it"
with NF_CONNTRACK_ZONES '# CONFIG_NF_CONNTRACK_ZONES is not set' NFT_MASQ ''
like "$(config "$tmp/all")" "CONFIG_NF_CONNTRACK_ZONES \(needed\): .*zone.*
CONFIG_NFT_MASQ \(optional\): nft: no \"masquerade\"
all lacks 2 of [0-9]+ options: the modules need 1 of them.*
status 1" "what is needed, and what isn't"
with IPV6 'CONFIG_IPV6=n' MODULE_UNLOAD 'CONFIG_MODULE_UNLOAD_TAINT=y'
like "$(config "$tmp/all")" "CONFIG_IPV6 .*
CONFIG_MODULE_UNLOAD .*
status 0" "=n, and an option of a longer name"
like "$(config "$tmp/none")" "no configuration of a kernel in none.*
status 2" "a file that isn't there"
is "$(sh compat/config.sh "$tmp/none" "$tmp/all.gz" | tail -n 1)" \
	"$tmp/all.gz lacks nothing" "the first one that is there is taken"
awk -F '\t' '!/^#/ { print $1 ": " $3 }' compat/options |
while IFS= read -r line; do
	grep -qF "\`${line%%:*}\`" README.md ||
		echo "$line"
done > "$tmp/unnamed"
is "$(cat "$tmp/unnamed")" "" "README.md has every option"
done_testing
