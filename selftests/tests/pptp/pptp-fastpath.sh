#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# nf_conntrack_vpn_fastpath: GRE of calls goes on without the ruleset, with the
# Call-IDs and the addresses that it would have had.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#                                                               pptpd
# beside: others
set -u
# shellcheck source=selftests/lib/pptp.sh
. "$(dirname "$0")/../../lib/pptp.sh"

# hundred packets each way of both, in a second or two
many() {
	pings_all 100 0.01 "$INNER" c1 c2
}

howto_net 2
plain_bridge
masquerade
pptp_helper
check "the server listens" pptp_server srv
for k in 1 2; do
	pptp_client "c$k" "$k"
done
check "two clients get through" pptp_up 60 c1 c2
is "$(many) $(vpn_stat fast)" "100 100 0" "it is off unless it is asked for"
gw_set nf_conntrack_vpn_fastpath 1
watch srv ttl63 prerouting ip protocol 47 ip ttl 63
is "$(many)" "100 100" "switched on: every packet is answered"
cmp_ok "$(vpn_stat fast)" -ge 200 "most take the fast path"
cmp_ok "$(counted srv ttl63)" -ge 200 "the TTL is one less"
is "$(megabyte c1) $(megabyte c2)" "1048576 1048576" "1 MB through each"
is "$(ct_gre | grep -c 'ASSURED.*helper=pptp-ext')" 2 "entries are as before"
drop_protocol 47
sleep 1.1
is "$(pings_all 5 0.1 "$INNER" c1 c2)" "0 0" \
	"a rule that drops GRE has its effect after a second"
at gw nft delete table inet stop
is "$(many)" "100 100" "without it the calls go on"
pptp_hang_up c1
pptp_client c1 1
check "one hangs up and dials again" pptp_up 60 c1
is "$(many)" "100 100" "both go on"
done_testing
