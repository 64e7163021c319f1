#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Shows what the modules are for, on the network of the VPN Masquerade HOWTO:
# three libreswan hosts behind one masquerade start a tunnel to the same server
# at the same moment. Run once before the modules are loaded (STOCK=1) and once
# after; the second run ends with a line that compares both.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+
#
# It changes nothing outside its own network namespaces.
set -u
# shellcheck source=selftests/lib/lib.sh
. "$(dirname "$0")/lib/lib.sh"

HOSTS=(c1 c2 c3)
PINGS=4
# what the run on stock conntrack found, for the run with the modules
BEFORE=${DEMO_BEFORE:-${TMPDIR:-/tmp}/nf-vpn-demo.before}

say() {
	printf '\n[%3ds] %s\n' "$SECONDS" "$*"
}

# show COMMAND...: a command and what it prints, as on the gateway
show() {
	printf '\n  gw# %s\n' "$*"
	at gw "$@" 2>/dev/null | sed 's/^/  /'
}

introduce() {
	if modules; then
		say "Linux $(uname -r) with nf_nat_esp and nf_conntrack_isakmp"
	else
		say "Linux $(uname -r), stock"
	fi
	cat <<-TEXT

	  c1 10.0.0.2 ---+
	  c2 10.0.0.3 ---+--- gateway 200.200.200.200 --- 199.0.0.1 VPN server
	  c3 10.0.0.4 ---+    "oifname eth1 masquerade"

	TEXT
}

connect() {
	local name

	say "starting libreswan (IKEv2, encapsulation=no) on four hosts"
	for name in "${HOSTS[@]}"; do
		swan_client "$name"
	done
	swan_server "${HOSTS[@]}"
	swan_start srv "${HOSTS[@]}" || echo "pluto did not start everywhere"
	say "c1, c2 and c3 initiate at the same moment"
	swan_initiate "${HOSTS[@]}" || echo "not all tunnels came up"
}

# port_of NS: the source port its IKE has outside, as conntrack mapped it
port_of() {
	at gw conntrack -L -p udp --orig-src "$(addr "$1")" \
		--orig-port-dst 500 2>/dev/null |
		sed -n '1s/.* dport=\([0-9]*\) .*/\1/p'
}

ike_of() {
	if [ -e "$(swan_dir "$1")/up" ]; then
		echo up
	else
		echo down
	fi
}

# measure: sets ANSWERED, PORTS and prints a line per host
measure() {
	local pings i name

	say "each host pings the server through its tunnel, all at once"
	read -ra pings <<< "$(pings_all "$PINGS" 0.3 "$(inner srv)" \
		"${HOSTS[@]}")"
	ANSWERED=0 PORTS=
	printf '\n  %-12s %-6s %-22s %s\n' host IKE 'its source port' answers
	for ((i = 0; i < ${#HOSTS[@]}; i++)); do
		name=${HOSTS[i]}
		printf '  %-12s %-6s %-22s %s\n' "$(addr "$name")" \
			"$(ike_of "$name")" "500 -> $(port_of "$name")" \
			"${pings[i]} of $PINGS"
		PORTS+=" $(port_of "$name")"
		[ "${pings[i]}" -gt 0 ] && ANSWERED=$((ANSWERED + 1))
	done
}

result() {
	echo "$ANSWERED of ${#HOSTS[@]} hosts get data, IKE from ports$PORTS"
}

introduce
# as the first rule would: only then it has settings
modprobe nf_conntrack
howto_net "${#HOSTS[@]}"
masquerade
connect
measure
show conntrack -L -p "$ESP"
if modules; then
	show vpnct list
	show vpnct list isakmp
	say "before: $(cat "$BEFORE" 2>/dev/null || echo "not measured")"
	say "after:  $(result)"
	[ "$ANSWERED$PORTS" = "${#HOSTS[@]} 500 500 500" ]
else
	result > "$BEFORE"
	say "stock conntrack: $(result)"
fi
