# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What tests of an ESP server behind dnat share, on top of lib.sh: c3 is one,
# whose peers are addresses of srv outside.

# shellcheck source=selftests/lib/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# dnat_esp: ESP from outside goes to c3
dnat_esp() {
	at gw nft -f - <<-RULES
		table ip inward {
			chain prerouting {
				type nat hook prerouting priority dstnat
				iifname "eth1" meta l4proto esp dnat to 10.0.0.4
			}
		}
	RULES
}

# road_warrior ID OUTER INNER OUT IN: static SAs between an address of srv
# outside and c3, which it sees as the gateway
road_warrior() {
	local warrior=$2 inside=$3

	ipb srv <<-LINKS
		addr replace $warrior/24 dev eth0
		addr replace $inside/32 dev lo
		route replace 192.168.3.1 via 200.200.200.200
	LINKS
	both_ends states_and_warrior "$1" ns=c3 "out=$4" "in=$5"
}

# shellcheck disable=SC2154 # both_ends sets what it reads
states_and_warrior() {
	local srv=$warrior

	states_out
	states_in
	echo "-$(policy out 192.168.3.1 "$inside" 10.0.0.4 "$warrior")"
	echo "-$(policy in "$inside" 192.168.3.1 "$warrior" 10.0.0.4)"
	echo "-route replace $inside via 10.0.0.1 src 192.168.3.1"
	echo "+$(policy out "$inside" 192.168.3.1 "$warrior" "$seen")"
	echo "+$(policy in 192.168.3.1 "$inside" "$seen" "$warrior")"
}
