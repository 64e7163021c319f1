#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Modules go, and then a namespace, while there are a thousand sessions: each is
# found, and nothing of it is left behind.
#
#   10.1.0.1, .2, ... --- [c1] --- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
set -u
# shellcheck source=selftests/lib/ike.sh
. "$(dirname "$0")/../../lib/ike.sh"

MODULES=$(dirname "$0")/../../modules.sh
MANY=1000

# many: each host sends a packet and is answered
many() {
	hosts --hosts "$MANY" --stagger 2 --interval 100 --count 1 > /dev/null
}

# Sessions are kept by IKE, SPIs must not be
esp_goes() {
	many
	cmp_ok "$(vpn_spis length)" -ge "$MANY" "$MANY hosts have SPIs"
	check "nf_conntrack_esp: out" bash "$MODULES" unload nf_nat_esp \
		nf_conntrack_esp
	is "$(vpn_sessions length)" 1 "it leaves the session that has IKE"
	check "nf_conntrack_esp: in" bash "$MODULES" load nf_nat_esp
	is "$(vpn_spis length)" 0 "and no SPI"
}

howto_net 1
masquerade
many_hosts
ike_up 1 0x1010 0xa1
esp_goes
many
cmp_ok "$(vpn_sessions length)" -ge "$MANY" "$MANY hosts are back"
net_down
mapfile -t modules < <(bash "$MODULES" list)
check "the namespace goes, all modules: out" bash "$MODULES" unload "${modules[@]}"
check "and in" bash "$MODULES" load "${modules[@]}"
done_testing
