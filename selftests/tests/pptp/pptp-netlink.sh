#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What vpnct, conntrack and its events say of a call; and that nothing is left
# of it.
#
#   c1 10.0.0.2 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c2 10.0.0.3 ---+
#
# beside: others
set -u
# shellcheck source=selftests/lib/pptp.sh
. "$(dirname "$0")/../../lib/pptp.sh"

field() {
	at gw vpnct list pptp -j | jq -r ".[] | select($1) | $2"
}

events() {
	grep -c "$1" "$TMP/events"
}

has_event() {
	[ "$(events "$1")" -gt 0 ]
}

howto_net 2
masquerade
pptp_helper
bg at gw conntrack -E -p gre > "$TMP/events" 2>/dev/null
sleep 1
sim -c "${NS}c1" -c "${NS}c2" messages
UP='.client == "10.0.0.2"'
is "$(field "$UP" '"\(.server) \(.masq) \(.host)"')" \
	"199.0.0.1 200.200.200.200 199.0.0.1" "addresses"
is "$(field "$UP" '"\(.client_id) \(.client_wire) \(.host_id) \(.host_wire)"')" \
	"9 9 9 9" "Call-IDs of the first"
is "$(field '.client == "10.0.0.3"' '"\(.client_id) \(.host_id) \(.host_wire)"')" \
	"9 9 9" "of the second"
isnt "$(field '.client == "10.0.0.3"' .client_wire)" 9 "which was given another"
is "$(field "$UP" .state)" closed "it is over"
is "$(field "$UP" .server_port)" 1723 "its control connection"
cmp_ok "$(field "$UP" .packets_out)" -ge 1 "its packets"
is "$(at gw vpnct list pptp -p client 10.0.0.2 state closed | wc -l)" 1 "filters"
is "$(vpn_stat pptp_call_new)" 2 "two calls came up"
check "an event tells of the new entry" busywait 5 has_event '\[NEW\].*srckey'
check "and one of its end" busywait 5 has_event '\[DESTROY\]'
done_testing
