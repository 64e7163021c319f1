#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A host goes from one address behind the gateway to another (cable to Wi-Fi,
# another lease) and keeps its SAs: its outbound SPI, which only its server can
# have chosen, now comes from the new address, and nothing from the old one.
#
#   c1 10.0.0.2 ---+ before
#   c2 10.0.0.3 ---+ after ----- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+ somebody else's tunnel
#
# beside: others
set -u
# shellcheck source=selftests/lib/traffic.sh
. "$(dirname "$0")/../../lib/traffic.sh"

# ask K SEQ N: client K sends N packets, each is answered, 0.3 s apart
ask() {
	local i

	for ((i = $2; i < $2 + $3; i++)); do
		new_out "$1" "$OUT" "$i"
		new_in "$IN" "$i"
		sleep 0.3
	done
}

# moves TEXT
moves() {
	listen before c1 eth0
	ask 1 1 4
	is "$(heard before "spi=$IN" | packets)" 4 "$1: answered before"
	ipn c1 addr del 10.0.0.2/24 dev eth0
	ask 2 5 14
	listen after c2 eth0
	ask 2 19 6
	is "$(heard after "spi=$IN" | packets)" 6 \
		"$1: answered at the new address after four seconds"
}

howto_net 2
masquerade
OUT=0x10000011 IN=0x20000011
moves "alone"
net_down

howto_net 3
masquerade
start 3
OUT=0x10000021 IN=0x20000021
moves "beside another host"
is "$(pings c3 192.168.99.1 3)" 3 "the other host goes on"
done_testing
