#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A gateway that is an IPsec endpoint itself and masquerades IPsec hosts, all
# of them to the same server: with libreswan, and with static SAs in IPv6. The
# server speaks first on the gateway's tunnel, before and while the hosts use
# theirs.
#
#   c1 10.0.0.2 ---+
#                  +--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c2 10.0.0.3 ---+    [gw] own tunnel 192.168.98.1 ------ 192.168.99.1
#
# beside: others
set -u
# shellcheck source=selftests/lib/lib.sh
. "$(dirname "$0")/../../lib/lib.sh"

connect() {
	local name

	for name in c1 c2 gw; do
		swan_client "$name"
	done
	swan_server c1 c2 gw
	check "libreswan: plutos on two hosts, gateway and server are up" \
		swan_start srv gw c1 c2
	check "libreswan: hosts and gateway initiate at once" \
		swan_initiate c1 c2 gw || swan_log srv gw c1 c2
}

# traffic WHAT FAMILY
traffic() {
	local what=$1 srv

	srv=$(inner srv "$2")
	is "$(pings srv "$(inner gw "$2")" 3)" 3 \
		"$what: the server speaks first on the gateway's tunnel"
	is "$(pings_all 4 0.2 "$srv" c1 c2 gw)" "4 4 4" \
		"$what: both hosts' and the gateway's tunnel carry data"
	is "$(pings srv "$(inner gw "$2")" 3)" 3 \
		"$what: the server reaches the gateway, with hosts alive"
	is "$(foreign gw)" 0 "$what: the gateway gets nothing it has no SA for"
}

# An SA of the gateway is not known from its traffic but from XFRM: a new one
# that the server uses at once is not offered to any host
new_sa() {
	local family=$1 before

	before="$(foreign c1) $(foreign c2)"
	sa_in 98 0x2000aa98 ns=gw "family=$family"
	is "$(pings gw "$(inner srv "$family")" 3)" 3 \
		"the server uses a new SA of the gateway at once"
	cmp_ok "$(sa_packets gw 0x2000aa98)" -ge 3 "by that new SA"
	is "$(foreign c1) $(foreign c2)" "$before" \
		"and no host gets a packet of it"
}

static_sas() {
	tunnel_gw family=6
	tunnel 1 family=6
	tunnel 2 family=6
	traffic "static SAs in IPv6" 6
	new_sa 6
}

howto_net 2
masquerade
connect
traffic "libreswan" 4
net_down

howto_net 2
masquerade
static_sas
done_testing
