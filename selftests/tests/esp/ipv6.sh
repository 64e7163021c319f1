#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# ESP in IPv6 behind a masquerade, with and without extension headers before
# the ESP header.
#
#   c1 fd00:10::2 ---+
#   c2 fd00:10::3 ---+--- [gw] 2001:db8:200::1 --- 2001:db8:199::1 [srv]
#   c3 fd00:10::4 ---+
# kernels: all
# beside: others
set -u
# shellcheck source=selftests/lib/lib.sh
. "$(dirname "$0")/../../lib/lib.sh"

SRV=$(addr srv 6)
GW=$(addr gw 6)

# esp_ext NS DST SPI SEQ: ESP behind a hop-by-hop and a destination options
# header, each of 8 bytes of padding
esp_ext() {
	at "$1" python3 - "$2" "$3" "$4" <<-'PYTHON'
		import socket, struct, sys

		dst, spi, seq = sys.argv[1], int(sys.argv[2], 0), int(sys.argv[3])
		s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, 50)
		padding = b"\0\0\1\4\0\0\0\0"
		for option in socket.IPV6_HOPOPTS, socket.IPV6_DSTOPTS:
		    s.setsockopt(socket.IPPROTO_IPV6, option, padding)
		s.sendto(struct.pack("!II", spi, seq) + bytes(40), (dst, 0))
	PYTHON
}

hosts() {
	local k

	for k in 1 2 3; do
		tunnel "$k" family=6
	done
	is "$(pings_all 4 0.2 fd00:192:99::1 c1 c2 c3)" "4 4 4" \
		"three hosts start together, all are answered"
	is "$(ct_esp -f ipv6 | grep -c 'helper=esp.*zone-reply=\|zone-reply=.*helper=esp')" 3 \
		"each has an entry with helper=esp and a reply zone"
	is "$(ct_esp -f ipv6 | grep -c '\[ASSURED\]')" 3 "all are ASSURED"
	is "$(ct_of c2 6 | grep -c "dst=$GW ")" 1 \
		"the server's answers go to the gateway's address"
}

# The same hosts and the same SPIs in IPv4
both_families() {
	tunnel 1
	tunnel 2
	is "$(pings_all 3 0.2 192.168.99.1 c1 c2)" "3 3" \
		"IPv4 tunnels of the same hosts work besides"
	is "$(pings_all 3 0.2 fd00:192:99::1 c1 c2 c3)" "3 3 3" \
		"and those in IPv6 go on"
}

# The answer is an SPI that only c2 can own: nobody else is new
extension_headers() {
	watch srv out_ext prerouting "exthdr dst exists meta l4proto esp"
	watch c1 in_ext prerouting "exthdr dst exists meta l4proto esp"
	at gw conntrack -F > /dev/null 2>&1
	esp_ext c1 "$SRV" 0x6001 1
	busywait 5 test "$(counted srv out_ext)" = 1
	is "$(counted srv out_ext)" 1 \
		"ESP behind extension headers reaches the server"
	is "$(ct_of c1 6 | grep -c zone-reply=)" 1 "and is tracked"
	is "$(vpn_spis '[.[] | select(.spi == "0x00006001")] | length')" 1 \
		"its SPI is read from behind them"
	esp_ext srv "$GW" 0x6002 1
	busywait 5 test "$(counted c1 in_ext)" = 1
	is "$(counted c1 in_ext)" 1 "the answer, with them too, arrives"
}

howto_net 3
masquerade
hosts
both_families
extension_headers
done_testing
