#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A host that makes up cookie pairs and exchanges under them, which its server
# doesn't answer, gets nothing by it: no ticket, no sibling's SPI, no trial. What
# the server answers counts, late as it may be. Nor does one that makes up exchanges
# under its own pair.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#
# clock: instructions
set -u
# shellcheck source=selftests/lib/ike.sh
. "$(dirname "$0")/../../lib/ike.sh"

I1=0x1111111111111111 I2=0x2222222222222222 BAD=0x3333333333333333
NEW=0x4444444444444444
R1=0xa1 R2=0xa2

# tickets K
tickets() {
	vpn_sessions ".[] | select(.client == \"$(addr "c$1")\") | .tickets"
}

# up K INIT RESP: a tunnel that both have used
up() {
	ike_up "$1" "$2" "$3"
	new_out "$1" "0x100$1" 1
	new_in "0x200$1" 1 --count 2
}

# Its server uses a new SPI for c1, which is idle.
next_spi() {
	local i

	for i in 2 3 4 5; do
		ike_out 2 "$BAD" 0xbad "$CHILD" 8 "$i"
		sleep 0.1
	done
	is "$(tickets 2)" 0 "what the server doesn't answer opens no ticket"
	new_in 0x2101 1 --count 3
	is "$(seen c1 0x2101)" 3 "the idle host gets all of its new SPI"
}

# Its server has rekeyed the IKE SA of c1.
next_pair() {
	next_second
	ike_out 1 "$I1" "$R1" "$CHILD" 8 2
	ike_in "$I1" "$R1" "$CHILD" "$RESPONSE" 2
	next_second
	ike_out 2 "$BAD" 0xbad "$CHILD" 8 6
	ike_in "$NEW" 0xd1 "$INFO" 0 0 80
	is "$(seen c1 "$NEW") $(seen c2 "$NEW")" "1 0" \
		"nor is it tried first with a new pair"
}

# The pair is older than what the gateway has seen.
answered_late() {
	ike_in "$BAD" 0xbad "$CHILD" "$RESPONSE" 6
	is "$(tickets 2)" 1 "what is answered does"
	ike_out 2 "$BAD" 0xbad "$CHILD" 8 7
	is "$(tickets 2)" 2 "and from then on what isn't so far"
}

# unanswered GUESS SPI: c1 has rekeyed while it is idle. Its sibling asks again and
# again for children that its server leaves unanswered; then the new SPI is used.
unanswered() {
	local i

	gw_set nf_conntrack_esp_guess "$1"
	ike_out 1 "$I1" "$R1" "$CHILD" 8 2
	ike_in "$I1" "$R1" "$CHILD" "$RESPONSE" 2
	sleep 1.5
	for i in 10 11 12 13 14 14 14; do
		ike_out 2 "$I2" "$R2" "$CHILD" 8 "$i"
		sleep 0.4
	done
	new_in "$2" 1
	# both go on sending
	for i in 2 3 4 5 6 7 8 9; do
		new_out 2 0x1002 "$i"
		new_out 1 0x1101 "$i"
		new_in "$2" "$i"
		sleep 0.2
	done
	is "$(seen c1 "$2")" 9 "guess=$1: an idle host gets all of its new SPI \
whatever its sibling asks for in vain"
}

network() {
	net_down
	howto_net 2
	plain_bridge
	masquerade
	for name in c1 c2; do
		at "$name" nft -f - <<-RULES
			table inet watch {
				chain in {
					type filter hook prerouting priority -500;
					esp spi 0x2101 counter comment "0x2101"
					udp dport 500 @th,64,64 $NEW counter comment "$NEW"
				}
			}
		RULES
	done
	up 1 "$I1" "$R1"
	up 2 "$I2" "$R2"
	sleep 1.1
}

network
next_spi
next_pair
answered_late
network
unanswered 2 0x2101
network
unanswered 1 0x2101
done_testing
