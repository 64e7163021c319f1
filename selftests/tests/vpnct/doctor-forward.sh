#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# vpnct doctor on forward filters: what is dropped, and what rules, sets, maps
# and chains of nft and iptables let through.
#
#   c1 10.0.0.2 --- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#
# kernels: 6.12
# beside: others
# debug: no
set -u
# shellcheck source=selftests/lib/doctor.sh
. "$(dirname "$0")/../../lib/doctor.sh"

# filter POLICY RULE...: of the forward chain of all families
filter() {
	local policy=$1 rule
	shift

	{
		echo 'flush ruleset'
		echo 'table inet f {'
		echo 'set vpn { type inet_proto; elements = { esp, udp } }'
		echo 'chain vpn {'
		echo 'meta l4proto esp accept'
		echo 'udp dport 500 accept'
		echo '}'
		echo 'chain forw { type filter hook forward priority filter;'
		echo "policy $policy;"
		for rule; do
			echo "$rule"
		done
		echo '}'
		echo '}'
	} | at gw nft -f -
}

# what is dropped: "ESP-clients", ...
dropped() {
	findings forward |
		sed -n 's/.*drops \([A-Z]*\) .* of \([a-zA-Z ]*\): .*/\1-\2/p' |
		paste -sd' '
}

ANSWERS='ct state established,related accept'

nft_rules() {
	filter accept
	healthy forward "policy accept"
	filter drop
	is "$(dropped)" "ESP-clients IKE-clients PPTP-clients ESP-servers" \
		"policy drop and no rule"
	remedies forward 'meta l4proto esp accept' "and what is missing"
	filter drop "$ANSWERS" 'meta l4proto esp accept' \
		'udp dport 500 accept' 'tcp dport 1723 accept'
	healthy forward "all that is needed"
	filter drop "$ANSWERS" 'oifname "eth1" accept'
	healthy forward "an interface that everything may leave by"
	filter drop 'ct state vmap { established : accept, related : accept,
		invalid : drop }' 'ip protocol { esp, udp, tcp } accept'
	healthy forward "states in a map, protocols in a set"
	filter drop "$ANSWERS" 'meta l4proto tcp accept' 'jump vpn'
	healthy forward "a chain that lets them through"
	filter drop "$ANSWERS" 'meta l4proto @vpn accept' 'ct status dnat accept'
	healthy forward "what can't be told is trusted"
	filter drop 'oifname "eth1" ct state new accept'
	is "$(dropped)" "ESP-servers" "no answers"
	filter accept "$ANSWERS" 'meta l4proto { tcp, udp } accept' \
		'counter drop'
	is "$(dropped)" "ESP-clients" "a last rule that drops the rest"
	filter accept 'iifname "eth7" drop'
	healthy forward "a rule that drops others"
}

iptables_rules() {
	at gw nft flush ruleset
	at gw iptables-nft -P FORWARD DROP
	is "$(dropped)" "ESP-clients IKE-clients PPTP-clients ESP-servers" \
		"iptables: policy DROP"
	at gw iptables-nft -A FORWARD -m conntrack \
		--ctstate RELATED,ESTABLISHED -j ACCEPT
	at gw iptables-nft -A FORWARD -i eth0 -j ACCEPT
	healthy forward "iptables: answers, and all from inside"
}

howto_net 1
nft_rules
iptables_rules
done_testing
