#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# vpnct trace through a chain of routers, of which one drops or refuses a
# protocol; IPv4 and IPv6, from a host and from the gateway with the modules.
#
#   [h] 10.1.0.1 --- [r1] --- 10.2.0 --- [r2] --- 10.3.0 --- [r3] --- 10.4.0.2 [t]
set -u
# shellcheck source=selftests/lib/lib.sh
. "$(dirname "$0")/../../lib/lib.sh"

T=10.4.0.2
T6=fd00:4::2

# link N FROM TO: FROM has .1 in network N, TO .2
link() {
	ipb "$2" <<-LINKS
		link add to$3 type veth peer name to$2 netns @$3@
		addr add 10.$1.0.1/24 dev to$3
		addr add fd00:$1::1/64 dev to$3 nodad
		link set to$3 up
	LINKS
	ipb "$3" <<-LINKS
		addr add 10.$1.0.2/24 dev to$2
		addr add fd00:$1::2/64 dev to$2 nodad
		link set to$2 up
	LINKS
}

chain() {
	ns h r1 r2 r3 t
	link 1 h r1
	link 2 r1 r2
	link 3 r2 r3
	link 4 r3 t
	routes h '10.1.0.2 fd00:1::2'
	routes r1 '10.2.0.2 fd00:2::2'
	routes r2 '10.3.0.2 fd00:3::2'
	ipb r2 <<-ROUTES
		route add 10.1.0.0/24 via 10.2.0.1
		route add fd00:1::/64 via fd00:2::1
	ROUTES
	routes r3 '10.3.0.1 fd00:3::1'
	routes t '10.4.0.1 fd00:4::1'
	local r
	for r in r1 r2 r3; do
		at $r sysctl -qw net.ipv4.ip_forward=1 \
			net.ipv6.conf.all.forwarding=1 \
			net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
	done
	at t sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
	busywait 10 ping_ok h "$T6" 1
	# with IPsec loaded, by other tests, the server is silent
	busywait 10 modprobe -rq esp4 esp6 xfrm_interface ip_vti ip6_vti
}

# routes NS "VIA VIA6": defaults
routes() {
	ipn "$1" route add default via "${2% *}"
	ipn "$1" route add default via "${2#* }"
}

# drop NS MATCH [VERDICT]: in forwarding
drop() {
	at "$1" nft -f - <<-RULES
		table inet filter {
			chain forward {
				type filter hook forward priority 0;
				$2 ${3:-drop}
			}
		}
	RULES
}

# trace PROTOCOL SERVER: "RESULT LAST NEXT ADDRESS-OF-LAST" or so
trace() {
	at h vpnct trace "$1" "$2" probes 1 wait $((1000 * ${SLOW:-1})) -j \
		> "$TMP/trace"
	echo "$? $(jq -r '[.result, .last_hop, .next_hop,
		(.hops[.last_hop - 1].answer.address)] | join(" ")' "$TMP/trace")"
}

undisturbed() {
	# the target has no ESP at all
	is "$(trace esp $T)" "3 refused 4  $T" "IPv4: ESP reaches the server"
	is "$(jq -r '.hops[3].answer.error' "$TMP/trace")" \
		"protocol unreachable" "which has none"
	# from now on it is as silent as one that has
	at t nft -f - <<-RULES
		table inet filter {
			chain in {
				type filter hook input priority 0;
				meta l4proto esp drop
			}
		}
	RULES
	is "$(trace esp $T)" "0 passes 3 4 10.3.0.2" "IPv4: ESP passes"
	is "$(trace gre $T)" "3 refused 4  $T" "IPv4: GRE reaches the server"
	is "$(trace isakmp $T)" "3 refused 4  $T" \
		"IPv4: IKE does, and nobody is there"
	is "$(trace esp $T6)" "0 passes 3 4 fd00:3::2" "IPv6: ESP passes"
	is "$(trace isakmp $T6)" "3 refused 4  $T6" \
		"IPv6: IKE reaches the server"
	is "$(jq -r '.hops[0].answer.address' "$TMP/trace")" fd00:1::2 \
		"the first hop is shown"
}

dropped() {
	drop r2 'meta l4proto esp'
	is "$(trace esp $T)" "3 dropped 2 3 10.2.0.2" "IPv4: a hop drops ESP"
	is "$(trace esp $T6)" "3 dropped 2 3 fd00:2::2" "IPv6: a hop drops ESP"
	is "$(trace isakmp $T)" "3 refused 4  $T" "but IKE passes it"
	at r2 nft flush ruleset
	drop r1 'udp dport 500'
	is "$(trace isakmp $T)" "3 dropped 1 2 10.1.0.2" "a hop drops IKE"
	at r1 nft flush ruleset
	drop r2 'meta l4proto gre'
	is "$(trace gre $T)" "3 dropped 2 3 10.2.0.2" "a hop drops GRE"
	at r2 nft flush ruleset
	drop r1 'meta l4proto esp' 'reject with icmpx type admin-prohibited'
	is "$(trace esp $T)" "3 refused 2  10.1.0.2" "IPv4: a hop refuses ESP"
	is "$(jq -r '.hops[1].answer.error' "$TMP/trace")" prohibited \
		"and says why"
	is "$(trace esp $T6)" "3 refused 2  fd00:1::2" "IPv6: a hop refuses ESP"
	at r1 nft flush ruleset
}

# the far end and all before it are silent
unknown() {
	drop r1 'ip protocol { esp, icmp }'
	is "$(trace esp $T)" "0 unknown 1  10.1.0.2" "nobody answers"
	at r1 nft flush ruleset
}

text() {
	drop r2 'meta l4proto esp'
	at h vpnct trace esp $T probes 1 > "$TMP/text"
	like "$(tail -n 2 "$TMP/text" | paste -sd' ')" \
		'last seen by hop 2, 10.2.0.2.*Hop 3, 10.3.0.2, answers to' \
		"the text names both hops"
	is "$(at h vpnct trace esp $T probes 1 -p | tail -n 1)" \
		"result	dropped" "-p ends with the result"
	at r2 nft flush ruleset
	at h setpriv --reuid 1000 --clear-groups --inh-caps=-all \
		"$(command -v vpnct)" trace esp $T 2> "$TMP/err"
	is $? 1 "without privileges it fails"
	like "$(cat "$TMP/err")" CAP_NET_RAW "and says what it needs"
}

# masqueraded, with conntrack and the modules on the way
masqueraded() {
	at r1 nft -f - <<-RULES
		table inet nat {
			chain post {
				type nat hook postrouting priority srcnat;
				oifname "tor2" masquerade
			}
		}
	RULES
	is "$(trace esp $T)" "0 passes 3 4 10.3.0.2" \
		"ESP of a masqueraded host passes"
	is "$(trace isakmp $T)" "3 refused 4  $T" "so does its IKE"
	drop r2 'meta l4proto esp'
	is "$(trace esp $T)" "3 dropped 2 3 10.2.0.2" \
		"a hop behind the gateway drops it"
}

chain
undisturbed
dropped
unknown
text
masqueraded
done_testing
