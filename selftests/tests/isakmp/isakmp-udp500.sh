#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Hosts that put ESP into UDP port 500, behind eight zero bytes
# (draft-ietf-ipsec-udp-encaps-01): nothing in an answer says whose it is but
# its port. With stock conntrack both work; so they do here, beside a host that
# keeps port 500.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+                                        echoes
#
# beside: others
set -u
# shellcheck source=selftests/lib/ike.sh
. "$(dirname "$0")/../../lib/ike.sh"

VID=4485152d18b6bbcd0be8a8469579ddcc	# nat-t-ike-00
NEW=0x6666666666666666

serves() {
	at srv ss -Hlun 'sport = :500' | grep -q .
}

# main_mode K: first message of IKEv1 with a NAT-T vendor ID
main_mode() {
	udp_send "c$1" "$SRV" 500 \
		"$(printf '%016x%016x0d10020000000000%08x00000014%s' \
			"0x110$1" 0 48 "$VID")"
}

# udp_esp SPI: eight zero bytes and ESP
udp_esp() {
	printf '%016x%08x%08x%080d' 0 "$1" 1 0
}

# spoofed: the same from outside, in the name of c1
spoofed() {
	at srv python3 -c '
import socket, struct, sys
def checksum(b):
    s = sum(struct.unpack("!%dH" % (len(b) // 2), b))
    while s >> 16:
        s = (s & 0xffff) + (s >> 16)
    return ~s & 0xffff
data = bytes.fromhex(sys.argv[2])
src, dst = socket.inet_aton("10.0.0.2"), socket.inet_aton(sys.argv[3])
ip = struct.pack("!BBHHHBBH4s4s", 69, 0, 28 + len(data), 0, 0, 64, 17, 0, src, dst)
ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
udp = struct.pack("!HHHH", 500, 500, 8 + len(data), 0)
s = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM)
s.sendto(ip + udp + data, ("eth0", 0x800, 0, 0, bytes.fromhex(sys.argv[1])))
' "$(ipn gw -j link show eth1 | jq -r '.[0].address' | tr -d :)" \
		"$(udp_esp 0x10000009)" "$SRV"
}

# zones: entries of hosts in zones of their own
zones() {
	at gw conntrack -L -p udp --orig-port-dst 500 2>/dev/null |
		grep -c 'src=10\..* dport=500 .*zone-reply='
}

# all_seen COUNT NAME:VALUE...
all_seen() {
	local count=$1 pair

	shift
	for pair; do
		[ "$(seen "${pair%:*}" "${pair#*:}")" -ge "$count" ] || return
	done
}

ike() {
	local k

	for k in 1 2 3; do
		main_mode "$k"
	done
	check "IKE of three hosts is answered" busywait 10 \
		all_seen 1 c1:0x1101 c2:0x1102 c3:0x1103
}

howto_net 3
masquerade
bg at srv socat UDP4-RECVFROM:500,reuseaddr,fork PIPE
busywait 10 serves
for k in 1 2 3; do
	watch "c$k" "udp sport 500 @th,64,64" 0x1101 0x1102 0x1103 "$NEW"
	watch "c$k" "udp sport 500 @th,128,32" 0x1000000{1,2}
done
ike
udp_send srv "$GW" 500 "$(udp_esp 0x10000009)"
udp_send srv "$GW" 500 "$(udp_esp 0x10000009)"
spoofed
is "$(zones) $(ike_ports)" "3 500 500 500" \
	"ESP in UDP from outside changes nothing"
for i in 1 2 3; do
	udp_send c1 "$SRV" 500 "$(udp_esp 0x10000001)"
	udp_send c2 "$SRV" 500 "$(udp_esp 0x10000002)"
done
busywait 5 all_seen 3 c1:0x10000001 c2:0x10000002
is "$(seen_by 0x10000001) $(seen_by 0x10000002)" "3 0 0 0 3 0" \
	"two hosts send ESP in UDP: each has its answers, from the first one on"
is "$(zones) $(ike_ports | tr ' ' '\n' | grep -c '^500$')" "1 2" \
	"their ports are stock conntrack's choice, the third host keeps its own"
ike
is "$(seen_by 0x1101) $(seen_by 0x1102) $(seen_by 0x1103)" \
	"2 0 0 0 2 0 0 0 2" "their IKE goes on, and that of the third host"
ike_in "$NEW" 0xd1 "$INFO" 0 0
ike_in "$NEW" 0xd1 "$INFO" 0 0
is "$(seen_by "$NEW")" "1 0 1" \
	"what the server begins is brought to both that have port 500"
is "$(vpn_sessions '[.[] | select(.natt) | .client] | join(" ")')" \
	"10.0.0.2 10.0.0.3" "vpnct list says whose ESP goes into UDP"
done_testing
