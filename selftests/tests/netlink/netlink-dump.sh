#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A dump of many sessions while others come and go: none that lives through it
# is lost or told twice, and it takes no more than twice as long as conntrack's
# own of as many entries. ENTRIES says how many, 100000 for the real thing.
#
#   [gw] 200.200.200.200
# timeout: 1800
# kernels: all
set -u
# shellcheck source=selftests/lib/traffic.sh
. "$(dirname "$0")/../../lib/traffic.sh"

ENTRIES=${ENTRIES:-5000}

# seconds of conntrack -L, the best of three
conntrack_time() {
	local times=() TIMEFORMAT=%R

	for _ in 1 2 3; do
		times+=("$({ time at gw conntrack -L -p esp > /dev/null 2>&1; } \
			2>&1)")
	done
	printf '%s\n' "${times[@]}" | sort -n | head -n 1
}

howto_net 1
masquerade
gw_set nf_conntrack_vpn_max $((ENTRIES * 4))
gw_set nf_conntrack_vpn_zone_base 1
sysctl -qw net.netfilter.nf_conntrack_max=$((ENTRIES * 4)) \
	net.netfilter.nf_conntrack_buckets=$((ENTRIES * 2)) 2> /dev/null
out=$(at gw genl_dump "$ENTRIES" $((10 * ${SLOW:-1})))
diag "$out"
cmp_ok "$(field dumps "$out")" -ge 1 "dumps came to their end"
is "$(field lost "$out")" 0 "$ENTRIES sessions: none is lost"
is "$(field twice "$out")" 0 "none is told twice"
theirs=$(conntrack_time)
diag "conntrack -L takes $theirs s"
check "at most twice the time of conntrack -L" \
	awk -v ours="$(field quiet "$out")" -v theirs="$theirs" \
	'BEGIN { exit !(ours <= 2 * theirs) }'
done_testing
