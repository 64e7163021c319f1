#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# libreswan hosts tell the gateway their SPIs, by updown script and by monitor:
# nobody has to guess, also after a rekey.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+
# timeout: 600
# beside: others
set -u
# shellcheck source=selftests/lib/lib.sh
. "$(dirname "$0")/../../lib/lib.sh"
# shellcheck source=selftests/lib/preload.sh
. "$(dirname "$0")/../../lib/preload.sh"

# accept WORDS: what vpnct-accept would run
accept() {
	SSH_CLIENT="10.0.0.2 50000 22" SSH_ORIGINAL_COMMAND=$1 VPNCT=echo \
		"$CONTRIB/vpnct-accept" 2> /dev/null
}

accept_tests() {
	is "$(accept 'preload 199.0.0.1 0x100')" \
		"add esp client 10.0.0.2 server 199.0.0.1 spi 0x100" \
		"the gateway takes the client's address from the connection"
	is "$(accept 'forget 199.0.0.1 0x100')" \
		"delete esp client 10.0.0.2 server 199.0.0.1 spi 0x100" \
		"also to forget"
	is "$(accept 'preload 199.0.0.1 0x1;reboot')" "" "no commands"
	# shellcheck disable=SC2016
	is "$(accept 'preload 199.0.0.1 $(reboot)')" "" "in no form"
	is "$(accept 'preload 199.0.0.1 0x100 client 10.0.0.3')" "" \
		"no other words"
	is "$(accept 'flush 199.0.0.1 0x100')" "" "no other verbs"
	is "$(accept 'preload * 0x100')" "" "no patterns"
}

up() {
	local name

	export UPDOWN=$CONTRIB/libreswan-updown NEXT_UPDOWN=true
	for name in c1 c2 c3; do
		swan_client "$name"
	done
	swan_server c1 c2 c3
	check "four plutos are up" swan_start srv c1 c2 c3
	check "three hosts initiate at once, all succeed" \
		swan_initiate c1 c2 c3 || swan_log srv c1 c2 c3
	check "the gateway knows all SPIs from the hosts" \
		busywait 20 preload_agree c1 c2 c3 || {
			preload_diag c1 c2 c3
			diag "$(grep -h 'up-client\|updown' \
				"$(swan_dir c1)/pluto.log" | tail -n 20)"
		}
	is "$(pings_all 3 0.2 "$(inner srv)" c1 c2 c3)" "3 3 3" \
		"all tunnels work"
	is "$(vpn_stat copies) $(vpn_stat undecided)" "0 0" \
		"nothing was copied or undecided"
}

two_spis() {
	[ "$(preload_of_gateway | grep -c '^10.0.0.3 .* preloaded')" -ge 2 ]
}

monitors() {
	pgrep -f 'ip xfrm monitor SA' > /dev/null
}

rekey() {
	bg at c2 "$CONTRIB/vpnct-preload-monitor"
	check "a monitor runs" busywait 10 monitors
	whack c2 --rekey-child --name t > "$TMP/rekey" 2>&1
	check "c2 rekeys" grep -q established "$TMP/rekey" ||
		diag "$(cat "$TMP/rekey")"
	# the old SA stays for a while
	check "its new SPI was told, too" busywait 20 two_spis ||
		preload_diag c2
	is "$(pings_all 3 0.2 "$(inner srv)" c1 c2 c3)" "3 3 3" "all go on"
}

gone() {
	! preload_of_gateway | grep -q '^10.0.0.4 '
}

down() {
	whack c3 --terminate --name t > "$TMP/down" 2>&1
	check "a tunnel that is taken down is forgotten" busywait 20 gone ||
		preload_diag c3
}

howto_net 3
masquerade
accept_tests
preload_setup
up
rekey
down
done_testing
