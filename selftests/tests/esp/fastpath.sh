#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# nf_conntrack_vpn_fastpath: ESP of tunnels that are up goes on without the
# ruleset, but for a packet in a second. Nothing is lost or misdelivered by it,
# conntrack goes on counting, and whatever changes is heeded.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+                    eth2, for marked packets ---
# kernels: all
# clock: instructions
set -u
# shellcheck source=selftests/lib/traffic.sh
. "$(dirname "$0")/../../lib/traffic.sh"

INNER=192.168.99.1
INNER6=fd00:192:99::1

fast() {
	gw_set nf_conntrack_vpn_fastpath "$1"
}

# many [NS]: fifty packets each way, in half a second
many() {
	pings "${1:-c1}" "${2:-$INNER}" 50 0.01
}

# more_fast BEFORE: how many packets took the fast path since
more_fast() {
	echo $(($(vpn_stat fast) - $1))
}

# goes_on TEXT: every packet is answered, and nearly all take the fast path
goes_on() {
	local before answered fast

	before=$(vpn_stat fast)
	answered=$(many)
	fast=$(more_fast "$before")
	is "$answered $((fast >= 90))" "50 1" "$1" || diag "$fast were fast"
}

forward_counter() {
	watch gw forwarded forward meta l4proto 50
}

# --- what it does ---

off() {
	is "$(many) $(vpn_stat fast)" "50 0" "it is off unless it is asked for"
}

on() {
	local before slow

	watch srv ttl63 prerouting ip protocol 50 ip ttl 63
	forward_counter
	fast 1
	before=$(vpn_stat fast)
	is "$(many)" 50 "switched on: every packet is answered"
	cmp_ok "$(more_fast "$before")" -ge 90 \
		"nearly all take the fast path, both ways"
	slow=$(counted gw forwarded)
	is "$((slow > 0 && slow <= 10))" 1 \
		"the ruleset sees one in a second of each SPI"
	is "$(counted srv ttl63)" 50 "the TTL is one less"
	is "$(pings_all 20 0.05 "$INNER" c1 c2 c3)" "20 20 20" "all three hosts"
	is "$(foreign c1) $(foreign c2) $(foreign c3) $(foreign srv)" "0 0 0 0" \
		"nobody gets a packet of another"
}

shown() {
	local out before

	before=$(ct_packets)
	is "$(many)" 50 "conntrack goes on: fifty packets each way"
	is "$(($(ct_packets) - before))" 100 "it has counted all of them"
	like "$(ct_of c1)" '\[ASSURED\]' "its entry is ASSURED"
	cmp_ok "$(ct_timeout c1)" -ge 1790 "and as long-lived as ever"
	out=$(vpn_spis '.[] | select(.client == "10.0.0.2") |
		"\(.dir) \(.fast > 50) \(.packets > .fast)"' | paste -sd,)
	is "$out" "out true true,in true true" "vpnct list tells how many"
	like "$(at gw vpnct list esp client 10.0.0.2)" 'LAST +FAST$' \
		"in a column of its own"
}

# packets of c1's entry, both directions
ct_packets() {
	ct_of c1 | grep -o 'packets=[0-9]*' | awk -F= '{ n += $2 } END { print n }'
}

ipv6() {
	local before

	tunnel 2 family=6
	watch_reset srv
	watch srv hop63 prerouting ip6 nexthdr 50 ip6 hoplimit 63
	pings c2 "$INNER6" 3 > /dev/null
	before=$(vpn_stat fast)
	is "$(many c2 "$INNER6")" 50 "IPv6: every packet is answered"
	cmp_ok "$(more_fast "$before")" -ge 90 "nearly all are fast"
	is "$(counted srv hop63)" 53 "the hop limit is one less"
	is "$(many c2)" 50 "IPv4 of the same host goes on"
}

watch_reset() {
	at "$1" nft delete table inet watch
}

# --- what takes the slow path ---

mtu() {
	local before

	before=$(vpn_stat fast_mtu)
	many > /dev/null
	ipn gw link set eth1 mtu 1300
	at c1 ping -n -c 3 -i 0.2 -W 1 -s 1240 -M "do" "$INNER" > "$TMP/big" 2>&1
	like "$(ipn c1 route get "$SRV")" 'mtu 1300' \
		"larger than the MTU: the host is told so"
	is "$(many)" 50 "smaller ones go on"
	ipn gw link set eth1 mtu 1500
	ipn c1 route flush cache
}

traced() {
	local before

	many > /dev/null
	at gw nft add table inet tracer
	at gw nft 'add chain inet tracer pre { type filter hook prerouting priority raw - 1; }'
	at gw nft add rule inet tracer pre meta l4proto 50 meta nftrace set 1
	before=$(vpn_stat fast)
	is "$(many) $(more_fast "$before")" "50 0" \
		"while nft traces it, all take the slow path"
	at gw nft delete table inet tracer
}

own_policies() {
	local before

	ipn gw xfrm policy add src 192.0.2.1 dst 192.0.2.2 dir out action block
	before=$(vpn_stat fast)
	is "$(many) $(more_fast "$before")" "50 0" \
		"while the gateway has IPsec policies, all take the slow path"
	cmp_ok "$(vpn_stat fast_xfrm)" -ge 90 "and vpnct stats says why"
	at gw vpnct stats reset > /dev/null
	many > /dev/null
	like "$(at gw vpnct doctor -p 2>/dev/null | grep fastpath)" \
		'^note.*IPsec policies of its own' "so does vpnct doctor"
	ipn gw xfrm policy delete src 192.0.2.1 dst 192.0.2.2 dir out
	goes_on "without them it goes on"
}

fragments() {
	local before

	many > /dev/null
	before=$(vpn_stat fast)
	send c1 --src 10.0.0.2 --dst "$SRV" --spi "$(spi_out 1)" --seq 9000 \
		--size 1400 --fragment all --split 800
	is "$(more_fast "$before")" 0 "fragments take the slow path"
}

# --- what changes ---

rules() {
	many > /dev/null
	drop_protocol 50
	sleep 1.1
	is "$(pings c1 "$INNER" 10 0.1 -t 1000)" 0 \
		"a rule that drops ESP has its effect after a second"
	sleep 1.1
	is "$(pings c1 "$INNER" 10 0.1 -t 1000)" 0 "and keeps it"
	at gw nft delete table inet stop
	goes_on "without it the tunnel goes on"
}

deleted_entry() {
	local log=$TMP/deleted before

	before=$(ct_of c1 | grep -o 'packets=[0-9]*' | head -n 1)
	pings c1 "$INNER" 60 0.05 > "$log" &
	sleep 1.5
	forget c1
	wait $!
	is "$(cat "$log")" 60 "conntrack -D: no packet is lost"
	unlike "$(ct_of c1)" "$before " "its entry is a new one"
	cmp_ok "$(vpn_spis '[.[] | select(.client == "10.0.0.2") |
		.fast // 0] | add')" -ge 40 "the new one is fast soon"
}

routes() {
	many > /dev/null
	ipn gw route add blackhole 199.0.0.1
	is "$(pings c1 "$INNER" 3 0.05 -t 1000)" 0 "a route that changes does at once"
	ipn gw route del blackhole 199.0.0.1
	goes_on "as does the one after it"
}

# another_way: marked packets leave by eth2, without changing their address
another_way() {
	ipb gw <<-LINKS
		link add eth2 type veth peer name eth2 netns @srv@
		addr add 200.200.201.200/24 dev eth2
		link set eth2 up
		route add 199.0.0.1 dev eth2 table 7
		rule add fwmark 7 lookup 7
	LINKS
	ipn srv link set eth2 up
	at srv sysctl -qw net.ipv4.conf.all.rp_filter=0 \
		net.ipv4.conf.eth2.rp_filter=0
	at gw nft -f - <<-RULES
		table inet marks {
			chain pre {
				type filter hook prerouting priority mangle
				iifname "br0" ip saddr 10.0.0.3 meta mark set 7
			}
			chain post {
				type nat hook postrouting priority srcnat - 1
				oifname "eth2" snat ip to $GW
			}
		}
	RULES
	forget c2
}

# an entry that was masqueraded keeps to its device
forget() {
	at gw conntrack -D -p 50 --orig-src "$(addr "$1")" > /dev/null 2>&1
}

marks() {
	local before

	another_way
	watch_reset srv
	watch srv second prerouting iifname eth2 ip protocol 50
	before=$(vpn_stat fast)
	is "$(many c2)" 50 "ESP that a mark routes elsewhere: all are answered"
	is "$(counted srv second)" 50 "it leaves where the mark says"
	cmp_ok "$(more_fast "$before")" -ge 80 "on the fast path, too"
	ipn gw rule del fwmark 7 lookup 7
	at gw nft delete table inet marks
	forget c2
	is "$(many c2) $(counted srv second)" "50 50" \
		"without the mark it leaves where it did"
	ipn gw link del eth2
}

switched() {
	local log=$TMP/switched

	pings_all 60 0.05 "$INNER" c1 c2 c3 > "$log" &
	for _ in 1 2 3 4 5 6; do
		sleep 0.2
		fast 0
		sleep 0.2
		fast 1
	done
	wait $!
	is "$(cat "$log")" "60 60 60" "switched on and off under traffic: nothing is lost"
}

# What is set to what it is already doesn't count twice, and netns that come and
# go don't matter.
counted_netns() {
	local before

	fast 1
	fast 0
	before=$(vpn_stat fast)
	is "$(many) $(more_fast "$before")" "50 0" \
		"switched off: all take the slow path"
	fast 0
	fast 1
	goes_on "switched off twice and on once: it goes on"
	fast 0
	at gw vpnct set vpn_fastpath 1
	goes_on "switched on by vpnct: it goes on"
	ns other
	at other sysctl -qw net.netfilter.nf_conntrack_vpn_fastpath=1
	ns_del other
	sleep 1
	goes_on "a netns that had it on has gone: it goes on"
}

address() {
	many > /dev/null
	ipn gw addr del 200.200.200.200/24 dev eth1
	is "$(pings c1 "$INNER" 3 0.05 -t 1000)" 0 \
		"without the gateway's address nothing is answered"
	ipb gw <<-LINKS
		addr add 200.200.200.200/24 dev eth1
		route replace 199.0.0.0/8 dev eth1
	LINKS
	is "$(pings c1 "$INNER" 10 0.1)" 10 "with it the tunnel goes on"
}

device() {
	many > /dev/null
	ipn gw link set eth1 down
	is "$(pings c1 "$INNER" 3 0.05 -t 1000)" 0 "a device that is down sends nothing"
	ipb gw <<-LINKS
		link set eth1 up
		route replace 199.0.0.0/8 dev eth1
	LINKS
	pings c1 "$INNER" 3 > /dev/null
	goes_on "when it is up again so is the fast path"
}

gone() {
	local start

	many > /dev/null
	start=$EPOCHSECONDS
	ipn gw link del eth1
	cmp_ok "$((EPOCHSECONDS - start))" -lt 3 \
		"a device with fast tunnels can be deleted"
}

unloaded() {
	local flood

	at c1 espgen send --src 10.0.0.2 --dst "$SRV" --spi "$(spi_out 1)" \
		--seq 20000 --count 3000 --interval 1 &
	flood=$!
	sleep 0.5
	check "modules are unloaded under traffic" \
		"$(dirname "$0")/../../modules.sh" unload
	end "$flood"
	check "and loaded again" "$(dirname "$0")/../../modules.sh" load
	is "$(pings c1 "$INNER" 10 0.1)" 10 "the tunnel goes on"
}

howto_net 3
plain_bridge
masquerade
start 1 2 3
off
on
shown
ipv6
mtu
traced
own_policies
fragments
rules
deleted_entry
routes
marks
switched
counted_netns
address
device
unloaded
fast 1
gone
done_testing
