#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# vpnct doctor on what the gateway itself gets wrong: sysctls, the kernel's
# configuration, the kernel's own PPTP helper, full tables.
#
#   c1 10.0.0.2 --- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#
# debug: no
set -u
# shellcheck source=selftests/lib/doctor.sh
. "$(dirname "$0")/../../lib/doctor.sh"

forwarding() {
	healthy forwarding "IPv4 is forwarded"
	at gw sysctl -qw net.ipv4.ip_forward=0
	diagnosed forwarding '^problem IPv4 is not forwarded' "forwarding is off"
	at gw sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.eth1.forwarding=0
	diagnosed forwarding '^warning IPv4 from interface eth1' \
		"forwarding is off at one interface"
	at gw sysctl -qw net.ipv4.conf.eth1.forwarding=1
	healthy forwarding "and on again"
	esp_send c1 2001:db8:199::1 0x6666 1
	at gw sysctl -qw net.ipv6.conf.all.forwarding=0
	diagnosed forwarding '^problem IPv6 is not forwarded, but' \
		"IPv6 is not forwarded"
	at gw sysctl -qw net.ipv6.conf.all.forwarding=1
}

# an answer comes in from the wrong side
rp_filter() {
	local pid

	healthy rp_filter "reverse path filtering is no trouble"
	at gw sysctl -qw net.ipv4.conf.all.rp_filter=1
	pings c1 10.0.0.1 1 > /dev/null
	ipn c1 addr add 199.0.0.1/32 dev lo
	bg at c1 ping -n -i 0.2 -W 1 -I 199.0.0.1 10.0.0.1 > /dev/null 2>&1
	pid=$!
	check "it drops packets" busywait 20 \
		diagnosis rp_filter '^warning .* drops packets, [1-9]'
	end "$pid"
	diagnosed rp_filter '^note .* has dropped [1-9]' "it did some time ago"
	ipn c1 addr del 199.0.0.1/32 dev lo
	at gw sysctl -qw net.ipv4.conf.all.rp_filter=0
}

# The kernel can't be changed here, but the file that tells of it.
zones() {
	healthy zones "the kernel's configuration has zones, or isn't known"
	# shellcheck disable=SC2016
	like "$(unshare -m bash -c 'mount -t tmpfs none /boot &&
		echo "# CONFIG_NF_CONNTRACK_ZONES is not set" \
			> "/boot/config-$(uname -r)" &&
		vpnct doctor -p')" "^problem	zones" \
		"a kernel without zones"
}

limits() {
	local k

	healthy limits "the tables have room"
	# who isn't answered would make room
	at gw vpnct flush sessions > /dev/null
	gw_set nf_conntrack_vpn_max 9
	for k in 1 2 3; do
		talk "$k"
	done
	diagnosed limits '^problem 9 of 9 entries' "the table is full"
	remedies limits 'vpn_max=18' "and what to set"
	esp_send c1 199.0.0.6 0x1006 1
	diagnosed limits '^warning [1-9][0-9]* packets were not tracked' \
		"packets were not tracked"
	gw_set nf_conntrack_vpn_max 65536
	gw_set nf_conntrack_vpn_max_per_client 7
	diagnosed limits '^problem 10.0.0.2 the client has' "a client is full"
	gw_set nf_conntrack_vpn_max_per_client 1024
}

conntrack_table() {
	local before

	healthy conntrack "conntrack's table has room"
	before=$(sysctl -n net.netfilter.nf_conntrack_max)
	sysctl -qw net.netfilter.nf_conntrack_max=6
	diagnosed conntrack '^(problem|warning) conntrack has' \
		"conntrack's table is nearly full"
	sysctl -qw "net.netfilter.nf_conntrack_max=$before"
}

howto_net 1
masquerade
forwarding
rp_filter
zones
limits
conntrack_table
done_testing
