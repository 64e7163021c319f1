#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A host that knows a sibling's cookie pair gets nothing by it: the pair is
# whose request the server answers. A host that has got another address is
# answered there.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+
#
# beside: others
set -u
# shellcheck source=selftests/lib/ike.sh
. "$(dirname "$0")/../../lib/ike.sh"

I1=0x1111111111111111 I2=0x2222222222222222 OLD=0x5555555555555555
NEW=0x6666666666666666 NEXT=0x7777777777777777
R1=0xa1 R2=0xa2

# one packet of c2 with the pair of c1
sniffed() {
	local i

	ike_out 2 "$I1" "$R1" "$INFO" 8 7 80
	for i in 0 1 2; do
		ike_in "$I1" "$R1" "$INFO" 0 "$i" 80
	done
	ike_out 1 "$I1" "$R1" "$INFO" 8 2 80
	ike_in "$I1" "$R1" "$INFO" "$RESPONSE" 2 80
	is "$(seen_by "$I1")" "6 0 0" \
		"a sibling sends under a pair: all the server says reaches its owner"
	ike_out 2 "$I1" "$R1" "$INFO" 8 3 80
	ike_out 1 "$I1" "$R1" "$INFO" 8 3 80
	ike_in "$I1" "$R1" "$INFO" "$RESPONSE" 3 80
	ike_out 1 "$I1" "$R1" "$INFO" 8 4 80
	ike_in "$I1" "$R1" "$INFO" "$RESPONSE" 3 80
	ike_in "$I1" "$R1" "$INFO" "$RESPONSE" 4 80
	is "$(seen_by "$I1")" "9 0 0" \
		"also what answers a message ID that the sibling has used"
}

moved() {
	ike_out 3 "$I1" "$R1" "$INFO" 8 5 80
	ike_in "$I1" "$R1" "$INFO" "$RESPONSE" 5 80
	ike_in "$I1" "$R1" "$INFO" 0 3 80
	is "$(seen_by "$I1")" "9 0 2" \
		"the host goes on from another address: it is answered there"
	ike_out 2 "$I1" "$R1" "$INFO" 8 8 80
	ike_in "$I1" "$R1" "$INFO" 0 4 80
	is "$(seen_by "$I1")" "9 0 3" "and keeps the pair"
	ike_out 1 "$I1" "$R1" "$INFO" 8 6 80
	ike_in "$I1" "$R1" "$INFO" "$RESPONSE" 6 80
	is "$(seen_by "$I1")" "10 0 3" "so it does when it comes back"
}

# The server has rekeyed the IKE SA of c1. c2 has made itself the likeliest
# owner of a new pair and answers what it gets on trial.
trial() {
	local i

	next_second
	ike_out 2 "$I2" "$R2" "$CHILD" 8 2
	ike_in "$NEW" 0xd1 "$INFO" 0 0 80
	ike_out 2 "$NEW" 0xd1 "$INFO" "$RESPONSE" 0 80
	for i in 1 2 3; do
		ike_in "$NEW" 0xd1 "$INFO" 0 0 80
	done
	is "$(seen_by "$NEW")" "1 2 1" \
		"a wrong answer on trial: repetitions go on to the others"
	ike_in "$NEW" 0xd1 "$INFO" 0 0 80
	ike_in "$NEW" 0xd1 "$INFO" 0 0 80
	is "$(seen c1 "$NEW")" 2 "and again to the owner"
	ike_out 1 "$NEW" 0xd1 "$INFO" "$RESPONSE" 0 80
	ike_out 2 "$NEW" 0xd1 "$INFO" "$RESPONSE" 0 80
	ike_in "$NEW" 0xd1 "$INFO" 0 1 80
	ike_in "$NEW" 0xd1 "$INFO" 0 2 80
	is "$(seen c1 "$NEW")" 4 "who answers, and keeps the pair"
}

# the same, and c1 speaks before the server repeats anything
trial_owner_asks() {
	ike_in "$NEXT" 0xd2 "$INFO" 0 0 80
	is "$(seen_by "$NEXT")" "0 1 0" "another pair: on trial at the same host"
	ike_out 2 "$NEXT" 0xd2 "$INFO" "$RESPONSE" 0 80
	ike_out 1 "$NEXT" 0xd2 "$INFO" 8 0 80
	ike_in "$NEXT" 0xd2 "$INFO" "$RESPONSE" 0 80
	ike_in "$NEXT" 0xd2 "$INFO" 0 0 80
	is "$(seen_by "$NEXT")" "2 1 0" \
		"the owner's own request is answered: the pair is its own"
}

# v1 MSGID: an encrypted message of IKEv1, informational
v1() {
	printf '%016x%016x08100501%08x0000003c%064d' "$OLD" 0xe1 "$1" 0
}

old() {
	udp_send c1 "$SRV" 500 "$(v1 0x101)"
	udp_send c2 "$SRV" 500 "$(v1 0x102)"
	udp_send srv "$GW" 500 "$(v1 0x103)"
	udp_send c2 "$SRV" 500 "$(v1 0x104)"
	udp_send srv "$GW" 500 "$(v1 0x105)"
	is "$(seen_by "$OLD")" "2 0 0" "IKEv1: a pair stays its owner's"
}

howto_net 3
masquerade
for name in c1 c2 c3; do
	ike_watch "$name" "$I1" "$I2" "$OLD" "$NEW" "$NEXT"
done
ike_up 1 "$I1" "$R1"
ike_up 2 "$I2" "$R2"
sniffed
moved
trial
trial_owner_asks
old
done_testing
