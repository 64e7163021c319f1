#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The generic netlink family on good and bad requests, and for whom it is.
# "genl" sends one request and prints the answer.
#
#   c1 10.0.0.2 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
# kernels: all
# beside: others
set -u
# shellcheck source=selftests/lib/ike.sh
. "$(dirname "$0")/../../lib/ike.sh"

# answers CASE REGEX TEXT
answers() {
	like "$(at gw genl "$1" 2>&1)" "$2" "$3"
}

# two exchanges of c1, of which the server answers one, and no ESP yet
ike() {
	local common="isakmp ipv4 10.0.0.2 199.0.0.1 200.200.200.200"

	ike_up 1 0x01020304050607ff 0x7edcba9876543210
	ike_out 1 0x11 0 "$INIT" 8 0
	is "$(at gw vpnct list isakmp -p | cut -f 1-5,7-12 | tr '\t' ' ')" \
		"$common 0000000000000011 0000000000000000 ikev2 init unreplied client
$common 01020304050607ff 7edcba9876543210 ikev2 auth established client" \
		"vpnct shows both exchanges"
	is "$(at gw vpnct list sessions -p | cut -f 3-5,7,11-14,16 |
		tr '\t' ' ')" \
		"10.0.0.2 199.0.0.1 200.200.200.200 established 0 0 2 1 no" \
		"and a session that has IKE only"
	like "$(vpn_sessions '.[] | "\(.timeout_s) \(.ike_timeout_s)"')" \
		'^1[0-9]{3} 1[0-9]{3}$' "with the lifetime of its IKE flow"
}

good() {
	answers sessions '^error=0 messages=1 ' "a dump of sessions"
	answers spis '^error=0 messages=2 ' "a dump of SPIs"
	answers isakmp '^error=0 messages=2 ' "a dump of IKE exchanges"
	answers stats '^error=0 messages=1 ' "statistics"
}

bad() {
	answers command-0 '^error=EOPNOTSUPP ' "command 0 is refused"
	answers command-250 '^error=EOPNOTSUPP ' "an unknown command is refused"
	answers sessions-do '^error=EOPNOTSUPP ' \
		"a dump that isn't asked for as one is refused"
	answers spis-do '^error=EOPNOTSUPP ' "the same for SPIs"
	answers isakmp-do '^error=EOPNOTSUPP ' "and for IKE exchanges"
	answers stats-dump '^error=EOPNOTSUPP ' \
		"statistics can't be dumped"
	answers short '^error=EINVAL ' "a message without room for its header"
	answers stats-unknown-attr '^error=EINVAL .*message=..' \
		"an unknown attribute is refused, and said"
	answers sessions-unknown-attr '^error=EINVAL .*message=..' \
		"in a dump, too"
	answers isakmp-unknown-attr '^error=EINVAL .*message=..' \
		"in that of IKE exchanges"
	answers stats-long-attr '^error=EINVAL .*message=..' \
		"an attribute longer than the message is refused, and said"
	answers spis-long-attr '^error=EINVAL .*message=..' \
		"in a dump, too"
	answers isakmp-long-attr '^error=EINVAL .*message=..' \
		"in that of IKE exchanges"
	answers isakmp-family '^error=EAFNOSUPPORT .*message=family' \
		"a filter by a family that isn't one is refused, and said"
	answers isakmp-address '^error=EINVAL .*message=client' \
		"a filter by an address of 5 bytes"
	answers stats-short-attr '^error=EINVAL .*message=..' \
		"an attribute shorter than its header"
	answers stats-trailing '^error=EINVAL .*message=..' \
		"bytes after the last attribute"
}

# powerless CASE: root, but without CAP_NET_ADMIN
powerless() {
	at gw setpriv --bounding-set -net_admin --inh-caps -net_admin \
		genl "$1" 2>&1
}

not_for_all() {
	local case

	for case in sessions spis isakmp stats; do
		like "$(powerless "$case")" '^error=EPERM .*message=..' \
			"$case without CAP_NET_ADMIN: EPERM, and said"
	done
	like "$(at gw setpriv --bounding-set -net_admin --inh-caps -net_admin \
		vpnct stats 2>&1)" 'CAP_NET_ADMIN|ermi' "vpnct says why"
}

howto_net 1
masquerade
ike
tunnel 1
pings c1 192.168.99.1 2 > /dev/null
good
bad
not_for_all
good
done_testing
