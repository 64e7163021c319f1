#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What a message about a call that nobody knows costs: as much with many calls as
# with none, since they aren't searched one by one.
#
#   c1 10.0.0.2 --- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#
# clock: instructions
set -u
# shellcheck source=selftests/lib/pptp.sh
. "$(dirname "$0")/../../lib/pptp.sh"

howto_net 1
masquerade
pptp_helper
costs=$(pptpsim -s "${NS}srv" -d "$SRV" -c "${NS}c1" -n 250 bench-clear)
diag "nanoseconds or instructions: $costs"
like "$costs" '^none=[0-9]+ many=[0-9]+$' "messages pass"
none=${costs#none=} many=${costs#* many=}
none=${none% *}
cmp_ok "$many" -le $((none * 13 / 10)) "with 250 calls they cost no more"
done_testing
