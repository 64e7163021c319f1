#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Three libreswan hosts without UDP encapsulation initiate to the same server
# at the same moment; all three tunnels carry data, from the first packet and
# after a rekey. libreswan-ikev1.sh is the same with IKEv1.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+
# kernels: all
# beside: others
set -u
# shellcheck source=selftests/lib/lib.sh
. "$(dirname "$0")/../../lib/lib.sh"

IKE=${IKE:-ikev2}
SRV=192.168.99.1

data() {
	is "$(pings_all 5 0.2 "$SRV" c1 c2 c3)" "5 5 5" \
		"$IKE: all three tunnels carry data, none loses a packet"
	is "$(ct_esp | grep -c 'helper=esp')" 3 "$IKE: three ESP entries"
	is "$(at gw conntrack -L -p udp --orig-port-dst 4500 2>/dev/null |
		wc -l)" 0 "$IKE: nothing went into UDP encapsulation"
	is "$(ike_ports)" "500 500 500" "$IKE: all keep source port 500"
	is "$(at gw vpnct stats -p | awk '$1 == "tickets"')" "tickets	3" \
		"$IKE: each client's IKE has announced an SPI"
	is "$(exchanges)" "10.0.0.2 10.0.0.3 10.0.0.4" \
		"$IKE: vpnct shows an established exchange of each client"
	is "$(pings srv "$(inner c2)" 3)" 3 "$IKE: the server can begin, too"
}

# the clients whose IKE vpnct shows as established
exchanges() {
	vpn_ike ".[] | select(.version == \"$IKE\" and
		.state == \"established\" and .begun_by == \"client\") |
		.client" | sort | paste -sd' '
}

# IKEv1 has no command for it: pluto 5.2 dies of whack --rekey-child there
rekey() {
	whack c2 --rekey-child --name t > "$TMP/rekey" 2>&1
	check "$IKE: c2 rekeys its child SA" grep -q established "$TMP/rekey" ||
		diag "$(cat "$TMP/rekey")"
	is "$(pings_all 5 0.2 "$SRV" c1 c2 c3)" "5 5 5" \
		"$IKE: all three go on after it"
}

howto_net 3
masquerade
swan_connect c1 c2 c3
data
[ "$IKE" = ikev1 ] || rekey
done_testing
