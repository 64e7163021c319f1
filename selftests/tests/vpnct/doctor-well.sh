#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# vpnct doctor where all is well, though it may look otherwise: hosts with
# registered addresses, filters without a rule for GRE, a server behind dnat, an
# address that was lost in a redial; and where a tunnel of the gateway's own is
# masqueraded, and where it isn't.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+
#
# kernels: 6.12
# beside: others
# debug: no
set -u
# shellcheck source=selftests/lib/doctor.sh
. "$(dirname "$0")/../../lib/doctor.sh"
# shellcheck source=selftests/lib/dnat.sh
. "$(dirname "$0")/../../lib/dnat.sh"

# well TEXT: is nothing wrong?
well() {
	is "$(at gw vpnct doctor -p | awk -F '\t' \
		'$1 ~ /warning|problem/ { print $2, $5 }')" "" "$1"
}

no_gre_rule() {
	at gw nft -f - <<-RULES
		table ip r {
			chain post {
				type nat hook postrouting priority srcnat;
				ip protocol { tcp, udp, esp } masquerade
			}
			chain forw {
				type filter hook forward priority filter; policy drop;
				ct state established,related accept
				ip protocol esp accept
				udp dport 500 accept
				tcp dport 1723 accept
			}
		}
	RULES
	well "no rule names GRE"
	at gw nft flush ruleset
}

routed() {
	ipn gw addr del 10.0.0.1/24 dev br0
	ipn gw addr add 198.51.100.1/24 dev br0
	ipn c2 addr add 198.51.100.2/24 dev eth0
	ipn srv route add 198.51.100.0/24 via 200.200.200.200
	ipn c2 route replace default via 198.51.100.1 src 198.51.100.2
	well "registered addresses need no rule"
	ipn gw addr add 10.0.0.1/24 dev br0
	is "$(findings rules | grep -c 'no rule masquerades')" 3 \
		"others need some"
	ipn gw addr del 198.51.100.1/24 dev br0
}

# a client's tunnel, and another one that comes in
dnat() {
	masquerade
	tunnel 1
	pings c1 192.168.99.1 2 > /dev/null
	dnat_esp
	road_warrior 97 199.0.0.2 192.168.97.1 0x30000097 0x40000097
	is "$(pings srv 192.168.3.1 2 0.2 -S 192.168.97.1)" 2 \
		"a server behind dnat is reached"
	well "a server behind dnat"
}

redial() {
	ipn gw addr del 200.200.200.200/24 dev eth1
	ipn gw addr add 200.200.200.201/24 dev eth1
	ipn gw route replace 199.0.0.0/8 dev eth1
	well "the address has changed"
	esp_send c1 "$SRV_OUT" "$(spi_out 1)" 1
	well "and the client sends on"
	ipn gw addr add 200.200.200.200/24 dev eth1
}

own_tunnel() {
	at gw nft flush ruleset
	healthy own-tunnel "no tunnel of the gateway's own"
	ipb gw <<-POLICY
		xfrm policy add src 10.0.0.0/24 dst 192.168.99.0/24 dir out tmpl src 200.200.200.200 dst 199.0.0.1 proto esp mode tunnel
		xfrm state add src 200.200.200.200 dst 199.0.0.1 proto esp spi 0x7001 mode tunnel enc cipher_null ""
	POLICY
	ipn gw route replace 192.168.99.0/24 via 199.0.0.1 dev eth1 onlink
	at gw nft -f - <<-RULES
		table ip nat {
			chain postrouting {
				type nat hook postrouting priority srcnat;
				oifname "eth1" masquerade
			}
		}
	RULES
	pings c3 192.168.99.1 1 > /dev/null
	diagnosed own-tunnel '^warning 10.0.0.4 .* own tunnel to 192.168.99.0/24' \
		"one whose traffic is masqueraded"
	at gw nft flush ruleset
	at gw conntrack -F 2> /dev/null
	masquerade
	pings c3 192.168.99.1 1 > /dev/null
	healthy own-tunnel "one whose traffic isn't"
}

SRV_OUT=199.0.0.1
howto_net 3
no_gre_rule
routed
dnat
redial
own_tunnel
done_testing
