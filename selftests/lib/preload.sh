# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Hosts that tell the gateway their SPIs by the scripts of contrib/, for tests
# of each daemon. What ssh would do is done by a socket: pluto's scripts lack the
# capability to enter the gateway's namespace. Source after lib.sh.

CONTRIB=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../contrib" && pwd)

# preload_setup: one configuration for all hosts: who calls is known by its
# address. The daemons' PATH isn't ours.
preload_setup() {
	cat > "$TMP/accept" <<-SCRIPT
		#!/bin/bash
		read -r client words
		export SSH_CLIENT="\$client 50000 22" SSH_ORIGINAL_COMMAND=\$words
		VPNCT=$(command -v vpnct) exec "$CONTRIB/vpnct-accept" 2>&1
	SCRIPT
	cat > "$TMP/gateway" <<-SCRIPT
		#!/bin/bash
		client=\$(ip -o -4 address show dev eth0 |
			sed 's/.*inet \([0-9.]*\).*/\1/')
		said=\$(socat -t 20 - "UNIX-CONNECT:$TMP/socket" <<< "\$client \$*")
		echo "\$client \$*: \$said" >> "$TMP/calls"
		[ -z "\$said" ]
	SCRIPT
	chmod +x "$TMP/accept" "$TMP/gateway"
	bg at gw socat -t 20 "UNIX-LISTEN:$TMP/socket,fork" "SYSTEM:$TMP/accept"
	echo "GATEWAY=$TMP/gateway" > "$TMP/preload.conf"
	export VPNCT_PRELOAD_CONF=$TMP/preload.conf
	busywait 5 test -S "$TMP/socket"
}

# preload_of_hosts NS...: inbound SPIs as the hosts' kernels know them
preload_of_hosts() {
	local name

	for name; do
		ipn "$name" xfrm state list src "$(addr srv)" |
			sed -n "s/.*proto esp spi \(0x[0-9a-f]*\) .*/$(addr \
				"$name") \1 preloaded/p"
	done | sort
}

# preload_of_gateway: as the gateway does
preload_of_gateway() {
	vpn_spis '.[] | select(.dir == "in") |
		"\(.client) \(.spi) \(.confidence)"' | sort
}

# preload_agree NS...: do they know the same?
preload_agree() {
	local theirs

	theirs=$(preload_of_hosts "$@")
	[ -n "$theirs" ] && [ "$theirs" = "$(preload_of_gateway)" ]
}

# preload_diag NS...: what was said and what came of it
preload_diag() {
	diag "hosts:" "$(preload_of_hosts "$@")"
	diag "gateway:" "$(preload_of_gateway)"
	diag "calls:" "$(cat "$TMP/calls" 2>&1)"
}
