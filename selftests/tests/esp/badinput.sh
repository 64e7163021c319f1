#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Packets that are not as they should be, and too many that are: nothing is
# learnt from the former, the latter are bounded and counted, and the tunnels
# of c1 and c2 don't notice.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+ bad things come from here             and from here
# timeout: 600
set -u
# shellcheck source=selftests/lib/traffic.sh
. "$(dirname "$0")/../../lib/traffic.sh"

all_alive() {
	alive "${1:+$1: }two hosts go on" 1 2
}

# arrived NAME [WORD...]
arrived() {
	sleep 0.3
	heard "$@" | packets
}

# --- malformed ---

truncated() {
	local before cut

	before=$(stats truncated)
	for cut in 0 1 4 7; do
		new_out 3 0x10101010 1 --cut "$cut"
		new_in 0x10101010 1 --cut "$cut"
	done
	is "$(stats truncated)" $((before + 8)) \
		"ESP shorter than its header: counted"
	is "$(spis client 10.0.0.4)" 0 "nothing is learnt from it"
	new_out 3 0x10101011 1 --cut 8
	is "$(spis client 10.0.0.4)" 1 "a header without payload is enough"
}

# the IP header says that there is less than the frame has
claimed() {
	local mac before

	before=$(stats truncated)
	mac=$(ipn gw -br link show br0 | awk '{ print $3 }')
	new_out 3 0x10101012 1 --dev eth0 --mac "$mac" --claim 6
	is "$(stats truncated)" $((before + 1)) \
		"padding behind a truncated packet isn't read"
}

spi_0() {
	local before

	before=$(stats invalid)
	listen out srv eth0
	new_out 3 0 1 --count 2
	new_in 0 1 --count 3
	is "$(arrived out spi=0x00000000)" 0 "SPI 0 is dropped"
	is "$(stats invalid)" $((before + 5)) "in both directions, counted"
}

# RFC 4303 section 2.1: 1-255 are reserved, not forbidden
spi_reserved() {
	local spi

	for spi in 1 255; do
		listen out srv eth0
		new_out 3 "$spi" 1
		is "$(arrived out "src=$GW" "$(printf 'spi=0x%08x' $spi)")" 1 \
			"SPI $spi passes, translated"
	done
}

fragments() {
	local before

	before=$(spis client 10.0.0.4)
	listen out srv eth0
	new_out 3 0x10101020 1 --fragment first
	new_out 3 0x10101021 1 --fragment last
	is "$(arrived out)" 0 "half of a fragmented packet goes nowhere"
	is "$(spis client 10.0.0.4)" "$before" "nothing is learnt from it"
	listen out srv eth0
	new_out 3 0x10101022 1 --fragment all --split 16 --size 64
	cmp_ok "$(arrived out "src=$GW" spi=0x10101022)" -ge 1 \
		"a fragmented packet passes, translated"
	is "$(spis client 10.0.0.4)" $((before + 1)) "its SPI is learnt"
	is "$(pings c1 192.168.99.1 3 0.2 -b 3000)" 3 \
		"fragmented packets of a tunnel arrive"
}

# --- IPv6 extension headers ---

exthdr() {
	local headers=$1 known=$2 text=$3
	local spi=$4 before

	listen out srv eth0
	send c3 --src fd00:10::4 --dst "$SRV6" --spi "$spi" --exthdr "$headers"
	sleep 0.3
	heard out > /dev/null
	is "$(spis spi "$spi")" "$known" \
		"$text"
}

extension_headers() {
	local before

	exthdr dst 1 "behind destination options an SPI is found" 0x20202020
	exthdr hop,dst,route 1 "behind three headers, too" 0x20202021
	exthdr frag 1 "in an atomic fragment, too" 0x20202022
	before=$(stats spi_new)
	exthdr dst,bad 0 "a header that is longer than the packet: nothing" \
		0x20202023
	send c3 --src fd00:10::4 --dst "$SRV6" --cut 3 --exthdr dst
	send c3 --src fd00:10::4 --dst "$SRV6" --cut 0 --exthdr hop,dst
	send c3 --src fd00:10::4 --dst "$SRV6" --fragment last
	send c3 --src fd00:10::4 --dst "$SRV6" --exthdr \
		dst,dst,dst,dst,dst,dst,dst,dst,dst,dst,dst,dst,dst,dst,dst,bad
	is "$(stats spi_new)" "$before" "nothing is learnt from broken ones"
}

# --- floods ---

mac_of() {
	ipn "$1" -br link show "$2" | awk '{ print $3 }'
}

# flood NS DEV MAC OPTION...: 20,000 packets with 5,000 random SPIs
flood() {
	local name=$1 dev=$2 mac=$3

	shift 3
	at "$name" espgen flood --dev "$dev" --mac "$mac" --hosts 5000 \
		--count 4 --spread none --spi random "$@" > /dev/null
}

flood_in() {
	flood srv eth0 "$(mac_of gw eth1)" --src "$SRV" --dst "$GW" "$@"
}

flood_out() {
	flood c3 eth0 "$(mac_of gw br0)" --src 10.0.0.4 --dst "$SRV" "$@"
}

# under TEXT FLOOD...: pings while it lasts
under() {
	local text=$1 flooder

	shift
	"$@" &
	flooder=$!
	all_alive "$text"
	wait "$flooder"
	all_alive "$text, afterwards"
}

floods() {
	local beyond

	gw_set nf_conntrack_vpn_max 2000
	gw_set nf_conntrack_vpn_max_per_client 100
	under "random new SPIs from the server's address" flood_in
	cmp_ok "$(stats entries)" -le 2000 "their number is bounded"
	under "random old SPIs from the server's address" flood_in --seq 100000
	cmp_ok "$(stats entries)" -le 2000 "their number is bounded"
	under "random SPIs from one client" flood_out
	cmp_ok "$(stats entries)" -le 2000 "their number is bounded"
	cmp_ok "$(spis client 10.0.0.4)" -le 100 "by the quota of the client"
	beyond=$(stats client_full spi_recycled)
	cmp_ok "$((${beyond/ /+}))" -gt 100 "what is beyond is counted"
}

# --- a full table ---

messages() {
	dmesg | grep -c 'nf_conntrack_vpn: table full'
}

full() {
	local before said

	at gw conntrack -F > /dev/null 2>&1
	gw_set nf_conntrack_vpn_enable 0
	gw_set nf_conntrack_vpn_enable 1
	all_alive
	before=$(stats full) said=$(messages)
	gw_set nf_conntrack_vpn_max "$(stats entries)"
	listen out srv eth0
	new_out 3 0x30303030 1 --count 500
	is "$(arrived out "src=$GW" spi=0x30303030)" 500 \
		"full: packets of a third host leave as with stock conntrack"
	cmp_ok "$(stats full)" -gt "$before" "full: it is counted"
	said=$(($(messages) - said))
	cmp_ok "$said" -ge 1 "full: the log says so"
	cmp_ok "$said" -le 10 "full: but not for every packet"
	is "$(spis client 10.0.0.4)" 0 "full: nothing of it is kept"
	all_alive "full"
}

howto_net 3
masquerade
start 1 2
truncated
claimed
spi_0
spi_reserved
fragments
extension_headers
all_alive
floods
full
done_testing
