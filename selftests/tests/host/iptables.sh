#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The same with iptables: MASQUERADE and a conntrack ruleset.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] MASQUERADE 200.200.200.200 --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+
# kernels: all
# beside: others
set -u
# shellcheck source=selftests/lib/traffic.sh
. "$(dirname "$0")/../../lib/traffic.sh"

# rules COMMAND
rules() {
	at gw "$1" -t nat -A POSTROUTING -o eth1 -j MASQUERADE &&
	at gw "$1" -P FORWARD DROP &&
	at gw "$1" -A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED \
		-j ACCEPT &&
	at gw "$1" -A FORWARD -i br0 -m conntrack --ctstate NEW -j ACCEPT
}

howto_net 3
if ! rules iptables-nft || ! rules ip6tables-nft; then
	bail "no iptables"
fi
for k in 1 2 3; do
	tunnel "$k"
done
is "$(pings_all 5 0.2 192.168.99.1 c1 c2 c3)" "5 5 5" \
	"three hosts that start at once all work"
is "$(ct_esp | grep -c 'zone-reply=')" 3 "three entries"
is "$(at gw iptables-nft -t nat -nvxL POSTROUTING | awk '$3 == "MASQUERADE" {
	print $1 }')" 3 "each flow has met the rule once"
for k in 1 2; do
	tunnel "$k" family=6
done
is "$(pings_all 3 0.2 fd00:192:99::1 c1 c2)" "3 3" \
	"two hosts with IPv6 work, too"
done_testing
