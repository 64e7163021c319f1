#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# An ESP server behind dnat, c3, whose peer is also the server of masqueraded
# hosts: these come first, or the entry of its tunnel goes. Nothing but the ruleset
# knows of it then. Manual keys; libreswan-dnat.sh does the same with IKE.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+         dnat ESP to c3
#
# clock: instructions
set -u
# shellcheck source=selftests/lib/traffic.sh
. "$(dirname "$0")/../../lib/traffic.sh"
# shellcheck source=selftests/lib/dnat.sh
. "$(dirname "$0")/../../lib/dnat.sh"

PEER=192.168.96.1

# peer [COUNT]: the server outside pings the one behind dnat
peer() {
	pings srv 192.168.3.1 "${1:-5}" 0.2 -S "$PEER" -t 2000
}

network() {
	net_down
	howto_net 3
	masquerade
	[ "${1:-}" = none ] || dnat_esp
}

# all TEXT HOST...: everybody goes on, whoever begins
all() {
	local text=$1

	shift
	is "$(peer)" 5 "$text: the server reaches the one behind dnat"
	is "$(pings_all 4 0.2 192.168.99.1 "$@")" "${*//c[0-9]/4}" \
		"$text: masqueraded hosts go on"
	is "$(peer)" 5 "$text: and it the one behind dnat"
	is "$(pings c3 "$PEER" 3)" 3 "$text: which may begin as well"
	is "$(peer)" 5 "$text: and is still reached"
}

# owner SPI
owner() {
	vpn_spis ".[] | select(.dir == \"in\" and .spi == \"$1\") | .client"
}

masqueraded_first() {
	network
	start "${@#c}"
	next_second
	road_warrior 96 "$SRV" "$PEER" 0x30000096 0x40000096
	all "$# masqueraded first" "$@"
	is "$(owner 0x40000096)" 10.0.0.4 "whose SPI is its own"
}

# Its entry goes, as it does after ten quiet minutes: the server's next packets
# are like those of a new SA for c1.
entry_gone() {
	network
	road_warrior 96 "$SRV" "$PEER" 0x30000096 0x40000096
	is "$(peer 70)" 70 "the tunnel behind dnat was there first"
	start 1
	at gw conntrack -D -p esp --orig-src "$SRV" > /dev/null 2>&1
	all "then its entry goes" c1
}

flushed() {
	at gw conntrack -F > /dev/null 2>&1
	all "all entries go" c1
}

# One who begins before the server does has a flow of his own
began_himself() {
	network
	start 1 2
	road_warrior 96 "$SRV" "$PEER" 0x30000096 0x40000096
	is "$(pings c3 "$PEER" 5)" 5 "the one behind dnat begins: it is answered"
	all "after that" c1 c2
}

# forge: SPIs in the server's name, each twice, so that some must be made up
forge() {
	local i

	for ((i = 0; ; i++)); do
		send srv --src "$SRV" --dst "$GW" --spi $((0x66000000 + 8 * i)) \
			--hosts 8 --count 2 --stagger 10 --interval 20
		sleep 0.3
	done
}

# Of the server's SPIs some are made up, so that no other one is taken for that of
# the only host which may own it
forged() {
	local forger

	network
	start 1
	bg forge
	forger=$!
	sleep 2
	road_warrior 96 "$SRV" "$PEER" 0x30000096 0x40000096
	all "some SPIs are made up" c1
	at gw conntrack -D -p esp --orig-src "$SRV" > /dev/null 2>&1
	all "and the entry behind dnat goes" c1
	end "$forger"
}

# Nobody is let in: the server's packet is asked about once
nobody() {
	network none
	watch gw stray input "esp spi 0x77777701"
	start 1 2
	sleep 2
	new_in 0x77777701 1 --count 20 --interval 100
	is "$(counted gw stray)" 1 \
		"without dnat the rules are asked by one packet of an SPI"
	is "$(pings_all 4 0.2 192.168.99.1 c1 c2)" "4 4" "and hosts go on"
}

masqueraded_first c1 c2
masqueraded_first c1
entry_gone
flushed
began_himself
forged
nobody
done_testing
