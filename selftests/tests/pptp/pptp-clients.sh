#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Three masqueraded PPTP clients of one server, all at once, with encryption.
# They hang up and dial again, politely and not.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+                                            pptpd
# kernels: all
# beside: others
set -u
# shellcheck source=selftests/lib/pptp.sh
. "$(dirname "$0")/../../lib/pptp.sh"

ended() {
	[ "$(calls)" = "$1" ]
}

howto_net 3
masquerade
pptp_helper
check "the server listens" pptp_server srv
for k in 1 2 3; do
	pptp_client "c$k" "$k"
done
check "three clients get through" pptp_up 60 c1 c2 c3
is "$(pings_all 3 0.2 "$INNER" c1 c2 c3)" "3 3 3" "all are answered"
is "$(calls)" 3 "one GRE entry each"
like "$(ct_gre)" 'srckey=0x[0-9a-f]+ dstkey=0x' "with both Call-IDs"
is "$(ct_gre | grep -c 'ASSURED.*helper=pptp-ext')" 3 "ASSURED, labelled"
is "$(megabyte c1) $(megabyte c2) $(megabyte c3)" \
	"1048576 1048576 1048576" "1 MB through each"

pptp_hang_up c1
check "one hangs up: its entry goes" busywait 10 ended 2
pptp_client c1 1
check "it dials again" pptp_up 60 c1
is "$(pings_all 3 0.2 "$INNER" c1 c2 c3)" "3 3 3" "all are answered"

pptp_hang_up c2 KILL
pptp_client c2 2
check "one is killed and dials again" pptp_up 60 c2
is "$(pings_all 3 0.2 "$INNER" c1 c2 c3)" "3 3 3" "all are answered"

# its own server listens elsewhere
sim -p 1725 -c "${NS}c1" second-call
is "$(pings c2 "$INNER")" 3 "which is nothing to the others"
done_testing
