#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A gateway that starts under live tunnels: modules loaded late, and a reboot
# (modules loaded late and conntrack empty). The SAs are old, their sequence
# numbers large, no IKE is seen: all hosts go on, and old inbound SPIs are
# given to old sessions only, not to a host that starts just then.
#
#   c1 10.0.0.2 ---+  SAs of long ago
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+
#   c4 10.0.0.5 ---+  starts after the gateway
# kernels: all
set -u
# shellcheck source=selftests/lib/lib.sh
. "$(dirname "$0")/../../lib/lib.sh"

SRV=192.168.99.1
MODULES=$(dirname "$0")/../../modules.sh

old_tunnels() {
	local k

	for k in 1 2 3; do
		tunnel "$k" "seq=$((1000 * k))"
	done
	is "$(pings_all 3 0.2 "$SRV" c1 c2 c3)" "3 3 3" \
		"three hosts have live tunnels with large sequence numbers"
}

# Traffic goes on meanwhile, so that flows of stock conntrack exist at load
keep_talking() {
	local name

	for name in c1 c2 c3; do
		bg at "$name" ping -n -i 0.3 "$SRV" > /dev/null 2>&1
	done
}

# wrong_owners: inbound SPIs 0x200000KK that are bound to another than host K
wrong_owners() {
	vpn_spis '.[] | select(.dir == "in" and .client != null) |
		"\(.spi) \(.client)"' |
	while read -r spi client; do
		[ "$client" = "10.0.0.$((${spi#0x200000} + 1))" ] ||
			echo "$spi is bound to $client"
	done
}

unload() {
	check "modules are unloaded under traffic" bash "$MODULES" unload
}

load() {
	check "modules are loaded under traffic" bash "$MODULES" load
}

# all_go_on TEXT
all_go_on() {
	is "$(pings_all 4 0.2 "$SRV" c1 c2 c3)" "4 4 4" "$1"
	is "$(wrong_owners)" "" "$1: no inbound SPI has a wrong owner"
}

new_host() {
	tunnel 4
	is "$(pings_all 4 0.2 "$SRV" c4 c1 c2 c3)" "4 4 4 4" \
		"a new host starts meanwhile: all four are answered"
	is "$(wrong_owners)" "" \
		"a new host starts meanwhile: no inbound SPI has a wrong owner"
	is "$(foreign c4)" 0 "the new host gets nothing of old SAs"
}

flows_of_server() {
	ct_esp --orig-src 199.0.0.1 | grep -q .
}

late() {
	unload
	# long enough for the server's packets to have flows of their own
	busywait 5 flows_of_server
	load
	all_go_on "loaded late"
}

reboot() {
	unload
	at gw conntrack -F > /dev/null 2>&1
	load
	at gw conntrack -F > /dev/null 2>&1
	# An answer that was on its way may be taken for that of a host which has
	# sent again already: until all have, one packet may be lost.
	pings_all 1 0.2 "$SRV" c1 c2 c3 > /dev/null
	all_go_on "gateway rebooted"
}

howto_net 4
masquerade
old_tunnels
keep_talking
late
reboot
new_host
done_testing
