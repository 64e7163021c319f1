#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The rules of Documentation/HOWTO.md, as they stand there, for nft and iptables:
# what has to get through them does, and what must not doesn't.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- br0 10.0.0.1 [gw] 200.200.200.200 eth1 --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+                                               199.0.0.2
#
# kernels: 6.12
# beside: others
# debug: no
set -u
# shellcheck source=selftests/lib/ike.sh
. "$(dirname "$0")/../../lib/ike.sh"
# shellcheck source=selftests/lib/pptp.sh
. "$(dirname "$0")/../../lib/pptp.sh"
# shellcheck source=selftests/lib/documents.sh
. "$(dirname "$0")/../../lib/documents.sh"

TYPED=(at gw)
OWN=192.168.99.1

# meter NS [HOOK PRIORITY]: notes who sends VPN to it, and something else
meter() {
	at "$1" nft -f - <<-RULES
		table ip came {
			set hosts {
				type ipv4_addr
				flags dynamic
			}
			set ports {
				type ipv4_addr . inet_service
				flags dynamic
			}
			chain in {
				type filter hook ${2:-prerouting} priority ${3:--500}
				ip protocol esp update @hosts { ip saddr }
				udp dport { 500, 7777 } update @ports { ip saddr . udp dport }
				tcp dport 1723 update @ports { ip saddr . tcp dport }
			}
		}
	RULES
}

# tries NS DST AT [SRC]: NS sends ESP, IKE, a SYN of PPTP and something else to
# DST; which of these come to AT, and from whom
tries() {
	local bind=${4:+,bind=$4}

	at "$3" nft 'flush set ip came hosts; flush set ip came ports'
	esp_packet "0x7000$((RANDOM % 9000 + 1000))" 1 |
		at "$1" socat -u - "IP4-SENDTO:$2:$ESP$bind"
	printf %b "$(escaped "$(ike_message $RANDOM 0 "$INIT" 8 0 200)")" |
		at "$1" socat -u - \
			"UDP4-SENDTO:$2:500$bind,sourceport=500,reuseaddr"
	at "$1" socat -u - "UDP4-SENDTO:$2:7777$bind" <<< x
	at "$1" timeout 1 socat -u OPEN:/dev/null "TCP4:$2:1723$bind" \
		2> /dev/null
	at "$3" nft -j list table ip came | jq -r '
		{ "500": "IKE", "1723": "PPTP" } as $kinds |
		[ .nftables[].set // empty | .elem // [] | .[] |
			if type == "string" then "\(.) ESP" else .concat |
			"\(.[0]) \($kinds["\(.[1])"] // "other")" end ] |
		sort | join(", ")'
}

# from ADDRESS: what tries says if all that is VPN came from there
from() {
	echo "$1 ESP, $1 IKE, $1 PPTP"
}

# fresh: no rule, no entry, no policy
fresh() {
	at gw nft flush ruleset
	at gw conntrack -F > /dev/null 2>&1
	at gw vpnct flush > /dev/null
}

# call NS TEXT: a call of pptpsim, GRE included
call() {
	idle "$1"
	tell "work 0" "$2"
	finish
}

any_client() {
	is "$(tries c1 "$SRV" srv)" "$(from "$GW"), $GW other" "$1: all gets out"
	is "$(ike_ports)" 500 "$1: IKE from port 500"
	is "$(pings_all 3 0.2 "$OWN" c1 c2)" "3 3" "$1: two hosts' tunnels"
	is "$(ct_esp | grep -c zone-reply=)" 2 "$1: each in its own zone"
	idle c1 c2
	tell "work 1" "$1: PPTP"
	finish
}

one_client() {
	is "$(tries c1 "$SRV" srv)" "$(from "$GW")" "$1: VPN of the host, and only that"
	is "$(tries c2 "$SRV" srv)" "" "$1: nothing of another host"
	is "$(tries c1 199.0.0.2 srv)" "" "$1: nothing to another server"
	is "$(tries srv "$GW" gw)" "" "$1: nothing to the gateway"
	is "$(pings c1 "$OWN" 3)" 3 "$1: its tunnel"
	is "$(pings srv "$(inner c1)" 3)" 3 "$1: then the server begins"
	call c1 "$1: PPTP"
}

a_server() {
	is "$(tries srv "$GW" c3 "$SRV")" "$(from "$SRV")" "$1: VPN of its peer"
	is "$(tries srv "$GW" c3 199.0.0.2)" "" "$1: nothing of others"
	at gw vpnct flush > /dev/null
	at gw conntrack -F > /dev/null 2>&1
	is "$(pings c1 "$OWN" 3)" 3 "$1: a masqueraded host beside it"
	SIM_SERVER=c3 SIM_ADDR=$GW
	call srv "$1: PPTP"
	SIM_SERVER=srv SIM_ADDR=$SRV
	call c1 "$1: PPTP of that host"
}

registered() {
	is "$(tries srv 10.0.0.2 c1 "$SRV")" "" "$1: the client isn't reached"
	is "$(tries c1 "$SRV" srv)" "$(from 10.0.0.2)" "$1: but gets out"
	is "$(tries srv 10.0.0.3 c2 "$SRV")" "$(from "$SRV")" \
		"$1: the server is reached"
	is "$(tries srv 10.0.0.3 c2 199.0.0.2)" "" "$1: but not from elsewhere"
	is "$(tries c3 "$SRV" srv)" "" "$1: nobody else gets out"
	call c1 "$1: PPTP"
}

gateway_server() {
	meter gw input 300
	is "$(tries srv "$GW" gw "$SRV")" "$(from "$SRV")" \
		"$1: the gateway takes VPN, and only that"
	SIM_SERVER=gw SIM_ADDR=$GW
	call srv "$1: PPTP to the gateway"
	SIM_SERVER=srv SIM_ADDR=$SRV
	call gw "$1: PPTP of the gateway"
	call c1 "$1: PPTP through it"
	is "$(pings c1 "$OWN" 3)" 3 "$1: a host's tunnel"
}

# a host of the LAN and the gateway's tunnel
gateway_tunnel() {
	local before

	before=$(sa_packets gw "$(spi_out 98)")
	is "$(pings c3 192.168.97.1 3)" 3 "$1: a host is answered through the tunnel"
	is $(($(sa_packets gw "$(spi_out 98)") - before)) 3 "$1: it has carried that"
	is "$(pings c1 "$OWN" 3)" 3 "$1: a masqueraded host's own tunnel"
}

lan_policies() {
	ipn srv addr add 192.168.97.1/32 dev lo
	tunnel_gw family=4
	ipb gw <<-LINKS
		xfrm policy add src 10.0.0.0/24 dst 192.168.97.1 dir out tmpl src $GW dst $SRV proto esp reqid 98 mode tunnel
		xfrm policy add src 192.168.97.1 dst 10.0.0.0/24 dir fwd tmpl src $SRV dst $GW proto esp mode tunnel
		route add 192.168.97.1 dev eth1
	LINKS
	ipb srv <<-LINKS
		route add 10.0.0.0/24 via $GW
		xfrm policy add src 10.0.0.0/24 dst 192.168.97.1 dir in tmpl src $GW dst $SRV proto esp mode tunnel
		xfrm policy add src 192.168.97.1 dst 10.0.0.0/24 dir out tmpl src $SRV dst $GW proto esp reqid 98 mode tunnel
	LINKS
}

# the outer address is another one from now on
redial() {
	ipn gw addr del "$GW/24" dev eth1
	ipn gw addr add 200.200.200.77/24 dev eth1
	ipn gw route replace 199.0.0.0/8 dev eth1
	is "$(tries c1 "$SRV" srv)" "$(from 200.200.200.77), 200.200.200.77 other" \
		"$1: redialled, all leaves from the new address"
	is "$(ike_ports)" 500 "$1: IKE from port 500"
	ipn gw addr del 200.200.200.77/24 dev eth1
	ipn gw addr add "$GW/24" dev eth1
	ipn gw route replace 199.0.0.0/8 dev eth1
}

minimum() {
	fresh
	run_block Documentation/HOWTO.md minimum-nft
	any_client minimum-nft
	fresh
	run_block Documentation/HOWTO.md minimum-iptables
	any_client minimum-iptables
	run_block Documentation/HOWTO.md preload
	like "$(spi_state 0xc30f00d1)" '^10.0.0.2 .* preloaded' "preload: it is known"
}

tight() {
	fresh
	run_block Documentation/HOWTO.md tight-nft
	meter gw input 300
	one_client tight-nft
	run_block Documentation/HOWTO.md open-nft
	is "$(tries c2 "$SRV" srv)" "$(from "$GW"), $GW other" "open-nft: all is open"
	run_block Documentation/HOWTO.md close-nft
	is "$(tries c3 "$SRV" srv)" "" "close-nft: and closed again"
	rm -f /run/rules.nft
	fresh
	run_block Documentation/HOWTO.md tight-iptables
	meter gw input 300
	one_client tight-iptables
	run_block Documentation/HOWTO.md open-iptables
	is "$(tries c2 "$SRV" srv)" "$(from "$GW"), $GW other" \
		"open-iptables: all is open"
	run_block Documentation/HOWTO.md close-iptables
	is "$(tries c3 "$SRV" srv)" "" "close-iptables: and closed again"
	rm -f /run/rules.iptables
}

others() {
	fresh
	run_block Documentation/HOWTO.md server-nft
	a_server server-nft
	fresh
	run_block Documentation/HOWTO.md server-iptables
	a_server server-iptables
	fresh
	ipn srv route add 10.0.0.0/24 via "$GW"
	run_block Documentation/HOWTO.md registered-nft
	registered registered-nft
	fresh
	run_block Documentation/HOWTO.md registered-iptables
	registered registered-iptables
	ipn srv route del 10.0.0.0/24
}

addresses() {
	fresh
	run_block Documentation/HOWTO.md pool-nft
	pool pool-nft
	fresh
	run_block Documentation/HOWTO.md pool-iptables
	pool pool-iptables
	fresh
	run_block Documentation/HOWTO.md uplinks-nft
	redial uplinks-nft
	fresh
	run_block Documentation/HOWTO.md uplinks-iptables
	redial uplinks-iptables
}

# all of a host from one address
pool() {
	is "$(tries c1 "$SRV" srv | tr -d , | tr ' ' '\n' | grep -c 200)" 4 \
		"$1: all gets out"
	is "$(tries c1 "$SRV" srv | tr -d , | tr ' ' '\n' | grep 200 | sort -u |
		wc -l)" 1 "$1: from one address"
}

# A call that has ended keeps its Call-ID on the wire for a while, and what the
# gateway's own server has chosen can't be translated.
no_calls() {
	! at gw vpnct list pptp -p | grep -q .
}

gateway() {
	busywait 60 no_calls
	fresh
	run_block Documentation/HOWTO.md own-server-nft
	gateway_server own-server-nft
	fresh
	run_block Documentation/HOWTO.md own-server-iptables
	gateway_server own-server-iptables
	lan_policies
	fresh
	run_block Documentation/HOWTO.md own-tunnel-nft
	gateway_tunnel own-tunnel-nft
	fresh
	run_block Documentation/HOWTO.md own-tunnel-iptables
	gateway_tunnel own-tunnel-iptables
}

# the same commands for the other iptables, whose rules no flush of nft's ends
legacy() {
	fresh
	if ! at gw iptables-legacy -L > "$TMP/legacy" 2>&1; then
		skip "tight-iptables with iptables-legacy" "there is none"
		return
	fi
	check "tight-iptables with iptables-legacy" at gw bash -e < <(
		named tight-iptables Documentation/HOWTO.md |
		sed 's/^iptables/iptables-legacy/')
	meter gw input 300
	one_client iptables-legacy
}

howto_net 3
at gw sysctl -qw net.ipv4.ip_forward=0
run_block Documentation/HOWTO.md forwarding
is "$(at gw sysctl -n net.ipv4.ip_forward)" 1 "forwarding: is on"
ipn srv addr add 199.0.0.2/24 dev eth0
for name in srv c1 c2 c3; do
	meter "$name"
done
tunnel 1
tunnel 2
minimum
tight
others
addresses
gateway
legacy
done_testing
