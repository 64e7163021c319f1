#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Hosts with registered addresses are routed, not masqueraded: their ESP is
# tracked, a ruleset of "established,related" works on it whichever side
# begins, and it goes together with masqueraded hosts of the same server.
#
#   c1 10.0.0.2 ---+                            199.0.0.1 [srv], which has a
#   c2 10.0.0.3 ---+--- [gw] 200.200.200.200 ---  route to 10.0.0.0/24 and
#   c3 10.0.0.4 ---+    (masquerades c3 at last)  fd00:10::/64
#
# beside: others
set -u
# shellcheck source=selftests/lib/lib.sh
. "$(dirname "$0")/../../lib/lib.sh"

routes_back() {
	ipn srv route add 10.0.0.0/24 via 200.200.200.200
	ipn srv route add fd00:10::/64 via 2001:db8:200::1
}

# What is not known is dropped; who may begin is the rule's business
firewall() {
	at gw nft -f - <<-RULES
		table inet firewall {
			chain forward {
				type filter hook forward priority filter
				policy drop
				ct state established,related accept
				ct state new $1 accept
			}
		}
	RULES
}

no_firewall() {
	at gw nft delete table inet firewall
}

# routed K [SETTING...]: a tunnel whose host has its own address outside
routed() {
	local k=$1 family=4

	shift
	[ $# = 0 ] || local "$@"
	tunnel "$k" "$@" "seen=$(addr "c$k" "$family")"
}

host_first() {
	firewall 'iifname "br0"'
	routed 1
	routed 2
	is "$(pings_all 3 0.2 192.168.99.1 c1 c2)" "3 3" \
		"two routed hosts begin, both are answered"
	is "$(pings srv "$(inner c1)" 3)" 3 "then the server begins on one"
	is "$(ct_of c1 | grep -c 'helper=esp')" 1 "it is tracked"
	is "$(ct_of c1 | grep -c '\[ASSURED\]')" 1 "and ASSURED"
	is "$(ct_of c1 | grep -o 'dst=10.0.0.2 ')" "dst=10.0.0.2 " \
		"answers are to the host's own address"
	at gw conntrack -F > /dev/null 2>&1
	is "$(pings srv "$(inner c1)" 2 0.2 -t 1000)" 0 \
		"the server may not begin where the ruleset doesn't let it"
	is "$(pings c1 192.168.99.1 3)" 3 \
		"and the host that begins after that is answered"
	no_firewall
}

server_first() {
	at gw conntrack -F > /dev/null 2>&1
	firewall 'iifname "eth1"'
	is "$(pings srv "$(inner c1)" 3) $(pings srv "$(inner c2)" 3)" "3 3" \
		"the server begins, both hosts answer"
	is "$(pings c1 192.168.99.1 3)" 3 "then a host begins on it"
	is "$(ct_esp | grep -c 'ASSURED')" 2 "two entries, ASSURED"
	no_firewall
}

ipv6() {
	at gw conntrack -F > /dev/null 2>&1
	firewall 'iifname "br0"'
	routed 2 family=6
	is "$(pings c2 fd00:192:99::1 3)" 3 "IPv6: a routed host is answered"
	is "$(pings srv "$(inner c2 6)" 3)" 3 "IPv6: then the server begins"
	no_firewall
}

# c1 and c2 stay routed, c3 is hidden behind the gateway's address
with_masquerade() {
	at gw nft -f - <<-RULES
		table inet nat {
			chain postrouting {
				type nat hook postrouting priority srcnat
				oifname "eth1" ip saddr 10.0.0.4 masquerade
			}
		}
	RULES
	tunnel 3
	is "$(pings_all 4 0.2 192.168.99.1 c1 c2 c3)" "4 4 4" \
		"two routed hosts and a masqueraded one of the same server"
	is "$(pings srv "$(inner c2)" 3)" 3 \
		"the server begins on a routed one, besides"
	is "$(foreign c1) $(foreign c2) $(foreign c3)" "0 0 0" \
		"no host gets a packet of another"
}

howto_net 3
routes_back
host_first
server_first
ipv6
with_masquerade
done_testing
