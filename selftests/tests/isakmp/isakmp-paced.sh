#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# With nf_conntrack_esp_guess=1 hosts that would have an SPI of one server at the
# same moment get theirs one after the other: their IKE is held for a while.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+
#
# clock: instructions
# kernels: 6.12
set -u
# shellcheck source=selftests/lib/ike.sh
. "$(dirname "$0")/../../lib/ike.sh"

R=0xa1
HELD_APART_MS=250

# begin K: an IKE SA without a child
begin() {
	ike_out "$1" "0x${1}0${1}0" 0 "$INIT" 8 0
	ike_in "0x${1}0${1}0" "$R" "$INIT" "$RESPONSE" 0
}

# What a speaker is told goes out at once: starting a program may take longer
# than messages are held.
say=()
speakers() {
	local fd k

	for k in 1 2 3; do
		rm -f "$TMP/say$k"
		mkfifo "$TMP/say$k"
		bg at "c$k" socat -u "PIPE:$TMP/say$k" \
			"UDP4-SENDTO:$SRV:500,sourceport=500,reuseaddr"
		exec {fd}> "$TMP/say$k"
		say[k]=$fd
	done
}

# a moment, but no program for it
mkfifo "$TMP/never"
exec {never}<> "$TMP/never"
moment() {
	read -rt 0.05 -u "$never"
}

# at_once EXCHANGE MSGID K...: these ask for a child
at_once() {
	local exchange=$1 msgid=$2 k message=()

	shift 2
	for k; do
		message[k]=$(escaped "$(ike_message "0x${k}0${k}0" "$R" \
			"$exchange" 8 "$msgid" 269)")
	done
	# the last turn is long over
	sleep 0.5
	for k; do
		printf %b "${message[k]}" >&"${say[k]}"
		moment
	done
}

# arrived N: has the server got so many of each?
arrived() {
	[ "$(seen srv 0x1010) $(seen srv 0x2020) $(seen srv 0x3030)" = "$1 $1 $1" ]
}

# missing N: do some have fewer?
missing() {
	! arrived "$1"
}

# shortest MSGID: milliseconds between the server's messages with that ID
shortest() {
	tcpdump -nr "$TMP/srv.pcap" -tt "udp[28:4] == $1" |
		awk '{ now = $1 * 1000 }
			NR > 1 && (!min || now - last < min) { min = now - last }
			{ last = now }
			END { printf "%d\n", min }'
}

howto_net 3
plain_bridge
masquerade
speakers
ike_watch srv 0x1010 0x2020 0x3030
bg at srv tcpdump -n -U --immediate-mode -i eth0 \
	-w "$TMP/srv.pcap" udp port 500 2>/dev/null
busywait 10 test -s "$TMP/srv.pcap"
for k in 1 2 3; do
	begin "$k"
done
arrived 1 || bail "IKE doesn't reach the server"

at_once "$AUTH" 1 1 2 3
check "guess=2: three messages go on at once" busywait 5 arrived 2
is "$(stats isakmp_paced)" 0 "none was held"

gw_set nf_conntrack_esp_guess 1
at_once "$CHILD" 2 1 2 3
check "guess=1: all three get there" busywait 5 arrived 3
is "$(stats isakmp_paced)" 2 "two were held"
cmp_ok "$(shortest 2)" -ge "$((HELD_APART_MS - 20))" \
	"they come $HELD_APART_MS ms after one another"

at_once "$CHILD" 3 1 2 3 3
check "repeated while held: all three get there" busywait 5 arrived 4
sleep 1
check "and only once" arrived 4

at_once "$INFO" 4 1 2 3
check "what asks for no SPI" busywait 1 arrived 5
is "$(stats isakmp_paced)" 4 "isn't held"

at_once "$CHILD" 5 1 2 3
ipn gw link set br0 down
sleep 1
ipn gw link set br0 up
check "dropped if its device is down when it is due" missing 6

at_once "$CHILD" 6 3 1 2
is "$(stats isakmp_paced)" 8 "two are held when the namespace goes"
net_down

# Hosts that begin a little more than a turn apart, c1 quiet or asking in vain:
# what comes next is c2's.
howto_net 3
plain_bridge
masquerade
gw_set nf_conntrack_esp_guess 1
speakers
for name in c1 c2; do
	esp_watch "$name" 0x2001 0x2002 0x2003 0x2004
done
for k in 1 2; do
	begin "$k"
	new_out "$k" "0x100$k" 1
	new_in "0x200$k" 1 --count 2
done
# turn MSGID: c1 asks for a child, and a little more than a turn later c2
turn() {
	local k message=()

	sleep 1
	for k in 1 2; do
		message[k]=$(escaped "$(ike_message "0x${k}0${k}0" "$R" \
			"$CHILD" 8 "$1" 269)")
	done
	printf %b "${message[1]}" >&"${say[1]}"
	[ -z "${2:-}" ] || new_out 1 "$2" 1
	for k in 1 2 3 4 5 6; do
		moment
	done
	printf %b "${message[2]}" >&"${say[2]}"
	moment
}
turn 2
new_in 0x2003 1 --count 5
is "$(seen c1 0x2003) $(seen c2 0x2003)" "0 5" \
	"the host before is quiet: the server's first packets go to the next one"
turn 3 0x1003
new_out 2 0x1004 1
new_in 0x2004 1 --count 5
is "$(seen c1 0x2004) $(seen c2 0x2004)" "0 5" "also if it asks in vain"
net_down

howto_net 3
plain_bridge
ipn srv route add 10.0.0.0/24 via "$(addr gw)"
speakers
ike_watch srv 0x1010 0x2020 0x3030
gw_set nf_conntrack_esp_guess 1
for k in 1 2 3; do
	GATEWAY=$(addr "c$k") begin "$k"
done
at_once "$AUTH" 1 1 2 3
check "hosts that aren't translated" busywait 5 arrived 2
is "$(stats isakmp_paced)" 0 "need not be told apart: none is held"
done_testing
