# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
#
# What tests that use espgen share, on top of lib.sh: ESP that no XFRM state
# has made, from many hosts or broken, and a watch on what arrives where.

# shellcheck source=selftests/lib/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# A host without IPsec answers ESP with "protocol unreachable", which says that
# an SPI isn't its own.
modprobe -a esp4 esp6 2>/dev/null

GW=200.200.200.200
GW6=2001:db8:200::1
SRV=199.0.0.1
SRV6=2001:db8:199::1

# many_hosts: puts 10.1.0.0/16 behind the gateway, all of it in c1
many_hosts() {
	ipn gw route add 10.1.0.0/16 via 10.0.0.2
	ipn c1 route add local 10.1.0.0/16 dev lo
}

# hosts OPTION...: those hosts and the server talk; prints what became of it
hosts() {
	at c1 espgen hosts --server "${NS}srv" --src 10.1.0.1 --dst "$SRV" "$@"
}

# field NAME TEXT: the value of "NAME=value" in TEXT, words of one line
field() {
	sed -n "s/.*\<$1=\([^ ]*\).*/\1/p" <<< "$2"
}

# fields TEXT NAME...: their values
fields() {
	local text=$1 name values=()

	shift
	for name; do
		values+=("$(field "$name" "$text")")
	done
	echo "${values[*]}"
}

# listen NAME NS DEV [OPTION...]: counts what arrives there from now on
declare -A listener=()
listen() {
	local name=$1 ns=$2 dev=$3

	shift 3
	rm -f "$TMP/$name.ready"
	bg at "$ns" espgen recv --dev "$dev" --wait 100000 \
		--ready "$TMP/$name.ready" "$@" > "$TMP/$name.heard"
	listener[$name]=$!
	busywait 10 test -e "$TMP/$name.ready"
}

# heard NAME [WORD...]: what has arrived, lines with all the words
heard() {
	local name=$1 word
	local lines

	shift
	end "${listener[$name]}"
	lines=$(cat "$TMP/$name.heard")
	for word; do
		lines=$(grep -w -- "$word" <<< "$lines")
	done
	echo "$lines"
}

# packets: how many there are in lines of espgen recv
packets() {
	sed -n 's/.* packets=\([0-9]*\).*/\1/p' | awk '{ sum += $1 }
		END { print sum + 0 }'
}

# send NS OPTION...
send() {
	local name=$1

	shift
	at "$name" espgen send "$@"
}

# new_in SPI SEQ [OPTION...]: a packet of the server to the gateway
new_in() {
	local spi=$1 seq=$2

	shift 2
	send srv --src "$SRV" --dst "$GW" --spi "$spi" --seq "$seq" "$@"
}

# new_out K SPI SEQ [OPTION...]: a packet of client K to the server
new_out() {
	local k=$1 spi=$2 seq=$3

	shift 3
	send "c$k" --src "$(addr "c$k")" --dst "$SRV" --spi "$spi" \
		--seq "$seq" "$@"
}

# ct_timeout NS: seconds until the entry of a client expires
ct_timeout() {
	local left

	read -r _ _ left _ < <(ct_of "$1")
	echo "$left"
}

# stats NAME...: counters, read at one moment. Few processes, here and below:
# an emulated machine needs a tenth of a second for each.
stats() {
	local name value values=()
	local -A counter=()

	while IFS=$'\t' read -r name value; do
		counter[$name]=$value
	done < <(at gw vpnct stats -p)
	for name; do
		values+=("${counter[$name]-none}")
	done
	echo "${values[*]}"
}

# spis [FILTER...]: how many SPIs vpnct lists
spis() {
	local lines

	mapfile -t lines < <(at gw vpnct list esp -p "$@")
	echo "${#lines[@]}"
}

# sessions [FILTER...]
sessions() {
	local lines

	mapfile -t lines < <(at gw vpnct list sessions -p "$@")
	echo "${#lines[@]}"
}

# spi_state SPI: client, state and confidence of an inbound SPI
spi_state() {
	vpn_spis ".[] | select(.spi == \"$1\") |
		\"\(.client // \"-\") \(.state) \(.confidence)\""
}

# alive TEXT K...: are all hosts answered, all at the same moment?
alive() {
	local text=$1

	shift
	is "$(pings_all 3 0.2 192.168.99.1 "${@/#/c}")" "${*//*/3}" "$text"
}
