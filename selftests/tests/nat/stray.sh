#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# ESP from the server that belongs to nobody: before anyone starts, while
# hosts use their tunnels, and from another host outside. Where no host can own
# it, it goes to the gateway itself, as with stock conntrack. It disturbs nobody.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+         input: counted                 199.0.0.2
#
# beside: others
set -u
# shellcheck source=selftests/lib/lib.sh
. "$(dirname "$0")/../../lib/lib.sh"

GW=200.200.200.200

# stray NAME SPI SEQ [COUNT]: COUNT packets, counted at the gateway's input
stray() {
	local i

	watch gw "$1" input "esp spi $2"
	for ((i = 0; i < ${4:-1}; i++)); do
		esp_send srv "$GW" "$2" "$(($3 + i))"
	done
}

# input NAME N
input() {
	busywait 3 reached "$@"
	counted gw "$1"
}

reached() {
	[ "$(counted gw "$1")" -ge "$2" ]
}

all_alive() {
	is "$(pings_all 3 0.2 192.168.99.1 c1 c2 c3)" "3 3 3" "$1"
}

before_anyone() {
	stray early 0x77777771 1
	is "$(input early 1)" 1 "before anyone starts: goes to the gateway"
	tunnel 1
	tunnel 2
	tunnel 3
	all_alive "three hosts start after that, all are answered"
}

# An SA in use for long may be one that we have lost: quiet hosts get copies
old_sa() {
	sleep 1.2
	stray old 0x77777772 5000 3
	is "$(vpn_spis '.[] | select(.spi == "0x77777772") |
		"\(.state) \(.packets)"')" "undecided 3" \
		"an old SA nobody owns is taken for nobody's"
	all_alive "all three hosts go on"
}

# It looks like the rekeyed SA of any of them
new_sa() {
	stray new 0x77777773 1 8
	all_alive "a new SA nobody owns: all three hosts go on"
	is "$(vpn_spis '[.[] | select(.spi == "0x77777773" and
		(.confidence == "sole" or .confidence == "certain"))] |
		length')" 0 "and none is said to own it for sure"
}

other_remote() {
	ipn srv addr add 199.0.0.2/24 dev eth0
	watch gw other input "ip saddr 199.0.0.2 esp spi 0x77777774"
	esp_packet 0x77777774 1 |
		at srv socat -u - "IP4-SENDTO:$GW:$ESP,bind=199.0.0.2"
	is "$(input other 1)" 1 \
		"from a host outside that nobody talks to: goes to the gateway"
	all_alive "all three hosts go on then, too"
}

howto_net 3
masquerade
before_anyone
old_sa
new_sa
other_remote
done_testing
