#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# nf_conntrack_esp_parallel: one host per server at a time, as Linux 2.2 had
# it. nf_conntrack_esp_guess: what becomes of a packet that could be for
# several hosts: dropped, given to the likeliest, copied to each.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+                                        199.0.0.2
#
# beside: others
set -u
# shellcheck source=selftests/lib/traffic.sh
. "$(dirname "$0")/../../lib/traffic.sh"

spi=0x50000000

# Two hosts begin, then the server sends COUNT packets with one new SPI; counts
# what came to them in got1, got2.
ambiguous() {
	local count=$1

	spi=$(printf '0x%08x' $((spi + 16)))
	listen one c1 eth0
	listen two c2 eth0
	new_out 1 $((spi + 1)) 1
	new_out 2 $((spi + 2)) 1
	new_in "$spi" 1 --count "$count" --interval 30
	sleep 0.3
	got1=$(heard one "spi=$spi" | packets)
	got2=$(heard two "spi=$spi" | packets)
}

parallel_0() {
	gw_set nf_conntrack_esp_parallel 0
	tunnel 1
	tunnel 2
	is "$(pings c1 192.168.99.1 3)" 3 "parallel=0: the first host works"
	is "$(pings c2 192.168.99.1 2 0.2 -t 1000)" 0 \
		"the second one has to wait"
	is "$(stats blocked)" 2 "its packets are counted"
	is "$(ct_of c2)" "" "and have no conntrack entry"
	is "$(pings c1 192.168.99.1 3)" 3 "the first goes on"
	other_server
	at gw conntrack -D -p esp --orig-src 10.0.0.2 > /dev/null 2>&1
	is "$(pings c2 192.168.99.1 3)" 3 \
		"the first one's entry is gone: the second has its turn"
	is "$(pings c1 192.168.99.1 2 0.2 -t 1000)" 0 "and the first waits"
	gw_set nf_conntrack_esp_parallel 1
	is "$(pings_all 3 0.2 192.168.99.1 c1 c2)" "3 3" \
		"parallel=1 again: both work"
}

other_server() {
	ipn srv addr add 199.0.0.2/24 dev eth0
	listen out srv eth0
	send c2 --src 10.0.0.3 --dst 199.0.0.2 --spi 0x60000001
	sleep 0.2
	is "$(heard out dst=199.0.0.2 | packets)" 1 \
		"it may talk to another server meanwhile"
}

guess_0() {
	local before

	gw_set nf_conntrack_esp_guess 0
	tunnel 3
	is "$(pings c3 192.168.99.1 3)" 3 \
		"guess=0: a host that is alone needs no guess"
	at gw conntrack -F > /dev/null 2>&1
	before=$(stats copies ambiguous)
	ambiguous 3
	is "$got1 $got2" "0 0" "guess=0: what could be for two hosts is dropped"
	is "$(stats copies ambiguous)" \
		"${before% *} $((${before#* } + 3))" "and counted"
}

guess_1() {
	local before

	at gw conntrack -F > /dev/null 2>&1
	gw_set nf_conntrack_esp_guess 1
	before=$(stats copies ambiguous)
	ambiguous 3
	is "$((got1 + got2))" 3 "guess=1: each packet goes to one host"
	is "$((got1 * got2))" 0 "to the same one each time"
	is "$(stats copies ambiguous)" "$before" "no copies, no drops"
	like "$(spi_state "$spi")" ' guessed$' \
		"the owner is said to be guessed"
}

guess_2() {
	at gw conntrack -F > /dev/null 2>&1
	gw_set nf_conntrack_esp_guess 2
	ambiguous 3
	is "$got1 $got2" "3 3" "guess=2: both hosts get each packet"
	cmp_ok "$(stats copies)" -ge 3 "the copies are counted"
	is "$(spi_state "$spi")" "- undecided none" "the owner is undecided"
}

howto_net 3
masquerade
parallel_0
guess_0
guess_1
guess_2
done_testing
