#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# IKE of two hosts is offered to a flowtable, which knows no zones, and to GRO
# for forwarded UDP, which merges what looks like one flow: no message reaches
# the wrong host.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#                        flowtable, rx-udp-gro-forwarding
set -u
# shellcheck source=selftests/lib/ike.sh
. "$(dirname "$0")/../../lib/ike.sh"

I1=0x1111111111111111 I2=0x2222222222222222
R=0xa1

# answers to both hosts by turns, N each
by_turns() {
	local i

	for ((i = 0; i < $1; i++)); do
		ike_in "$I1" "$R" "$INFO" 0 "$i"
		ike_in "$I2" "$R" "$INFO" 0 "$i"
		ike_out 1 "$I1" "$R" "$INFO" "$RESPONSE" "$i"
		ike_out 2 "$I2" "$R" "$INFO" "$RESPONSE" "$i"
	done
}

both() {
	echo "$(seen c1 "$I1") $(seen c1 "$I2") $(seen c2 "$I1")" \
		"$(seen c2 "$I2")"
}

offloaded() {
	flowtable eth1 vc1 vc2 || bail "no flowtable"
	by_turns 4
	is "$(both)" "6 0 0 6" "with a flowtable: each host gets its own"
	unlike "$(at gw conntrack -L -p udp --orig-port-dst 500 2>/dev/null)" \
		OFFLOAD "IKE isn't offloaded"
	at gw nft delete table inet fastpath
}

# send_merged MESSAGE...: as one packet, which the sending host leaves to its
# device to take apart (UDP_SEGMENT), and veth hands on whole: what GRO makes of
# datagrams that arrive together
send_merged() {
	# the trackers of the server's namespace would take it apart, too
	at srv sysctl -qw net.netfilter.nf_conntrack_vpn_enable=0
	at srv python3 -c '
import socket, sys
UDP_SEGMENT = 103
messages = [bytes.fromhex(m) for m in sys.argv[2:]]
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 500))
s.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, len(messages[0]))
s.sendto(b"".join(messages), (sys.argv[1], 500))
' "$GW" "$@"
}

merged() {
	check "GRO for forwarded UDP is on" at gw ethtool -K eth1 gro on \
		rx-udp-gro-forwarding on
	at gw nft -f - <<-RULES
		table inet whole {
			chain in {
				type filter hook prerouting priority -500
				udp dport 500 meta length > 800 counter
			}
		}
	RULES
	send_merged "$(ike_message "$I1" "$R" "$INFO" 0 20 200)" \
		"$(ike_message "$I2" "$R" "$INFO" 0 20 200)" \
		"$(ike_message "$I1" "$R" "$INFO" 0 21 200)" \
		"$(ike_message "$I2" "$R" "$INFO" 0 21 200)"
	like "$(at gw nft list table inet whole)" 'counter packets 1 ' \
		"four messages of the server arrive as one packet"
	is "$(both)" "8 0 0 8" "it is taken apart: each host gets its own"
}

howto_net 2
masquerade
for name in c1 c2; do
	ike_watch "$name" "$I1" "$I2"
done
ike_up 1 "$I1" "$R"
ike_up 2 "$I2" "$R"
offloaded
merged
done_testing
