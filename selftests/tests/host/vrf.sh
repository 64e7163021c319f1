#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Hosts in one VRF, the way out in another, routes leaked between them. A VRF
# makes packets pass the prerouting hooks twice.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- br0 [gw] eth1 200.200.200.200 --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+    VRF in   VRF out
# kernels: all
set -u
# shellcheck source=selftests/lib/traffic.sh
. "$(dirname "$0")/../../lib/traffic.sh"

vrfs() {
	# addresses go when a device joins a VRF
	ipb gw <<-LINKS
		link add in type vrf table 10
		link add out type vrf table 20
		link set in up
		link set out up
		link set br0 master in
		link set eth1 master out
		addr replace 10.0.0.1/24 dev br0
		addr replace 200.200.200.200/24 dev eth1
		route replace 199.0.0.0/8 dev eth1 table 20
		route add 199.0.0.0/8 dev eth1 table 10
		route add 10.0.0.0/24 dev br0 table 20
	LINKS
}

# Conntrack has to find answers before the second pass
both_vrfs() {
	start 1 2 3
	alive "three hosts work between VRFs" 1 2 3
	is "$(ct_esp | grep -c ASSURED)" 3 "three entries, ASSURED"
	is "$(ct_esp | sed -n 's/.*packets=\([0-9]*\) .*packets=.*/\1/p' |
		sort | paste -sd' ')" "4 4 4" "each packet counts once"
}

modprobe vrf
howto_net 3
vrfs || bail "no VRF"
masquerade
both_vrfs
done_testing
