#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# vpnct doctor where a module is missing, or tracking is off.
# modules: nf_conntrack_vpn nf_conntrack_esp nf_nat_esp
# debug: no
set -u
# shellcheck source=selftests/lib/doctor.sh
. "$(dirname "$0")/../../lib/doctor.sh"

# the kernel's own helper, if an earlier test has loaded it, is use of PPTP, too
modprobe -q -r nf_nat_pptp nf_conntrack_pptp
howto_net 1
masquerade
diagnosed modules '^warning nf_conntrack_isakmp is not loaded' \
	"a missing module is a warning"
unlike "$(findings modules)" 'pptp' "PPTP's isn't needed where nobody uses it"
at gw conntrack -I -p tcp -s 10.0.0.2 -d 199.0.0.1 --sport 40000 --dport 1723 \
	--state ESTABLISHED -t 100 > "$TMP/insert" 2>&1
diagnosed modules '^note nf_conntrack_pptp_ext' "where somebody does it is"
gw_set nf_conntrack_vpn_enable 0
diagnosed modules '^problem tracking is switched off' "tracking is off"
remedies modules 'nf_conntrack_vpn_enable=1' "and how to switch it on"
at gw vpnct doctor > "$TMP/text"
is $? 3 "the exit status tells"
at gw vpnct doctor -p | awk -F '\t' 'NF != 6' > "$TMP/odd"
is "$(wc -l < "$TMP/odd")" 0 "lines of -p have six columns"

# load and unload those that are built here
modules=$(dirname "$0")/../../modules.sh
gw_set nf_conntrack_vpn_enable 1
"$modules" unload nf_nat_esp nf_conntrack_esp
"$modules" load nf_conntrack_pptp_ext
healthy modules "a gateway for PPTP alone needs no others"
at gw nft flush ruleset
is "$(findings rules | sed -n 's/.*masquerades \([A-Z]*\) .*/\1/p')" PPTP \
	"and rules for PPTP alone"
"$modules" unload nf_conntrack_pptp_ext
done_testing
