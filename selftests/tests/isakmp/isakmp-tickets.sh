#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A client's own IKE message says that its server may use a new SPI from now
# on: whose an inbound SPI is then needs no guess, even if the server sends on
# it before it has answered. Hosts that use UDP encapsulation are no candidates.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+
#
# beside: others
set -u
# shellcheck source=selftests/lib/ike.sh
. "$(dirname "$0")/../../lib/ike.sh"

I1=0x1111111111111111 I2=0x2222222222222222 I3=0x3333333333333333
R=0xa1

# esp_out K SPI [SEQ]
esp_out() {
	new_out "$1" "$2" "${3:-1}"
}

# three hosts whose child SAs come up one right after the other
simultaneous() {
	ike_up 1 "$I1" "$R"
	ike_up 2 "$I2" "$R"
	ike_up 3 "$I3" "$R"
	esp_out 1 0x1001
	esp_out 2 0x1002
	esp_out 3 0x1003
	new_in 0x2001 1 --count 2
	is "$(stats undecided)" 1 \
		"three hosts at once: the first SPI has three candidates"
}

# invalid_spi K INIT RESP SPI: an INVALID_SPI notify in clear
invalid_spi() {
	udp_send "c$1" "$SRV" 500 "$(printf \
		'%016x%016x29202500%08x%08x0000000c0000000b%08x' \
		"$2" "$3" 9 40 "$4")"
}

# What a host says of an SPI that it got by copy: the server must not hear it
refused_spi() {
	local before

	before=$(seen srv "$I2")
	invalid_spi 2 "$I2" "$R" 0x2001
	invalid_spi 3 0 0 0x2001
	is "$(($(seen srv "$I2") - before)) $(seen srv 0x0)" "0 0" \
		"INVALID_SPI, with cookies and without: it stays here"
	new_in 0x2001 3
	is "$(seen_by 0x2001)" "3 2 2" "and those that said so get no more copies"
	like "$(spi_state 0x00002001)" '^10.0.0.2 .* inferred' "one is left"
	invalid_spi 2 "$I2" "$R" 0x9999
	is "$(($(seen srv "$I2") - before))" 1 "of other SPIs it may speak"
}

# accept K WORDS: what the hook on the gateway runs for client K
accept() {
	SSH_CLIENT="$(addr "c$1") 50000 22" SSH_ORIGINAL_COMMAND=$2 \
		VPNCT="nsenter --net=/run/netns/${NS}gw vpnct" \
		"$(dirname "$0")/../../../contrib/vpnct-accept"
}

refuses() {
	! accept "$@" 2> /dev/null
}

# A candidate sees a sibling's SPI in its copies, and says that it is its own
claimed_spi() {
	ike_up 1 0x1010 "$R"
	ike_up 2 0x2020 "$R"
	esp_out 1 0x1101
	esp_out 2 0x1102
	new_in 0x2102 1 --count 2
	like "$(seen_by 0x2102)" '^2 2 ' "several candidates get an SPI"
	check "the one that it isn't claims it" accept 2 "preload $SRV 0x2102"
	check "and again" accept 2 "preload $SRV 0x2102"
	new_in 0x2102 3 --count 5
	like "$(seen_by 0x2102)" '^7 7 ' "the others go on being served"
	like "$(spi_state 0x00002102)" 'undecided' "a host's word is no proof"
	check "who can't own it has no say" refuses 3 "preload $SRV 0x2102"
	at gw vpnct add esp replace client 10.0.0.2 server "$SRV" spi 0x2102
	like "$(spi_state 0x00002102)" '^10.0.0.2 .* preloaded' "the admin's is"
}

# one after the other: the tickets of the others are spent
alone() {
	local k

	for k in 1 2 3; do
		ike_up "$k" "0x${k}0${k}0" "$R"
		esp_out "$k" "0x100$k"
		new_in "0x200$k" 1 --count 3
	done
	is "$(seen_by 0x2001) $(seen_by 0x2002) $(seen_by 0x2003)" \
		"3 0 0 0 3 0 0 0 3" "hosts that start one after the other get theirs"
	is "$(stats undecided copies)" "0 0" "nobody had to guess"
}

# captured of libreswan as responder: ESP on the new SPI 1 ms before its
# CREATE_CHILD_SA response
early() {
	local k

	for k in 2 3 1; do
		ike_out "$k" "0x${k}0${k}0" "$R" "$CHILD" 8 2 269
		new_in "0x210$k" 1 --count 2
		ike_in "0x${k}0${k}0" "$R" "$CHILD" "$RESPONSE" 2 257
		new_in "0x210$k" 3 --count 2
		esp_out "$k" "0x110$k"
	done
	is "$(seen_by 0x2101) $(seen_by 0x2102) $(seen_by 0x2103)" \
		"4 0 0 0 4 0 0 0 4" \
		"the server uses a new SPI before it answers: the right host, always"
	is "$(stats undecided copies)" "0 0" "without a copy"
}

# the server begins the rekeying: the client's response opens the ticket
by_server() {
	ike_in 0x2020 "$R" "$CHILD" 0 0 269
	ike_out 2 0x2020 "$R" "$CHILD" "$RESPONSE" 0 257
	new_in 0x2202 1 --count 2
	is "$(seen_by 0x2202)" "0 2 0" "the server rekeys: it reaches its host"
}

# 65 bytes have no room for an SA
refused() {
	ike_out 1 0x1010 "$R" "$CHILD" 8 3 269
	ike_in 0x1010 "$R" "$CHILD" "$RESPONSE" 3 65
	ike_out 3 0x3030 "$R" "$CHILD" 8 3 269
	new_in 0x2303 1 --count 2
	is "$(seen_by 0x2303)" "0 0 2" "a refused rekeying leaves no ticket"
	is "$(stats undecided copies)" "0 0" "and nobody had to guess"
}

# wrong_owner SPI NAME: whose it is, if it is decided and not that client's
wrong_owner() {
	vpn_spis ".[] | select(.spi == \"$1\" and .client != null and
		.client != \"$(addr "$2")\") | .client"
}

# c1 is rekeyed while its tunnel is idle. Its server speaks first, just when c2
# has rekeyed: that packet is c1's, however fresh the other ticket is.
polled() {
	local k

	for k in 1 2; do
		ike_out "$k" "0x${k}0${k}0" "$R" "$CHILD" 8 4 269
		ike_in "0x${k}0${k}0" "$R" "$CHILD" "$RESPONSE" 4 257
		[ "$k" = 2 ] || sleep 1
	done
	new_in 0x2501 1
	esp_out 2 0x1502
	new_in 0x2502 1
	new_in 0x2501 2 --count 9 --interval 50
	esp_out 2 0x1502 2
	new_in 0x2502 2 --count 9 --interval 50
	esp_out 1 0x1501
	new_in 0x2501 11 --count 10 --interval 50
	is "$(seen c1 0x2501) $(seen c2 0x2502)" "20 10" \
		"the server speaks first to an idle host while another rekeys"
	is "$(wrong_owner 0x00002501 c1)$(wrong_owner 0x00002502 c2)" "" \
		"no SPI is taken for the other host's"
}

# c3 goes over to port 4500, c1 and c2 rekey at once
floated() {
	ike_out 3 0x3333 0 "$INIT" 8 0
	ike_in 0x3333 "$R" "$INIT" "$RESPONSE" 0
	natt_out 3 0x3333 "$R" "$AUTH" 8 1
	is "$(stats floated)" 1 "the host with UDP encapsulation is noticed"
	ike_out 1 0x1010 "$R" "$CHILD" 8 5 269
	ike_out 2 0x2020 "$R" "$CHILD" 8 5 269
	new_in 0x2401 1 --count 4
	is "$(seen_by 0x2401)" "4 4 0" \
		"two hosts rekey at once: both get it, the third gets no copy"
}

howto_net 3
masquerade
for name in c1 c2 c3; do
	esp_watch "$name" 0x200{1,2,3} 0x210{1,2,3} 0x2202 0x2303 0x2401 \
		0x2501 0x2502
done
alone
early
by_server
refused
polled
floated
net_down

howto_net 3
masquerade
for name in c1 c2 c3; do
	esp_watch "$name" 0x2001
done
ike_watch srv "$I2" 0x0
simultaneous
refused_spi
net_down

howto_net 3
masquerade
for name in c1 c2 c3; do
	esp_watch "$name" 0x2102
done
claimed_spi
done_testing
