#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Hosts behind one masquerade with static SAs to the same server, in tunnel
# and in transport mode: each gets its own answers, and conntrack shows each
# as what it is.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+
# kernels: all
# beside: others
set -u
# shellcheck source=selftests/lib/lib.sh
. "$(dirname "$0")/../../lib/lib.sh"

EVENTS=$TMP/events

# entries MATCH: how many ESP entries have it
entries() {
	ct_esp | grep -c -e "$1"
}

# field NAME WHICH ENTRY: the WHICHth NAME=value of a conntrack line
field() {
	grep -o " $1=[^ ]*" <<< "$3" | sed -n "$2s/.*=//p"
}

start_net() {
	howto_net 3
	masquerade
	bg at gw conntrack -E -p "$ESP" > "$EVENTS" 2>&1
	# the listener is there when it sees a first event
	busywait 10 listener_up
	: > "$EVENTS"
}

# An entry that was made before the listener was there never has events: it goes
# in either case.
listener_up() {
	local status

	esp_send gw 199.0.0.8 0xfff 1
	busywait 1 test -s "$EVENTS"
	status=$?
	at gw conntrack -D -p "$ESP" > /dev/null 2>&1
	return "$status"
}

# hosts MODE DESTINATION: one after another, so that it is sure whose the
# server's SPIs are (hosts that start together: first-packet.sh)
hosts() {
	local mode=$1 dst=$2 k

	for k in 1 2 3; do
		tunnel "$k" "mode=$mode"
		is "$(pings "c$k" "$dst" 3)" 3 \
			"$mode mode: host $k starts and is answered"
	done
	is "$(pings_all 3 0.2 "$dst" c1 c2 c3)" "3 3 3" \
		"$mode mode: all three are answered at the same time"
	is "$(xfrm_stat srv XfrmInNoStates)" 0 \
		"$mode mode: the server gets nothing it has no SA for"
	is "$(foreign c1) $(foreign c2) $(foreign c3)" "0 0 0" \
		"$mode mode: no host gets a packet of another"
}

# conntrack_shows MODE: the third host has sent two times three pings
conntrack_shows() {
	local mode=$1 entry

	entry=$(ct_of c3)
	is "$(wc -l <<< "$entry")" 1 "$mode mode: one entry for one host"
	is "$(field packets 1 "$entry") $(field packets 2 "$entry")" "6 6" \
		"$mode mode: packets are counted in both directions, once"
	cmp_ok "$(field bytes 2 "$entry")" -ge 600 \
		"$mode mode: bytes are counted, too"
	is "$(field dst 2 "$entry")" 200.200.200.200 \
		"$mode mode: the reply goes to the gateway's address"
	is "$(entries helper=esp)" 3 "$mode mode: all carry helper=esp"
	is "$(entries '\[ASSURED\]')" 3 "$mode mode: all are ASSURED"
	is "$(entries '\[UNREPLIED\]')" 0 "$mode mode: none is UNREPLIED"
	is "$(ct_esp | grep -o 'zone-reply=[0-9]*' | sort -u | wc -l)" 3 \
		"$mode mode: each has a reply zone of its own"
	cmp_ok "$(field zone-reply 1 "$entry")" -ge 32768 \
		"$mode mode: the reply zones begin at vpn_zone_base"
}

timeouts() {
	local left

	left=$(ct_of c3 | awk '{ print $3 }')
	check "an answered entry has nf_conntrack_esp_timeout to live" \
		test "${left:-0}" -gt 1700 -a "${left:-0}" -le 1800
	esp_send c3 199.0.0.9 0x3333 1
	left=$(ct_of c3 | awk '/199.0.0.9/ { print $3 }')
	check "an unanswered one nf_conntrack_esp_timeout_unreplied" \
		test "${left:-0}" -gt 100 -a "${left:-0}" -le 120
}

# events_of ADDRESS EVENT [MATCH]: how many
events_of() {
	grep -c "\[$2\].*src=$1 dst=199.0.0.1 .*${3:-}" "$EVENTS"
}

events() {
	at gw conntrack -D -p "$ESP" --orig-src 10.0.0.3 > /dev/null 2>&1
	busywait 5 grep -q 'DESTROY.*src=10.0.0.3 ' "$EVENTS"
	is "$(events_of 10.0.0.3 NEW '\[UNREPLIED\]')" 1 \
		"events: one NEW for a host, UNREPLIED"
	is "$(events_of 10.0.0.3 NEW helper=esp)" 1 \
		"events: NEW names the helper"
	cmp_ok "$(events_of 10.0.0.3 UPDATE)" -ge 1 \
		"events: UPDATE when the answer comes"
	is "$(events_of 10.0.0.3 UPDATE '\[ASSURED\]')" 1 \
		"events: one of them says ASSURED"
	is "$(events_of 10.0.0.3 DESTROY)" 1 "events: one DESTROY"
	is "$(events_of 10.0.0.2 DESTROY)" 0 \
		"events: none for a host that was not deleted"
	is "$(pings c2 192.168.99.1 3)" 3 \
		"a deleted host is back with its next packet"
}

start_net
hosts tunnel 192.168.99.1
conntrack_shows tunnel
timeouts
events
net_down

start_net
hosts transport 199.0.0.1
conntrack_shows transport
done_testing
