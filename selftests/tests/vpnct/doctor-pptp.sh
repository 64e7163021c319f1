#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# vpnct doctor on PPTP calls that only one side is heard of, and on a helper that
# isn't PPTP's.
#
#   c1 10.0.0.2 --- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#
# kernels: 6.12
# beside: others
# debug: no
set -u
# shellcheck source=selftests/lib/doctor.sh
. "$(dirname "$0")/../../lib/doctor.sh"
# shellcheck source=selftests/lib/pptp.sh
. "$(dirname "$0")/../../lib/pptp.sh"

# one_way TEXT REGEX DEVICE: GRE that comes to that device of the gateway is lost
# before anybody sees it. Were it dropped where it is sent, the sender would be
# told, and give up.
one_way() {
	at gw nft -f - <<-RULES
		table netdev lossy {
			chain in {
				type filter hook ingress device $3 priority 0
				meta protocol ip ip protocol gre drop
			}
		}
	RULES
	pptp_client c1 1
	check "$1" busywait 40 diagnosis call "$2"
	pptp_hang_up c1 KILL
	at gw vpnct flush pptp > /dev/null
	at gw nft delete table netdev lossy
}

howto_net 1
masquerade
pptp_helper
check "the server listens" pptp_server srv
healthy call "no calls"
one_way "a call whose GRE isn't answered" \
	'^problem 10.0.0.2 GRE of this call goes out, and none' eth1
one_way "a call whose client is silent" \
	'^problem 10.0.0.2 GRE of this call comes in, and none' br0
pptp_client c1 1
check "a call that is up" pptp_up 60 c1
healthy call "is well"
healthy helper "no other helper"
pptp_hang_up c1
# a connection keeps the first one that it is given
at gw nft delete table ip helper
at gw nft -f - <<-RULES
	table ip wrong {
		ct helper ftp {
			type "ftp" protocol tcp
		}
		chain prerouting {
			type filter hook prerouting priority -150
			tcp dport 1723 ct helper set "ftp"
		}
	}
RULES
bg at c1 socat -u EXEC:'sleep 1000' TCP4:199.0.0.1:1723
check "a helper that is in the way" busywait 10 diagnosis helper \
	'^warning 10.0.0.2 helper ftp is in the way of pptp'
end_stragglers
done_testing
