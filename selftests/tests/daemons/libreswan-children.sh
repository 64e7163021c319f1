#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A host with three networks, so three child SAs under one IKE SA, that come up
# before the first of them is used, beside a host whose tunnel is idle: all three
# are answered, seconds and a minute later, and after each has been rekeyed. Once
# with IKEv2 (c1, c2), once with IKEv1 (c3, c4).
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+
#   c3 10.0.0.4 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c4 10.0.0.5 ---+
# timeout: 600
# clock: instructions
set -u
# shellcheck source=selftests/lib/lib.sh
. "$(dirname "$0")/../../lib/lib.sh"

SRV=192.168.99.1

# net K N: address in network N of client K
net() {
	echo "192.168.$1$2.1"
}

# version K
version() {
	if [ "$1" -gt 2 ]; then echo ikev1; else echo ikev2; fi
}

# host K: its end of three connections t1, t2, t3
host() {
	local n

	for n in 1 2 3; do
		swan_conn "t$n" "$(addr "c$1")" "c$1" "$(net "$1" "$n")/32" \
			"$(addr srv)" srv "$SRV/32"
		ipn "c$1" addr add "$(net "$1" "$n")/32" dev lo
	done | IKE=$(version "$1") swan_conf "c$1"
	ipn "c$1" route replace "$SRV" via 10.0.0.1 src "$(net "$1" 1)"
}

# peer K: the server's end
peer() {
	local n

	for n in 1 2 3; do
		swan_conn "c$1-$n" "$(addr srv)" srv "$SRV/32" \
			"$(addr gw)" "c$1" "$(net "$1" "$n")/32"
		ipn srv route replace "$(net "$1" "$n")" via "$(addr gw)" \
			src "$SRV"
	done
}

# up K NAME...: initiates one after the other
up() {
	local k=$1 name

	shift
	for name; do
		whack "c$k" --initiate --name "$name" > "$TMP/whack" 2>&1 ||
			return
	done
}

# answered K: pings from each of its networks
answered() {
	local n answers=()

	for n in 1 2 3; do
		answers+=("$(pings "c$1" "$SRV" 3 0.2 -S "$(net "$1" "$n")")")
	done
	echo "${answers[*]}"
}

# both TEXT
both() {
	is "$(answered 1)" "3 3 3" "IKEv2: $1"
	is "$(answered 3)" "3 3 3" "IKEv1: $1"
}

# rekey K OPTION
rekey() {
	local n

	for n in 1 2 3; do
		whack "c$1" "$2" --name "t$n" > "$TMP/whack" 2>&1 || return
	done
}

howto_net 4
masquerade
for k in 1 2 3 4; do
	IKE=$(version "$k") host "$k"
done
for k in 1 2 3 4; do
	IKE=$(version "$k") peer "$k"
done | IKE=ikev1 swan_conf srv
check "a pluto for the server and each host" swan_start srv c1 c2 c3 c4
check "two hosts have a tunnel that they don't use" \
	eval 'up 2 t1 && up 4 t1' || swan_log srv c2 c4
check "two hosts have three each" eval 'up 1 t1 t2 t3 && up 3 t1 t2 t3' ||
	swan_log srv c1 c3
both "each network is answered"
sleep 10
both "10 s later"
sleep 60
both "and a minute later"
check "IKEv2: each child is rekeyed" rekey 1 --rekey-child ||
	diag "$(cat "$TMP/whack")"
# a further Quick Mode replaces the child
check "IKEv1: each child is rekeyed" rekey 3 --initiate ||
	diag "$(cat "$TMP/whack")"
both "and again"
is "$(pings c2 "$SRV" 3 0.2 -S "$(net 2 1)") $(pings c4 "$SRV" 3 0.2 \
	-S "$(net 4 1)")" "3 3" "so are those that were idle"
done_testing
