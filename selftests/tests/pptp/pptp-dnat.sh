#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A PPTP server behind dnat, c3, whose client is the very host outside that
# masqueraded clients use as their server: GRE of both kinds goes between the
# same two addresses. Then the same emulated, where Call-IDs collide.
#
#   c1 10.0.0.2 ---+                                        pptpd, a client
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+         dnat port 1723 to c3           199.0.0.2
#      pptpd                 dnat port 1724 to c2
#
# beside: others
set -u
# shellcheck source=selftests/lib/pptp.sh
. "$(dirname "$0")/../../lib/pptp.sh"

dnat() {
	at gw nft -f - <<-RULES
		table ip inward {
			chain prerouting {
				type nat hook prerouting priority dstnat
				iifname "eth1" tcp dport 1723 dnat to 10.0.0.4
				iifname "eth1" tcp dport 1724 dnat to 10.0.0.3
			}
		}
	RULES
}

howto_net 3
masquerade
dnat
pptp_helper
check "the server outside listens" pptp_server srv
check "the server inside listens" pptp_server c3 192.168.60.1
pptp_client srv 4 "$GW"
check "a client outside gets through to the server inside" pptp_up 60 srv
pptp_client c1 1
pptp_client c2 2
check "masqueraded clients get through to the server outside" \
	pptp_up 60 c1 c2
is "$(pings_all 3 0.2 "$INNER" c1 c2)" "3 3" "they are answered"
is "$(pings srv 192.168.60.1)" 3 "so is the client outside"
is "$(calls)" 3 "an entry each"
is "$(megabyte srv c3 192.168.60.1)" 1048576 "1 MB to the server inside"
net_down

howto_net 3
masquerade
dnat
pptp_helper
diag "clients outside, one server inside"
SIM_SERVER=c3 SIM_ADDR=$GW
ipb srv <<< "addr add 199.0.0.2/24 dev eth0"
sim -c "${NS}srv@199.0.0.1" -c "${NS}srv@199.0.0.2" -S "${NS}c2" \
	servers messages roles cuts many
done_testing
