#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Emulated PPTP through a masquerading gateway: clients that choose the same
# Call-ID, all roles, messages in all kinds of pieces. Of GRE it is checked
# that each packet reaches who it is for, with the Call-ID which that one has
# chosen.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+
# kernels: all
# beside: others
set -u
# shellcheck source=selftests/lib/pptp.sh
. "$(dirname "$0")/../../lib/pptp.sh"

howto_net 3
masquerade
pptp_helper
sim -c "${NS}c1" -c "${NS}c2" -c "${NS}c3" same-id roles messages pieces \
	cuts together refused again late many garbage
unlike "$(at gw conntrack -S)" 'insert_failed=[1-9]' "no entry was refused"
done_testing
