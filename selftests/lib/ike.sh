# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
#
# IKE messages made by hand, on top of traffic.sh: with the cookies, exchange
# and length that a test wants, and nothing in them that a daemon would answer.

# shellcheck source=selftests/lib/traffic.sh
. "$(dirname "${BASH_SOURCE[0]}")/traffic.sh"

# exchanges and flags, RFC 7296 section 3.1
INIT=34 AUTH=35 CHILD=36 INFO=37
RESPONSE=32

# ike_message INIT RESP EXCHANGE FLAGS MSGID LENGTH [HEAD]: as hex digits; HEAD
# are digits before it. One payload of zeros, encrypted (type 46), or a nonce
# (40) where nothing is encrypted yet.
ike_message() {
	local next=2e body=''

	[ "$3" != "$INIT" ] || next=28
	if [ "$6" -lt 32 ]; then
		next=00
	else
		printf -v body '0000%04x%0*d' $(($6 - 28)) $((2 * ($6 - 32))) 0
		[ "$6" -gt 32 ] || body=${body:0:8}
	fi
	printf '%s%016x%016x%s20%02x%02x%08x%08x%s\n' "${7-}" "$1" "$2" "$next" \
		"$3" "$4" "$5" "$6" "$body"
}

# escaped HEX: for printf %b
escaped() {
	echo "${1//??/\\x&}"
}

# udp_send NS DST PORT HEX: one datagram from and to the same port
udp_send() {
	local to=UDP4-SENDTO dst=$2

	if [[ $dst == *:* ]]; then
		to=UDP6-SENDTO dst="[$dst]"
	fi
	printf %b "$(escaped "$4")" |
		at "$1" socat -u - "$to:$dst:$3,sourceport=$3,reuseaddr"
}

# ike_out K INIT RESP EXCHANGE FLAGS MSGID [LENGTH]: client K to the server
ike_out() {
	udp_send "c$1" "${SERVER:-$SRV}" 500 \
		"$(ike_message "$2" "$3" "$4" "$5" "$6" "${7:-200}")"
}

# ike_in INIT RESP EXCHANGE FLAGS MSGID [LENGTH]: the server to the gateway
ike_in() {
	udp_send srv "${GATEWAY:-$GW}" 500 \
		"$(ike_message "$1" "$2" "$3" "$4" "$5" "${6:-200}")"
}

# natt_out K INIT RESP EXCHANGE FLAGS MSGID [LENGTH]: the same on port 4500
natt_out() {
	udp_send "c$1" "$SRV" 4500 \
		"$(ike_message "$2" "$3" "$4" "$5" "$6" "${7:-200}" 00000000)"
}

# watch NS MATCH VALUE...: count packets that match, by value
watch() {
	local name=$1 match=$2 value

	shift 2
	{
		echo "add table inet watch"
		echo "add chain inet watch in { type filter hook prerouting priority -500; }"
		for value; do
			echo "add rule inet watch in $match $value counter comment \"$value\""
		done
	} | at "$name" nft -f -
}

# seen NS VALUE: how many have arrived
seen() {
	at "$1" nft list chain inet watch in |
		sed -n "s/.*counter packets \([0-9]*\) .*comment \"$2\".*/\1/p"
}

# ike_watch NS COOKIE...: IKE by initiator cookie
ike_watch() {
	watch "$1" "udp dport 500 @th,64,64" "${@:2}"
}

# esp_watch NS SPI...
esp_watch() {
	watch "$1" "meta l4proto esp esp spi" "${@:2}"
}

# seen_by VALUE: at c1, c2 and c3
seen_by() {
	echo "$(seen c1 "$1") $(seen c2 "$1") $(seen c3 "$1")"
}

# ike_up K INIT RESP: an IKE SA and a child SA, from the client's side
ike_up() {
	ike_out "$1" "$2" 0 "$INIT" 8 0
	ike_in "$2" "$3" "$INIT" "$RESPONSE" 0
	ike_out "$1" "$2" "$3" "$AUTH" 8 1
	ike_in "$2" "$3" "$AUTH" "$RESPONSE" 1
}
