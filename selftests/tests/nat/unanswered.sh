#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Hosts that send to a server which never answers would take all zones, or fill
# the table, as somebody does who makes up addresses. They yield, the oldest
# first: others start all the same, those that are answered stay, and whoever
# has begun meanwhile has time to be answered.
#
#   10.1.0.1, .2, ... --- [c1] --- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#                                                                      199.0.0.9
# clock: instructions
# kernels: 6.12
set -u
# shellcheck source=selftests/lib/traffic.sh
. "$(dirname "$0")/../../lib/traffic.sh"

# strangers NET N: so many hosts 10.1.NET.x send one packet each, 20 in a second
strangers() {
	send c1 --src "10.1.$1.1" --dst 199.0.0.9 --spi "0x30000$1" \
		--hosts "$2" --stagger 50
}

# both TEXT: two hosts start, and get all of their own
both() {
	local result

	result=$(hosts --src 10.1.0.2 --spi 0x1100 --answer-spi 0x2100 \
		--hosts 2 --stagger 300 --interval 50 \
		--count 5)
	is "$(fields "$result" own foreign)" "10 0" "$1: two hosts start" ||
		diag "$result"
}

few_entries() {
	[ "$(at gw conntrack -C)" -le 110 ]
}

# patient TEXT: a host asks five times, a second apart, before it is answered
patient() {
	local k

	listen c1 c1 eth0
	for k in 1 2 3 4 5; do
		send c1 --src 10.1.0.50 --dst "$SRV" --spi 0x50 --seq "$k"
		sleep 1
	done
	new_in 0x51 1
	sleep 0.3
	heard c1 spi=0x00000051 > "$TMP/patient"
	diag "$(cat "$TMP/patient")"
	is "$(grep -c 'dst=10.1.0.50 ' "$TMP/patient")" 1 \
		"$1: a host that insists is answered after five seconds"
	is "$(grep -vc 'dst=10.1.0.50 ' "$TMP/patient")" 0 "$1: nobody else is"
	cmp_ok "$(vpn_sessions '.[] | select(.client == "10.1.0.50") | .age_ms')" \
		-ge 5000 "$1: its session has not yielded"
}

# play TEXT SYSCTL VALUE
play() {
	howto_net 1
	ipn srv addr add 199.0.0.9/24 dev eth0
	masquerade
	many_hosts
	gw_set "$2" "$3"
	hosts --hosts 1 --count 3 > /dev/null
	strangers 3 150
	is "$(stats no_zone full)" "0 0" "$1: there is room for 150 strangers"
	both "$1"
	bg strangers 4 120
	patient "$1"
	is "$(spi_state "$(vpn_spis '.[] | select(.client == "10.1.0.1" and
		.dir == "in") | .spi')")" "10.1.0.1 established sole" \
		"$1: who was answered before stays"
	check "$1: what had to make room isn't left in conntrack" \
		busywait 5 few_entries
	net_down
}

play "100 zones" nf_conntrack_vpn_zone_base 65436
play "200 entries" nf_conntrack_vpn_max 200
done_testing
