#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Whose is an inbound SPI, without visible IKE: the times of packets decide
# between hosts that start in one moment, and a wrong decision heals.
#
# clock: instructions
# kernels: 6.12
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+
set -u
# shellcheck source=selftests/lib/traffic.sh
. "$(dirname "$0")/../../lib/traffic.sh"

IN2=0x2000aa02

undecided() {
	vpn_spis '[.[] | select(.state == "undecided")] | length'
}

decided() {
	[ "$(undecided)" = 0 ]
}

owner_of() {
	vpn_spis ".[] | select(.spi == \"$1\" and .dir == \"in\") | .client"
}

# asking K INTERVAL: pings until the test ends
asking() {
	bg at "c$1" ping -n -q -i "$2" 192.168.99.1 > /dev/null
}

# The server is far away, so that both have asked before the first answer comes;
# how far the first host has shown. Intervals differ, so that nobody stays in
# step with another.
simultaneous() {
	local k owners=()

	at gw tc qdisc replace dev eth1 root netem delay 400ms
	start 1
	tunnel 2
	tunnel 3
	asking 1 0.9
	asking 2 1.03
	asking 3 1.17
	busywait 10 test_sent
	cmp_ok "$(stats undecided)" -ge 1 \
		"two hosts start in one moment: nobody knows whose the SPIs are"
	busywait 60 decided
	is "$(undecided)" 0 "the times of their pings decide"
	for k in 1 2 3; do
		owners+=("$(owner_of "$(spi_in "$k")")")
	done
	is "${owners[*]}" "10.0.0.2 10.0.0.3 10.0.0.4" "each gets its own"
}

test_sent() {
	[ "$(vpn_spis '[.[] | select(.dir == "in")] | length')" -ge 3 ]
}

# c1 asks and isn't answered. Just then c2's server begins to use a new SPI: it
# looks like c1's.
wrong() {
	local answered

	start 2
	is "$(pings c2 192.168.99.1 2 0.2)" 2 "c2 has what it waited for"
	sleep 1.2	# the sender uses the newest SA, by the second
	new_out 1 0x1000bb01 1
	sa_in 2 "$IN2"
	is "$(pings c2 192.168.99.1 1 0.2 -t 1000)" 0 \
		"an SPI of c2 appears when c1 waits for one: c2 gets nothing"
	is "$(owner_of "$IN2")" 10.0.0.2 "it is taken for c1's"
	# 3 s at four a second
	answered=$(pings c2 192.168.99.1 24 0.25 -t 1000)
	cmp_ok "$answered" -ge 12 "that heals within 3 seconds"
	asking 2 0.71
	busywait 10 test_owner 10.0.0.3
	is "$(owner_of "$IN2")" 10.0.0.3 "and the SPI is c2's"
	is "$(vpn_spis ".[] | select(.spi == \"$IN2\") | .confidence")" \
		inferred "as far as one can tell"
}

test_owner() {
	[ "$(owner_of "$IN2")" = "$1" ]
}

# c1 is never answered: that opens nothing of those who are
disturbed() {
	local before

	before=$(stats undecided)
	new_out 1 0x1000bb01 2 --count 8 --interval 300
	is "$(pings_all 3 0.2 192.168.99.1 c2)" 3 \
		"c1 goes on asking in vain: c2 is answered"
	is "$(owner_of "$IN2")" 10.0.0.3 "and keeps what is its own"
	cmp_ok "$(stats undecided)" -le "$((before + 3))" \
		"its SPI isn't doubted for ever"
}

howto_net 3
masquerade
simultaneous
net_down

howto_net 3
masquerade
wrong
disturbed
done_testing
