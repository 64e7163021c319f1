#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# vpnct doctor on a table that was full once: a warning as long as it is, a note
# afterwards.
#
#   c1 10.0.0.2 --- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#
# kernels: 6.12
# beside: others
# debug: no
set -u
# shellcheck source=selftests/lib/doctor.sh
. "$(dirname "$0")/../../lib/doctor.sh"

NOT_TRACKED='[1-9][0-9]* packets were not tracked'

overflow() {
	local k

	gw_set "$1" 6
	for k in 1 2 3; do
		talk "$k"
	done
	diagnosed limits "^warning $NOT_TRACKED so far: $3" "$1: while it is full"
	gw_set "$1" "$2"
	diagnosed limits "^note $NOT_TRACKED some time ago: $3" "$1: afterwards"
	unlike "$(findings limits)" '^(warning|problem) ' "$1: nothing to do"
	at gw vpnct flush > "$TMP/flush"
}

howto_net 1
masquerade
healthy limits "the tables have room"
overflow nf_conntrack_vpn_max 65536 "the table was full"
overflow nf_conntrack_vpn_max_per_client 1024 "their client had too many"
done_testing
