#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A server begins an exchange under cookies that nobody knows: each repetition goes
# to another host, whatever somebody makes up in the server's name meanwhile.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+
set -u
# shellcheck source=selftests/lib/ike.sh
. "$(dirname "$0")/../../lib/ike.sh"

R=0xa1

# repeated PAIR MADE-UP: six times, so many made-up pairs after each
repeated() {
	local i j

	for ((i = 0; i < 6; i++)); do
		ike_in "$1" 0xd1 "$INFO" 0 0 80
		for ((j = 0; j < $2; j++)); do
			ike_in $((0xdead0000 + 100 * i + j)) 0xbeef \
				"$INFO" 0 0 80
		done
	done
}

howto_net 3
masquerade
for name in c1 c2 c3; do
	ike_watch "$name" 0x6666 0x7777
done
for k in 1 2 3; do
	ike_up "$k" "0x$k$k$k$k" "$R"
done
repeated 0x6666 0
is "$(seen_by 0x6666)" "2 2 2" "six repetitions: two to each of three hosts"
repeated 0x7777 16
# one of the made-up ones may well take the true one's place once
unlike "$(seen_by 0x7777)" 0 "and with 16 made-up pairs after each, to all"
cmp_ok "$(stats cookie_recycled)" -gt 0 "which take the pairs' places"
done_testing
