#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A server begins IKE to a host that a dnat rule brings it to. That host has a
# flow of its own with this server, or has none: it is reached, from port 500,
# and nobody else hears of it.
#
#   c1 10.0.0.2 ---+
#   c3 10.0.0.4 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#                            dnat UDP 500 to c3
set -u
# shellcheck source=selftests/lib/ike.sh
. "$(dirname "$0")/../../lib/ike.sh"

R=0xa1

network() {
	net_down
	howto_net 3
	masquerade
	at gw nft -f - <<-RULES
		table ip inward {
			chain prerouting {
				type nat hook prerouting priority dstnat
				iifname "eth1" udp dport 500 dnat to 10.0.0.4
			}
		}
	RULES
	for name in c1 c2 c3; do
		watch "$name" "udp sport 500 @th,64,64" 0x5555 0x6666
		at "$name" nft add rule inet watch in udp dport 500 udp sport \
			!= 500 counter comment other
	done
	ike_watch srv 0x1111
}

others() {
	seen c3 other
}

has_a_flow() {
	local before

	network
	ike_up 1 0x1111 "$R"
	ike_up 3 0x3333 "$R"
	ike_in 0x5555 0 "$INIT" 8 0
	ike_in 0x5555 0 "$INIT" 8 0
	is "$(seen_by 0x5555) $(others)" "0 0 1 0" \
		"a host with a flow of its own hears the server when it repeats"
	ike_out 3 0x5555 "$R" "$INIT" "$RESPONSE" 0
	ike_in 0x5555 "$R" "$AUTH" 8 1
	is "$(seen_by 0x5555) $(others)" "0 0 2 0" "and goes on with it"
	ike_in 0x6666 0 "$INIT" 8 0
	is "$(seen_by 0x6666) $(others)" "0 0 1 0" "from then on at once"
	before=$(seen srv 0x1111)
	ike_out 1 0x1111 "$R" "$INFO" "$((RESPONSE + 8))" 0 80
	is "$(($(seen srv 0x1111) - before))" 1 "others go on"
}

has_none() {
	network
	ike_up 1 0x1111 "$R"
	ike_in 0x5555 0 "$INIT" 8 0
	is "$(seen_by 0x5555) $(others)" "0 0 1 0" \
		"a host without a flow is found by the rule"
	ike_out 3 0x5555 "$R" "$INIT" "$RESPONSE" 0
	ike_in 0x5555 "$R" "$AUTH" 8 1
	is "$(seen_by 0x5555) $(others)" "0 0 2 0" "and goes on"
}

has_a_flow
has_none
done_testing
