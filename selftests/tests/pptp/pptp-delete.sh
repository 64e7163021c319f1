#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Calls that are deleted through netlink while they carry GRE, what events tell
# of a call, and what isn't there to be deleted.
#
#   c1 10.0.0.2 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c2 10.0.0.3 ---+
#
# beside: others
set -u
# shellcheck source=selftests/lib/pptp.sh
. "$(dirname "$0")/../../lib/pptp.sh"

C1=(delete pptp client 10.0.0.2 server "$SRV")

# call FIELD: of the first client's
call() {
	at gw vpnct list pptp -j |
		jq -r ".[] | select(.client == \"10.0.0.2\") | $1"
}

# events [FILTER]: what was told of the first client's calls
events() {
	jq -r "select(.pptp.client == \"10.0.0.2\") | ${1:-.event}" \
		"$TMP/events" | paste -sd' '
}

told() {
	[ "$(events)" = "$1" ]
}

not_there() {
	local none='no such call'

	vpnct_fails "a Call-ID that nobody has" "$none" \
		"${C1[@]}" client_port "$port" client_id 61
	vpnct_fails "the server's Call-ID is another" "$none" \
		"${C1[@]}" client_port "$port" client_id 60 host_id 71
	vpnct_fails "no such control connection" "$none" \
		"${C1[@]}" client_port 1 client_id 60
	vpnct_fails "another server" "$none" \
		delete pptp client 10.0.0.2 server 199.0.0.9 \
		client_port "$port" client_id 60
	is "$(at gw vpnct "${C1[@]}" not call_id 60)" "0 entries forgotten" \
		"no call without this Call-ID"
}

howto_net 2
masquerade
pptp_helper
bg at gw vpnct -j monitor > "$TMP/events"
# until it listens
sleep "$((2 * SLOW))"
idle c1 c2
check "events: asked for, up" busywait 5 told "new bound"
is "$(events '"\(.pptp.client_id) \(.pptp.host_id)"')" "60 null 60 70" \
	"with the Call-IDs that are known"
port=$(call .client_port)
not_there
tell "work 0" "what was refused changes nothing"

echo "carry 0" >&"$to_sim"
sleep "$((1 * SLOW))"
check "deleted while it carries data" at gw vpnct "${C1[@]}" \
	client_port "$port" client_id 60 host_id 70
expect "then it carries no more"
tell "silent 0" "in neither direction"
is "$(calls)" 1 "its entry is gone, and stock makes none"
cmp_ok "$(vpn_stat pptp_no_call)" -ge 2 "its GRE is dropped"
is "$(call .state)" closed "its Call-IDs stay reserved"
check "an event tells of its end" busywait 5 told "new bound expired"
vpnct_fails "what has ended" 'no such call' \
	"${C1[@]}" client_port "$port" client_id 60
is "$(vpn_stat deleted)" 1 "one was deleted"
tell "work 1" "the other host's call goes on"
tell "again 0" "asked for again on the same connection, it is up"

is "$(at gw vpnct "${C1[@]}" host_id 70)" "1 entries forgotten" \
	"whichever have the server's Call-ID"
tell "silent 0" "it carries nothing"
tell "again 0" "and can be asked for again"
like "$(at gw vpnct flush pptp)" '^2 entries forgotten' "flush: both calls"
tell "silent 0" "the first carries nothing"
tell "silent 1" "nor does the second"
is "$(calls)" 0 "no entry is left"
check "each was told of once" busywait 5 told \
	"new bound expired new bound expired new bound expired"
finish
check "nor is more told when the connections end" told \
	"new bound expired new bound expired new bound expired"
done_testing
