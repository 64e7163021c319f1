#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# vpnct doctor on rules of iptables-legacy: what isn't masqueraded, what the
# forward filter drops, and what is well.
#
#   c1 10.0.0.2 --- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#
# kernels: 6.12
# beside: others
# debug: no
set -u
# shellcheck source=selftests/lib/doctor.sh
. "$(dirname "$0")/../../lib/doctor.sh"

nat() {
	at gw iptables-legacy -t nat "$@"
}

forw() {
	at gw iptables-legacy "$@"
}

# what isn't masqueraded: esp, ike, pptp
missing() {
	findings rules | sed -n 's/.*no rule masquerades \([A-Z]*\) .*/\1/p' |
		paste -sd' '
}

# what is dropped: "ESP-clients", ...
dropped() {
	findings forward |
		sed -n 's/.*drops \([A-Z]*\) .* of \([a-zA-Z ]*\): .*/\1-\2/p' |
		paste -sd' '
}

masquerading() {
	nat -A POSTROUTING -p tcp -o eth1 -j MASQUERADE
	is "$(missing)" "ESP IKE" "TCP only"
	nat -A POSTROUTING -p udp ! --dport 500 -j MASQUERADE
	is "$(missing)" "ESP IKE" "all of UDP but IKE"
	nat -A POSTROUTING -p udp -m multiport --dports 53,400:600 -j MASQUERADE
	is "$(missing)" "ESP" "IKE among several ports"
	nat -N out
	nat -A out -s 10.0.0.0/24 -m comment --comment 'to the "outside"' \
		-j SNAT --to-source 200.200.200.200-200.200.200.201
	nat -A POSTROUTING -j out
	is "$(missing)" "" "a chain for everything"
	diagnosed rules '^warning snat to several addresses' "a pool"
	nat -F
	nat -A POSTROUTING -o eth1 -j MASQUERADE --random
	diagnosed rules '^warning a NAT rule chooses ports at random' "--random"
	nat -F
	nat -A POSTROUTING -o eth1 -j MASQUERADE
	at gw iptables-legacy -t raw -A PREROUTING -p tcp --dport 1723 -j CT \
		--helper pptp-ext
	healthy rules "all that it takes"
}

forwarding() {
	healthy forward "no filter"
	forw -P FORWARD DROP
	is "$(dropped)" "ESP-clients IKE-clients PPTP-clients ESP-servers" \
		"policy DROP"
	diagnosed forward 'chain FORWARD of table ip filter .iptables-legacy' \
		"which chain it is"
	forw -A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
	forw -A FORWARD -p udp -m udp --dport 500 -j ACCEPT
	forw -A FORWARD -p tcp -m tcp --dport 1723 -j ACCEPT
	is "$(dropped)" "ESP-clients" "ESP is forgotten"
	forw -A FORWARD -p esp -j ACCEPT
	healthy forward "all that is needed"
	forw -P FORWARD ACCEPT
	forw -F
	forw -A FORWARD -i eth7 -j DROP
	healthy forward "a rule that drops others"
	forw -A FORWARD ! -p tcp -j REJECT --reject-with icmp-port-unreachable
	is "$(dropped)" "ESP-clients IKE-clients ESP-servers" "a rule for all but TCP"
}

howto_net 1
if ! nat -L > "$TMP/nat" 2>&1; then
	skip "rules of iptables-legacy" "this kernel has none"
	done_testing
	exit
fi
masquerading
forwarding
done_testing
