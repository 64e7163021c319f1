#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# strongSwan hosts tell the gateway their SPIs by the updown script. IKEv1 with
# a server that doesn't say it knows NAT traversal, so that ESP stays raw.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
# timeout: 600
# beside: others
set -u
# shellcheck source=selftests/lib/charon.sh
. "$(dirname "$0")/../../lib/charon.sh"
# shellcheck source=selftests/lib/preload.sh
. "$(dirname "$0")/../../lib/preload.sh"

export IKE=ikev1 NATT_METHOD=none
export PROPOSALS=aes128-sha256-ecp256 ESP_PROPOSALS=aes128gcm16-ecp256
HOSTS=(c1 c2)

# charon gives its scripts an environment of their own
updown() {
	echo "VPNCT_PRELOAD_CONF=$VPNCT_PRELOAD_CONF" \
		"NEXT_UPDOWN='touch $TMP/next.$1'" \
		"$CONTRIB/strongswan-updown"
}

host_up() {
	ipn "$1" route replace "$(inner srv)" via 10.0.0.1 src "$(inner "$1")"
	CHILD="updown = \"$(updown "$1")\"" \
		charon_start "$1" "$(addr srv)" srv
}

initiate() {
	swanctl_at "$1" --initiate --child srv > "$TMP/initiate.$1" 2>&1
}

up() {
	local name

	swan_server "${HOSTS[@]}"
	check "pluto is up" swan_start srv
	for name in "${HOSTS[@]}"; do
		check "charon of $name is up" host_up "$name"
		check "$name initiates" initiate "$name" ||
			{ charon_log "$name"; swan_log srv; }
	done
	check "the gateway knows their SPIs" \
		busywait 20 preload_agree "${HOSTS[@]}" ||
		{ preload_diag "${HOSTS[@]}"; charon_log c1; }
	check "the next script was run" test -e "$TMP/next.c1" -a \
		-e "$TMP/next.c2"
	is "$(pings_all 3 0.2 "$(inner srv)" "${HOSTS[@]}")" "3 3" \
		"the tunnels work"
	is "$(vpn_stat copies) $(vpn_stat undecided)" "0 0" \
		"nothing was copied or undecided"
}

howto_net 2
masquerade
preload_setup
up
done_testing
