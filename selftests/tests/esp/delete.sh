#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What conntrack drops is gone for us: entries deleted one by one or all, those
# of a masquerading address that goes, those of a namespace that goes, and all
# of ours when the modules go. Traffic flows all the time.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+
# kernels: all
set -u
# shellcheck source=selftests/lib/traffic.sh
. "$(dirname "$0")/../../lib/traffic.sh"

MODULES=$(dirname "$0")/../../modules.sh

spis_of() {
	spis client "$(addr "$1")"
}

in_our_zones() {
	at gw conntrack -L 2>/dev/null | grep -c 'zone-reply='
}

no_spis() {
	[ "$(spis)" = 0 ]
}

all_alive() {
	alive "$1" 1 2 3
}

one() {
	at gw conntrack -D -p esp --orig-src 10.0.0.3 > /dev/null 2>&1
	is "$(spis_of c2)" 0 "conntrack -D of one host: its SPIs are gone at once"
	is "$(spis_of c1) $(spis_of c3)" "2 2" "those of the others are not"
	is "$(pings c2 192.168.99.1 3)" 3 "its next packet sets it up again"
	is "$(spis_of c2)" 2 "with both its SPIs"
	all_alive "all go on"
}

# The answer that arrives before the host has sent again is nobody's
one_silent() {
	at gw conntrack -D -p esp --orig-src 10.0.0.3 > /dev/null 2>&1
	new_in "$(spi_in 2)" 1000 --count 3
	is "$(spi_state 0x20000002)" "" \
		"what comes for it then isn't taken for another host's"
	all_alive "and all go on"
}

all() {
	at gw conntrack -F > /dev/null 2>&1
	is "$(spis)" 0 "conntrack -F: no SPI is left"
	all_alive "all hosts are set up again"
}

address_lost() {
	ipn gw addr del 200.200.200.200/24 dev eth1
	check "the masquerading address goes: no SPI is left" busywait 5 no_spis
	is "$(in_our_zones)" 0 "and no entry"
	ipn gw addr add 200.200.200.200/24 dev eth1
	ipn gw route replace 199.0.0.0/8 dev eth1
	all_alive "it comes back: all hosts work again"
}

device_down() {
	ipn gw link set eth1 down
	check "the device goes down: no SPI is left" busywait 5 no_spis
	ipn gw link set eth1 up
	ipn gw route replace 199.0.0.0/8 dev eth1
	all_alive "it comes up: all hosts work again"
}

# traffic of many hosts until it is stopped
traffic() {
	bg at c1 espgen hosts --server "${NS}srv" --src 10.1.0.1 --dst "$SRV" \
		--hosts 20 --interval 10 --count 100000
	traffic=$!
}

flowing() {
	[ "$(in_our_zones)" -ge 20 ]
}

unload_under_traffic() {
	many_hosts
	traffic
	busywait 5 flowing
	check "modules unload under traffic" "$MODULES" unload
	is "$(in_our_zones)" 0 "no entry in our zones is left"
	# The one host that stock conntrack can serve is whoever comes first.
	end "$traffic"
	at gw conntrack -F > /dev/null 2>&1
	is "$(pings c1 192.168.99.1 3)" 3 "a host works with stock conntrack"
	traffic
	check "modules load under traffic" "$MODULES" load
	check "and find hosts again" busywait 5 flowing
	end "$traffic"
	at gw conntrack -F > /dev/null 2>&1
	all_alive "then all hosts work"
}

gone() {
	! ipn srv link show eth0 > /dev/null 2>&1
}

netns_under_traffic() {
	traffic
	busywait 5 flowing
	ns_del gw
	# its devices go with it, once nothing holds it any more
	check "the gateway's namespace goes under traffic" busywait 20 gone
	end "$traffic"
}

howto_net 3
masquerade
start 1 2 3
all_alive "three hosts work"
one
one_silent
all
address_lost
device_down
unload_under_traffic
netns_under_traffic
done_testing
