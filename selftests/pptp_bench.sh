#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What tracking a GRE packet of a PPTP call costs, in instructions, against the
# kernel's own helper. To be run in a machine where an instruction takes a
# nanosecond: ICOUNT=1 selftests/vm/boot.sh 6.12 -t 3000 -- pptp_bench.sh
# [CALLS...], default 1 100 1000 10000.
#
#   [c1] 10.0.0.2 --- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#
# A row: calls, set-up of one with the first packet each way, a packet of the
# client, a packet of the server. Each includes what routing costs, set-up the
# network stacks of both ends as well; notrack is GRE that nobody tracks.
set -u

# shellcheck source=selftests/lib/pptp.sh
. "$(dirname "$0")/lib/pptp.sh"
# shellcheck source=selftests/modules.sh
. "$(dirname "$0")/modules.sh"

helper() {
	at gw nft -f - <<-RULES
		table ip helper {
			ct helper pptp {
				type "$1" protocol tcp
			}
			chain prerouting {
				type filter hook prerouting priority -150
				tcp dport 1723 ct helper set "pptp"
			}
		}
	RULES
}

notrack() {
	at gw nft -f - <<-RULES
		table ip raw {
			chain prerouting {
				type filter hook prerouting priority raw
				meta l4proto gre notrack
			}
		}
	RULES
}

network() {
	howto_net 1
	masquerade
	sink
	ipn srv route add 10.0.0.0/8 via "$GW"
	at gw sysctl -qw net.netfilter.nf_conntrack_acct=0
}

# What has arrived has been paid for
sink() {
	local name

	for name in c1 srv; do
		at "$name" nft -f - <<-RULES
			table netdev sink {
				chain in {
					type filter hook ingress device eth0 priority 0
					ip protocol gre drop
				}
			}
		RULES
	done
}

# row WHAT CALLS SCENARIO
row() {
	printf '%-8s %6s  ' "$1" "$2"
	pptpsim -s "${NS}srv" -d "$SRV" -c "${NS}c1" -n "$2" "$3"
}

[ $# -gt 0 ] || set -- 1 100 1000 10000
ulimit -n 65536
echo "what      calls  instructions"
unload nf_conntrack_pptp_ext nf_nat_esp nf_conntrack_esp nf_conntrack_vpn
network
notrack
row notrack 1 bench-routed
net_down
if modprobe -a nf_conntrack_pptp nf_nat_pptp; then
	for n; do
		network
		helper pptp
		row stock "$n" bench
		net_down
	done
	modprobe -r nf_nat_pptp nf_conntrack_pptp
fi
load nf_conntrack_pptp_ext
for n; do
	network
	gw_set nf_conntrack_vpn_max 1000000
	gw_set nf_conntrack_vpn_max_per_client 1000000
	helper pptp-ext
	row ours "$n" bench
	net_down
done
