#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Left to stock conntrack: everything with nf_conntrack_vpn_enable=0, packets
# for which the ruleset has chosen a zone, and those it doesn't want tracked.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+
# kernels: all
set -u
# shellcheck source=selftests/lib/traffic.sh
. "$(dirname "$0")/../../lib/traffic.sh"

# ours: entries in our zones
ours() {
	ct_esp | grep -c 'zone-reply='
}

switched_off() {
	alive "two hosts work" 1 2
	is "$(ours)" 2 "in zones of ours"
	gw_set nf_conntrack_vpn_enable 0
	is "$(ours)" 0 "enable=0: entries in our zones are deleted"
	# shellcheck disable=SC2119
	is "$(sessions) $(spis)" "0 0" \
		"nothing is known any more"
	is "$(pings c1 192.168.99.1 3)" 3 "the first host works as with stock"
	is "$(pings c2 192.168.99.1 2 0.2 -t 1000)" 0 \
		"the second doesn't, as with stock"
	like "$(ct_of c1)" '^unknown +50 5[0-9][0-9] ' \
		"with the lifetime of the generic tracker"
	unlike "$(ct_of c1)" 'helper=|zone|ASSURED' \
		"without label and zone, as with stock"
	is "$(spis)" 0 "and is not watched"
}

switched_on() {
	gw_set nf_conntrack_vpn_enable 1
	is "$(pings_all 3 0.2 192.168.99.1 c1 c2)" "3 3" \
		"enable=1: both hosts work again"
}

# First packets of c3's ESP and IKE wait in a queue while all is switched off
queued() {
	local reader

	at gw nft -f - <<-RULES
		table inet userspace {
			chain q {
				type filter hook forward priority 0
				ip saddr 10.0.0.4 queue num 7
			}
		}
	RULES
	bg at gw nfqueue 7 "$TMP/ready"
	reader=$!
	busywait 5 test -e "$TMP/ready"
	kill -STOP "$reader"
	esp_send c3 199.0.0.1 0x71000003 1
	at c3 socat -u - UDP4-SENDTO:199.0.0.1:500,sourceport=500 <<< hello
	is "$(waiting)" 2 "two packets wait in a queue"
	gw_set nf_conntrack_vpn_enable 0
	kill -CONT "$reader"
	busywait 5 test_no_more
	end "$reader"
	at gw nft delete table inet userspace
	is "$(at gw conntrack -L 2>/dev/null | grep -c 'zone-reply=')" 0 \
		"enable=0 meanwhile: they make no entries in our zones"
	gw_set nf_conntrack_vpn_enable 1
}

# waiting: packets in the queue
waiting() {
	local total

	read -r _ _ total _ < \
		<(at gw cat /proc/net/netfilter/nfnetlink_queue)
	echo "$total"
}

test_no_more() {
	[ "$(waiting)" = 0 ]
}

# A rule sets zone 5 for all packets of c1, in and out
foreign_zone() {
	at gw conntrack -F > /dev/null 2>&1
	at gw nft -f - <<-RULES
		table inet raw {
			chain prerouting {
				type filter hook prerouting priority raw
				ip saddr 10.0.0.2 ct zone set 5
				esp spi $(spi_in 1) ct zone set 5
			}
		}
	RULES
	is "$(pings_all 3 0.2 192.168.99.1 c1 c2 c3)" "3 3 3" \
		"zone 5 for one host: all three work"
	like "$(ct_of c1)" ' zone=5 ' "its entry is in that zone"
	unlike "$(ct_of c1)" 'helper=' "and not ours"
	is "$(spis client 10.0.0.2)" 0 \
		"its SPIs are not watched"
	is "$(stats foreign_zone)" 6 "its packets are counted"
	is "$(ours)" 2 "the others are in zones of ours"
	at gw nft delete table inet raw
}

not_tracked() {
	at gw conntrack -F > /dev/null 2>&1
	at gw nft -f - <<-RULES
		table inet raw {
			chain prerouting {
				type filter hook prerouting priority raw
				ip saddr 10.0.0.4 ip protocol esp notrack
			}
		}
	RULES
	listen out srv eth0
	pings c3 192.168.99.1 2 0.2 -t 1000 > /dev/null
	is "$(heard out "spi=$(spi_out 3)" src=10.0.0.4 | packets)" 2 \
		"notrack: packets leave untranslated"
	is "$(ct_of c3)" "" "and untracked"
	is "$(spis client 10.0.0.4)" 0 \
		"SPIs are not watched"
	is "$(pings_all 3 0.2 192.168.99.1 c1 c2)" "3 3" \
		"the other hosts work"
}

modprobe -a nfnetlink_queue nft_queue 2>/dev/null
howto_net 3
masquerade
tunnel 3
start 1 2
switched_off
switched_on
queued
foreign_zone
not_tracked
done_testing
