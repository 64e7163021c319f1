#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# nf_conntrack_esp_parallel=0: a server is free for the next host as soon as
# the first one's session ends: its IKE entry is deleted, its IKE SA is, or it
# isn't answered. (An ESP entry that is deleted: see policy.)
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
# clock: instructions
set -u
# shellcheck source=selftests/lib/ike.sh
. "$(dirname "$0")/../../lib/ike.sh"

R=0xa1

# passes K SPI SEQ: does a packet of client K reach the server?
passes() {
	local before after

	before=$(seen srv "$2")
	new_out "$1" "$2" "$3"
	sleep 0.3
	after=$(seen srv "$2")
	echo $((after - before))
}

ike_deleted() {
	ike_up 1 0x11 "$R"
	is "$(passes 1 0x1001 1)" 1 "c1 begins"
	new_in 0x2001 1 --count 2
	is "$(passes 2 0x1002 1)" 0 "c2 has to wait"
	at gw conntrack -D -p udp --orig-src 10.0.0.2 > /dev/null 2>&1
	is "$(passes 2 0x1002 2)" 1 "c1's IKE entry is deleted: c2's turn"
}

# c2 has the server and is not answered
unheard() {
	gw_set nf_conntrack_esp_timeout_unreplied 2
	new_out 2 0x1002 3 --count 5 --interval 800
	is "$(passes 1 0x1011 1)" 1 "c2 isn't answered for long: c1's turn"
	gw_set nf_conntrack_esp_timeout_unreplied 120
}

# c1 has it. DELETE looks as dead peer detection does, but nothing follows.
left() {
	ike_up 1 0x12 "$R"
	new_in 0x2011 1 --count 2
	ike_out 1 0x12 "$R" "$INFO" 8 2 80
	ike_in 0x12 "$R" "$INFO" "$RESPONSE" 2 80
	is "$(passes 2 0x1022 1)" 0 "c1 says something informational: c2 waits"
	sleep 61
	is "$(passes 2 0x1022 2)" 1 "and nothing more for a minute: c2's turn"
}

howto_net 2
masquerade
esp_watch srv 0x1001 0x1002 0x1011 0x1022
gw_set nf_conntrack_esp_parallel 0
ike_deleted
unheard
left
done_testing
