#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# How long a call's entry lives: as its control connection does, however idle
# it is, up to a sysctl; and how rules see it.
#
#   c1 10.0.0.2 --- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#
# timeout: 120
# kernels: all
# beside: others
set -u
# shellcheck source=selftests/lib/pptp.sh
. "$(dirname "$0")/../../lib/pptp.sh"

no_calls() {
	[ "$(calls)" = 0 ]
}

is_closed() {
	[ "$(at gw vpnct list pptp -p state closed | wc -l)" = 1 ]
}

# states: named counters of what rules see of GRE
states() {
	at gw nft -f - <<-RULES
		table inet states {
			counter new { }
			counter related { }
			counter established { }
			chain forward {
				type filter hook forward priority 0
				meta l4proto gre ct state new counter name new
				meta l4proto gre ct state related counter name related
				meta l4proto gre ct state established counter name established
			}
		}
	RULES
}

seen() {
	[[ $(at gw nft list counter inet states "$1") =~ packets\ ([0-9]+) ]]
	echo "${BASH_REMATCH[1]:-}"
}

howto_net 1
masquerade
pptp_helper
states
at gw sysctl -qw net.netfilter.nf_conntrack_gre_timeout=1 \
	net.netfilter.nf_conntrack_gre_timeout_stream=1

idle c1
is "$(seen new) $(seen related) $(seen established)" "0 1 1" \
	"rules see RELATED, then ESTABLISHED"
read -r _ _ left _ < <(ct_gre)
cmp_ok "$left" -gt 17900 "it may be idle for five hours"
sleep 3
tell work "idle for longer than stock GRE may be, it carries data"
at gw conntrack -D -p gre > /dev/null 2>&1
tell silent "deleted, it carries nothing"
is "$(calls)" 0 "and stock makes no entry of it"
check "the call is over" busywait 15 is_closed
finish

idle c1
at gw conntrack -D -p tcp > /dev/null 2>&1
tell silent "without its control connection's entry it carries nothing"
check "and its entry goes" busywait 15 no_calls
finish

idle c1
tell "close
silent" "without its control connection it carries nothing"
check "its entry is gone" no_calls
finish

gw_set nf_conntrack_pptp_ext_timeout 2
idle c1
sleep 4
tell silent "idle for longer than the sysctl says, it has ended"
check "its entry is gone" no_calls
finish

gw_set nf_conntrack_pptp_ext_timeout 18000
idle c1
gw_set nf_conntrack_vpn_enable 0
check "switched off, entries go" no_calls
gw_set nf_conntrack_vpn_enable 1
finish
done_testing
