#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The first packet is not lost: not of a host that starts alone, and not of
# hosts that start at the same moment, though nobody can know then whose the
# server's new SPIs are. Counted in packets of the SAs.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+
#
# beside: others
set -u
# shellcheck source=selftests/lib/lib.sh
. "$(dirname "$0")/../../lib/lib.sh"

COUNT=10

# carried K: packets of the four ends of a tunnel: out of the client, into
# the server, out of the server, into the client
carried() {
	echo "$(sa_packets "c$1" "$(spi_out "$1")")" \
		"$(sa_packets srv "$(spi_out "$1")")" \
		"$(sa_packets srv "$(spi_in "$1")")" \
		"$(sa_packets "c$1" "$(spi_in "$1")")"
}

# all_carried TEXT K...
all_carried() {
	local text=$1 k

	shift
	for k; do
		is "$(carried "$k")" "$COUNT $COUNT $COUNT $COUNT" \
			"$text: every packet of c$k arrived, at both ends"
		is "$(xfrm_stat "c$k" XfrmInStateSeqError)" 0 \
			"$text: c$k gets no packet twice"
	done
}

alone() {
	local k

	for k in 1 2 3; do
		tunnel "$k"
		is "$(pings "c$k" 192.168.99.1 "$COUNT" 0.05)" "$COUNT" \
			"alone: c$k starts, all pings are answered"
	done
	all_carried alone 1 2 3
	is "$(foreign c1) $(foreign c2) $(foreign c3)" "0 0 0" \
		"alone: no host sees a packet of another"
}

together() {
	tunnel 1
	tunnel 2
	tunnel 3
	is "$(pings_all "$COUNT" 0.05 192.168.99.1 c1 c2 c3)" \
		"$COUNT $COUNT $COUNT" \
		"together: three start at one moment, all pings are answered"
	all_carried together 1 2 3
}

# Whose the server's SPIs are may still be open now. An entry that is deleted
# says nothing about it.
deleted() {
	local host

	host=$(ct_esp | sed -n 's/.* src=\(10[^ ]*\) .*UNREPLIED.*/\1/p' |
		head -n 1)
	at gw conntrack -D -p "$ESP" --orig-src "${host:=10.0.0.3}" \
		> /dev/null 2>&1
	is "$(pings_all 3 0.2 192.168.99.1 c1 c2 c3)" "3 3 3" \
		"together: an undecided host's entry is deleted, all go on"
}

howto_net 3
masquerade
alone
net_down

howto_net 3
masquerade
together
deleted
done_testing
