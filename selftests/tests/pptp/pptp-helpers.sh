#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Next to the helper "pptp" of the kernel, if it has one: the ruleset says whose
# a connection is. Then the same with iptables.
#
#   c1 10.0.0.2 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c2 10.0.0.3 ---+
#   c3 10.0.0.4 ---+
# kernels: all
set -u
# shellcheck source=selftests/lib/pptp.sh
. "$(dirname "$0")/../../lib/pptp.sh"

both() {
	at gw nft -f - <<-RULES
		table ip helper {
			ct helper ext {
				type "pptp-ext" protocol tcp
			}
			ct helper stock {
				type "pptp" protocol tcp
			}
			chain prerouting {
				type filter hook prerouting priority -150
				ip saddr 10.0.0.2 tcp dport 1723 ct helper set "stock"
				ip saddr != 10.0.0.2 tcp dport 1723 ct helper set "ext"
			}
		}
	RULES
}

with_iptables() {
	at gw iptables-nft -t raw -A PREROUTING -p tcp --dport 1723 \
		-j CT --helper pptp-ext &&
		at gw iptables-nft -t nat -A POSTROUTING -o eth1 -j MASQUERADE
}

dial_all() {
	local k

	pptp_server srv
	for k in 1 2 3; do
		pptp_client "c$k" "$k"
	done
	pptp_up 60 c1 c2 c3
}

if modprobe -a nf_conntrack_pptp nf_nat_pptp 2>/dev/null; then
	howto_net 3
	masquerade
	check "rules name both helpers" both
	check "one client of the kernel's helper, two of ours" dial_all
	is "$(pings_all 3 0.2 "$INNER" c1 c2 c3)" "3 3 3" "all are answered"
	is "$(ct_gre | grep -c helper=pptp-ext)" 2 "two entries are ours"
	net_down
	modprobe -r nf_nat_pptp nf_conntrack_pptp 2>/dev/null
else
	skip "the kernel's helper" "this kernel has none"
fi

howto_net 3
check "iptables: rules" with_iptables
check "iptables: clients get through" dial_all
is "$(pings_all 3 0.2 "$INNER" c1 c2 c3)" "3 3 3" \
	"iptables: all are answered"
done_testing
