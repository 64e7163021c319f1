#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The two lifetimes of ESP hold for conntrack's entry, too; a timeout policy
# of the user wins. nft can't express such a policy for ESP: its "ct timeout"
# objects compare the packet's protocol with that of the timeout table, and
# ESP has none of its own. So it is nfct's, through iptables.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
# kernels: all
set -u
# shellcheck source=selftests/lib/traffic.sh
. "$(dirname "$0")/../../lib/traffic.sh"

# between TEXT LOW HIGH NS
between() {
	local left

	left=$(ct_timeout "$4")
	if [[ $left =~ ^[0-9]+$ ]] && [ "$left" -gt "$2" ] &&
		[ "$left" -le "$3" ]; then
		ok "$1"
	else
		not_ok "$1"
		diag "timeout $left, wanted $2 to $3"
		diag "$(ct_of "$4")"
	fi
}

gone() {
	[ -z "$(ct_of "$1")" ]
}

# what vpnct lists of a client is remembered, no more
none_live() {
	local client

	client=$(addr "$1")
	[ "$(spis client "$client")" = \
		"$(spis client "$client" state remembered)" ]
}

defaults() {
	new_out 1 0x70000001 1
	between "nobody has answered: 120 s" 100 120 c1
	tunnel 1
	pings c1 192.168.99.1 2 > /dev/null
	between "answered: 1800 s" 1700 1800 c1
}

settings() {
	gw_set nf_conntrack_esp_timeout 400
	pings c1 192.168.99.1 1 > /dev/null
	between "a new setting holds from the next packet on" 300 400 c1
	gw_set nf_conntrack_esp_timeout_unreplied 30
	new_out 2 0x70000002 1
	between "and for new flows" 20 30 c2
	like "$(at gw vpnct list sessions -p client 10.0.0.3 | cut -f 10)" \
		'^(2[0-9]|30)$' "vpnct says the same"
}

expiry() {
	at gw conntrack -F > /dev/null 2>&1
	gw_set nf_conntrack_esp_timeout_unreplied 2
	gw_set nf_conntrack_esp_timeout 3
	new_out 2 0x70000003 1
	check "an unanswered flow expires" busywait 6 gone c2
	check "and its SPI" busywait 10 none_live c2
	is "$(pings c1 192.168.99.1 2)" 2 "a host works"
	check "its idle flow expires" busywait 8 gone c1
	check "and its SPIs are no more than remembered" busywait 10 none_live c1
	is "$(pings c1 192.168.99.1 2)" 2 "it goes on afterwards"
	gw_set nf_conntrack_esp_timeout 1800
	gw_set nf_conntrack_esp_timeout_unreplied 120
}

policy_of_user() {
	at gw conntrack -F > /dev/null 2>&1
	modprobe -a nfnetlink_cttimeout xt_CT 2>/dev/null
	at gw nfct add timeout vpn inet generic timeout 77
	at gw iptables -t raw -A PREROUTING -p esp -j CT --timeout vpn ||
		bail "no timeout policy can be set"
	pings c1 192.168.99.1 1 > /dev/null
	start 2
	alive "two hosts work with a timeout policy" 1 2
	between "the policy holds for the first" 60 77 c1
	between "and for the second" 60 77 c2
	is "$(ct_esp | grep -c zone-reply=)" 2 "both are in zones of ours"
	at gw iptables -t raw -F
	pings c1 192.168.99.1 1 > /dev/null
	between "it stays with a flow that has it" 60 77 c1
	at gw conntrack -F > /dev/null 2>&1
	check "the policy can be deleted then" \
		busywait 5 at gw nfct delete timeout vpn
	pings c1 192.168.99.1 2 > /dev/null
	between "without it, our setting holds again" 1700 1800 c1
}

howto_net 2
masquerade
defaults
settings
expiry
policy_of_user
done_testing
