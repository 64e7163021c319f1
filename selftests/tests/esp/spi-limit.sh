#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A session keeps 64 inbound SPIs. Which yields to a new one? And how often may one
# SPI be in the table?
#
#   c1 10.0.0.2 --- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#
# beside: others
set -u
# shellcheck source=selftests/lib/traffic.sh
. "$(dirname "$0")/../../lib/traffic.sh"

LIMIT=64
PROVEN=8

inbound() {
	vpn_spis '.[] | select(.dir == "in") | .spi'
}

# kept SPI...: those of them that the gateway knows
kept() {
	local known spi found=()

	known=$(inbound)
	for spi; do
		[[ $known != *"$spi"* ]] || found+=("$spi")
	done
	echo "${found[*]}"
}

fill() {
	local i

	new_out 1 0x10000001 1
	for ((i = 0; i < LIMIT; i++)); do
		new_in "$(printf '0x2000%04x' "$i")" 1 --count "$PROVEN"
	done
}

howto_net 1
masquerade
fill
is "$(inbound | wc -l) $(stats spi_recycled)" "$LIMIT 0" "a session is full"

new_in 0x30000001 1
is "$(inbound | wc -l) $(stats spi_recycled) $(kept 0x30000001)" "$LIMIT 0 " \
	"what was proven doesn't yield to what was seen once"
gw_set nf_conntrack_esp_timeout 3
for seq in 2 3 4 5; do
	next_second
	new_out 1 0x10000001 "$seq"
done
for seq in 1 2; do
	new_in 0x30000001 "$seq"
	new_in 0x30000002 "$seq"
done
gw_set nf_conntrack_esp_timeout 1800
is "$(kept 0x30000001 0x30000002)" "0x30000001 0x30000002" \
	"two children are rekeyed together while others are idle: both are kept"
is "$(inbound | wc -l) $(stats spi_recycled)" "$LIMIT 2" "the oldest have yielded"
is "$(kept 0x20000000 0x20000001 0x20000002)" 0x20000002 "and no others"

for spi in 0x40000001 0x40000002; do
	at gw vpnct add esp client "$(addr c1)" server "$SRV" masq "$GW" \
		spi "$spi"
done
is "$(kept 0x40000001 0x40000002)" "0x40000001 0x40000002" \
	"two are preloaded: both are kept"

known=$(inbound | grep -c 0x2000)
send srv --src "$SRV" --dst "$GW" --spi random --seq 1 --count 200
is "$(kept 0x40000001 0x40000002) $(inbound | grep -c 0x2000)" \
	"0x40000001 0x40000002 $known" \
	"made-up SPIs push out neither those in use nor those preloaded"
is "$(inbound | wc -l)" "$LIMIT" "and no more are kept"

# No server gives one SPI to two clients
many_hosts
before=$(stats spi_new)
for ((i = 1; i <= 10; i++)); do
	send c1 --src "10.1.0.$i" --dst "$SRV" --spi 0x50000001
done
is "$(($(stats spi_new) - before)) $(stats twins no_memory)" "8 2 0" \
	"ten hosts use one SPI: eight are kept, two counted as twins"
done_testing
