# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The cases that vpnemu plays and what has to come out of each. A test plays a
# case for as long as fits a suite, "make emulate" at full length.
#
#   10.1.0.1 ... [c1] --- 10.0.0.1 [gw] 200.200.200.200 --- netem --- [srv]
#
# case_NAME SECONDS		plays it; the report is in $emu
# judge_NAME			prints TAP: does it reach its figures?
#
#   SEED	of chance, both vpnemu's and netem's (1). A play with the same seed
#	is alike, but not the same: processes take turns as it happens.
#   VERBOSE	each host and each packet that its owner missed are reported
SEED=${SEED:-1}

# shellcheck source=selftests/lib/traffic.sh
. "$(dirname "${BASH_SOURCE[0]}")/traffic.sh"

HOST=10.1.0.1

# far [WORD...]: the server is so far away (half of it in each direction), and
# what else netem can do; default: 50 ms there and back
far() {
	[ $# -gt 0 ] || set -- delay 25ms
	at gw tc qdisc replace dev eth1 root netem limit 100000 "$@" \
		seed "$SEED" &&
		at srv tc qdisc replace dev eth0 root netem limit 100000 \
			"$@" seed "$((SEED + 1000))"
}

emulator_net() {
	net_down
	howto_net 1
	masquerade
	many_hosts
	# neighbours are known
	pings c1 "$SRV" 1 > /dev/null
	far "$@" || bail "netem doesn't work"
}

# emulate OPTION...: what came of it in $emu
emulate() {
	emu=$(at c1 vpnemu --json --gateway "${NS}gw" --server "${NS}srv" \
		--src "$HOST" --dst "$SRV" --seed "$SEED" \
		${VERBOSE:+--verbose} "$@") ||
		bail "vpnemu $*: $emu"
}

# emu FILTER: jq's view of the report
emu() {
	jq -r "$1" <<< "$emu"
}

# holds FILTER TEXT: is that true of the report?
holds() {
	check "$2" test "$(emu "$1")" = true || diag "$emu"
}

# judge CASE TEXT: says in $verdict, and counts in $missed; $TMP/missed has why,
# after TEXT
# shellcheck disable=SC2034
judge() {
	local log=$TMP/judged before=$tap_failed

	"judge_$1" > "$log"
	verdict=reached
	[ "$tap_failed" != "$before" ] || return 0
	verdict=missed
	missed=$((missed + 1))
	grep '^not ok' "$log" | sed "s/^not ok [0-9]* - /$2: /" \
		>> "$TMP/missed"
}

# keep KEY TEXT: the report to $RESULT, a file, as that of TEXT
keep() {
	jq -c --arg key "$1" --arg text "$2" '{($key): $text} + .' \
		<<< "$emu" >> "$RESULT"
	# vm/init
	${SAVE_RESULTS:-:}
}

# Says why something was missed, if it was.
all_reached() {
	[ "$missed" != 0 ] || return 0
	sed 's/^/not reached: /' "$TMP/missed"
	return 1
}

# Time in an emulated machine is not what it seems: what the program itself
# couldn't take in time says nothing about the gateway.
kept_up() {
	holds '.lateness.dropped == 0 and .lateness.event_max_ms < 1000' \
		"the emulator lost nothing itself, and time made no jump"
	diag "late: $(emu '.lateness | tojson')"
}

# --- hosts that start together ---

case_start() {
	emulator_net
	emulate --hosts 20 --start 100 --duration "$1"
}

judge_start() {
	kept_up
	holds '.own == .arrived and .arrived > 0' \
		"20 hosts start at once: every packet reaches its owner"
	holds '.wrong_latest_ms <= 1000' "no wrong binding after 1 s"
	holds '.ike_astray == 0 and .ike_failed == 0' "IKE reaches its owner"
}

case_loss() {
	emulator_net delay 25ms 3ms loss 1%
	emulate --hosts 20 --start 100 --duration "$1"
}

judge_loss() {
	kept_up
	holds '.own == .arrived and .arrived > 0' \
		"loss and reordering: only what netem took is lost"
	holds '.wrong_longest_ms <= 3000' "no wrong binding lasts over 3 s"
}

# --- hosts without visible IKE ---

# One in two seconds is what a request a second can decide.
case_manual() {
	emulator_net
	emulate --manual --hosts 20 --start 100 --duration "$1"
}

judge_manual_owners() {
	kept_up
	holds '.own == .arrived and .arrived > 0' \
		"20 hosts without IKE: every packet reaches its owner"
	holds '.wrong == 0' "no wrong binding"
}

judge_manual() {
	judge_manual_owners
	holds '.decided_p50_ms != null and .decided_p50_ms <= 2000' \
		"half of the SPIs are decided within 2 s"
	holds '.decided_p95_ms != null and .decided_p95_ms <= 7000' \
		"95 % within 7 s"
	holds '.copies_per_candidate <= 3' \
		"at most 3 copies for each candidate"
}

# --- all kinds of traffic ---

MIX=rr=8,bulk=4,voice=3,oneway=3,idle=2

case_mixed() {
	emulator_net
	emulate --hosts 20 --start 100 --duration "$1" --mix "$MIX"
}

judge_mixed() {
	kept_up
	holds '.delivered_percent >= 99.2' \
		"20 hosts with mixed traffic: 99.2 % reach their owners"
}

# IKE is paced where copies are not wanted
case_paced() {
	emulator_net
	plain_bridge
	gw_set nf_conntrack_esp_guess 1
	emulate --hosts 20 --start 100 --duration "$1" --mix "$MIX"
}

judge_paced() {
	kept_up
	holds '.own == .arrived and .arrived > 0' \
		"IKE paced: every packet reaches its owner"
	holds '.copies_percent <= 5' "with at most 5 % copies"
}

# --- rekeying ---

# how rekeys go, and what 20 hosts do that rekey often
REKEY=(--server-first 33 --early 30 --ike-rekey 5)
OFTEN=("${REKEY[@]}" --mix "rr=5,bulk=3,voice=3,oneway=4,idle=5")

case_rekey() {
	emulator_net delay 25ms 1ms loss 0.1%
	emulate --hosts 50 --start 20000 --duration "$1" --rekey 30 \
		"${REKEY[@]}" --mix rr=12,bulk=8,voice=8,oneway=10,idle=12
}

judge_rekey() {
	kept_up
	holds '.delivered_percent >= 99.99' \
		"50 hosts rekey every 30 s: 99.99 % reach their owners"
	holds '.wrong == 0' "no wrong binding"
	holds '.silent_ms <= 1000' "no host is silent for over 1 s"
}

# Rekeys come so often that many overlap, on a line that loses and reorders.
case_churn() {
	emulator_net delay 25ms 3ms loss 1%
	emulate --hosts 20 --start 2000 --duration "$1" --rekey 6 \
		"${OFTEN[@]}"
}

# judge_often TEXT
judge_often() {
	kept_up
	holds '.delivered_percent >= 99.9' "$1: 99.9 % reach their owners"
	holds '.wrong_longest_ms <= 1000' "none is wrong for over 1 s"
	holds '.silent_ms <= 1000' "no host is silent for over 1 s"
}

judge_churn() {
	judge_often "20 hosts rekey every 6 s"
}

# A queue on the way is long for a second of each five: packets that come after it
# has emptied overtake those that wait in it.
case_queue() {
	emulator_net
	bg queue_fills
	emulate --hosts 20 --start 5000 --duration "$1" --rekey 15 \
		"${OFTEN[@]}"
}

queue_fills() {
	while sleep 4; do
		far delay 400ms 50ms
		sleep 1
		far
	done
}

judge_queue() {
	judge_often "20 hosts rekey, packets overtake each other"
}

# --- odd hosts ---

# case_delete SECONDS [GUESS]
case_delete() {
	emulator_net
	gw_set nf_conntrack_esp_guess "${2:-2}"
	emulate --hosts 5 --deleters 1 --start 100 --duration "$1" --rekey 10
}

# A rekey is due 12 s after the one before and takes a round trip.
judge_delete() {
	kept_up
	holds '.killed_longest_ms <= 12500' \
		"a host deletes foreign SPIs: siblings live again when they rekey"
}

case_delete_guess1() {
	case_delete "$1" 1
}

judge_delete_guess1() {
	kept_up
	holds '.killed == 0' "with guess=1 no sibling's SA is deleted"
}

# Three of the hosts say one word and are gone: .4 is behind a route with a
# small MTU, .5 answers "unreachable", .6 doesn't answer ARP.
case_icmp() {
	emulator_net
	ipn gw route add 10.1.0.4/32 via 10.0.0.2 mtu lock 150
	# who doesn't forward doesn't tell that a host is unreachable either
	at c1 sysctl -qw net.ipv4.ip_forward=1
	ipn c1 route add unreachable 10.1.0.5/32 table local
	ipn c1 route add unreachable 10.1.0.6/32 table local
	ipn gw route add 10.1.0.6/32 dev br0
	watch srv errors input icmp type destination-unreachable
	emulate --manual --hosts 6 --silent 3 --start 100 --duration "$1"
}

judge_icmp() {
	kept_up
	holds '.copies > 0' "three hosts are gone: others get copies"
	cmp_ok "$(vpn_stat icmp_dropped)" -gt 0 "which provoke ICMP errors"
	is "$(counted srv errors)" 0 "of which none leaves the gateway"
	holds '.own == .arrived and .arrived > 0' \
		"every packet reaches its owner"
}

# The ESP flow of the sleeper is gone when its server begins, at the moment
# when another host waits for a new SPI.
case_idle() {
	emulator_net
	gw_set nf_conntrack_esp_timeout 5
	emulate --hosts 3 --sleep 15 --duration "$1"
}

judge_idle() {
	kept_up
	holds '.own == .arrived and .arrived > 0' \
		"a host that was idle and one that starts: each gets its own"
	holds '.wrong == 0' "no wrong binding"
}

# --- hosts with several children ---

FAULT_AT=6
MODULES_SH=$(dirname "${BASH_SOURCE[0]}")/../modules.sh

# children_traffic NAME: options of vpnemu
children_traffic() {
	case $1 in
	mixed) traffic=(--mix "rr=3,idle=1,polled=2") ;;
	talking) traffic=(--mix "rr=3,pulse=1") ;;
	idle) traffic=(--mix "idle=3,rr=1") ;;
	polled) traffic=(--mix polled --server-first 100) ;;
	pulse) traffic=(--mix pulse) ;;
	*) bail "no traffic $1" ;;
	esac
}

# usual_traffic FAULT: a host whose entry is deleted, or that has moved, has to send
# something, so all do
usual_traffic() {
	case $1 in
	flush | delete | move) echo pulse ;;
	*) echo mixed ;;
	esac
}

# children_fault NAME: options of vpnemu
children_fault() {
	case $1 in
	none) ;;
	late) fault=(--start 9000) ;;
	loss)
		fault=(--fault-at "$FAULT_AT" --fault
			'tc qdisc change dev eth1 root netem delay 25ms loss 5%')
		;;
	reload)
		fault=(--fault-at "$FAULT_AT" --fault "
			$MODULES_SH unload nf_nat_esp nf_conntrack_isakmp &&
			$MODULES_SH load nf_nat_esp nf_conntrack_isakmp")
		;;
	flush)
		fault=(--fault-at "$FAULT_AT" --fault
			'conntrack -F > /dev/null 2>&1')
		;;
	delete)
		fault=(--fault-at "$FAULT_AT" --fault
			"conntrack -D -p esp --orig-src $HOST > /dev/null 2>&1")
		;;
	spoof) fault=(--fault-at "$FAULT_AT" --spoof 20) ;;
	move) fault=(--fault-at "$FAULT_AT" --movers 1) ;;
	*) bail "no fault $1" ;;
	esac
}

# case_children SECONDS [HOSTS CHILDREN FAULT TRAFFIC]
case_children() {
	local fault=() traffic=()

	children="${2:-20} hosts with ${3:-20} children, ${4:-none}"
	children_fault "${4:-none}"
	children_traffic "${5:-$(usual_traffic "${4:-none}")}"
	emulator_net
	emulate --hosts "${2:-20}" --children "${3:-20}" --start 2000 \
		--rekey 20 --server-first 33 --duration "$1" "${traffic[@]}" \
		"${fault[@]}"
}

# What comes in the three seconds after a fault may be lost.
judge_children() {
	kept_up
	holds '.own_outside == .outside and .outside > 0' \
		"$children: every packet reaches its owner"
	holds '.wrong_longest_ms <= 3000' \
		"$children: no wrong binding outlives 3 s"
}

case_children_flush() {
	case_children "$1" 20 20 flush
}

judge_children_flush() {
	judge_children
}

case_children_delete() {
	case_children "$1" 20 20 delete
}

judge_children_delete() {
	judge_children
}

case_children_spoof() {
	case_children "$1" 20 20 spoof
}

judge_children_spoof() {
	judge_children
}

case_children_move() {
	case_children "$1" 20 20 move
}

judge_children_move() {
	judge_children
}

# --- bad input ---

# SPIs by chance, from the server's address, while hosts rekey
case_spoof() {
	emulator_net
	bg at srv espgen send --src "$SRV" --dst "$GW" --spi random --seq 1 \
		--count 1000000 --interval 10
	emulate --hosts 10 --start 2000 --rekey 10 --duration "$1" --mix "$MIX"
}

judge_spoof() {
	kept_up
	holds '.worst_host_percent <= 1' \
		"random SPIs: no host loses more than 1 % of its packets"
	# Some of the mix are never decided, flood or not.
	holds '.own == .arrived and .wrong == 0' \
		"the true SPIs aren't pushed out, nor bound to another host"
	cmp_ok "$(vpn_stat entries)" -lt 4096 "what is remembered is bounded"
}

# --- IPv6 ---

case_start6() {
	emulator_net
	ipn gw -6 route add fd00:10:1::/64 via fd00:10::2
	ipn c1 -6 route add local fd00:10:1::/64 dev lo
	pings c1 "$SRV6" 1 > /dev/null
	emulate --src fd00:10:1::1 --dst "$SRV6" --hosts 20 --start 100 \
		--duration "$1"
}

judge_start6() {
	judge_start
}

# --- a wrong binding ---

# The SPI of .1 is said to be of .2, until the lie is taken back 5 s after the
# start; a host then has 3 s to get what is its own.
FALSE_SPI=0x30000000
UNTIL=5

case_preload() {
	emulator_net
	at gw vpnct add esp client 10.1.0.2 server "$SRV" masq "$GW" \
		spi "$FALSE_SPI" || bail "vpnct can't preload an SPI"
	bg take_back
	emulate --hosts 5 --stagger 100 --spi "$FALSE_SPI" \
		--duration "$1"
}

take_back() {
	sleep "$UNTIL"
	at gw vpnct delete esp client 10.1.0.2 server "$SRV" spi "$FALSE_SPI"
}

judge_preload() {
	kept_up
	holds '.wrong == 1 and .wrong_bindings[0].owner == 0' \
		"a false SPI is preloaded: its host gets nothing"
	holds '.wrong_bindings[0].healed and .wrong_latest_ms <= 8000' \
		"once that is taken back, it heals within 3 s"
	holds '[.decided, .spis] == [5, 5]' "all SPIs are decided"
}
