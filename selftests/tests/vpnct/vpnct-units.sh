#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What vpnct-save.service does before the network goes down, and
# vpnct-restore.service before it comes up, by their own lines: tunnels go on,
# though the device to the internet and its address were gone meanwhile.
#
# debug: no
set -u
# shellcheck source=selftests/lib/lib.sh
. "$(dirname "$0")/../../lib/lib.sh"

TREE=$(cd "$(dirname "$0")/../../.." && pwd)

# unit NAME KEY: runs at the gateway what the unit has there, with a file of ours
unit() {
	local command

	command=$(sed -n "s/^$2=-\{0,1\}//p" \
		"$TREE/userspace/systemd/vpnct-$1.service")
	command=${command//'/var/lib/vpnct.json'/$TMP/saved}
	read -ra command <<< "${command#/usr/local/sbin/}"
	at gw "${command[@]}" > "$TMP/out" 2>&1
	is $? 0 "vpnct-$1.service: ${command[*]}" || diag "$(cat "$TMP/out")"
}

known() {
	vpn_spis '.[] | "\(.client) \(.dir) \(.spi) \(.confidence)"' | sort
}

down() {
	ipb gw <<-LINKS
		link set eth1 down
		addr flush dev eth1
	LINKS
	"$TREE/selftests/modules.sh" unload
	at gw conntrack -F 2> /dev/null
}

up() {
	ipb gw <<-LINKS
		addr add 200.200.200.200/24 dev eth1
		link set eth1 up
		route add 199.0.0.0/8 dev eth1
	LINKS
}

howto_net 3
masquerade
start 1 2 3
known > "$TMP/known"
unit save ExecStop
down
"$TREE/selftests/modules.sh" load
is "$(known)" "" "nothing is known any more"
unit restore ExecStart
unit restore ExecStartPost
check "the file isn't there for the next boot" [ ! -e "$TMP/saved" ]
check "but it is kept" [ -s "$TMP/saved.last" ]
up
is "$(known)" "$(cat "$TMP/known")" "the same SPIs are known"
is "$(vpn_sessions '.[].state' | paste -sd' ')" \
	"established established established" "with their entries of conntrack"
is "$(pings srv 192.168.2.1 3)" 3 "the server sends first, c2 gets it"
is "$(pings_all 3 0.2 192.168.99.1 c1 c2 c3)" "3 3 3" "all three go on"
is "$(vpn_stat copies)" 0 "and nothing was copied"
done_testing
