#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A pool of outside addresses: which one a flow gets is a hash of its
# addresses, and of its zone unless the rule says "persistent". IKE and ESP of
# a host, which share a zone, leave from one address either way; NAT-T (UDP
# 4500), which is not in our zones, does so with "persistent".
#
#   10.1.0.1 - 10.1.0.8 [c1] --- [gw] snat to 200.200.200.200 - .203 --- [srv]
#
# beside: others
set -u
# shellcheck source=selftests/lib/traffic.sh
. "$(dirname "$0")/../../lib/traffic.sh"

N=8

pool() {
	at gw nft -f - <<-RULES
		table ip nat {
			chain postrouting {
				type nat hook postrouting priority srcnat
				oifname "eth1" snat to $GW-200.200.200.203 $1
			}
		}
	RULES
}

# udp PORT: one packet of each host, and its answer
udp() {
	local i

	for ((i = 1; i <= N; i++)); do
		at c1 socat -u - \
			"UDP4-SENDTO:$SRV:$1,bind=10.1.0.$i:$1" <<< hello
	done
}

# seen PROTOCOL [OPTION...]: the outside addresses of all hosts, in order
seen() {
	local proto=$1

	shift
	at gw conntrack -L -p "$proto" "$@" 2>/dev/null |
	sed -n 's/.*src=10\.1\.0\.\([0-9]*\) .* dst=\(200[^ ]*\).*/\1 \2/p' |
		sort -n | cut -d' ' -f2 | paste -sd' '
}

# how many IKE flows are answered at port 500
kept_port() {
	at gw conntrack -L -p udp --orig-port-dst 500 2>/dev/null |
		grep -c ' src=199[^ ]* .* dport=500 .*zone-reply='
}

flows() {
	local got

	at gw conntrack -F > /dev/null 2>&1
	udp 500
	got=$(hosts --hosts "$N" --count 3 --interval 100 --stagger 20)
	udp 4500
	is "$(field own "$got")" $((3 * N)) "$1: ESP of all hosts is answered"
	esp=$(seen esp)
	ike=$(seen udp --orig-port-dst 500)
	natt=$(seen udp --orig-port-dst 4500)
	is "$(wc -w <<< "$esp")" "$N" "$1: $N ESP flows"
	cmp_ok "$(tr ' ' '\n' <<< "$esp" | sort -u | wc -l)" -gt 1 \
		"$1: more than one address is in use"
	is "$ike" "$esp" "$1: IKE and ESP of a host leave from one address"
	is "$(kept_port)" "$N" "$1: IKE of all hosts leaves from port 500"
}

howto_net 1
many_hosts
ipb gw <<-LINKS
	addr add 200.200.200.201/24 dev eth1
	addr add 200.200.200.202/24 dev eth1
	addr add 200.200.200.203/24 dev eth1
LINKS
pool ""
flows "snat"
at gw nft delete table ip nat
pool persistent
flows "snat persistent"
is "$natt" "$esp" "snat persistent: NAT-T, too"
done_testing
