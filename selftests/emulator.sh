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

# shellcheck source=selftests/traffic.sh
. "$(dirname "${BASH_SOURCE[0]}")/traffic.sh"

HOST=10.1.0.1

# far [WORD...]: the server is so far away (half of it in each direction), and
# what else netem can do; default: 50 ms there and back
far() {
	[ $# -gt 0 ] || set -- delay 25ms
	at gw tc qdisc replace dev eth1 root netem limit 100000 "$@" &&
		at srv tc qdisc replace dev eth0 root netem limit 100000 "$@"
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
		--src "$HOST" --dst "$SRV" "$@") || bail "vpnemu $*: $emu"
}

# emu FILTER: jq's view of the report
emu() {
	jq -r "$1" <<< "$emu"
}

# holds FILTER TEXT: is that true of the report?
holds() {
	check "$2" test "$(emu "$1")" = true || diag "$emu"
}

# Time in an emulated machine is not what it seems: what the program itself
# couldn't take in time says nothing about the gateway.
kept_up() {
	holds '.lateness.dropped == 0' "the emulator lost nothing itself"
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
