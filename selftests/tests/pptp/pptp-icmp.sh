#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# ICMP errors that quote GRE of a call: with one Call-ID of the two.
#
#   c1 10.0.0.2 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c2 10.0.0.3 ---+
#
# beside: others
set -u
# shellcheck source=selftests/lib/pptp.sh
. "$(dirname "$0")/../../lib/pptp.sh"

howto_net 2
masquerade
pptp_helper
sim -c "${NS}c1" -c "${NS}c2" icmp
is "$(vpn_stat icmp_related)" 4 "they are RELATED to the call"
done_testing
