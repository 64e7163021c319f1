#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# vpnct doctor where a module is missing, or tracking is off.
# modules: nf_conntrack_vpn nf_conntrack_esp nf_nat_esp
set -u
# shellcheck source=selftests/doctor.sh
. "$(dirname "$0")/../doctor.sh"

howto_net 1
masquerade
diagnosed modules '^warning nf_conntrack_isakmp is not loaded' \
	"a missing module is a warning"
diagnosed modules '^note nf_conntrack_pptp_ext' "one that few need a note"
gw_set nf_conntrack_vpn_enable 0
diagnosed modules '^problem tracking is switched off' "tracking is off"
remedies modules 'nf_conntrack_vpn_enable=1' "and how to switch it on"
at gw vpnct doctor > "$TMP/text"
is $? 3 "the exit status tells"
at gw vpnct doctor -p | awk -F '\t' 'NF != 6' > "$TMP/odd"
is "$(wc -l < "$TMP/odd")" 0 "lines of -p have six columns"
done_testing
