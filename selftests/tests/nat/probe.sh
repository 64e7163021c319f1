#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Hosts that find out whether ESP gets through before they use it: a request on
# the reserved SPI 7, which the server answers at once on SPI 8, the same numbers
# for everybody. Each host gets the answers to its own requests.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+
#
# beside: others
set -u
# shellcheck source=selftests/lib/traffic.sh
. "$(dirname "$0")/../../lib/traffic.sh"

# probe K: how many of 6 requests are answered to it
probe() {
	local i

	listen probe "c$1" eth0
	for ((i = 1; i <= 6; i++)); do
		new_out "$1" 7 "$i"
		new_in 8 "$i"
		sleep 0.2
	done
	heard probe spi=0x00000008 | packets
}

# everybody
everybody() {
	is "$(probe 1)" 6 "$1: the first host's probes are answered"
	is "$(probe 2)" 6 "$1: so are those of the second"
	is "$(probe 3)" 6 "$1: and of the third"
	is "$(probe 1)" 6 "$1: and later ones of the first"
}

howto_net 3
masquerade
everybody "with copies"
gw_set nf_conntrack_esp_guess 1
everybody "without"
gw_set nf_conntrack_esp_guess 2
is "$(vpn_spis length)" 0 "nobody owns a reserved SPI"
start 1 2 3
is "$(probe 2)" 6 "a host with a tunnel probes"
is "$(pings_all 3 0.2 192.168.99.1 c1 c2 c3)" "3 3 3" "tunnels go on"
done_testing
