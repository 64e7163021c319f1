#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# br_netfilter: bridged packets see the IP hooks. On the gateway, whose hosts
# sit on a bridge; and on a transparent firewall between hosts and gateway,
# which tracks but doesn't translate.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- br0 [gw] masquerade --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- br0 [fw] --- br0 [gw] masquerade --- 199.0.0.1 [srv]
set -u
# shellcheck source=selftests/lib/traffic.sh
. "$(dirname "$0")/../../lib/traffic.sh"

# switched off again for everybody when the test ends
was=$([ -d /sys/module/br_netfilter ] && echo loaded)
restore() {
	cleanup
	[ -n "$was" ] || modprobe -r br_netfilter 2>/dev/null
}
trap restore EXIT

# call_iptables NS
call_iptables() {
	at "$1" sysctl -qw net.bridge.bridge-nf-call-iptables=1 \
		net.bridge.bridge-nf-call-ip6tables=1
}

on_gateway() {
	howto_net 3
	call_iptables gw || bail "no br_netfilter"
	masquerade
	start 1 2 3
	alive "gateway: all three work" 1 2 3
	is "$(ct_esp | grep -c ASSURED)" 3 "gateway: three entries, ASSURED"
	net_down
}

# c1 and c2 move from the gateway's bridge to that of a firewall before it
firewall() {
	local k

	ns fw
	ipb gw <<-LINKS
		link add vfw type veth peer name uplink netns @fw@
		link set vfw master br0 up
	LINKS
	ipb fw <<-LINKS
		link add br0 type bridge
		link set br0 up
		link set uplink master br0 up
	LINKS
	for k in 1 2; do
		ipn gw link del "vc$k"
		ipn fw link add "vc$k" type veth peer name eth0 netns "${NS}c$k"
		ipn fw link set "vc$k" master br0 up
		ipb "c$k" <<-LINKS
			addr add $(addr "c$k")/24 dev eth0
			link set eth0 up
			route add default via 10.0.0.1
		LINKS
	done
	call_iptables fw
	at fw nft -f - <<-RULES
		table inet filter {
			chain forward {
				type filter hook forward priority filter
				policy drop
				ct state established,related accept
				meta l4proto icmp accept
				iifname "br0" meta l4proto esp accept
			}
		}
	RULES
}

fw_entries() {
	at fw conntrack -L -p esp 2>/dev/null | grep -c ASSURED
}

on_firewall() {
	howto_net 2
	masquerade
	firewall
	start 1 2
	alive "transparent firewall: two hosts work through it" 1 2
	is "$(fw_entries)" 2 "transparent firewall: it tracks both"
}

modprobe br_netfilter
on_gateway
on_firewall
done_testing
