#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A datagram on port 500 that is no IKE, as anybody can send in a server's name,
# costs the same however many hosts send ESP to that server.
#
# clock: instructions
# kernels: 6.12
set -u
# shellcheck source=selftests/lib/traffic.sh
. "$(dirname "$0")/../../lib/traffic.sh"

head -c $((28 * 2000)) /dev/zero > "$TMP/junk"

# junk: microseconds that 2000 datagrams take. So many, as socat now and then ends
# a tick of 4 ms later, which would be a fifth of what 300 take. And the least of
# three times, as what the kernel does on its own account meanwhile, such as
# looking for what has expired, is no part of it.
junk() {
	local start took least='' i

	for i in 1 2 3; do
		start=$EPOCHREALTIME
		at srv socat -u -b 28 "$TMP/junk" \
			"UDP4-SENDTO:$GW:500,sourceport=500,reuseaddr"
		took=$((${EPOCHREALTIME/./} - ${start/./}))
		[ -n "$least" ] && [ "$took" -ge "$least" ] || least=$took
	done
	echo "$least"
}

howto_net 1
masquerade
many_hosts
hosts --hosts 1 --count 2 > /dev/null
junk > /dev/null
one=$(junk)
hosts --hosts 1000 --stagger 2 --interval 400 --count 2 > /dev/null
many=$(junk)
cmp_ok "$(vpn_sessions length)" -ge 1000 "a thousand hosts send ESP"
diag "one host: $one us, a thousand: $many us"
cmp_ok "$many" -le $((one + one / 25)) "a datagram costs as much as with one"
done_testing
