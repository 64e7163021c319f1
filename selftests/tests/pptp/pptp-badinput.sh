#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Lossy lines, small segments, garbage, floods and forged packets: what can't
# be understood passes unchanged, everything is bounded, nobody else's call is
# disturbed.
#
#   c1 10.0.0.2 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c2 10.0.0.3 ---+                                        199.0.0.2
#   c3 10.0.0.4 ---+
#
# beside: others
set -u
# shellcheck source=selftests/lib/pptp.sh
. "$(dirname "$0")/../../lib/pptp.sh"

# lossy NS HOOK [LENGTH]: each fourth segment with data is lost: as it comes
# to the gateway, which sees a gap, or to the server, so that the gateway sees a
# retransmission. (A host that can't send keeps the segment, and sends no later
# one.) Packets of LENGTH bytes or less aren't lost.
lossy() {
	local rules length=${3:-60}

	rules=$(cat <<-RULES
		table ip lossy {
			chain $2 {
				type filter hook $2 priority -300
				tcp dport 1723 tcp flags & syn == 0 meta length > $length numgen inc mod 4 == 1 drop
			}
		}
	RULES
	)
	at "$1" nft -f - <<< "$rules"
}

small_segments() {
	at gw nft -f - <<-RULES
		table ip small {
			chain forward {
				type filter hook forward priority 0
				tcp flags syn tcp option maxseg size set 88
			}
		}
	RULES
}

howto_net 3
masquerade
pptp_helper
ipb srv <<< "addr add 199.0.0.2/24 dev eth0"
CLIENTS=(-c "${NS}c1" -c "${NS}c2" -S "${NS}srv@199.0.0.2")

sim "${CLIENTS[@]}" garbage forged
cmp_ok "$(vpn_stat pptp_lost)" -gt 1000 "what isn't understood is counted"

small_segments
diag "small segments"
sim "${CLIENTS[@]}" together pieces
lossy gw prerouting
diag "segments lost before the gateway"
sim "${CLIENTS[@]}" together
at gw nft delete table ip lossy
lossy srv input
diag "segments lost behind the gateway"
sim "${CLIENTS[@]}" together
at srv nft flush ruleset
at gw nft delete table ip small
diag "pieces of messages lost before the gateway: the next ones come early"
early=$(vpn_stat pptp_early)
lossy gw prerouting 52
sim "${CLIENTS[@]}" cuts
cmp_ok "$(vpn_stat pptp_early)" -gt "$early" \
	"those that can't be understood wait"
at gw nft delete table ip lossy

diag "more calls than there may be, one by one"
refused=$(vpn_stat pptp_call_refused)
sim -c "${NS}c1" -n 300 short
is "$(vpn_stat pptp_call_refused)" "$refused" "those that have ended yield"
diag "and at a time"
refused=$(vpn_stat pptp_call_refused)
sim -c "${NS}c1" -n 300 flood
cmp_ok "$(vpn_stat pptp_call_refused)" -ge $((refused + 44)) \
	"of one connection 256 are tracked"
gw_set nf_conntrack_vpn_max_per_client 10
sim -c "${NS}c3" -n 30 unanswered
is "$(at gw vpnct list pptp -p client 10.0.0.4 |
	awk '$7 == "closed"' | wc -l)" 9 "with its connection a client has ten entries"
gw_set nf_conntrack_vpn_max_per_client 1024
gw_set nf_conntrack_vpn_max 0
sim -c "${NS}c2" -n 2 unanswered
gw_set nf_conntrack_vpn_max 65536
sim "${CLIENTS[@]}" again
done_testing
