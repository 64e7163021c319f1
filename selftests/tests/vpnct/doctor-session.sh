#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# vpnct doctor on sessions: which leg is missing, and what can't work at all.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+
# kernels: 6.12
# timeout: 600
# debug: no
set -u
# shellcheck source=selftests/lib/doctor.sh
. "$(dirname "$0")/../../lib/doctor.sh"

I1=0x1111111111111111 I2=0x2222222222222222 I3=0x3333333333333333
R1=0xa1 R3=0xa3

# the server's firewall drops what comes in protocol 50
esp_unanswered() {
	at srv nft -f - <<-RULES
		table inet filter {
			chain in {
				type filter hook input priority 0;
				meta l4proto esp drop
			}
		}
	RULES
	ike_up 1 "$I1" "$R1"
	tunnel 1
	pings c1 192.168.99.1 2 > /dev/null
	check "IKE answered, ESP not" busywait 20 diagnosis session \
		'^problem 10.0.0.2 IKE is answered, but ESP only goes out'
	remedies session 'vpnct trace esp 199.0.0.1' "and how to find the hop"
	at srv nft delete table inet filter
	pings c1 192.168.99.1 2 > /dev/null
	unlike "$(findings session)" '10.0.0.2' "it is well once ESP passes"
}

esp_alone() {
	esp_send c2 199.0.0.7 0x2222 1
	check "ESP without IKE and without an answer" busywait 20 \
		diagnosis session '^problem 10.0.0.3 ESP goes out, and none'
}

ike_unanswered() {
	ike_out 2 "$I2" 0 "$INIT" 8 0
	check "IKE without an answer" busywait 20 \
		diagnosis session '^problem 10.0.0.3 IKE goes out and is not'
	remedies session 'vpnct trace isakmp 199.0.0.1' "and how to find the hop"
}

# the exchange stops before there is a child SA
no_child() {
	ike_out 3 "$I3" 0 "$INIT" 8 0
	ike_in "$I3" "$R3" "$INIT" "$RESPONSE" 0
	check "IKE answered, and no ESP" busywait 60 \
		diagnosis session '^warning 10.0.0.4 IKE is answered, but no ESP'
}

natt() {
	natt_out 3 "$I3" "$R3" "$AUTH" 8 1
	check "NAT-T is fine" busywait 10 \
		diagnosis session '^note 10.0.0.4 ESP goes in UDP port 4500'
}

# a rule of the gateway itself
esp_dropped() {
	at gw nft -f - <<-RULES
		table inet own {
			chain forw {
				type filter hook forward priority 0;
				meta l4proto esp drop
			}
		}
	RULES
	esp_send c3 199.0.0.8 0x3333 1
	check "ESP that the gateway's own rules drop" busywait 10 \
		diagnosis session '^problem 10.0.0.4 ESP of the client .* doesn.t go out: chain forw of table inet own'
	at gw nft delete table inet own
	esp_send c3 199.0.0.8 0x3333 1
	unlike "$(findings session)" "doesn't go out" "it is well without them"
}

ah() {
	healthy ah "nobody sends AH"
	printf '%32s' '' | at c1 socat -u - "IP4-SENDTO:199.0.0.1:51"
	diagnosed ah '^problem 10.0.0.2 the client sends AH' "AH"
}

# the server sends to port 4500 of the gateway, where nobody is
encapsulation() {
	healthy encapsulation "nobody encapsulates"
	udp_send srv 200.200.200.200 4500 0000100100000001
	diagnosed encapsulation '^problem 10.0.0.2 the server sends ESP in UDP' \
		"ESP in UDP that nobody asked for"
}

pptp_helper() {
	healthy pptp-helper "no PPTP"
	bg at srv socat -u TCP4-LISTEN:1723,reuseaddr OPEN:/dev/null
	busywait 10 eval 'at srv ss -tln | grep -q :1723'
	bg at c1 socat -u EXEC:'sleep 1000' TCP4:199.0.0.1:1723
	check "PPTP without a helper" busywait 10 diagnosis pptp-helper \
		"^problem 10.0.0.2 PPTP's control connection has no helper"
}

# A rule that names helper pptp gets the kernel's own where there is one.
kernel_pptp() {
	healthy kernel-pptp "the kernel's helper is not in use"
	if ! modprobe -q nf_conntrack_pptp; then
		skip "the kernel's helper in the way" "this kernel has none"
		return
	fi
	at gw nft -f - <<-RULES
		table ip helper {
			ct helper stock { type "pptp" protocol tcp; }
			chain pre {
				type filter hook prerouting priority -150;
				tcp dport 1723 ct helper set "stock"
			}
		}
	RULES
	bg at srv socat -u TCP4-LISTEN:1723,reuseaddr OPEN:/dev/null
	busywait 10 eval 'at srv ss -tln | grep -q :1723'
	bg at c2 socat -u EXEC:'sleep 1000' TCP4:199.0.0.1:1723
	diagnosed kernel-pptp '^warning ct helper stock of table helper' \
		"a rule that gives it"
	check "the kernel's helper in the way" busywait 10 \
		diagnosis kernel-pptp '^warning 10.0.0.3 PPTP of this client'
}

howto_net 3
masquerade
no_child
esp_unanswered
encapsulation
natt
esp_alone
esp_dropped
ike_unanswered
ah
pptp_helper
kernel_pptp
done_testing
