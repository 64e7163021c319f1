#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The generic netlink family on good and bad requests, and for whom it is.
# "genl" sends one request and prints the answer.
#
#   c1 10.0.0.2 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
set -u
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/../lib.sh"

# answers CASE REGEX TEXT
answers() {
	like "$(at gw genl "$1" 2>&1)" "$2" "$3"
}

good() {
	answers sessions '^error=0 messages=1 ' "a dump of sessions"
	answers spis '^error=0 messages=2 ' "a dump of SPIs"
	answers stats '^error=0 messages=1 ' "statistics"
}

bad() {
	answers command-0 '^error=EOPNOTSUPP ' "command 0 is refused"
	answers command-250 '^error=EOPNOTSUPP ' "an unknown command is refused"
	answers sessions-do '^error=EOPNOTSUPP ' \
		"a dump that isn't asked for as one is refused"
	answers spis-do '^error=EOPNOTSUPP ' "the same for SPIs"
	answers stats-dump '^error=EOPNOTSUPP ' \
		"statistics can't be dumped"
	answers short '^error=EINVAL ' "a message without room for its header"
	answers stats-unknown-attr '^error=EINVAL .*message=..' \
		"an unknown attribute is refused, and said"
	answers sessions-unknown-attr '^error=EINVAL .*message=..' \
		"in a dump, too"
	answers stats-long-attr '^error=EINVAL .*message=..' \
		"an attribute longer than the message is refused, and said"
	answers spis-long-attr '^error=EINVAL .*message=..' \
		"in a dump, too"
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

	for case in sessions spis stats; do
		like "$(powerless "$case")" '^error=EPERM .*message=..' \
			"$case without CAP_NET_ADMIN: EPERM, and said"
	done
	like "$(at gw setpriv --bounding-set -net_admin --inh-caps -net_admin \
		vpnct stats 2>&1)" 'CAP_NET_ADMIN|ermi' "vpnct says why"
}

howto_net 1
masquerade
tunnel 1
pings c1 192.168.99.1 2 > /dev/null
good
bad
not_for_all
good
done_testing
