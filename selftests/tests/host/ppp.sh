#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The gateway's way out is a PPP link, as on DSL: it has no hardware header,
# and its address goes when the link goes.
#
#   c1 10.0.0.2 ---+                       ppp0            ppp0
#   c2 10.0.0.3 ---+--- [gw] 200.200.200.200 --------- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+                       (a pty between two pppds)
set -u
# shellcheck source=selftests/lib/traffic.sh
. "$(dirname "$0")/../../lib/traffic.sh"

PPP="nodetach noauth local nodefaultroute noipv6 noccp novj noproxyarp"

# in place of the Ethernet between gateway and server
dial() {
	local peer="nsenter --net=/run/netns/${NS}srv pppd notty $PPP $SRV:$GW"

	# shellcheck disable=SC2086
	bg at gw pppd $PPP "$GW:$SRV" pty "$peer" > "$TMP/pppd" 2>&1
	pppd=$!
	busywait 20 up || { diag "$(cat "$TMP/pppd")"; return 1; }
	ipn gw route replace 199.0.0.0/8 dev ppp0
	ipn srv route replace 200.0.0.0/8 dev ppp0
	ipn srv route replace 192.168.0.0/16 via "$GW" src "$(inner srv)"
}

up() {
	ipn gw -br addr show ppp0 2>/dev/null | grep -q "$GW" &&
		ipn srv -br addr show ppp0 2>/dev/null | grep -q "$SRV"
}

hang_up() {
	end "$pppd"
	busywait 10 down
}

down() {
	! ipn gw link show ppp0 > /dev/null 2>&1 &&
		! ipn srv link show ppp0 > /dev/null 2>&1
}

no_spis() {
	# shellcheck disable=SC2119
	[ "$(spis)" = 0 ]
}

modprobe -a ppp_generic ppp_async 2>/dev/null
howto_net 3
ipn gw link del eth1
at gw nft -f - <<-RULES
	table ip nat {
		chain postrouting {
			type nat hook postrouting priority srcnat
			oifname "ppp0" masquerade
		}
	}
RULES
dial || bail "no PPP link"
start 1 2 3
alive "all three work" 1 2 3
is "$(ct_esp | grep -c ASSURED)" 3 "three entries, ASSURED"
check "the link goes down" hang_up
check "no SPI is left" busywait 5 no_spis
is "$(ct_esp)" "" "and no entry"
check "the link comes up again" dial
alive "all three work again" 1 2 3
done_testing
