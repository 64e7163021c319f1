#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Whose is an IKE message? By its cookies, whoever begins; and what has none,
# or lies, harms nobody. The hosts are emulated: no daemon chooses cookies as
# unfortunate as these.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+
# kernels: all
# beside: others
set -u
# shellcheck source=selftests/lib/ike.sh
. "$(dirname "$0")/../../lib/ike.sh"

I1=0x1111111111111111 I2=0x2222222222222222 I3=0x3333333333333333
SAME=0x4444444444444444 SHY=0x5555555555555555
NEW2=0x6666666666666666 CALL=0x7777777777777777
EVERYWHERE=0x8888888888888888
MORE1=0x9999999999999991 MORE2=0x9999999999999992
R1=0xa1 R2=0xa2 R3=0xa3

from_500() {
	at gw conntrack -L -p udp --orig-port-dst 500 2>/dev/null |
		grep -c ' dport=500 .*helper=isakmp'
}

exchanges() {
	ike_up 1 "$I1" "$R1"
	ike_up 2 "$I2" "$R2"
	ike_up 3 "$I3" "$R3"
	is "$(from_500)" 3 "three hosts talk IKE from port 500"
	is "$(seen_by "$I1")" "2 0 0" "the answers to c1 reach c1 alone"
	is "$(seen_by "$I2")" "0 2 0" "those to c2 reach c2"
	is "$(seen_by "$I3")" "0 0 2" "those to c3 reach c3"
	is "$(stats cookie_new tickets)" "3 3" \
		"three cookie pairs, three tickets"
	ike_in "$I2" "$R2" "$INFO" 0 0
	is "$(seen c2 "$I2")" 3 "a request of the server reaches c2"
}

same_cookie() {
	ike_out 1 "$SAME" 0 "$INIT" 8 0
	ike_out 2 "$SAME" 0 "$INIT" 8 0
	is "$(seen srv "$SAME") $(stats cookie_busy)" "1 1" \
		"the same initiator cookie: c2 has to wait for c1's answer"
	ike_in "$SAME" 0xb1 "$INIT" "$RESPONSE" 0
	ike_out 2 "$SAME" 0 "$INIT" 8 0
	ike_in "$SAME" 0xb2 "$INIT" "$RESPONSE" 0
	is "$(seen_by "$SAME")" "1 1 0" "then both are answered"
	ike_in "$SAME" 0xb1 "$INFO" 0 0
	ike_in "$SAME" 0xb2 "$INFO" 0 0
	ike_in "$SAME" 0xb2 "$INFO" 0 1
	is "$(seen_by "$SAME")" "2 3 0" "and told apart from then on"
}

# RFC 7296 section 2.6: an answer without a responder cookie is none
cookie_challenge() {
	ike_out 3 "$SHY" 0 "$INIT" 8 0
	ike_in "$SHY" 0 "$INIT" "$RESPONSE" 0 60
	ike_out 3 "$SHY" 0 "$INIT" 8 0 240
	ike_in "$SHY" 0xc1 "$INIT" "$RESPONSE" 0
	is "$(seen_by "$SHY")" "0 0 2" \
		"a server that wants a cookie first reaches its client, twice"
}

# A rekeyed IKE SA has a cookie pair that nobody has seen begin
rekeyed() {
	next_second
	ike_out 2 "$I2" "$R2" "$CHILD" 8 2
	ike_in "$I2" "$R2" "$CHILD" "$RESPONSE" 2
	ike_in "$NEW2" 0xd2 "$INFO" 0 0
	is "$(seen_by "$NEW2")" "0 1 0" \
		"the server uses a new pair first: it reaches the host that rekeyed"
	ike_out 2 "$NEW2" 0xd2 "$INFO" "$RESPONSE" 0
	ike_in "$NEW2" 0xd2 "$INFO" 0 1
	ike_in "$NEW2" 0xd2 "$INFO" 0 1
	is "$(seen_by "$NEW2")" "0 3 0" "and goes on doing so"
	ike_out 2 "$NEW2" 0xd2 "$INFO" "$RESPONSE" 1
}

# c3 answers no more; the server begins anew
server_begins() {
	ike_in "$I3" "$R3" "$INFO" 0 0
	ike_in "$I3" "$R3" "$INFO" 0 0
	ike_in "$CALL" 0 "$INIT" 8 0
	is "$(seen_by "$CALL")" "0 0 0" \
		"the server begins: a dnat rule would come first"
	ike_in "$CALL" 0 "$INIT" 8 0
	is "$(seen_by "$CALL")" "0 0 1" \
		"it repeats: the host that it asked in vain gets it"
	ike_out 3 "$CALL" 0xe3 "$INIT" "$RESPONSE" 0
	ike_in "$CALL" 0xe3 "$AUTH" 8 1
	ike_in "$CALL" 0xe3 "$AUTH" 8 1
	is "$(seen_by "$CALL")" "0 0 3" "and keeps it"
}

# surplus K COOKIE: a first message in a datagram with 16 bytes more
surplus_init() {
	udp_send "c$1" "$SRV" 500 \
		"$(ike_message "$2" 0 "$INIT" 8 0 200)$(printf '%032d' 0)"
}

# Some implementations pad their datagrams
surplus() {
	surplus_init 1 "$MORE1"
	surplus_init 2 "$MORE2"
	ike_in "$MORE2" 0xb2 "$INIT" "$RESPONSE" 0
	ike_in "$MORE1" 0xb1 "$INIT" "$RESPONSE" 0
	is "$(seen_by "$MORE1") $(seen_by "$MORE2")" "1 0 0 0 1 0" \
		"bytes behind a message: each host gets its own answer"
	is "$(stats isakmp_invalid)" 0 "nothing is wrong with that"
}

# nothing of this may get lost for the host that it comes from, or reach others
bad() {
	local before

	before=$(seen_by "$I1")
	udp_send srv "$GW" 500 "$(printf '%056d' 0)"
	udp_send srv "$GW" 500 ""
	udp_send srv "$GW" 500 "$(ike_message "$I1" "$R1" "$INFO" 0 9 200 | head -c 40)"
	is "$(seen_by "$I1")" "$before" "what is no IKE reaches none of them"
	# says that it is longer than it is
	udp_send srv "$GW" 500 "$(ike_message "$I1" "$R1" "$INFO" 0 9 300 | head -c 400)"
	is "$(seen_by "$I1")" "$((${before%% *} + 1)) ${before#* }" \
		"one that lies about its length reaches the host of its cookies"
	is "$(stats zero_cookie isakmp_invalid)" "1 2" "and is counted"
	before=$(stats tickets)
	udp_send c1 "$SRV" 500 "$(ike_message "$I1" "$R1" "$CHILD" 8 9 300 | head -c 400)"
	is "$(stats isakmp_invalid tickets)" "3 $before" \
		"a host that lies about its length gets no ticket"
	udp_send c1 "$SRV" 500 "$(printf '%056d' 0)"
	is "$(stats zero_cookie)" 2 "a zero cookie from a client passes, counted"
}

flood() {
	local i

	for ((i = 0; i < 40; i++)); do
		ike_out 1 "$((0x0f00000000000000 + i))" 0 "$INIT" 8 0 28
	done
	for ((i = 0; i < 10; i++)); do
		ike_in "$((0x0e00000000000000 + i))" 0x77 "$INFO" 0 0 28
	done
	cmp_ok "$(stats cookie_recycled)" -ge 20 \
		"a flood of cookies replaces itself"
	ike_in "$I2" "$R2" "$INFO" 0 5
	is "$(seen c2 "$I2")" "$((C2 + 1))" "other hosts are unharmed"
	C2=$((C2 + 1))
}

# No hash chain gets long
same_everywhere() {
	local before i

	before=$(stats cookie_new)
	for ((i = 10; i < 20; i++)); do
		SERVER=199.0.0.$i ike_out 1 "$EVERYWHERE" 0 "$INIT" 8 0 28
	done
	is "$(($(stats cookie_new) - before))" 8 \
		"one initiator cookie for ten servers: eight entries"
	is "$(stats twins no_memory)" "2 0" "the others are counted as twins"
}

deleted() {
	at gw conntrack -D -p udp --orig-src 10.0.0.3 > /dev/null 2>&1
	ike_in "$I2" "$R2" "$INFO" 0 6
	is "$(seen c2 "$I2")" "$C2" "conntrack -D: nothing comes in"
	ike_out 2 "$I2" "$R2" "$INFO" 8 7
	ike_in "$I2" "$R2" "$INFO" "$RESPONSE" 7
	is "$(seen c2 "$I2")" "$((C2 + 1))" \
		"its next message sets it up again"
}

howto_net 3
masquerade
all=("$I1" "$I2" "$I3" "$SAME" "$SHY" "$NEW2" "$CALL" \
	"$MORE1" "$MORE2")
for name in c1 c2 c3 srv; do
	ike_watch "$name" "${all[@]}"
done
exchanges
same_cookie
cookie_challenge
rekeyed
server_begins
surplus
bad
C2=$(seen c2 "$I2")
flood
same_everywhere
deleted
done_testing
