#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Three libreswan hosts and a strongSwan server, IKEv1. Nobody says that NAT
# traversal is known (nat-ikev1-method=none), so ESP stays raw: strongSwan would
# encapsulate it otherwise. All begin at once; then the server rekeys the
# second host's tunnel.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+
# timeout: 600
# beside: others
set -u
# shellcheck source=selftests/lib/charon.sh
. "$(dirname "$0")/../../lib/charon.sh"

export IKE=ikev1 NATT_METHOD=none
export PROPOSALS=aes128-sha256-ecp256 ESP_PROPOSALS=aes128gcm16-ecp256
HOSTS=(c1 c2 c3)

# all_alive TEXT
all_alive() {
	is "$(pings_all 5 0.2 "$(inner srv)" "${HOSTS[@]}")" "5 5 5" "$1"
}

# what leaves the gateway, whatever it says
watch_wire() {
	watch gw other postrouting "oifname eth1 udp dport { 500, 4500 }" \
		"udp sport != 500"
	watch srv natt input "udp dport 4500"
}

connect() {
	local name

	for name in "${HOSTS[@]}"; do
		swan_client "$name"
	done
	route_to "${HOSTS[@]}"
	check "charon is up" charon_start srv "$(addr gw)" "${HOSTS[@]}"
	check "three plutos are up" swan_start "${HOSTS[@]}"
	check "three hosts initiate at once, all succeed" \
		swan_initiate "${HOSTS[@]}" ||
		{ swan_log "${HOSTS[@]}"; charon_log srv; }
}

# announced MORE: so many SPIs more than $before
announced() {
	[ "$(vpn_stat tickets)" = "$((before + $1))" ]
}

rekey() {
	before=$(vpn_stat tickets)
	swanctl_at srv --rekey --child c2 > "$TMP/rekey" 2>&1
	check "the server rekeys c2's tunnel, c2 announces an SPI" \
		busywait 10 announced 1 ||
		{ diag "$(cat "$TMP/rekey")"; charon_log srv; }
	is "$(pings srv "$(inner c2)" 3 0.2)" 3 \
		"the server sends first after it, c2 gets it"
	all_alive "all go on after it"
}

howto_net 3
masquerade
watch_wire
connect
all_alive "all three tunnels carry data, none loses a packet"
is "$(ct_esp | grep -c helper=esp)" 3 "three ESP entries"
is "$(ike_ports)" "500 500 500" "all keep source port 500"
rekey
is "$(counted gw other) $(counted srv natt)" "0 0" \
	"nothing but source port 500 was on the wire, no ESP in UDP"
done_testing
