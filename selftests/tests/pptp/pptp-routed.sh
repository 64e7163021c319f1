#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Calls that need no translation: of routed hosts, and of the gateway itself,
# which masqueraded hosts must leave its Call-ID.
#
#   c1 10.0.0.2 ---+--- [gw] 200.200.200.200 --- 199.0.0.1 [srv]
#   c2 10.0.0.3 ---+
#
# beside: others
set -u
# shellcheck source=selftests/lib/pptp.sh
. "$(dirname "$0")/../../lib/pptp.sh"

own_helper() {
	at gw nft -f - <<-RULES
		table ip own {
			ct helper pptp {
				type "pptp-ext" protocol tcp
			}
			chain output {
				type filter hook output priority -150
				tcp dport 1723 ct helper set "pptp"
			}
		}
	RULES
}

howto_net 2
pptp_helper
ipn srv route add 10.0.0.0/8 via "$GW"
diag "routed"
sim -c "${NS}c1" -c "${NS}c2" roles messages cuts
is "$(vpn_stat pptp_translated)" 0 "no Call-ID is replaced"
net_down

howto_net 2
masquerade
pptp_helper
own_helper
diag "the gateway's own call, then those of two hosts"
sim -c "${NS}gw" -c "${NS}c1" -c "${NS}c2" same-id messages
diag "the gateway's own GRE, which is none of ours"
sim -c "${NS}gw" -c "${NS}c1" -S "${NS}srv" beside
done_testing
