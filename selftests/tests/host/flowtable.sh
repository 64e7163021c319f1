#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A flowtable that is offered everything: ESP can't be offloaded and goes the
# slow way, next to UDP that is.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+     flowtable
# kernels: all
set -u
# shellcheck source=selftests/lib/traffic.sh
. "$(dirname "$0")/../../lib/traffic.sh"

# how often a UDP flow is answered
udp() {
	for _ in 1 2 3 4 5; do
		echo hello
		sleep 0.2
	done | at c1 timeout "$((3 * ${SLOW:-1}))" socat - UDP4:199.0.0.1:7777 | grep -c hello
}

howto_net 3
bg at srv socat -T "$((3 * ${SLOW:-1}))" UDP4-LISTEN:7777,fork,reuseaddr PIPE > /dev/null
# port 7777
busywait 10 at srv grep -q ':1E61 ' /proc/net/udp
masquerade
flowtable eth1 vc1 vc2 vc3 || bail "no flowtable"
start 1 2 3
alive "all three work" 1 2 3
is "$(udp)" 5 "UDP works next to them"
like "$(at gw conntrack -L -p udp 2>/dev/null)" 'OFFLOAD' \
	"and is offloaded: the flowtable is in use"
unlike "$(ct_esp)" OFFLOAD "ESP is not"
alive "ESP goes on" 1 2 3
is "$(ct_esp | grep -c ASSURED)" 3 "three entries, ASSURED"
done_testing
