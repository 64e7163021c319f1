#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A host that has just begun to wait for an SPI is taken for the owner of one that
# appears, rather than a sibling that has waited for long: but only for as many as it
# has begun to wait for, not if the sibling's stream falls silent at that moment,
# nor if the sibling has begun as well, in an IKE SA that it has rekeyed.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#
# clock: instructions
# kernels: 6.12
set -u
# shellcheck source=selftests/lib/ike.sh
. "$(dirname "$0")/../../lib/ike.sh"

I1=0x1111111111111111 I2=0x2222222222222222 NEW=0x4444444444444444
R=0xa1

# child K COOKIE MSGID: one more, which says nothing so far
child() {
	ike_out "$1" "$2" "$R" "$CHILD" 8 "$3"
	ike_in "$2" "$R" "$CHILD" "$RESPONSE" "$3"
}

# two hosts with a tunnel each that is in use
network() {
	net_down
	howto_net 2
	masquerade
	esp_watch c1 0x2101
	esp_watch c2 0x2202
	ike_up 1 "$I1" "$R"
	new_out 1 0x1001 1
	new_in 0x2001 1 --count 2
	ike_up 2 "$I2" "$R"
	new_out 2 0x1002 1
	new_in 0x2002 1 --count 2
}

# All of c1's children but one have waited for long, as has c2's.
children() {
	local id

	network
	for id in 2 3 4; do
		child 1 "$I1" "$id"
	done
	child 2 "$I2" 2
	sleep 3
	child 1 "$I1" 5
	new_in 0x2101 1
	new_in 0x2202 1 --count 40 --interval 50
	is "$(seen c2 0x2202)" 40 \
		"a host with many children has begun to wait for one of them"
}

# c2 gets a stream; its server takes a second to use the new SPI.
stream() {
	local old

	network
	child 2 "$I2" 2
	new_in 0x2002 3 --count 24 --interval 50 &
	old=$!
	sleep 1
	child 1 "$I1" 2
	wait "$old"
	new_in 0x2202 1 --count 40 --interval 50
	is "$(seen c2 0x2202)" 40 \
		"a stream goes over to a new SPI just when another host begins"
}

# c2 has rekeyed its IKE SA and asks for a child in the new one, which its server
# has not used so far. ESP overtakes the response.
rekeyed() {
	network
	child 2 "$I2" 2
	ike_out 2 "$I2" "$R" "$INFO" 8 3 80
	ike_in "$I2" "$R" "$INFO" "$RESPONSE" 3 80
	sleep 3
	child 1 "$I1" 2
	ike_out 2 "$NEW" 0xd1 "$CHILD" 8 0
	new_in 0x2202 1
	ike_in "$NEW" 0xd1 "$CHILD" "$RESPONSE" 0
	new_in 0x2202 2 --count 39 --interval 50
	is "$(seen c2 0x2202)" 40 \
		"the first SPI of a rekeyed IKE SA comes before the response"
}

children
stream
rekeyed
done_testing
