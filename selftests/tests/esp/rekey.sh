#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Rekeying without visible IKE: hosts with live tunnels get new SAs, outbound
# first or inbound first; the old ones still work. The sender uses the newest
# SA it has, so deleting the new one brings the old one back into use.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+
#
# beside: others
set -u
# shellcheck source=selftests/lib/lib.sh
. "$(dirname "$0")/../../lib/lib.sh"

OUT2=0x1000aa02
IN2=0x2000aa02
OUT1=0x1000aa01
IN1=0x2000aa01

# all_alive TEXT
all_alive() {
	is "$(pings_all 4 0.2 192.168.99.1 c1 c2 c3)" "4 4 4" "$1"
}

# used NS SPI TEXT
used() {
	cmp_ok "$(sa_packets "$1" "$2")" -ge 3 "$3"
}

owner_of() {
	vpn_spis ".[] | select(.spi == \"$1\" and .dir == \"in\") | .client"
}

# sa_gone NS SRC DST SPI
sa_gone() {
	ipn "$1" xfrm state delete src "$2" dst "$3" proto esp spi "$4"
}

outbound_first() {
	local before

	sa_out 2 "$OUT2"
	all_alive "a new outbound SPI of c2: nobody loses a packet"
	used srv "$OUT2" "c2 uses it"
	sa_in 2 "$IN2"
	all_alive "then a new inbound SPI: nobody loses a packet"
	used c2 "$IN2" "the server uses it, it reaches c2"
	is "$(owner_of "$IN2")" 10.0.0.3 "and belongs to c2"

	sa_gone c2 10.0.0.3 199.0.0.1 "$OUT2"
	sa_gone srv 199.0.0.1 200.200.200.200 "$IN2"
	before=$(sa_packets c2 "$(spi_in 2)")
	all_alive "both ends go back to the old SPIs: nobody loses a packet"
	is "$(($(sa_packets c2 "$(spi_in 2)") - before))" 4 \
		"the old inbound SPI is what c2 got"
}

inbound_first() {
	sa_in 1 "$IN1"
	all_alive "a new inbound SPI of c1 first: nobody loses a packet"
	used c1 "$IN1" "the server uses it, it reaches c1"
	sa_out 1 "$OUT1"
	all_alive "then the new outbound SPI: nobody loses a packet"
	used srv "$OUT1" "c1 uses it"
}

howto_net 3
masquerade
start 1 2 3
all_alive "three hosts have live tunnels"
# newest SAs are told apart by it
next_second
outbound_first
inbound_first
is "$(xfrm_stat srv XfrmInNoStates)" 0 "the server got nothing of others"
is "$(ct_esp | grep -c helper=esp)" 3 "still one entry for each host"
done_testing
