#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Three libreswan hosts and their server have nothing to say to each other but
# dead peer detection, from both sides, for longer than
# nf_conntrack_esp_timeout: what it asks is answered by the right host, and it
# keeps the ESP entries, so that the server can send first.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+
#
# beside: others
set -u
# shellcheck source=selftests/lib/lib.sh
. "$(dirname "$0")/../../lib/lib.sh"

DPD=1s
TIMEOUT=$((6 * ${SLOW:-1}))

# messages of each exchange so far
messages() {
	at gw vpnct list isakmp -j | jq -r '[.[].packets] | sort | join(" ")'
}

# more_than MESSAGES...: than then, for each exchange
more_than() {
	local now then=("$@") i

	read -ra now < <(messages)
	for i in 0 1 2; do
		[ "${now[i]:-0}" -gt "${then[i]:-0}" ] || return
	done
}

howto_net 3
masquerade
swan_connect c1 c2 c3
is "$(pings_all 3 0.2 192.168.99.1 c1 c2 c3)" "3 3 3" "all work"
at gw sysctl -qw "net.netfilter.nf_conntrack_esp_timeout=$TIMEOUT"
is "$(pings_all 1 0.2 192.168.99.1 c1 c2 c3)" "1 1 1" "the entries take it"
read -ra before < <(messages)
sleep "$((TIMEOUT * 2))"
check "idle tunnels are probed" more_than "${before[@]}"
is "$(ct_esp | grep -c helper=esp)" 3 \
	"that keeps the ESP entries for twice their timeout"
for name in c3 c1 c2; do
	is "$(pings srv "$(inner "$name")" 2 0.2)" 2 \
		"the server sends first to $name then"
done
is "$(at gw conntrack -L -p udp --orig-port-dst 500 2>/dev/null | wc -l)" 3 \
	"three IKE entries: nobody had to begin anew"
done_testing
