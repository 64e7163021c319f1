#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# 200 hosts with static SAs to one server start 20 ms apart: each gets its own
# answers, and only those. All hosts live in c1, so that packets of a wrong
# one would be of no SA there. Then 20 more start while the server is 50 ms
# away, so that three of them wait at any time.
#
#   10.1.0.1 - 10.1.0.200 [c1] --- [gw] masquerade --- 199.0.0.1 [srv]
#   10.2.0.1 - 10.2.0.200 inside the tunnels           192.168.99.1
set -u
# shellcheck source=selftests/lib/traffic.sh
. "$(dirname "$0")/../../lib/traffic.sh"

N=200
COUNT=5
INNER=253	# protocol of what is inside

# The SAs of all hosts at one end, as ip commands
sas() {
	local i out in seen=$GW

	for ((i = 1; i <= N; i++)); do
		[ "$1" = srv ] || seen=10.1.0.$i
		out=$((0x10000000 + i)) in=$((0x20000000 + i))
		echo "xfrm state add src $seen dst $SRV proto esp spi $out \
			reqid $i mode tunnel \
			aead rfc4106(gcm(aes)) $KEY 128"
		echo "xfrm state add src $SRV dst $seen proto esp spi $in \
			reqid $i mode tunnel \
			aead rfc4106(gcm(aes)) $KEY 128"
	done
}

# and the policies; those to an SA go by reqid
policies() {
	local i seen=$GW to=out from=in

	[ "$1" != srv ] || { to=in from=out; }
	for ((i = 1; i <= N; i++)); do
		[ "$1" = srv ] || seen=10.1.0.$i
		echo "xfrm policy add src 10.2.0.$i dst 192.168.99.1 dir $to \
			tmpl src $seen dst $SRV proto esp reqid $i mode tunnel"
		echo "xfrm policy add src 192.168.99.1 dst 10.2.0.$i dir $from \
			tmpl src $SRV dst $seen proto esp reqid $i mode tunnel"
	done
}

setup() {
	howto_net 1
	masquerade
	many_hosts
	ipn c1 route add local 10.2.0.0/16 dev lo
	ipn srv route add 10.2.0.0/16 via "$GW"
	{ sas c1; policies c1; } | tr -d '\t' | ipb c1
	{ sas srv; policies srv; } | tr -d '\t' | ipb srv
	# neighbours are known
	pings c1 "$SRV" 1 > /dev/null
}

start_all() {
	local got

	got=$(hosts --src 10.2.0.1 --dst 192.168.99.1 --proto "$INNER" \
		--hosts "$N" --stagger 20 --interval 400 --count "$COUNT")
	is "$(fields "$got" sent own)" "$((N * COUNT)) $((N * COUNT))" \
		"$N hosts start 20 ms apart: every packet of each is answered"
	is "$(fields "$got" silent lossy)" "0 0" "no host misses any"
	is "$(foreign c1)" 0 "no host gets a packet of another"
	is "$(xfrm_stat c1 XfrmInStateSeqError)" 0 "none arrives twice"
}

listed() {
	is "$(vpn_sessions 'map(select(.state == "established")) | length')" \
		"$N" "vpnct lists $N established sessions"
	is "$(vpn_sessions 'map(.zone) | unique | length')" "$N" \
		"each host has a zone of its own"
	is "$(ct_esp | grep -c ASSURED)" "$N" \
		"conntrack has $N entries, ASSURED"
	# 10.1.0.7 has the SPI 0x20000007
	is "$(vpn_spis '[.[] | select(.dir == "in")] | length')" "$N" \
		"as many inbound SPIs"
	is "$(vpn_spis '.[] | select(.dir == "in") | "\(.spi) \(.client)"' |
		awk '{ split($2, a, "."); if (substr($1, 9) != \
			sprintf("%02x", a[4])) wrong++ }
			END { print wrong + 0 }')" 0 \
		"all bound to the right host"
}

# no XFRM: the packets themselves are looked at
far_away() {
	local got

	got=$(hosts --src 10.1.1.1 --hosts 20 --stagger 20 --interval 300 \
		--count "$COUNT" --spi 0x30000000 --answer-spi 0x40000000 \
		--delay 50)
	is "$(fields "$got" own lossy)" "$((20 * COUNT)) 0" \
		"20 more, answers after 50 ms: none is lost"
}

setup
start_all
listed
far_away
done_testing
