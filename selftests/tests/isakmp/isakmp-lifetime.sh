#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# IKE and ESP of a session live together: ESP keeps the IKE entry, answered IKE
# the ESP entry; and a server that sends first after everything has been idle
# still reaches its host.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
# clock: instructions
set -u
# shellcheck source=selftests/lib/ike.sh
. "$(dirname "$0")/../../lib/ike.sh"

I1=0x1111111111111111 I2=0x2222222222222222
R=0xa1
LONG=$((4 * ${SLOW:-1})) SHORT=$((4 * ${SLOW:-1}))

set_timeouts() {
	at gw sysctl -qw "net.netfilter.nf_conntrack_isakmp_timeout=$1" \
		"net.netfilter.nf_conntrack_esp_timeout=$2"
}

ike_entries() {
	at gw conntrack -L -p udp --orig-port-dst 500 2>/dev/null | wc -l
}

# keep_pinging SECONDS: both hosts, twice a second
keep_pinging() {
	pings_all "$(($1 * 2))" 0.5 192.168.99.1 c1 c2
}

esp_keeps_ike() {
	set_timeouts "$LONG" 1800
	# the entries take it with their next packets
	ike_in "$I1" "$R" "$INFO" 0 0
	ike_in "$I2" "$R" "$INFO" 0 0
	keep_pinging $((LONG * 2)) > /dev/null
	is "$(ike_entries)" 2 \
		"ESP flows for longer than nf_conntrack_isakmp_timeout: IKE is kept"
	ike_in "$I2" "$R" "$CHILD" 0 1
	is "$(seen c1 "$I2") $(seen c2 "$I2")" "0 4" \
		"a server-initiated rekey then reaches its host"
}

ike_keeps_esp() {
	local i

	set_timeouts 1800 "$LONG"
	ike_in "$I2" "$R" "$INFO" 0 2
	pings_all 2 0.2 192.168.99.1 c1 c2 > /dev/null
	for ((i = 0; i < LONG * 2; i++)); do
		ike_out 1 "$I1" "$R" "$INFO" 8 $((100 + i))
		ike_in "$I1" "$R" "$INFO" "$RESPONSE" $((100 + i))
		sleep 1
	done
	is "$(ct_esp | grep -c 'src=10.0.0.2 ')" 1 \
		"IKE is answered for longer than nf_conntrack_esp_timeout: ESP is kept"
	is "$(ct_esp | grep -c 'src=10.0.0.3 ')" 0 \
		"that of a host without either is not"
}

no_esp() {
	[ "$(ct_esp | wc -l)" = 0 ]
}

idle() {
	set_timeouts 1800 "$SHORT"
	pings_all 2 0.2 192.168.99.1 c1 c2 > /dev/null
	check "all ESP entries idle out" busywait 20 no_esp
	is "$(pings srv 192.168.2.1 3) $(pings srv 192.168.1.1 3)" "3 3" \
		"the server sends first then: both hosts are reached"
	like "$(ct_esp)" 'helper=esp' "their entries are back"
	is "$(ct_esp | grep -c 'zone-reply=')" 2 "in their zones"
}

# Until the client has sent, the ruleset sees RELATED
related() {
	check "all ESP entries idle out again" busywait 20 no_esp
	at gw nft -f - <<-RULES
		table inet judge {
			chain forward {
				type filter hook forward priority 0
				iifname "eth1" meta l4proto esp ct state related counter drop
			}
		}
	RULES
	is "$(pings srv 192.168.2.1 2)" 0 "a rule that drops RELATED has its say"
	like "$(at gw nft list ruleset)" 'related counter packets 2' \
		"for each packet until the client has sent"
	is "$(pings c2 192.168.99.1 2)" 2 "then the flow is established"
	at gw nft delete table inet judge
}

# An SPI nobody has seen, before the client has sent anything
inbound_first() {
	ike_up 3 0x3333 "$R"
	listen third c3 eth0
	new_in 0x7003 1 --count 2
	sleep 0.3
	is "$(heard third spi=0x00007003 | packets)" 0 \
		"an unknown SPI first: not by default"
	at gw sysctl -qw net.netfilter.nf_conntrack_esp_inbound_first=1
	listen third c3 eth0
	new_in 0x7003 3 --count 2
	sleep 0.3
	is "$(heard third spi=0x00007003 | packets)" 2 \
		"with nf_conntrack_esp_inbound_first=1 it reaches its host"
	at gw conntrack -L -p esp --orig-src 10.0.0.4 > "$TMP/related" 2>/dev/null
	like "$(cat "$TMP/related")" UNREPLIED \
		"RELATED until the host has sent something"
	new_out 3 0x7203 1
	is "$(ct_esp | grep -c 'src=10.0.0.4 .*zone-reply=')" 1 \
		"in the one entry that the host then uses"
}

# ESP goes on without tickets, and IKE without its zones
unloaded() {
	check "the tracker of IKE unloads" "$(dirname "$0")/../../modules.sh" \
		unload nf_conntrack_isakmp
	is "$(at gw conntrack -L -p udp --orig-port-dst 500 2>/dev/null |
		grep -c zone-reply=)" 0 "no IKE entry in our zones is left"
	is "$(pings_all 2 0.2 192.168.99.1 c1 c2)" "2 2" \
		"ESP goes on without it"
}

howto_net 3
masquerade
for name in c1 c2; do
	ike_watch "$name" "$I1" "$I2"
done
ike_up 1 "$I1" "$R"
tunnel 1
pings c1 192.168.99.1 2 > /dev/null
ike_up 2 "$I2" "$R"
tunnel 2
is "$(pings_all 2 0.2 192.168.99.1 c1 c2)" "2 2" "two hosts work"
esp_keeps_ike
ike_keeps_esp
idle
related
inbound_first
unloaded
done_testing
