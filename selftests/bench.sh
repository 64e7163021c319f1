#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What tracking a packet of ESP or IKE costs, in instructions. To be run in a
# machine where an instruction takes a nanosecond (ICOUNT=1
# selftests/vm/boot.sh), with the modules not yet loaded: bench.sh [HOSTS...],
# default 1 1000 10000.
#
#   [cli] 10.1.0.0/16 --- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#                                                             199.1.0.0/16
#
# notrack	routed, untracked: what forwarding costs anyway
# stock		generic tracking and NAT. It can't do many hosts of one server,
#		so every host has a server of its own.
# ours		many hosts of one server
# fast		the same with nf_conntrack_vpn_fastpath
#
# UDP in a flowtable of nft goes beside them: what the fast path is measured by.
#
# ratio = (ours - notrack) / (stock - notrack)
#
# PROFILE=FILE: each flood goes on while FILE exists, which has its name and the
# address of the function that sends a packet; see vm/profile.sh.
set -u

# shellcheck source=selftests/lib/lib.sh
. "$(dirname "$0")/lib/lib.sh"

PACKETS=${PACKETS:-20000}
BESIDES=253	# protocol of traffic that is none of our business
BESIDES_PORT=5000
SINK="{ 50, 17, $BESIDES }"
declare -A cost

step() {
	echo "# $*" >&2
}

# --- network ---

network() {
	ns cli gw srv
	ipb gw <<-LINKS
		link add eth0 type veth peer name eth0 netns @cli@
		link add eth1 type veth peer name eth0 netns @srv@
		addr add 10.0.0.1/24 dev eth0
		addr add 200.200.200.200/24 dev eth1
		link set eth0 up
		link set eth1 up
		route add 10.1.0.0/16 via 10.0.0.2
		route add 199.0.0.0/8 dev eth1
		route add 199.1.0.0/16 via 199.0.0.1 dev eth1 onlink
	LINKS
	ipb cli <<-LINKS
		addr add 10.0.0.2/24 dev eth0
		link set eth0 up
		route add local 10.1.0.0/16 dev lo
		route add default via 10.0.0.1
	LINKS
	ipb srv <<-LINKS
		addr add 199.0.0.1/24 dev eth0
		link set eth0 up
		route add local 199.1.0.0/16 dev lo
		route add default dev eth0
	LINKS
	at gw sysctl -qw net.ipv4.ip_forward=1
	neighbours
}

# so that no ARP comes in between
neighbours() {
	CLI_MAC=$(mac cli eth0) SRV_MAC=$(mac srv eth0)
	GW0_MAC=$(mac gw eth0) GW1_MAC=$(mac gw eth1)
	ipn gw neigh replace 10.0.0.2 lladdr "$CLI_MAC" dev eth0 nud permanent
	ipn gw neigh replace 199.0.0.1 lladdr "$SRV_MAC" dev eth1 nud permanent
	ipn srv neigh replace 200.200.200.200 lladdr "$GW1_MAC" dev eth0 \
		nud permanent
}

mac() {
	ipn "$1" -br link show "$2" | awk '{ print $3 }'
}

masquerade_rule() {
	at gw nft -f - <<-RULES
		table ip nat {
			chain post {
				type nat hook postrouting priority srcnat
				oifname "eth1" masquerade
			}
		}
	RULES
}

notrack_rule() {
	at gw nft -f - <<-RULES
		table ip raw {
			chain pre {
				type filter hook prerouting priority raw
				meta l4proto $SINK notrack
			}
		}
	RULES
}

# What has arrived has been paid for
sinks_on() {
	local name

	for name in cli srv; do
		at "$name" nft -f - <<-RULES
			table netdev sink {
				chain in {
					type filter hook ingress device eth0 priority 0
					ip protocol $SINK drop
				}
			}
		RULES
	done
}

sinks_off() {
	at cli nft delete table netdev sink
	at srv nft delete table netdev sink
}

# --- traffic ---

# flows HOSTS SPREAD DST [OPTION...]: two packets of each host, each answered.
# Not more than 200 hosts begin within a second, or their SPIs would be taken for
# a flood (NF_ESP_NEW_SPIS).
flows() {
	local n=$1 spread=$2 dst=$3 got

	shift 3
	got=$(at cli espgen hosts --server "${NS}srv" --lockstep --count 2 \
		--stagger 5 --wait 200 --src 10.1.0.0 --dst "$dst" --hosts "$n" \
		--spread "$spread" --spi 0x100000 --answer-spi 0x900000 "$@")
	[[ $got == *" own=$((2 * n)) "*" foreign=0 "* ]] ||
		echo "# not every host has got its answers: $got" >&2
}

# flood NS MAC HOSTS SPREAD SRC DST SPI [OPTION...]: instructions per packet.
# The better of two, since the clock leaps while the only processor is idle.
flood() {
	local name=$1 mac=$2 n=$3 spread=$4 src=$5 dst=$6 spi=$7 seq

	shift 7
	for seq in 100 $((100 + PACKETS)); do
		at "$name" espgen flood --dev eth0 --mac "$mac" --hosts "$n" \
			--spread "$spread" --src "$src" --dst "$dst" \
			--spi "$spi" --seq "$seq" \
			--count "$(((PACKETS + n - 1) / n))" "$@"
	done | sort -n | head -n 1
}

flood_out() {
	flood cli "$GW0_MAC" "$1" "$2" 10.1.0.0 "$3" 0x100000 "${@:4}"
}

flood_in() {
	flood srv "$GW1_MAC" "$1" "$2" "$3" "$4" 0x900000 "${@:5}"
}

# udp_out PORT HOSTS SPREAD DST [OPTION...]: requests, in each host's flow
udp_out() {
	flood_out "${@:2}" --udp "$1" --answer-spi 0x900000
}

# udp_in PORT HOSTS SPREAD SRC DST [OPTION...]: the response to the last of
# COUNT requests. One to another request might be for somebody else, and would
# be looked into.
udp_in() {
	flood_in "${@:2}" --udp "$1" --spi 0x100000 --answer-spi 0x900000 \
		--response --msgid $((100 + PACKETS + COUNT - 1))
}

# answered HOSTS: so many of them have IKE in both directions
answered() {
	local got

	got=$(at gw conntrack -L -p udp --orig-port-dst 500 2>/dev/null |
		grep -vc UNREPLIED)
	[ "$got" = "$1" ] || echo "# $got of $1 IKE flows are answered" >&2
}

# --- measurements: cost[WHAT,KIND,HOSTS] ---

# measure WHAT,KIND,HOSTS FLOOD...
measure() {
	local key=$1

	shift
	cost[$key]=$("$@")
	[ -n "${PROFILE:-}" ] || return
	echo "$key $SENDS" > "$PROFILE.new"
	mv "$PROFILE.new" "$PROFILE"
	while [ -e "$PROFILE" ]; do
		"$@" > /dev/null
	done
}

# ike WHAT HOSTS SPREAD DST SPREAD_IN SRC DST_IN: every flow is answered before
# the clock starts
ike() {
	local out=("$2" "$3" "$4") in=("$2" "$5" "$6" "$7") COUNT=2

	udp_out 500 "${out[@]}" --count 2 > /dev/null
	udp_in 500 "${in[@]}" --count 2 > /dev/null
	[ "$1" = notrack ] || answered "$2"
	COUNT=$(((PACKETS + $2 - 1) / $2))
	measure "$1,ike-out,$2" udp_out 500 "${out[@]}"
	measure "$1,ike-in,$2" udp_in 500 "${in[@]}"
	step "$1, $2 hosts, IKE: ${cost[$1,ike-out,$2]} out," \
		"${cost[$1,ike-in,$2]} in"
}

measure_notrack() {
	local n

	notrack_rule
	sinks_on
	for n; do
		step "notrack, $n hosts"
		flood_out "$n" src 199.0.0.1 --count 2 > /dev/null
		measure "notrack,esp-out,$n" flood_out "$n" src 199.0.0.1
		measure "notrack,esp-in,$n" flood_in "$n" dst 199.0.0.1 10.1.0.0
		progress notrack "$n"
		ike notrack "$n" src 199.0.0.1 dst 199.0.0.1 10.1.0.0
	done
	sinks_off
	at gw nft delete table ip raw
}

measure_stock() {
	local n

	masquerade_rule
	# outlive a leap of the clock
	at gw sysctl -qw net.netfilter.nf_conntrack_udp_timeout=600 \
		net.netfilter.nf_conntrack_udp_timeout_stream=600
	for n; do
		step "stock, $n hosts of as many servers"
		memory_before
		flows "$n" both 199.1.0.0
		memory_after stock "$n"
		sinks_on
		measure "stock,esp-out,$n" flood_out "$n" both 199.1.0.0
		measure "stock,esp-in,$n" flood_in "$n" src 199.1.0.0 \
			200.200.200.200
		progress stock "$n"
		ike stock "$n" both 199.1.0.0 src 199.1.0.0 200.200.200.200
		sinks_off
		at gw conntrack -F > /dev/null 2>&1
	done
	measure_besides stock
	measure_flowtable
}

# one flow of UDP, both ways, in a flowtable
measure_flowtable() {
	local got

	flowtable eth0 eth1
	sinks_on
	udp_out $BESIDES_PORT 1 src 199.0.0.1 --count 2 > /dev/null
	COUNT=2 udp_in $BESIDES_PORT 1 none 199.0.0.1 200.200.200.200 > /dev/null
	udp_out $BESIDES_PORT 1 src 199.0.0.1 --count 2 > /dev/null
	cost[flowtable,out]=$(udp_out $BESIDES_PORT 1 src 199.0.0.1)
	cost[flowtable,in]=$(COUNT=$PACKETS udp_in $BESIDES_PORT 1 none 199.0.0.1 \
		200.200.200.200)
	got=$(at gw conntrack -L -p udp 2>/dev/null | grep -c OFFLOAD)
	[ "$got" = 1 ] || echo "# $got flows are in the flowtable" >&2
	sinks_off
	at gw nft delete table inet fastpath
	at gw conntrack -F > /dev/null 2>&1
}

# measure_fast HOSTS: all of them are known, and their SPIs decided. What is
# learnt in the first of two floods is good for the second, which begins within a
# second of the machine's.
measure_fast() {
	local n=$1 fast

	at gw sysctl -qw net.netfilter.nf_conntrack_vpn_fastpath=1
	cost[fast,esp-out,$n]=$(flood_out "$n" src 199.0.0.1)
	cost[fast,esp-in,$n]=$(flood_in "$n" none 199.0.0.1 200.200.200.200)
	fast=$(at gw vpnct stats -j | jq .fast)
	at gw vpnct stats reset > /dev/null
	at gw sysctl -qw net.netfilter.nf_conntrack_vpn_fastpath=0
	step "fast, $n hosts, ESP: ${cost[fast,esp-out,$n]} out," \
		"${cost[fast,esp-in,$n]} in, $fast packets"
}

measure_ours() {
	local n

	for n; do
		step "ours, $n hosts of one server"
		memory_before
		flows "$n" src 199.0.0.1
		memory_after ours "$n"
		sinks_on
		measure "ours,esp-out,$n" flood_out "$n" src 199.0.0.1
		measure "ours,esp-in,$n" flood_in "$n" none 199.0.0.1 \
			200.200.200.200
		progress ours "$n"
		measure_fast "$n"
		ike ours "$n" src 199.0.0.1 none 199.0.0.1 200.200.200.200
		sinks_off
		at gw conntrack -F > /dev/null 2>&1
	done
	measure_besides ours
}

progress() {
	step "$1, $2 hosts, ESP: ${cost[$1,esp-out,$2]} out," \
		"${cost[$1,esp-in,$2]} in"
}

# flows that are neither ESP nor IKE, with and without our hooks
measure_besides() {
	flows 1 src 199.0.0.1 --proto "$BESIDES"
	sinks_on
	cost[$1,besides]=$(flood_out 1 src 199.0.0.1 --proto "$BESIDES")
	udp_out $BESIDES_PORT 1 src 199.0.0.1 --count 2 > /dev/null
	COUNT=2 udp_in $BESIDES_PORT 1 none 199.0.0.1 200.200.200.200 > /dev/null
	cost[$1,besides-udp]=$(udp_out $BESIDES_PORT 1 src 199.0.0.1)
	sinks_off
	at gw conntrack -F > /dev/null 2>&1
}

# --- memory: bytes in slabs, without those of conntrack entries themselves ---

slab_bytes() {
	awk 'NR > 2 && $1 != "nf_conntrack" { sum += $2 * $4 }
		END { print sum }' /proc/slabinfo
}

settled() {
	sleep 1		# what RCU still holds
	slab_bytes
}

memory_before() {
	before=$(settled)
}

memory_after() {
	cost[$1,memory,$2]=$((($(settled) - before) / $2))
}

# --- report ---

row() {
	awk -v name="$1" -v n="$2" -v nt="$3" -v st="$4" -v us="$5" 'BEGIN {
		printf "%-9s %6d %9.0f %9.0f %9.0f %8.2f\n", name, n, nt,
			st, us, (us - nt) / (st - nt) }'
}

table() {
	local n kind

	echo "instructions per packet, $(uname -r)"
	printf '%-9s %6s %9s %9s %9s %8s\n' "" hosts notrack stock ours ratio
	for kind in esp-out esp-in ike-out ike-in; do
		for n; do
			row "$kind" "$n" "${cost[notrack,$kind,$n]}" \
				"${cost[stock,$kind,$n]}" \
				"${cost[ours,$kind,$n]}"
		done
	done
	more "neither ESP nor UDP" besides
	more "UDP from and to port $BESIDES_PORT" besides-udp
}

# more TEXT KIND: what other traffic pays
more() {
	awk -v text="$1" -v a="${cost[stock,$2]}" -v b="${cost[ours,$2]}" \
		'BEGIN { printf "a packet of %s: %.0f more than stock\n",
			text, b - a }'
}

# What is up, on the fast path, against UDP in a flowtable
fast_table() {
	local n

	echo "on the fast path, out and in; UDP in a flowtable:" \
		"${cost[flowtable,out]} ${cost[flowtable,in]}"
	for n; do
		echo "$n hosts: ${cost[fast,esp-out,$n]} ${cost[fast,esp-in,$n]}"
	done
}

memory_table() {
	local n

	for n; do
		[ "$n" -ge 100 ] || continue	# slabs are too coarse
		echo "memory of a session with one pair of SPIs, of $n:" \
			"$((cost[ours,memory,$n] - cost[stock,memory,$n]))" \
			"bytes beyond a stock conntrack entry"
	done
}

load_modules() {
	step "loading the modules"
	"$(dirname "$0")/modules.sh" load || exit
	[ -z "${PROFILE:-}" ] || cat /proc/kallsyms > "$PROFILE.kallsyms"
}

[ $# -gt 0 ] || set -- 1 1000 10000
[ -z "${PROFILE:-}" ] ||
	SENDS=$(awk '$3 == "packet_sendmsg" { print $1 }' /proc/kallsyms)
if modules; then
	echo "bench.sh: stock comes first: unload the modules" >&2
	exit 1
fi
network
measure_notrack "$@"
measure_stock "$@"
load_modules
measure_ours "$@"
table "$@"
fast_table "$@"
memory_table "$@"
