#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Random requests over netlink, two senders at once, while somebody listens and
# a host and the server talk. The kernel's log tells whether it could bear them.
# FUZZ_SECONDS says for how long, 600 for the real thing.
#
#   c1 10.0.0.2 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
# timeout: 1800
set -u
# shellcheck source=selftests/lib/traffic.sh
. "$(dirname "$0")/../../lib/traffic.sh"

SECS=${FUZZ_SECONDS:-10}

howto_net 1
masquerade
tunnel 1
bg at gw genl_send listen > "$TMP/events"
bg at gw genl_fuzz "$SECS" > "$TMP/second"
second=$!
bg at c1 ping -n -i 0.2 192.168.99.1 > /dev/null
out=$(at gw genl_fuzz "$SECS")
wait "$second"
diag "$out"
cmp_ok "$(field sent "$out")" -gt 0 "requests were sent"
cmp_ok "$(field good "$out")" -gt 0 "and some were done"
cmp_ok "$(wc -l < "$TMP/events")" -gt 0 "events told of them"
at gw genl_send 15 > /dev/null
at gw genl_send 7 1:u32=0 > /dev/null
is "$(vpn_stat entries)" 0 "switched off, nothing is left of it"
at gw genl_send 7 1:u32=1 3:u32=65536 4:u32=1024 > /dev/null
is "$(pings c1 192.168.99.1 2)" 2 "and the tunnel works once more"
done_testing
