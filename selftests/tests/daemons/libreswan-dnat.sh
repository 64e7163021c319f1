#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# An IPsec server with a private address, c3, IKE and ESP by dnat, beside two
# masqueraded hosts; the server of these opens a tunnel to c3, too. All by
# libreswan, with a filter that drops. Then rekeys, and all entries are deleted.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+         dnat to c3
# timeout: 600
# clock: instructions
set -u
# shellcheck source=selftests/lib/lib.sh
. "$(dirname "$0")/../../lib/lib.sh"

HQ=192.168.60.1 BRANCH=192.168.96.1

rules() {
	at gw nft -f - <<-RULES
		table ip nat {
			chain prerouting {
				type nat hook prerouting priority dstnat
				iifname "eth1" udp dport { 500, 4500 } dnat to 10.0.0.4
				iifname "eth1" ip protocol esp dnat to 10.0.0.4
			}
			chain postrouting {
				type nat hook postrouting priority srcnat
				oifname "eth1" masquerade
			}
		}
		table ip fw {
			chain forward {
				type filter hook forward priority filter; policy drop
				ct state established,related accept
				iifname "br0" accept
				iifname "eth1" ct status dnat accept
			}
		}
	RULES
}

configure() {
	ipn c3 addr add "$HQ/32" dev lo
	ipn c3 route add "$BRANCH" via 10.0.0.1 src "$HQ"
	ipn srv addr add "$BRANCH/32" dev lo
	ipn srv route add "$HQ" via 200.200.200.200 src "$BRANCH"
	swan_conn branch "$(addr c3)" hq "$HQ/32" \
		"$(addr srv)" branch "$BRANCH/32" | swan_conf c3
	swan_client c1
	swan_client c2
	{
		for name in c1 c2; do
			swan_conn "$name" "$(addr srv)" srv "$(inner srv)/32" \
				"$(addr gw)" "$name" "$(inner "$name")/32"
		done
		swan_conn hq "$(addr srv)" branch "$BRANCH/32" \
			"$(addr gw)" hq "$HQ/32"
	} | swan_conf srv
	route_to c1 c2
}

# up NS NAME [OPTION]
up() {
	whack "$1" "${3:---initiate}" --name "$2" > "$TMP/whack" 2>&1
}

# all TEXT: both ends of all three tunnels
all() {
	is "$(pings srv "$HQ" 3 0.2 -S "$BRANCH" -t 2000)" 3 \
		"$1: the server reaches the one behind dnat"
	is "$(pings_all 3 0.2 "$(inner srv)" c1 c2)" "3 3" \
		"$1: masqueraded hosts are answered"
	is "$(pings c3 "$BRANCH" 3 0.2 -t 2000)" 3 "$1: so is the one behind dnat"
	is "$(pings srv "$(inner c1)" 3) $(pings srv "$(inner c2)" 3)" "3 3" \
		"$1: the server reaches masqueraded hosts"
}

howto_net 3
rules
configure
check "a pluto for each" swan_start srv c1 c2 c3
check "masqueraded hosts set their tunnels up" swan_initiate c1 c2 ||
	swan_log srv c1 c2
is "$(pings_all 3 0.2 "$(inner srv)" c1 c2)" "3 3" "and use them"
check "their server sets up one to the host behind dnat" up srv hq ||
	swan_log srv c3
all "at once"
check "it is rekeyed by the server" up srv hq --rekey-child
all "rekeyed"
check "and by the host behind dnat" up c3 branch --rekey-child
all "rekeyed by the other side"
at gw conntrack -F > /dev/null 2>&1
# those that are masqueraded have to send first
pings_all 5 0.2 "$(inner srv)" c1 c2 > /dev/null
all "all entries deleted"
done_testing
