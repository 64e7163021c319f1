#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The netlink spec serves clients that the kernel's ynl makes of it, that of
# Linux 6.12 and the newest: one in Python, its command line, and one in C.
#
#   c1 10.0.0.2 --- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#
# beside: others
# debug: no
set -u
# shellcheck source=selftests/lib/traffic.sh
. "$(dirname "$0")/../../lib/traffic.sh"

SELF=$(cd "$(dirname "$0")/../.." && pwd)
# vm/boot.sh puts them there
YNL=$SELF/ynl

# python DIR: its assertions as ours
python() {
	local line

	while read -r line; do
		case $line in
		'ok '*) ok "${1##*/}: ${line#ok * - }" ;;
		'not ok '*) not_ok "${1##*/}: ${line#not ok * - }" ;;
		1..*) ended=$1 ;;
		*) diag "$line" ;;
		esac
	done < <(at gw "$SELF/tools/ynl/client.py" "$1" 2> "$TMP/python")
	is "$ended" "$1" "${1##*/}: the Python client came to its end" ||
		diag "$(cat "$TMP/python")"
}

# command_line DIR
command_line() {
	local cli

	cli=$(find "$1/tools" -name cli.py)
	is "$(at gw python3 "$cli" --dump session-get --output-json \
		--spec "$1/Documentation/netlink/specs/nf_ct_vpn.yaml" |
		jq -r '.[].client')" 10.0.0.2 "${1##*/}: its command line"
}

howto_net 1
masquerade
# Python takes its time to start, an unanswered host would be forgotten
at gw sysctl -qw net.netfilter.nf_conntrack_esp_timeout_unreplied=600
esp_send c1 "$SRV" 0x1001 1
for dir in "$YNL"-*; do
	if [ ! -d "$dir" ]; then
		skip "clients by ynl" "no ynl here: see selftests/vm/boot.sh"
		break
	fi
	ended=''
	python "$dir"
	command_line "$dir"
	is "$(at gw "$dir/sessions")" "10.0.0.2 199.0.0.1" \
		"${dir##*/}: the C client dumps sessions"
done
done_testing
