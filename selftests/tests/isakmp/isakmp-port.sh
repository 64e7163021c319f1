#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# nf_conntrack_isakmp_keep_port: which hosts leave from port 500; rules that
# don't let them; IPv6; and the tracker on its own, without those of ESP.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+
# modules: nf_conntrack_vpn nf_conntrack_isakmp
set -u
# shellcheck source=selftests/lib/ike.sh
. "$(dirname "$0")/../../lib/ike.sh"

# NAT_DETECTION_SOURCE_IP (16388, RFC 7296 section 2.23) as the only payload
natt_init() {
	ike_message "$1" 0 "$INIT" 8 0 28 | sed 's/^\(.\{32\}\)../\129/' |
		sed 's/0000001c$/00000038/'
	echo 0000001c00004004
	printf '%040d\n' 0
}

keep_port() {
	at gw sysctl -qw "net.netfilter.nf_conntrack_isakmp_keep_port=$1"
	at gw conntrack -F > /dev/null 2>&1
}

# first messages of all three hosts
first() {
	local k

	for k in 1 2 3; do
		ike_out "$k" "0x${k}${k}${k}$1" 0 "$INIT" 8 0
	done
}

# ports that the server sees, lowest first
ports() {
	at gw conntrack -L -p udp --orig-port-dst 500 2>/dev/null |
		sed -n 's/.* src=199.0.0.1 .* dport=\([0-9]*\) .*/\1/p' |
		sort -n | paste -sd' '
}

kept() {
	ports | tr ' ' '\n' | grep -c '^500$'
}

labelled() {
	at gw conntrack -L -p udp --orig-port-dst 500 2>/dev/null |
		grep -c helper=isakmp
}

with_values() {
	first 1
	is "$(kept)" 3 "1: all hosts keep port 500"
	is "$(labelled)" 3 "their entries carry the label"
	keep_port 0
	first 2
	is "$(kept)" 1 "0: one does, as with stock conntrack"
	is "$(labelled)" 3 "the entries carry the label all the same"
	keep_port 2
	first 3
	is "$(kept)" 3 "2: all keep it whose first message shows no NAT-T"
	at gw conntrack -F > /dev/null 2>&1
	ike_out 1 0x1114 0 "$INIT" 8 0
	udp_send c2 "$SRV" 500 "$(natt_init 0x2224 | tr -d '\n')"
	udp_send c3 "$SRV" 500 "$(natt_init 0x3334 | tr -d '\n')"
	# one of them comes first in zone 0
	is "$(kept)" 2 "2: those with NAT-T support are left to stock conntrack"
	keep_port 1
}

random_rule() {
	at gw nft flush ruleset
	at gw nft -f - <<-RULES
		table ip nat {
			chain postrouting {
				type nat hook postrouting priority srcnat
				oifname "eth1" masquerade random
			}
		}
	RULES
	at gw conntrack -F > /dev/null 2>&1
	first 5
	first 5
	cmp_ok "$(kept)" -le 1 "masquerade random: the port is the rule's choice"
	is "$(at gw conntrack -L -p udp --orig-port-dst 500 2>/dev/null |
		grep -vc zone-reply)" 3 \
		"a repeated message goes where stock conntrack finds the answer"
	cmp_ok "$(stats port_lost)" -ge 2 "and that is counted"
	like "$(dmesg | grep nf_conntrack_isakmp | tail -n 1)" \
		'random.* keep 500' "and said"
	at gw nft flush ruleset
	masquerade
	at gw conntrack -F > /dev/null 2>&1
}

# An answer finds its host by cookies though ESP isn't tracked
alone() {
	check "the trackers of ESP aren't loaded" test ! -d \
		/sys/module/nf_conntrack_esp
	for name in c1 c2 c3; do
		ike_watch "$name" 0x1117 0x2227 0x3337
	done
	first 7
	ike_in 0x2227 0xa2 "$INIT" "$RESPONSE" 0
	ike_in 0x3337 0xa3 "$INIT" "$RESPONSE" 0
	is "$(seen_by 0x1117) $(seen_by 0x2227) $(seen_by 0x3337)" \
		"0 0 0 0 1 0 0 0 1" "alone it brings answers to their hosts"
}

# all_heard COOKIE...: by the server
all_heard() {
	local cookie

	for cookie; do
		[ "$(seen srv "$cookie")" -ge 1 ] || return
	done
}

ipv6() {
	local SERVER=$SRV6 GATEWAY=$GW6 k

	for name in c1 c2 c3 srv; do
		at "$name" nft flush ruleset
		ike_watch "$name" 0x1118 0x2228 0x3338
	done
	first 8
	# neighbours have to be found first
	busywait 10 all_heard 0x1118 0x2228 0x3338
	for k in 3 1 2; do
		ike_in "0x${k}${k}${k}8" 0xa "$INIT" "$RESPONSE" 0
	done
	is "$(seen_by 0x1118) $(seen_by 0x2228) $(seen_by 0x3338)" \
		"1 0 0 0 1 0 0 0 1" "IPv6: answers find their hosts"
	is "$(at gw conntrack -L -f ipv6 -p udp --orig-port-dst 500 2>/dev/null |
		grep -c ' dport=500 .*helper=isakmp')" 3 \
		"IPv6: all keep port 500"
}

howto_net 3
masquerade
with_values
random_rule
alone
ipv6
done_testing
