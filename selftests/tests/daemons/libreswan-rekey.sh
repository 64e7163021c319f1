#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Three libreswan hosts stay up while the second one and its server rekey and
# probe each other from both sides, and after it has deleted its tunnel and
# begun anew. After each step the server sends first.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+
# timeout: 600
# beside: others
set -u
# shellcheck source=selftests/lib/lib.sh
. "$(dirname "$0")/../../lib/lib.sh"

SRV=192.168.99.1

# step NS CONNECTION WHACK-OPTION TEXT
step() {
	local name=$1 conn=$2 option=$3 text=$4

	whack "$name" "$option" --name "$conn" > "$TMP/whack" 2>&1
	check "$text" grep -q "established\|rekeyed" "$TMP/whack" ||
		diag "$(cat "$TMP/whack")"
	is "$(pings srv "$(inner c2)" 3 0.2)" 3 \
		"$text: the server sends first, c2 gets it"
	is "$(pings_all 3 0.2 "$SRV" c1 c2 c3)" "3 3 3" "$text: all go on"
}

again() {
	whack c2 --terminate --name t > /dev/null 2>&1
	check "c2 deletes its tunnel and begins anew" swan_up c2 ||
		swan_log c2 srv
	is "$(pings srv "$(inner c2)" 3 0.2)" 3 \
		"begun anew: the server sends first, c2 gets it"
	is "$(pings_all 3 0.2 "$SRV" c1 c2 c3)" "3 3 3" "begun anew: all go on"
}

howto_net 3
masquerade
swan_connect c1 c2 c3
is "$(pings_all 3 0.2 "$SRV" c1 c2 c3)" "3 3 3" "all work"
step srv c2 --rekey-child "the server rekeys c2's child SA"
step c2 t --rekey-child "c2 rekeys its child SA"
step srv c2 --rekey-ike "the server rekeys c2's IKE SA"
step c2 t --rekey-ike "c2 rekeys its IKE SA"
step srv c2 --rekey-child "the server rekeys the child under the new IKE SA"
again
is "$(ike_ports)" "500 500 500" "IKE has not left port 500"
done_testing
