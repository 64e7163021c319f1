#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# vpnct doctor on what servers do to clients that share an address, and on
# tunnels that idle out before their rekey.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#
# kernels: 6.12
# beside: others
# debug: no
set -u
# shellcheck source=selftests/lib/doctor.sh
. "$(dirname "$0")/../../lib/doctor.sh"

I1=0x1111111111111111 I2=0x2222222222222222
R1=0xa1 R2=0xa2

# The server lets the first host's SAs go when the second one authenticates.
initial_contact() {
	ike_up 1 "$I1" "$R1"
	start 1
	healthy initial-contact "one host"
	pings c1 192.168.99.1 2 > /dev/null
	ike_up 2 "$I2" "$R2"
	ipn srv xfrm state flush
	pings c1 192.168.99.1 "$((16 * ${SLOW:-1}))" 0.5 > /dev/null
	diagnosed initial-contact \
		'^warning 10.0.0.2 the server fell silent .* IKE of 10.0.0.3' \
		"a server that takes two hosts for one"
	remedies initial-contact 'uniqueids=no' "and what to set"
}

# it answers the first host only
half_open() {
	ike_up 1 "$I1" "$R1"
	ike_out 2 "$I2" 0 "$INIT" 8 0
	healthy half-open "no answer yet"
	sleep 2
	ike_out 2 "$I2" 0 "$INIT" 8 0
	check "a server that answers some hosts" busywait 20 \
		diagnosis half-open '^warning 10.0.0.3 the server answers'
}

rekey() {
	gw_set nf_conntrack_esp_timeout "$((2 * ${SLOW:-1}))"
	ike_up 1 "$I1" "$R1"
	start 1
	healthy rekey "a tunnel in use"
	check "a tunnel idles out while IKE lives" \
		busywait 60 diagnosis rekey '^warning 10.0.0.2 ESP idled out'
	remedies rekey 'nf_conntrack_esp_timeout=600' "and what to set"
}

net() {
	net_down
	howto_net 2
	masquerade
}

net
initial_contact
net
half_open
net
rekey
done_testing
