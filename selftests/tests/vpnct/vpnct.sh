#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# vpnct's commands against the kernel: settings, preloading, deletion, events,
# filters, conntrack's columns; and that its JSON is what the schema says.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+
# kernels: all
# beside: others
set -u
# shellcheck source=selftests/lib/ike.sh
. "$(dirname "$0")/../../lib/ike.sh"

USERSPACE=$(dirname "$0")/../../../userspace
I1=0x1111111111111111 R1=0xa1

gwct() {
	at gw vpnct "$@"
}

settings() {
	is "$(gwct get esp_guess)" 2 "get shows a setting"
	check "set changes it" gwct set esp_guess 1 vpn_max 4096
	is "$(at gw sysctl -n net.netfilter.nf_conntrack_esp_guess)" 1 \
		"it is the sysctl"
	vpnct_fails "a value out of range" \
		'set vpn_max 9000 esp_guess 7: .*esp.guess' \
		set vpn_max 9000 esp_guess 7
	is "$(gwct get vpn_max)" 4096 "none is changed if one is refused"
	is "$(gwct get -p | wc -l)" 13 "get without a name shows all"
	is "$(vpnct -n "${NS}gw" get esp_guess)" 1 "get --netns shows that"
	check "set --netns changes it back" vpnct --netns "/run/netns/${NS}gw" \
		set esp_guess 2
	is "$(gwct get esp_guess)" 2 "there it is"
}

# what is wrong with the range and the default that get tells of a setting
# range KEY VALUE MIN MAX DEFAULT
range() {
	[ "$2" = "$5" ] || echo "$1 is $2 at first"
	takes "$1" "$3" || echo "$1 can't be $3"
	takes "$1" "$4" || echo "$1 can't be $4"
	[ "$3" = 0 ] || ! takes "$1" $(($3 - 1)) || echo "$1 is less than $3"
	# more than that depends on the kernel's HZ
	[ "$4" -ge 2147483 ] || ! takes "$1" $(($4 + 1)) ||
		echo "$1 is more than $4"
}

takes() {
	vpnct -n "${NS}fresh" set "$1" "$2" 2> /dev/null
}

ranges() {
	local line

	ns fresh
	vpnct -n "${NS}fresh" get | sed -nE 's/^ *([a-z_]+) +([0-9]+) .*'`
		`'\((.*) (to|or) (.*), default (.*)\)/\1 \2 \3 \5 \6/p' \
		> "$TMP/ranges"
	is "$(wc -l < "$TMP/ranges")" 13 "get tells range and default"
	is "$(while read -r line; do
			# shellcheck disable=SC2086
			range $line
		done < "$TMP/ranges")" "" "the kernel has the same"
}

preload() {
	check "an SPI is preloaded" gwct add esp client 10.0.0.2 \
		server 199.0.0.1 spi 0x20000001 masq 200.200.200.200
	is "$(vpn_spis '.[] | "\(.client) \(.dir) \(.spi) \(.confidence)"')" \
		"10.0.0.2 in 0x20000001 preloaded" "and listed"
	vpnct_fails "another client's" \
		'client 10.0.0.3 .*spi 0x20000001 .*another client' \
		add esp client 10.0.0.3 server 199.0.0.1 spi 0x20000001 \
		masq 200.200.200.200
	check "replace takes it over" gwct add esp replace client 10.0.0.3 \
		server 199.0.0.1 spi 0x20000001 masq 200.200.200.200 pin yes
	is "$(vpn_spis '.[] | "\(.client) \(.pin)"')" "10.0.0.3 true" \
		"and it is pinned"
	vpnct_fails "SPI 0" 'spi 0 .*: spi is 0' add esp client 10.0.0.2 \
		server 199.0.0.1 spi 0 masq 200.200.200.200
	vpnct_fails "an unknown address" 'masq' add esp client 10.0.0.9 \
		server 199.0.0.9 spi 0x9999
	check "it is deleted" gwct delete esp client 10.0.0.3 \
		server 199.0.0.1 spi 0x20000001
	is "$(vpn_spis length)" 0 "and gone"
	vpnct_fails "what isn't there" 'delete esp .*: .+' delete esp \
		client 10.0.0.3 server 199.0.0.1 spi 0x20000001
}

# the server begins, on an SPI that only the client knew
preload_traffic() {
	tunnel 1
	tunnel 2
	check "c1's SPI is preloaded" gwct add esp client 10.0.0.2 \
		server 199.0.0.1 spi "$(spi_in 1)" masq 200.200.200.200
	check "so is c2's" gwct add esp client 10.0.0.3 server 199.0.0.1 \
		spi "$(spi_in 2)" masq 200.200.200.200
	is "$(pings_all 3 0.2 192.168.99.1 c1 c2)" "3 3" \
		"hosts that start together need no copies"
	is "$(vpn_stat copies)" 0 "there were none"
	is "$(gwct list esp -j | jq -r '.[] | select(.dir == "in") |
		"\(.client) \(.confidence)"' | paste -sd' ')" \
		"10.0.0.2 preloaded 10.0.0.3 preloaded" "nobody had to guess"
}

filters() {
	is "$(gwct list esp -p client 10.0.0.3 | wc -l)" 2 "by client"
	is "$(gwct list esp -p spi "$(spi_in 1)" | wc -l)" 1 "by SPI"
	is "$(gwct list esp -p state established | wc -l)" 4 "by state"
	is "$(gwct list sessions -p server 199.0.0.2 | wc -l)" 0 \
		"by a server that nobody has"
	is "$(gwct list -p client 10.0.0.2/31 | wc -l)" 6 "by prefix"
	is "$(gwct list esp -p not client 10.0.0.3 | wc -l)" 2 \
		"by another client"
	is "$(gwct list esp -p dir in confidence preloaded | wc -l)" 2 \
		"by direction and confidence"
	is "$(gwct list -p zone "$(vpn_sessions '.[0].zone')" | wc -l)" 3 \
		"by zone"
}

columns() {
	at gw conntrack -U -p 50 --orig-src 10.0.0.2 -m 7 > /dev/null 2>&1
	is "$(vpn_sessions '.[] | select(.client == "10.0.0.2") |
		"\(.flow) \(.mark) \(.packets_out) \(.packets_in)"')" \
		"esp 7 3 3" "a session shows mark and counters of its entry"
	cmp_ok "$(vpn_sessions '.[0].flow_timeout_s')" -gt 1700 "its timeout"
}

# c1 has sent 3 packets, c2 sends 7, c3 11
own_columns() {
	local k

	tunnel 3
	pings_all 4 0.1 192.168.99.1 c2 > "$TMP/pings"
	pings_all 11 0.1 192.168.99.1 c3 > "$TMP/pings"
	for k in 1 2 3; do
		at gw conntrack -U -p 50 --orig-src "10.0.0.$((k + 1))" \
			-t "1${k}50" > /dev/null 2>&1
	done
	is "$(gwct list -j | jq -r '.sessions[] |
		"\(.packets_out) \(.packets_in)"' | paste -sd' ')" \
		"3 3 7 7 11 11" "each session shows counters of its own"
	is "$(vpn_sessions '.[] | .flow_timeout_s / 100 | floor' |
		paste -sd' ')" "11 12 13" "and a timeout of its own"
}

# events COMMAND...: what monitor says meanwhile
events() {
	local pid

	bg at gw vpnct -j monitor > "$TMP/events"
	pid=$!
	sleep $((1 * ${SLOW:-1}))
	"$@"
	sleep $((1 * ${SLOW:-1}))
	end "$pid"
}

some_events() {
	esp_send c1 199.0.0.7 0x7777 1
	gwct flush client 10.0.0.2 server 199.0.0.7 > "$TMP/flush"
}

monitor() {
	events some_events
	is "$(jq -r 'select(.esp) | .event + " " + .esp.spi' "$TMP/events" |
		paste -sd' ')" "new 0x00007777 expired 0x00007777" \
		"monitor tells of an SPI that comes and goes"
	is "$(jq -r 'select(.session) | .event' "$TMP/events" |
		paste -sd' ')" "new expired" "and of its session"
	is "$(gwct -p monitor --dump known sessions client 10.0.0.3 -c 1 |
		cut -f 2,3,5)" "known	session	10.0.0.3" \
		"with --dump it tells of what was there before"
	like "$(cat "$TMP/flush")" '^1 entries forgotten' \
		"flush says how many it has forgotten"
}

# Each as the schema names it. Python takes seconds to start: one look at all.
schemas() {
	local name

	ike_up 1 "$I1" "$R1"
	gwct -j > "$TMP/summary.json"
	for name in list stats get doctor; do
		gwct -j "$name" > "$TMP/$name.json"
	done
	for name in sessions esp isakmp pptp; do
		gwct -j list "$name" > "$TMP/list-$name.json"
	done
	gwct -j trace esp 199.0.0.1 probes 1 > "$TMP/trace.json"
	cp "$TMP/events" "$TMP/event.jsonl"
	gwct save > "$TMP/save.jsonl"
	valid summary list list-sessions list-esp list-isakmp list-pptp stats \
		get doctor trace event save
}

# valid NAME...: are these files what the schema says?
valid() {
	local name file files=()

	for name; do
		for file in "$TMP/$name".json*; do
			files+=("$name=$file")
		done
	done
	"$USERSPACE/tests/schema.py" "$USERSPACE/vpnct.schema.json" \
		"${files[@]}" > "$TMP/valid"
	for name; do
		is "$(grep "^$name: " "$TMP/valid")" "$name: good" "schema: $name"
	done
}

deletion() {
	check "a cookie pair is deleted" gwct delete isakmp client 10.0.0.2 \
		server 199.0.0.1 initiator 1111111111111111 \
		responder 00000000000000a1
	is "$(vpn_ike length)" 0 "and gone"
	check "a session is deleted" gwct delete session client 10.0.0.2 \
		server 199.0.0.1
	is "$(gwct list -p client 10.0.0.2 | wc -l)" 0 "with its SPIs"
	is "$(ct_of c1 | wc -l)" 0 "and its entry in conntrack"
	is "$(pings c1 192.168.99.1 1)" 1 "its next packet makes it anew"
	is "$(gwct delete esp client 10.0.0.2/31 dir out)" \
		"2 entries forgotten" "SPIs are deleted by what they match"
	is "$(gwct list esp -p client 10.0.0.0/8 | cut -f 7 | sort |
		paste -sd' ')" "in in in out" "and no others"
	is "$(gwct flush client 10.0.0.0/8 not client 10.0.0.4 \
		state established)" "2 entries forgotten" \
		"so are sessions, with their SPIs"
	is "$(gwct list sessions -p client 10.0.0.0/8 | cut -f 3)" 10.0.0.4 \
		"but for one"
	gwct flush > /dev/null
	is "$(gwct list -p | wc -l)" 0 "flush forgets everything"
}

reset_counters() {
	local before

	before=$(vpn_stat attached_out)
	cmp_ok "$before" -gt 0 "packets were counted"
	is "$(gwct stats reset -p | awk '$1 == "attached_out" { print $2 }')" \
		"$before" "stats reset tells how many"
	is "$(vpn_stat attached_out) $(vpn_stat sessions)" "0 3" \
		"and begins anew, but for what there is now"
	is "$(pings c1 192.168.99.1 2)" 2 "packets go on"
	is "$(vpn_stat attached_out)" 2 "they are counted from there"
}

two_at_once() {
	local pids=() i bad=0

	for ((i = 0; i < 4; i++)); do
		gwct list -j > "$TMP/list.$i" &
		pids+=("$!")
	done
	for ((i = 0; i < 4; i++)); do
		wait "${pids[i]}" && jq -e . "$TMP/list.$i" > /dev/null || bad=1
	done
	is $bad 0 "several at once"
}

unprivileged() {
	at gw setpriv --reuid 1000 --clear-groups --inh-caps=-all \
		"$(command -v vpnct)" list 2> "$TMP/err"
	is $? 1 "without privileges it fails"
	like "$(cat "$TMP/err")" CAP_NET_ADMIN "and says what it needs"
}

howto_net 3
masquerade
settings
ranges
preload
preload_traffic
filters
columns
own_columns
reset_counters
two_at_once
monitor
schemas
deletion
unprivileged
done_testing
