#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Three libreswan tunnels outlive the modules: what is known is saved over
# netlink, the modules are unloaded and loaded again, and what was saved is
# restored. No tunnel is rekeyed; the server sends first to one host, and asks
# another whether it is alive.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+
# timeout: 900
set -u
# shellcheck source=selftests/lib/lib.sh
. "$(dirname "$0")/../../lib/lib.sh"
# shellcheck source=selftests/lib/netlink.sh
. "$(dirname "$0")/../../lib/netlink.sh"

SRV=192.168.99.1
MODULES=$(dirname "$0")/../../modules.sh

# the requests that restore what is there now, a line each
save() {
	vpn_sessions '.[] | select(.zone != 0) |
		"session-new session.client=\(.client) session.server=\(.server)
		 session.masq=\(.masq)" +
		(if .esp_timeout_s > 0 then
			" session.esp-timeout=\(.esp_timeout_s)" else "" end) +
		(if .ike_timeout_s > 0 then
			" session.ike-timeout=\(.ike_timeout_s)" else "" end) |
		gsub("\\s+"; " ")'
	# shellcheck disable=SC2016
	vpn_spis '{"none": 0, "guessed": 1, "inferred": 2, "sole": 3,
			"certain": 4, "preloaded": 5} as $conf |
		.[] | select(.client != null) |
		"esp-new replace esp.client=\(.client) esp.server=\(.server)
		 esp.masq=\(.masq) esp.dir=\(if .dir == "in" then 1 else 0 end)
		 esp.spi=\(.spi) esp.seq=\(.seq)
		 esp.confidence=\($conf[.confidence])
		 esp.state=\(if .state == "unreplied" then 0 else 1 end)" |
		gsub("\\s+"; " ")'
	vpn_ike '.[] | select(.state == "established") |
		"isakmp-new isakmp.client=\(.client) isakmp.server=\(.server)
		 isakmp.initiator=\("0x" + .initiator)
		 isakmp.responder=\("0x" + .responder)
		 isakmp.version=\(.version[-1:])
		 isakmp.begun-by=\(if .begun_by == "client" then 0 else 1 end)" |
		gsub("\\s+"; " ")'
}

# restore FILE: prints what was refused
restore() {
	local words

	while read -ra words; do
		nl "${words[@]}" | grep -v '^error=0 '
	done < "$1"
}

# what identifies a tunnel: nothing may have been negotiated anew
known() {
	{
		vpn_spis '.[] | "\(.client) \(.dir) \(.spi) \(.confidence)"'
		vpn_ike '.[] | "\(.client) \(.initiator) \(.responder)"'
	} | sort
}

again() {
	"$MODULES" unload > "$TMP/unload" 2>&1 || diag "$(cat "$TMP/unload")"
	is "$(at gw conntrack -L 2> /dev/null | grep -c 'zone-reply=')" 0 \
		"unloaded, with the flows in zones"
	"$MODULES" load
}

after() {
	is "$(restore "$TMP/saved")" "" "all of it is restored"
	is "$(known)" "$(cat "$TMP/known")" "the same SPIs and cookies are known"
	is "$(restore "$TMP/saved")" "" "once more does no harm"
	is "$(known)" "$(cat "$TMP/known")" "and changes nothing"
	is "$(pings srv "$(inner c2)" 3 0.2)" 3 \
		"the server sends first, c2 gets it"
	is "$(pings_all 5 0.2 "$SRV" c1 c2 c3)" "5 5 5" \
		"all three tunnels go on, none loses a packet"
	is "$(at gw conntrack -L -p esp 2> /dev/null |
		grep -o 'dst=200.200.200.200' | wc -l)" 3 \
		"from the same address"
	is "$(vpn_spis '.[] | select(.dir == "in" and .packets > 0) | .spi' |
		wc -l)" 3 "on three inbound SPIs"
	is "$(known)" "$(cat "$TMP/known")" "nothing was negotiated meanwhile"
}

rekey() {
	whack c3 --rekey-child --name t > "$TMP/whack" 2>&1
	check "IKE goes on, too: c3 rekeys" grep -q established "$TMP/whack" ||
		diag "$(cat "$TMP/whack")"
	whack srv --rekey-child --name c1 > "$TMP/whack" 2>&1
	check "and so does the server, with c1" \
		grep -q established "$TMP/whack" || diag "$(cat "$TMP/whack")"
	is "$(pings_all 5 0.2 "$SRV" c1 c2 c3)" "5 5 5" "all go on after it"
}

howto_net 3
masquerade
for name in c1 c2 c3; do
	swan_client "$name"
done
swan_server c1 c2 c3
check "four plutos are up" swan_start srv c1 c2 c3
check "three hosts initiate, all succeed" \
	swan_initiate_each "$SRV" c1 c2 c3 ||
	swan_log srv c1 c2 c3
is "$(pings_all 3 0.2 "$SRV" c1 c2 c3)" "3 3 3" "all work"
save > "$TMP/saved"
known > "$TMP/known"
cmp_ok "$(wc -l < "$TMP/saved")" -ge 12 "three sessions, each with SPIs and IKE"
again
after
rekey
done_testing
