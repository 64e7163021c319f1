#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# All of it in namespaces of an unprivileged user, as in a rootless container:
# works for the root of that user namespace, and for no other user.
#
#   user namespace of uid 65534:
#     c1 10.0.0.2 ---+
#     c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
# kernels: all
set -u

as_nobody() {
	setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
}

# What can't be loaded from inside is loaded before; then the test goes on as
# root of a new user namespace.
if [ "${1:-}" != inside ]; then
	modprobe -a veth bridge nf_tables nft_masq nft_ct nft_chain_nat \
		xfrm_user esp4 nf_conntrack_netlink 2>/dev/null
	OUTSIDE=$(as_nobody genl sessions 2>&1)
	export OUTSIDE
	as_nobody unshare --user --map-root-user --net --mount \
		bash "$0" inside
	exit
fi
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /tmp
unset TMPDIR

# shellcheck source=selftests/lib/traffic.sh
. "$(dirname "$0")/../../lib/traffic.sh"

# as somebody in the namespace who isn't its root
powerless() {
	at gw setpriv --bounding-set -all --inh-caps -all "$@" 2>&1
}

inside() {
	is "$(pings_all 3 0.2 192.168.99.1 c1 c2)" "3 3" "two hosts work"
	# shellcheck disable=SC2119
	is "$(sessions)" 2 "its root sees the sessions"
	check "and changes settings" gw_set nf_conntrack_esp_timeout 99
	is "$(at gw sysctl -n net.netfilter.nf_conntrack_esp_timeout)" 99 \
		"which hold"
	gw_set nf_conntrack_vpn_max 1000000000 2> /dev/null
	is "$(at gw sysctl -n net.netfilter.nf_conntrack_vpn_max)" 65536 \
		"but not the limits of memory"
}

others() {
	like "$(powerless genl sessions)" '^error=EPERM' \
		"without capabilities there: no sessions"
	like "$(powerless genl stats)" '^error=EPERM' "no statistics"
}

howto_net 2
masquerade
tunnel 1
tunnel 2
inside
others
like "$OUTSIDE" '^error=EPERM' "the same user outside: nothing of the host's"
done_testing
