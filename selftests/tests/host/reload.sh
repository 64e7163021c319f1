#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Modules are replaced one by one under live tunnels: what the others have learnt
# stays, and no packet of ESP is lost but by who tracks ESP.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+
# kernels: all
set -u
# shellcheck source=selftests/lib/ike.sh
. "$(dirname "$0")/../../lib/ike.sh"

INNER=192.168.99.1
MODULES=$(dirname "$0")/../../modules.sh
PINGS=60

# owners: inbound SPIs and whose they are
owners() {
	vpn_spis '.[] | select(.dir == "in" and .client != null) |
		"\(.spi) \(.client)"' | sort
}

sessions_now() {
	vpn_sessions '.[] | "\(.client) \(.server)"' | sort
}

# replace TEXT MODULE...: out and in again, twice, while all three hosts ping
replace() {
	local text=$1 log=$TMP/replaced all

	shift
	pings_all "$PINGS" 0.1 "$INNER" c1 c2 c3 > "$log" &
	all=$!
	check "$text: out" bash "$MODULES" unload "$@"
	check "$text: in" bash "$MODULES" load "$@"
	check "$text: out again" bash "$MODULES" unload "$@"
	check "$text: in again" bash "$MODULES" load "$@"
	wait "$all"
	is "$(cat "$log")" "$PINGS $PINGS $PINGS" "$text: no packet was lost"
}

# replaced TEXT MODULE: nothing is forgotten either
replaced() {
	local spis sessions

	spis=$(owners) sessions=$(sessions_now)
	replace "$1" "$2"
	is "$(owners)" "$spis" "$1: inbound SPIs are whose they were"
	is "$(sessions_now)" "$sessions" "$1: sessions are the same"
}

# Without ESP its SPIs are gone; IKE stays, and tunnels come back by themselves
esp_alone() {
	local ike

	ike_up 1 0x3030 0xa3
	ike=$(vpn_ike '.[].initiator')
	check "nf_conntrack_esp: out" bash "$MODULES" unload nf_nat_esp \
		nf_conntrack_esp
	is "$(vpn_ike '.[].initiator')" "$ike" \
		"nf_conntrack_esp: IKE is known as before"
	is "$(vpn_spis length)" 0 "nf_conntrack_esp: and no SPI"
	vpnct_fails "an SPI without nf_conntrack_esp" \
		"nf_conntrack_esp isn't loaded" \
		add esp client 10.0.0.2 server "$SRV" spi 0x1234
	check "nf_conntrack_esp: in" bash "$MODULES" load nf_nat_esp
	is "$(pings_all 5 0.2 "$INNER" c1 c2 c3)" "5 5 5" \
		"nf_conntrack_esp: tunnels go on"
}

# What a client says of IKE is noted again as soon as the module is there
ike_again() {
	ike_up 2 0x1010 0xa1
	is "$(vpn_ike '[.[] | select(.client == "10.0.0.3")] | length')" 1 \
		"IKE is noted"
	replaced nf_conntrack_isakmp nf_conntrack_isakmp
	is "$(vpn_ike length)" 0 "nf_conntrack_isakmp: what it knew is gone"
	ike_up 2 0x2020 0xa2
	is "$(vpn_ike '[.[] | select(.client == "10.0.0.3")] | length')" 1 \
		"nf_conntrack_isakmp: the next message is noted"
}

howto_net 3
masquerade
# one after the other: an SPI that is undecided needs nf_nat_esp
start 1 2 3
is "$(pings_all 3 0.2 "$INNER" c1 c2 c3)" "3 3 3" "three tunnels are up"
ike_again
[ ! -d /sys/module/nf_conntrack_pptp_ext ] ||
	replaced nf_conntrack_pptp_ext nf_conntrack_pptp_ext
replaced nf_nat_esp nf_nat_esp
esp_alone
done_testing
