#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Memory is lacking: allocations that must not wait, as those for packets,
# fail (failslab). What was half made is undone, whoever has seen it meanwhile:
# two processors handle the same packets, and KASAN, kmemleak and the unloading
# of the modules tell the rest.
#
#   c1 10.0.0.2, 10.1.0.1 ... ---+
#   c2 10.0.0.3 -----------------+--- [gw] masquerade --- 199.0.0.1, .2 [srv]
# needs: debug
set -u
# shellcheck source=selftests/lib/traffic.sh
. "$(dirname "$0")/../../lib/traffic.sh"

FAILSLAB=/sys/kernel/debug/failslab
# the cache of the nodes of xarrays, in which entries are numbered
NODES=/sys/kernel/slab/radix_tree_node/failslab
SRV2=199.0.0.2
NODE=64
PACKETS=${PACKETS:-4000}

[ -w "$FAILSLAB/probability" ] || bail "this kernel has no failslab"

# failing PERCENT [N|Y]: so many allocations fail; of nodes only?
failing() {
	echo "${2:-N}" > "$FAILSLAB/cache-filter"
	echo "$1" > "$FAILSLAB/probability"
}

end_stragglers() {
	failing 0
	echo 0 > "$NODES"
}

prepare() {
	failing 0
	echo 1 > "$NODES"
	echo N > "$FAILSLAB/task-filter"
	echo Y > "$FAILSLAB/ignore-gfp-wait"
	echo 0 > "$FAILSLAB/verbose"
	echo 1 > "$FAILSLAB/interval"
	echo 0 > "$FAILSLAB/space"
	echo -1 > "$FAILSLAB/times"
}

# flood CPU NS OPTION...: PACKETS packets of one SPI, or as OPTION says
flood() {
	local cpu=$1 name=$2 dev=br0

	shift 2
	[ "$name" != srv ] || dev=eth1
	at "$name" taskset -c "$cpu" espgen flood --dev eth0 \
		--mac "${mac[$dev]}" --spread none --count "$PACKETS" "$@" \
		> /dev/null
}

# both NS OPTION...: the same flood from both processors
both() {
	flood 0 "$@" &
	flood 1 "$@"
	wait $!
}

# what the tables hold: sessions, SPIs, cookie pairs
known() {
	local noun counts=()

	for noun in sessions esp isakmp; do
		counts+=("$(at gw vpnct list "$noun" -p | wc -l)")
	done
	echo "${counts[*]}"
}

# Entries have the lowest numbers that are free: the next one needs a node.
fill() {
	local n=$((NODE - 2))

	# nobody answers, and the machine is slow
	gw_set nf_conntrack_esp_timeout_unreplied 3600
	new_out 1 0x1001 1
	new_out 1 0x1001 1 --udp 500
	send c1 --src 10.1.0.1 --dst "$SRV2" --hosts "$n"
	send c1 --src 10.1.0.1 --dst "$SRV2" --hosts "$n" --udp 500
	is "$(known)" "$((NODE - 1)) $((NODE - 1)) $((NODE - 1))" \
		"as many entries as a node has numbers"
}

# refused TEXT FLOOD...: a flood of what can't be numbered
refused() {
	local text=$1 before after tables

	shift
	before=$(stats no_memory) tables=$(known)
	failing 100 Y
	"$@"
	failing 0
	after=$(stats no_memory)
	cmp_ok $((after - before)) -ge "$PACKETS" "$text: counted each time"
	is "$(known)" "$tables" "$text: nothing is kept"
}

# A session is looked up for what comes to its client's own address, and given
# the flow that stock conntrack has made for the client meanwhile.
session_seen() {
	flood 0 c2 --src 10.0.0.3 --dst "$SRV2" --spi 0x4001 &
	flood 1 srv --src "$SRV2" --dst 10.0.0.3 --spi 0x4002
	wait $!
}

# Whatever fails, each round with SPIs and cookies of its own
random() {
	local i spi few=(--hosts 100 --count 2)

	for ((i = 1; i <= 2; i++)); do
		spi=$((0x10000000 * i + RANDOM))
		both srv --src "$SRV" --dst "$GW" --spi "$spi" "${few[@]}"
		both c2 --src 10.0.0.3 --dst "$SRV" --spi "$spi" "${few[@]}"
		both c2 --src 10.0.0.3 --dst "$SRV" --spi "$spi" --udp 500 \
			"${few[@]}"
		both c1 --src 10.1.1.0 --dst "$SRV" --spi "$spi" --hosts 8 \
			--count 10 --spread src
	done
}

# netlink makes entries as packets do, and copies them out
loaded() {
	local i

	for ((i = 0; i < 20; i++)); do
		at gw vpnct add esp client 10.2.0.$i server "$SRV" masq "$GW" \
			spi "$((0x5000 + i))"
	done
	at gw vpnct save > "$TMP/saved"
	at gw vpnct restore "$TMP/saved"
} > /dev/null 2>&1

howto_net 2
masquerade
plain_bridge
many_hosts
ipn srv addr add "$SRV2/24" dev eth0
ipn srv route add 10.0.0.0/8 dev eth0
declare -A mac
for dev in br0 eth1; do
	mac[$dev]=$(ipn gw -br link show "$dev" | awk '{ print $3 }')
done
prepare
fill
refused "an SPI without number" \
	both srv --src "$SRV" --dst "$GW" --spi 0x3001
refused "a cookie pair without number" \
	both c1 --src 10.0.0.2 --dst "$SRV" --udp 500 --spi 0x3002
refused "a session without number" session_seen

before=$(stats no_memory)
for percent in 5 30; do
	failing "$percent"
	random
	loaded
	failing 0
done
cmp_ok "$(stats no_memory)" -gt "$before" "allocations fail by chance: counted"
read -r sessions spis cookies < <(known)
is "$(stats entries)" $((sessions + spis + cookies)) \
	"what is counted as entries is in the tables"
at gw vpnct flush
is "$(known) $(stats entries)" "0 0 0 0" "flushed: nothing is left"
at gw conntrack -F > /dev/null 2>&1
start 1 2
done_testing
