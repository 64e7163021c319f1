#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# ICMP errors quote eight bytes of ESP, which are the SPI and the sequence
# number. One from outside about a host's packet reaches that host and no
# other. One from a host about an SPI that isn't its own doesn't leave: the
# server might delete the SA of the other.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+                                        199.0.0.9 (router)
# kernels: all
# beside: others
set -u
# shellcheck source=selftests/lib/traffic.sh
. "$(dirname "$0")/../../lib/traffic.sh"

ROUTER=199.0.0.9
ROUTER6=2001:db8:199::9

listen_all() {
	local k

	for k in 1 2 3; do
		listen "h$k" "c$k" eth0
	done
}

# heard_icmp WORD...: how many errors came to each host
heard_icmp() {
	local k

	sleep 0.3
	for k in 1 2 3; do
		heard "h$k" "$@" > "$TMP/icmp$k"
		grep '^icmp' "$TMP/icmp$k" | packets
	done | paste -sd' '
}

# too_big SPI: a router says so about the last packet with this SPI
too_big() {
	at srv espgen icmp --src "$ROUTER" --dst "$GW" --type 3 --code 4 \
		--mtu 1300 --quote-src "$GW" --quote-dst "$SRV" --spi "$1" \
		--seq 3 --size 80
}

too_big6() {
	at srv espgen icmp --src "$ROUTER6" --dst "$GW6" --type 2 \
		--mtu 1300 --quote-src "$GW6" --quote-dst "$SRV6" --spi "$1" \
		--seq 3 --size 80
}

from_outside() {
	listen_all
	too_big "$(spi_out 2)"
	is "$(heard_icmp type=3 code=4)" "0 1 0" \
		"fragmentation needed: reaches the host that sent, no other"
	like "$(cat "$TMP/icmp2")" \
		'dst=10.0.0.3 .*quote-src=10.0.0.3 quote-dst=199.0.0.1' \
		"with both addresses translated, outside and inside"
	like "$(ipn c2 route get "$SRV")" 'mtu 1300' "the host believes it"
	unlike "$(ipn c1 route get "$SRV")" 'mtu' "the others' MTU is as before"
	is "$(stats icmp_related)" 1 "it is counted"
}

from_outside6() {
	listen_all
	too_big6 "$(spi_out 2)"
	is "$(heard_icmp type=2 code=0)" "0 1 0" \
		"IPv6, packet too big: reaches the host that sent, no other"
	like "$(cat "$TMP/icmp2")" \
		'dst=fd00:10::3 .*quote-src=fd00:10::3 ' "translated"
	like "$(ipn c2 route get "$SRV6")" 'mtu 1300' "the host believes it"
}

nobodys() {
	listen_all
	too_big 0x7abcdef0
	is "$(heard_icmp type=3)" "0 0 0" \
		"an error about an SPI nobody uses reaches no host"
}

# unreachable K SPI: client K says so to the server about an inbound packet
unreachable() {
	at "c$1" espgen icmp --src "$(addr "c$1")" --dst "$SRV" --type 3 \
		--code 2 --quote-src "$SRV" --quote-dst "$(addr "c$1")" \
		--spi "$2" --size 80
}

from_inside() {
	local before

	before=$(stats icmp_dropped)
	listen out srv eth0
	unreachable 1 "$(spi_in 2)"
	sleep 0.3
	is "$(heard out | grep -c '^icmp')" 0 \
		"a host's error about the SPI of another doesn't leave"
	is "$(stats icmp_dropped)" $((before + 1)) "it is counted"
	listen out srv eth0
	unreachable 1 "$(spi_in 1)"
	sleep 0.3
	like "$(heard out)" \
		'^icmp src=200[^ ]* .*quote-src=199.0.0.1 quote-dst=200.200' \
		"an error about its own leaves, translated"
}

# Two hosts may own an SPI. Whose it isn't, only the host itself can say.
refused() {
	new_out 1 0x1000cc01 1
	new_out 2 0x1000cc02 1
	new_in 0x2000cc01 1
	like "$(spi_state 0x2000cc01)" undecided "two hosts may own an SPI"
	at c2 espgen icmp --src "$(addr c2)" --dst "$SRV" --type 3 --code 2 \
		--quote-src "$SRV" --quote-dst "$(addr c1)" --spi 0x2000cc01 \
		--size 80
	new_in 0x2000cc01 2
	like "$(spi_state 0x2000cc01)" undecided \
		"one can't say in the other's name that it isn't its own"
	unreachable 1 0x2000cc01
	new_in 0x2000cc01 3
	like "$(spi_state 0x2000cc01)" "^$(addr c2) .*inferred" \
		"the other says so: it is bound"
}

all_alive() {
	alive "$1" 1 2 3
}

howto_net 3
masquerade
start 1 2 3
all_alive "three hosts work"
from_outside
nobodys
from_inside
all_alive "they go on"
for k in 1 2 3; do
	tunnel "$k" family=6
done
is "$(pings_all 3 0.2 fd00:192:99::1 c1 c2 c3)" "3 3 3" "IPv6: they work"
from_outside6
net_down

howto_net 3
masquerade
refused
done_testing
