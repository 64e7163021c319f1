#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# SPIs, sessions and cookie pairs over netlink: made, changed, filtered, pinned,
# deleted and flushed; settings; and what is refused. A preloaded SPI brings the
# server's first packet to its host.
#
#   c1 10.0.0.2 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c2 10.0.0.3 ---+
# timeout: 600
# kernels: all
set -u
# shellcheck source=selftests/lib/traffic.sh
. "$(dirname "$0")/../../lib/traffic.sh"
# shellcheck source=selftests/lib/netlink.sh
. "$(dirname "$0")/../../lib/netlink.sh"

# says TEXT REGEX REQUEST...
says() {
	local text=$1 regex=$2

	shift 2
	like "$(nl "$@" | tail -n 1)" "$regex" "$text"
}

# pair SET CLIENT: addresses of its session with the server
pair() {
	echo "$1.client=$2 $1.server=$SRV"
}

# preload CLIENT SPI [WORD...]: an inbound SPI of it
preload() {
	# shellcheck disable=SC2046
	nl esp-new "${@:3}" $(pair esp "$1") esp.masq="$GW" esp.dir=1 \
		esp.spi="$2" | tail -n 1
}

settings() {
	says "settings are told" '^error=0 messages=1 ' setting-get
	says "a setting is changed" '^error=0 ' setting-set \
		setting.esp-timeout=77
	is "$(at gw sysctl -n net.netfilter.nf_conntrack_esp_timeout)" 77 \
		"the sysctl has it"
	says "out of range: refused, and named" \
		'^error=ERANGE .*message=nf_conntrack_esp_guess is out' \
		setting-set setting.esp-timeout=88 setting.esp-guess=3
	is "$(at gw sysctl -n net.netfilter.nf_conntrack_esp_timeout)" 77 \
		"and nothing else was changed"
	says "no setting at all" '^error=EINVAL .*message=no setting' \
		setting-set
	gw_set nf_conntrack_esp_timeout 1800
}

refused() {
	says "no client" '^error=EINVAL .*message=client is missing' \
		esp-new esp.server="$SRV"
	# shellcheck disable=SC2046
	says "no SPI" '^error=EINVAL .*message=spi is missing' \
		esp-new $(pair esp 10.0.0.2) esp.dir=1
	# shellcheck disable=SC2046
	says "SPI 0" '^error=EINVAL .*message=spi is 0' \
		esp-new $(pair esp 10.0.0.2) esp.dir=1 esp.spi=0
	# shellcheck disable=SC2046
	says "an inbound SPI for a host that hasn't sent needs masq" \
		'^error=EINVAL .*message=masq is missing' \
		esp-new $(pair esp 10.0.0.2) esp.dir=1 esp.spi=0x111
	says "families that differ" '^error=EINVAL .*message=server is of' \
		esp-new esp.client=10.0.0.2 esp.server=2001:db8::1 esp.dir=0 \
		esp.spi=0x111
	says "the gateway itself" '^error=EINVAL .*message=client is an addr' \
		esp-new esp.client=10.0.0.1 esp.server="$SRV" esp.dir=0 \
		esp.spi=0x111
	# shellcheck disable=SC2046
	says "a confidence that there isn't" '^error=ERANGE ' \
		esp-new $(pair esp 10.0.0.2) esp.dir=1 esp.spi=0x111 \
		esp.confidence=9
	# shellcheck disable=SC2046
	says "a state that only time makes" \
		'^error=EINVAL .*message=state is neither' \
		esp-new $(pair esp 10.0.0.2) esp.dir=0 esp.spi=0x111 esp.state=3
	says "an attribute of no request" '^error=EINVAL .*message=..' \
		esp-new esp.packets=1
	# shellcheck disable=SC2046
	says "a flow needs masq" '^error=EINVAL .*message=masq is missing' \
		session-new $(pair session 10.0.0.2) session.esp-timeout=9
	# shellcheck disable=SC2046
	says "what isn't there can't be deleted" \
		'^error=ENOENT .*message=client and server' \
		session-del $(pair session 10.0.0.2)
	says "a cookie pair without cookies" \
		'^error=EINVAL .*message=initiator is missing' \
		isakmp-new isakmp.client=10.0.0.2 isakmp.server="$SRV"
	says "and a call without a number" \
		'^error=EINVAL .*message=client-id and host-id' \
		pptp-del pptp.client=10.0.0.2 pptp.server="$SRV" \
		pptp.client-port=5
	is "$(at gw vpnct stats -p | awk '$1 == "entries"')" "entries	0" \
		"none of them left anything"
}

preloaded() {
	like "$(preload 10.0.0.3 0x222)" '^error=0 ' "an SPI of c2 is preloaded"
	listen c2 c2 eth0
	listen c1 c1 eth0
	new_in 0x222 1
	is "$(heard c2 spi=0x00000222 | packets)" 1 \
		"the server's first packet with it reaches c2"
	is "$(heard c1 | packets)" 0 "and nobody else"
	is "$(ct_of c2 | wc -l)" 1 "its flow was made"
	like "$(ct_of c2)" 'src=199.0.0.1 dst=200.200.200.200.*ASSURED' \
		"as answered, to the masquerading address"
	is "$(nl esp-get dump esp.confidence=5 | head -n -1 | wc -l)" 1 \
		"it is the one that is preloaded"
}

owners() {
	like "$(preload 10.0.0.2 0x222)" \
		'^error=EEXIST .*message=spi is another' \
		"another host's SPI isn't taken over just so"
	like "$(preload 10.0.0.3 0x222 excl)" '^error=EEXIST ' \
		"nor made twice if that matters"
	like "$(preload 10.0.0.3 0x222)" '^error=0 ' "but again if not"
	like "$(preload 10.0.0.2 0x222 replace)" '^error=0 ' \
		"to be replaced, it has another owner"
	is "$(vpn_spis '.[] | select(.spi == "0x00000222") | .client')" \
		10.0.0.2 "which it is told to have"
}

pinned() {
	local spi

	like "$(preload 10.0.0.2 0x333 esp.pin=1)" '^error=0 ' "c1's is pinned"
	like "$(preload 10.0.0.2 0x444 esp.confidence=2)" '^error=0 ' \
		"one more as if learnt"
	new_in 0x333 1
	at gw conntrack -D -s 10.0.0.2 > /dev/null 2>&1
	new_in 0x444 1
	is "$(vpn_spis '[.[] | select(.client == "10.0.0.2") | .spi] |
		sort | join(" ")')" "0x00000222 0x00000333" \
		"conntrack -D makes forget what was learnt only"
	# half of the 64 that a session keeps
	for spi in 0x5{0{1..9},1{0..9},2{0..9},30,31}; do
		preload 10.0.0.2 "$spi" esp.pin=1 > /dev/null
	done
	like "$(preload 10.0.0.2 0x540 esp.pin=1)" \
		'^error=ENOSPC .*message=pin' "not all SPIs can be pinned"
}

filtered() {
	is "$(nl esp-get dump esp.spi=0x333 | head -n -1 | wc -l)" 1 \
		"a dump of one SPI"
	is "$(nl esp-get dump esp.dir=0 | head -n -1 | wc -l)" 0 \
		"of a direction"
	is "$(nl esp-get dump esp.state=2 | head -n -1 | wc -l)" \
		"$(vpn_spis '[.[] | select(.state == "undecided")] | length')" \
		"of a state"
	is "$(nl esp-get dump esp.client=10.0.0.9 | head -n -1 | wc -l)" 0 \
		"of a client"
}

deleted() {
	# shellcheck disable=SC2046
	says "an SPI is deleted" '^error=0 ' esp-del $(pair esp 10.0.0.2) \
		esp.dir=1 esp.spi=0x333
	# shellcheck disable=SC2046
	says "a cookie pair is made known" '^error=0 ' isakmp-new \
		$(pair isakmp 10.0.0.2) isakmp.initiator=5 \
		isakmp.responder=6
	is "$(nl isakmp-get dump | head -n -1 | wc -l)" 1 "and told"
	says "deleted" '^error=0 ' isakmp-del isakmp.server="$SRV" \
		isakmp.initiator=5 isakmp.responder=6
	# shellcheck disable=SC2046
	says "a session with both flows is made" '^error=0 ' session-new \
		$(pair session 10.0.0.2) session.masq="$GW" \
		session.esp-timeout=99 session.ike-timeout=99
	is "$(at gw conntrack -L -s 10.0.0.2 2> /dev/null | wc -l)" 2 \
		"conntrack has them"
	# shellcheck disable=SC2046
	says "the session is deleted" '^error=0 ' session-del \
		$(pair session 10.0.0.2)
	is "$(at gw conntrack -L -s 10.0.0.2 2> /dev/null | wc -l)" 0 \
		"and its flows with it"
	preload 10.0.0.3 0x600 esp.pin=1 > /dev/null
	is "$(nl flush | nl_field flush.count)" 1 "flush leaves nothing"
	is "$(vpn_stat entries)" 0 "in the tables"
}

# told EVENT SET REGEX: an event about an entry whose attributes match
told() {
	grep -qE "^1=$1 .*${NL_ATTR[event.$2]%%:*}=\{ .*$3 " "$TMP/events"
}

events() {
	bg at gw genl_send listen > "$TMP/events"
	sleep 1
	preload 10.0.0.2 0x700 > /dev/null
	# 10 is the confidence
	check "an event tells of a binding, and how sure it is" \
		busywait 5 told 1 esp "4=$((0x700)) .*10=5"
	check "one of the session" busywait 5 told 0 session "3=[0-9]+"
	preload 10.0.0.3 0x700 replace > /dev/null
	check "one of a change of owner" busywait 5 told 2 esp "4=$((0x700))"
	nl flush > /dev/null
	check "and of the end" busywait 5 told 3 session "3=[0-9]+"
	gw_set nf_conntrack_vpn_max 1
	preload 10.0.0.2 0x701 > /dev/null
	preload 10.0.0.3 0x702 > /dev/null
	check "one says that the tables are full" busywait 5 \
		grep -q "^1=4 7=$(uapi nf_ct_vpn_stats_attr NF_CT_VPN_A_STATS_ |
			awk '$1 == "full" { print $2 }') " "$TMP/events"
	gw_set nf_conntrack_vpn_max 65536
}

# what the tracepoints of the modules say of a packet
traces() {
	local trace=/sys/kernel/tracing

	mountpoint -q $trace || mount -t tracefs tracefs $trace
	echo 1 > $trace/events/nf_ct_vpn/enable
	new_out 1 0x800 1
	new_in 0 1
	preload 10.0.0.2 0x801 > /dev/null
	nl flush > /dev/null
	echo 0 > $trace/events/nf_ct_vpn/enable
	cat $trace/trace > "$TMP/trace"
	echo > $trace/trace
	check "a trace of a packet" \
		grep -q 'nf_ct_vpn_classify:.*src=::ffff:10.0.0.2' "$TMP/trace"
	check "of a drop, with its reason" \
		grep -q 'nf_ct_vpn_drop:.*reason=invalid' "$TMP/trace"
	check "of a binding" \
		grep -q 'nf_ct_vpn_bind:.*spi=0x00000801 confidence=preloaded' \
		"$TMP/trace"
	check "of an end" grep -q 'nf_ct_vpn_expire:' "$TMP/trace"
}

howto_net 2
masquerade
settings
refused
preloaded
owners
pinned
filtered
deleted
events
traces
done_testing
