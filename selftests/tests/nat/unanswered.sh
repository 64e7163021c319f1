#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Hosts that send to a server which never answers take all zones, or fill the table,
# as somebody does who makes up addresses. Others start all the same, and those that
# are answered stay.
#
#   10.1.0.1, .2, ... --- [c1] --- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#                                                                      199.0.0.9
set -u
# shellcheck source=selftests/lib/traffic.sh
. "$(dirname "$0")/../../lib/traffic.sh"

# strangers N: so many send one packet each
strangers() {
	send c1 --src 10.1.3.1 --dst 199.0.0.9 --spi 0x30000000 --hosts "$1"
}

# both TEXT: two hosts start, and get all of their own
both() {
	local result

	result=$(hosts --src 10.1.0.2 --hosts 2 --stagger 300 --interval 50 \
		--count 5)
	is "$(fields "$result" own foreign)" "10 0" "$1: two hosts start" ||
		diag "$result"
}

few_entries() {
	[ "$(at gw conntrack -C)" -le 110 ]
}

# play TEXT SYSCTL VALUE
play() {
	howto_net 1
	ipn srv addr add 199.0.0.9/24 dev eth0
	masquerade
	many_hosts
	gw_set "$2" "$3"
	hosts --hosts 1 --count 3 > /dev/null
	strangers 150
	is "$(stats no_zone full)" "0 0" "$1: there is room for 150 strangers"
	both "$1"
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
