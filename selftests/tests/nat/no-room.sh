#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The tables are full when an SPI becomes undecided. Sessions without a flow of
# their own yield to it, but not those that are its candidates.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+         dnat ESP to c3
# beside: others
set -u
# shellcheck source=selftests/lib/traffic.sh
. "$(dirname "$0")/../../lib/traffic.sh"
# shellcheck source=selftests/lib/dnat.sh
. "$(dirname "$0")/../../lib/dnat.sh"

has_forgotten() {
	[ "$(stats forgotten)" -ge "$1" ]
}

# Its entry and that of another candidate are deleted; it goes on after a rekey,
# and is given back an SPI of its own and one that is undecided.
returns() {
	howto_net 2
	masquerade
	new_out 1 0x10000001 1
	new_in 0x20000001 1 --count 3
	new_out 1 0x10000002 1
	new_in 0x20000002 1 --count 3
	new_out 2 0x10000003 1
	new_in 0x20000003 1 --count 3
	new_in 0x30000001 1 --count 3
	is "$(spis client "$(addr c1)") $(spi_state 0x30000001)" \
		"4 - undecided none" "a host is rekeyed, and one SPI is undecided"
	at gw conntrack -F > /dev/null 2>&1
	check "all entries are deleted" busywait 30 has_forgotten 6
	gw_set nf_conntrack_vpn_max 3
	new_out 1 0x10000002 2
	is "$(sessions) $(spis client "$(addr c1)") $(stats full)" "1 2 2" \
		"it returns: what finds no room is missing, and its session stays"
	new_out 2 0x10000003 2
	is "$(sessions) $(stats full)" "1 3" "others find no room"
	net_down
}

# The host behind dnat has no flow of its own, but that of the server.
behind_dnat() {
	howto_net 3
	masquerade
	dnat_esp
	new_out 1 0x10000001 1
	new_in 0x20000001 1 --count 3
	new_in 0x30000001 1 --count 3
	new_out 3 0x40000001 1
	is "$(sessions) $(spis)" "2 4" "a host and one behind dnat have sessions"
	gw_set nf_conntrack_vpn_max 6
	new_in 0x30000002 1 --count 5
	is "$(sessions client "$(addr c3)") $(spi_state 0x30000002)" "1 " \
		"another SPI finds no room, and no candidate of it yields"
}

returns
behind_dnat
done_testing
