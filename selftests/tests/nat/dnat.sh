#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# An ESP server behind dnat, c3, together with masqueraded hosts that are
# clients of a server outside. Its own client is first another host outside
# (199.0.0.2), then the very server the masqueraded hosts use.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+         dnat ESP to c3                 199.0.0.2
#
# clock: instructions
set -u
# shellcheck source=selftests/lib/lib.sh
. "$(dirname "$0")/../../lib/lib.sh"
# shellcheck source=selftests/lib/dnat.sh
. "$(dirname "$0")/../../lib/dnat.sh"

# rw_pings INNER [COUNT]
rw_pings() {
	pings srv 192.168.3.1 "${2:-3}" 0.2 -S "$1"
}

other_host() {
	road_warrior 97 199.0.0.2 192.168.97.1 0x30000097 0x40000097
	is "$(rw_pings 192.168.97.1)" 3 \
		"a host outside reaches the ESP server behind dnat"
	start 1 2
	is "$(pings_all 4 0.2 192.168.99.1 c1 c2)" "4 4" \
		"masqueraded hosts go on, both are answered"
	is "$(rw_pings 192.168.97.1)" 3 "the host outside goes on"
	is "$(pings c3 192.168.97.1 3)" 3 "the ESP server answers it later, too"
	is "$(foreign c1) $(foreign c2)" "$FOREIGN" \
		"masqueraded hosts get nothing of it"
}

# The server of c1 and c2 has a tunnel of its own to c3
same_host() {
	road_warrior 96 199.0.0.1 192.168.96.1 0x30000096 0x40000096
	is "$(rw_pings 192.168.96.1)" 3 \
		"same server: it reaches the ESP server behind dnat"
	start 1 2
	is "$(pings_all 4 0.2 192.168.99.1 c1 c2)" "4 4" \
		"same server: masqueraded hosts go on, both are answered"
	is "$(rw_pings 192.168.96.1)" 3 "same server: its own tunnel goes on"
}

# The server has a flow to c3 when its SPIs for c1 and c2 appear in one moment,
# and packets go on to come that could be anybody's.
all_at_once() {
	local warrior

	tunnel 1
	tunnel 2
	road_warrior 95 199.0.0.1 192.168.95.1 0x30000095 0x40000095
	is "$(rw_pings 192.168.95.1 1)" 1 \
		"all at once: the ESP server behind dnat is known"
	rw_pings 192.168.95.1 12 > "$TMP/warrior" &
	warrior=$!
	is "$(pings_all 12 0.27 192.168.99.1 c1 c2)" "12 12" \
		"all at once: masqueraded hosts are answered"
	wait "$warrior"
	is "$(cat "$TMP/warrior")" 12 \
		"all at once: the server reaches the ESP server behind dnat"
}

howto_net 3
masquerade
dnat_esp
FOREIGN="0 0"
other_host
net_down

howto_net 3
masquerade
dnat_esp
same_host
net_down

howto_net 3
masquerade
dnat_esp
all_at_once
done_testing
