#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# vpnct save, rmmod, modprobe, vpnct restore: three live libreswan tunnels go
# on without a rekey.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+
# timeout: 600
set -u
# shellcheck source=selftests/lib/lib.sh
. "$(dirname "$0")/../../lib/lib.sh"

SRV=192.168.99.1
MODULES=$(dirname "$0")/../../modules.sh

# what identifies the tunnels: nothing may be negotiated anew
known() {
	{
		vpn_spis '.[] | "\(.client) \(.dir) \(.spi) \(.confidence)"'
		vpn_ike '.[] | "\(.client) \(.initiator) \(.responder)"'
	} | sort
}

# restore TEXT [FILE [WORD...]]
restore() {
	at gw vpnct restore "${2:-$TMP/saved}" "${@:3}" > "$TMP/restored" 2>&1
	is $? 0 "$1" || diag "$(cat "$TMP/restored")"
}

# aged SECONDS: what was saved, as if it were that much older
aged() {
	jq -c "if .time then .time -= $1 else . end" "$TMP/saved" \
		> "$TMP/aged"
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
at gw vpnct save > "$TMP/saved"
is $? 0 "save"
known > "$TMP/known"
bg at gw vpnct -j monitor > "$TMP/events" 2> "$TMP/monitor"
"$MODULES" unload > "$TMP/unload" 2>&1 || diag "$(cat "$TMP/unload")"
is "$(at gw conntrack -L 2> /dev/null | grep -c 'zone-reply=')" 0 \
	"unloaded, with the flows in zones"
check "monitor tells of it" busywait 10 grep -q 'were unloaded' "$TMP/monitor"
"$MODULES" load
check "and that they are back" busywait 10 grep -q 'loaded again' "$TMP/monitor"
aged 3000
vpnct_fails "what is older than idle ESP may be" \
	'aged:1: it was saved 3[0-9]{3} s ago, .* after 1800 s .*force' \
	restore "$TMP/aged"
is "$(known)" "" "nothing of it is placed"
aged 600
restore "a dry run of it succeeds" "$TMP/aged" --dry-run
like "$(cat "$TMP/restored")" '^would be placed: [1-9]+[0-9]* \(0 of' \
	"and says how much it would place"
is "$(known)" "" "but places nothing"
restore "restore places all that is 10 minutes old" "$TMP/aged"
is "$(known)" "$(cat "$TMP/known")" "the same SPIs and cookies are known"
is "$(vpn_sessions '.[] | .esp_timeout_s > 900 and .esp_timeout_s <= 1200' |
	paste -sd' ')" "true true true" "ESP may idle for what was left of it"
check "monitor tells of them" busywait 5 grep -q '"new".*"spi"' "$TMP/events"
restore "a dry run" "$TMP/saved" --dry-run
like "$(cat "$TMP/restored")" 'placed: ([0-9]+) \(\1 of .* refused: 0$' \
	"says that all is there"
restore "once more does no harm"
aged 3000
restore "nor does an old one by force" "$TMP/aged" force
is "$(known)" "$(cat "$TMP/known")" "and changes nothing"
is "$(pings srv "$(inner c2)" 3 0.2)" 3 "the server sends first, c2 gets it"
is "$(pings_all 5 0.2 "$SRV" c1 c2 c3)" "5 5 5" \
	"all three go on, none loses a packet"
is "$(known)" "$(cat "$TMP/known")" "without a rekey"
# an SPI that nobody owns any more can't be placed, and that is told
sed 's/"client": "10.0.0.2"/"client": "10.0.0.77"/' "$TMP/saved" > "$TMP/other"
at gw vpnct restore "$TMP/other" > "$TMP/restored" 2>&1
is $? 3 "what another client has is refused"
like "$(cat "$TMP/restored")" "other:[0-9]*: esp client 10.0.0.77 .* spi 0x" \
	"line by line"
done_testing
