#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# vpnct doctor on rulesets: what isn't masqueraded, what costs port 500, and
# what PPTP lacks; nft's rules and those of iptables.
#
#   c1 10.0.0.2 --- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#
# kernels: 6.12
# beside: others
# debug: no
set -u
# shellcheck source=selftests/lib/doctor.sh
. "$(dirname "$0")/../../lib/doctor.sh"

# rules RULE...: of the one chain there is
rules() {
	local rule

	{
		echo 'flush ruleset'
		echo 'table ip nat {'
		echo 'set vpn { type inet_proto; elements = { esp, udp } }'
		echo 'chain out {'
		echo 'masquerade'
		echo '}'
		echo 'chain post { type nat hook postrouting priority srcnat;'
		for rule; do
			echo "$rule"
		done
		echo '}'
		echo '}'
	} | at gw nft -f -
}

# what isn't masqueraded: esp, ike, pptp
missing() {
	findings rules | sed -n 's/.*no rule masquerades \([A-Z]*\) .*/\1/p' |
		paste -sd' '
}

nft_rules() {
	rules
	is "$(missing)" "ESP IKE PPTP" "no rule at all"
	rules 'oifname "eth1" masquerade'
	is "$(missing)" "" "one rule for everything"
	rules 'ip protocol tcp masquerade'
	is "$(missing)" "ESP IKE" "a rule for TCP only"
	rules 'ip protocol { tcp, udp } masquerade'
	is "$(missing)" "ESP" "a rule for TCP and UDP"
	rules 'meta l4proto != esp masquerade'
	is "$(missing)" "ESP" "all but ESP"
	rules 'udp dport 1-499 masquerade' 'meta l4proto esp masquerade'
	is "$(missing)" "IKE PPTP" "ESP, and UDP without port 500"
	rules 'udp dport { 53, 400-600 } masquerade'
	is "$(missing)" "ESP PPTP" "port 500 in a range in a set"
	rules 'ip protocol @vpn masquerade'
	is "$(missing)" "" "a named set is trusted"
	rules 'meta l4proto 50 jump out'
	is "$(missing)" "IKE PPTP" "a chain that only ESP goes to"
	rules 'snat to 200.200.200.200'
	is "$(missing)" "" "snat is as good"
}

ports() {
	rules 'masquerade random'
	diagnosed rules '^warning a NAT rule chooses ports at random' \
		"masquerade random"
	rules 'snat to 200.200.200.200-200.200.200.201'
	diagnosed rules '^warning snat to several addresses' "a pool"
	rules 'snat to 200.200.200.200-200.200.200.201 persistent'
	unlike "$(findings rules)" 'several addresses' "a persistent pool"
}

helper() {
	masquerade_all='oifname "eth1" masquerade'
	rules "$masquerade_all"
	diagnosed rules '^note no rule gives PPTP' "no helper for PPTP"
	at gw nft -f - <<-RULES
		table ip vpn {
			ct helper pptp { type "pptp-ext" protocol tcp; }
			chain pre {
				type filter hook prerouting priority -150;
				tcp dport 1723 ct helper set "pptp"
			}
		}
	RULES
	healthy rules "a helper for PPTP"
}

iptables_rules() {
	at gw nft flush ruleset
	at gw iptables-nft -t nat -A POSTROUTING -o eth1 -j MASQUERADE
	is "$(missing)" "" "iptables: everything"
	at gw iptables-nft -t nat -F
	at gw iptables-nft -t nat -A POSTROUTING -p tcp -o eth1 -j MASQUERADE
	is "$(missing)" "ESP IKE" "iptables: TCP only"
	at gw iptables-nft -t raw -A PREROUTING -p tcp --dport 1723 \
		-j CT --helper pptp-ext
	unlike "$(findings rules)" 'no rule gives PPTP' "iptables: CT --helper"
}

# the commands in README.md, and in the EXAMPLES of vpnct(8)
documented() {
	local readme=$TOP/README.md manual=$TOP/userspace/vpnct.8

	sed -n 's/^    \(\(nft\|sysctl\|iptables\) .*\)/\1/p' "$readme"
	sed -n '/^.SH EXAMPLES/,/^.SH SEE/s/^\.B \(nft .*\)/\1/p' "$manual" |
		sed "s/\\\\(aq/'/g; s/\\\\(dq/\"/g; s/\\\\-/-/g"
	# shellcheck disable=SC2016
	sed -n 's/.*`\(iptables -t [^`]*\)`.*/\1/p' "$readme"
}

# a job of cron has no more in its PATH than this
from_cron() {
	local vpnct

	vpnct=$(command -v vpnct)
	rules
	like "$(PATH=/usr/bin:/bin at gw "$vpnct" doctor -p)" \
		'no rule masquerades ESP' "nft is found where root has it"
}

documentation() {
	local line

	at gw nft flush ruleset
	documented > "$TMP/documented"
	cmp_ok "$(grep -c '^nft' "$TMP/documented")" -ge 11 "commands are found"
	while read -r line; do
		check "$line" at gw bash -c "$line"
	done < "$TMP/documented"
	healthy rules "what is documented is all that it takes"
}

TOP=$(cd "$(dirname "$0")/../../.." && pwd)
howto_net 1
nft_rules
ports
helper
iptables_rules
from_cron
documentation
done_testing
