#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What tracking an ESP packet costs, in instructions. To be run in a machine
# where an instruction takes a nanosecond (ICOUNT=1 selftests/vm/boot.sh), with
# the modules not yet loaded: bench.sh [HOSTS...], default 1 1000 10000.
#
#   [cli] 10.1.0.0/16 --- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#                                                             199.1.0.0/16
#
# notrack	routed, untracked: what forwarding costs anyway
# stock		generic tracking and NAT. It can't do many hosts of one server,
#		so every host has a server of its own.
# ours		many hosts of one server
#
# ratio = (ours - notrack) / (stock - notrack)
set -u

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

PACKETS=20000
BESIDES=253	# protocol of traffic that is none of our business
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
				meta l4proto { 50, $BESIDES } notrack
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
					ip protocol { 50, $BESIDES } drop
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

# flows HOSTS SPREAD DST [OPTION...]: two packets of each host, each answered
flows() {
	local n=$1 spread=$2 dst=$3 got

	shift 3
	got=$(at cli espgen hosts --server "${NS}srv" --lockstep --count 2 \
		--wait 200 --src 10.1.0.0 --dst "$dst" --hosts "$n" \
		--spread "$spread" --spi 0x100000 --answer-spi 0x900000 "$@")
	[[ $got == *" own=$((2 * n)) "*" foreign=0 "* ]] ||
		echo "# not every host has got its answers: $got" >&2
}

# flood NS MAC HOSTS SPREAD SRC DST SPI [OPTION...]: instructions per packet
flood() {
	local name=$1 mac=$2 n=$3 spread=$4 src=$5 dst=$6 spi=$7

	shift 7
	at "$name" espgen flood --dev eth0 --mac "$mac" --hosts "$n" \
		--spread "$spread" --src "$src" --dst "$dst" --spi "$spi" \
		--seq 100 --count "$(((PACKETS + n - 1) / n))" "$@"
}

flood_out() {
	flood cli "$GW0_MAC" "$1" "$2" 10.1.0.0 "$3" 0x100000 "${@:4}"
}

flood_in() {
	flood srv "$GW1_MAC" "$1" "$2" "$3" "$4" 0x900000 "${@:5}"
}

# --- measurements: cost[WHAT,DIRECTION,HOSTS] ---

measure_notrack() {
	local n

	notrack_rule
	sinks_on
	for n; do
		step "notrack, $n hosts"
		flood_out "$n" src 199.0.0.1 --count 2 > /dev/null
		cost[notrack,out,$n]=$(flood_out "$n" src 199.0.0.1)
		cost[notrack,in,$n]=$(flood_in "$n" dst 199.0.0.1 10.1.0.0)
		progress notrack "$n"
	done
	sinks_off
	at gw nft delete table ip raw
}

measure_stock() {
	local n

	masquerade_rule
	for n; do
		step "stock, $n hosts of as many servers"
		memory_before
		flows "$n" both 199.1.0.0
		memory_after stock "$n"
		sinks_on
		cost[stock,out,$n]=$(flood_out "$n" both 199.1.0.0)
		cost[stock,in,$n]=$(flood_in "$n" src 199.1.0.0 200.200.200.200)
		progress stock "$n"
		sinks_off
		at gw conntrack -F > /dev/null 2>&1
	done
	measure_besides stock
}

measure_ours() {
	local n

	for n; do
		step "ours, $n hosts of one server"
		memory_before
		flows "$n" src 199.0.0.1
		memory_after ours "$n"
		sinks_on
		cost[ours,out,$n]=$(flood_out "$n" src 199.0.0.1)
		cost[ours,in,$n]=$(flood_in "$n" none 199.0.0.1 200.200.200.200)
		progress ours "$n"
		sinks_off
		at gw conntrack -F > /dev/null 2>&1
	done
	measure_besides ours
}

progress() {
	step "$1, $2 hosts: ${cost[$1,out,$2]} out, ${cost[$1,in,$2]} in"
}

# one flow that isn't ESP, with and without our hooks
measure_besides() {
	flows 1 src 199.0.0.1 --proto "$BESIDES"
	sinks_on
	cost[$1,besides]=$(flood_out 1 src 199.0.0.1 --proto "$BESIDES")
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
	local n dir

	echo "instructions per packet, $(uname -r)"
	printf '%-9s %6s %9s %9s %9s %8s\n' "" hosts notrack stock ours ratio
	for dir in out in; do
		for n; do
			row "${dir/%/bound}" "$n" "${cost[notrack,$dir,$n]}" \
				"${cost[stock,$dir,$n]}" "${cost[ours,$dir,$n]}"
		done
	done
	awk -v a="${cost[stock,besides]}" -v b="${cost[ours,besides]}" 'BEGIN {
		printf "a packet that is not ESP: %.0f more\n", b - a }'
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
}

[ $# -gt 0 ] || set -- 1 1000 10000
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
memory_table "$@"
