#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# record-ike.sh DIR [NAME...]: records real key exchanges between c1 and srv as
# DIR/NAME.pcap, for unit/captures (see its README). No test, and
# it needs none of the modules: a single host gets through a stock gateway.
#
# Recorded on the inside, so what the peers think of the NAT is as in life but
# addresses are the client's. strongSwan's recordings are left out where there
# is no charon-systemd.
set -u
# shellcheck source=selftests/lib/charon.sh
. "$(dirname "$0")/lib/charon.sh"

# --- recordings ---

route_inner() {
	ipn c1 route replace "$(inner srv)" via 10.0.0.1 src "$(inner c1)"
	ipn srv route replace "$(inner c1)" via "$(addr gw)" src "$(inner srv)"
	ipn srv route replace 10.0.0.0/24 via "$(addr gw)"
}

# what is heard stays readable if the machine dies
record() {
	bg at gw tcpdump -U -n -i br0 -w "$1" \
		'udp port 500 or udp port 4500 or esp'
	busywait 10 test -s "$1"
}

both_ping() {
	say_step "pings: $(pings c1 "$(inner srv)" 2) $(pings srv "$(inner c1)" 2)"
	sleep 1
}

say_step() {
	echo "# $*"
}

# step NS WORD...: whack, or swanctl, and a moment for what follows
step() {
	local name=$1 log=$TMP/step

	shift
	if [ -d "$(swan_dir "$name")" ]; then
		whack "$name" "$@" > "$log" 2>&1
	else
		swanctl_at "$name" "$@" > "$log" 2>&1
	fi
	say_step "$name $*: $? $(tail -n 1 "$log")"
	sleep 2
}

swan_up_both() {
	swan_client c1
	swan_server c1
	if [ -n "${AGGRESSIVE:-}" ]; then
		echo "  aggressive=yes" | tee -a "$(swan_dir c1)/ipsec.conf" \
			>> "$(swan_dir srv)/ipsec.conf"
	fi
	if [ -n "${BUSY:-}" ]; then
		sed -i 's/^config setup/&\n  ddos-mode=busy/' \
			"$(swan_dir srv)/ipsec.conf"
	fi
	if [ -n "${WRONG:-}" ]; then
		echo ': PSK "another-key-for-tests-0123456789-0123456789"' \
			> "$(swan_dir c1)/ipsec.secrets"
	fi
	swan_start srv c1 || bail "pluto doesn't start"
	step c1 --initiate --name t
}

charon_up_both() {
	route_inner
	charon_start srv %any c1
	charon_start c1 "$(addr srv)" srv
	step c1 --initiate --child srv
}

libreswan_v1_main() {
	IKE=ikev1
	masquerade
	swan_up_both
	both_ping
	step c1 --terminate --name t
	step c1 --initiate --name t
	both_ping
}

libreswan_v1_aggressive() {
	IKE=ikev1 AGGRESSIVE=1
	masquerade
	swan_up_both
	both_ping
}

libreswan_v2() {
	IKE=ikev2
	masquerade
	swan_up_both
	both_ping
	step c1 --rekey-child --name t
	both_ping
	step srv --rekey-child --name c1
	both_ping
	step c1 --rekey-ike --name t
	step srv --rekey-ike --name c1
	step c1 --rekey-child --name t
	both_ping
	step c1 --terminate --name t
	step c1 --initiate --name t
	both_ping
}

# A server under load first wants its cookie back
libreswan_v2_cookie() {
	BUSY=1 IKE=ikev2
	masquerade
	swan_up_both
	both_ping
}

# A client with the wrong key never gives up
libreswan_v2_refused() {
	WRONG=1 IKE=ikev2
	masquerade
	swan_up_both
}

# A host that changes port and stays with raw ESP is none of these: strongSwan
# encapsulates whenever it sees a NAT. So there is none in most of them.
strongswan_v1_main() {
	IKE=ikev1
	charon_up_both
	both_ping
	step c1 --rekey --child srv
	both_ping
	step srv --rekey --child c1
	both_ping
	step c1 --rekey --ike srv
	step srv --rekey --child c1
	both_ping
	step srv --terminate --ike c1
	step c1 --initiate --child srv
	both_ping
}

strongswan_v1_aggressive() {
	CONNECTION='aggressive = yes'
	IKE=ikev1
	charon_up_both
	both_ping
}

strongswan_v1_fragments() {
	CONNECTION='fragmentation = force' EXTRA='fragment_size = 300'
	strongswan_v1_main
}

strongswan_v2() {
	IKE=ikev2
	charon_up_both
	both_ping
	step c1 --rekey --child srv
	both_ping
	step srv --rekey --child c1
	both_ping
	step c1 --rekey --ike srv
	# a new IKE SA first, then the old one is deleted
	step c1 --rekey --ike srv --reauth
	both_ping
	step srv --rekey --ike c1
	step srv --rekey --child c1
	both_ping
	step srv --terminate --ike c1
	step c1 --initiate --child srv
	both_ping
}

strongswan_v2_fragments() {
	CONNECTION='fragmentation = force' EXTRA='fragment_size = 300'
	strongswan_v2
}

# The first INIT is answered with the wish for another group
strongswan_v2_invalid_ke() {
	IKE=ikev2
	route_inner
	PROPOSALS=aes128-sha256-modp3072
	charon_start srv %any c1
	PROPOSALS=aes128-sha256-modp2048-modp3072
	charon_start c1 "$(addr srv)" srv
	step c1 --initiate --child srv
	both_ping
}

# Several rounds of IKE_AUTH
strongswan_v2_eap() {
	SECOND=eap-md5 IKE=ikev2
	charon_up_both
	both_ping
}

# A Transaction exchange between Main and Quick Mode
strongswan_v1_xauth() {
	SECOND=xauth IKE=ikev1
	charon_up_both
	both_ping
}

strongswan_v2_natt() {
	masquerade
	strongswan_v2
}

# one NAME DIR, in a process of its own, so that everything is gone afterwards
one() {
	howto_net 1
	record "$2/$1.pcap" 2> /dev/null || bail "tcpdump doesn't start"
	"${1//-/_}"
	sleep 1
	net_down
}

RECORDINGS=(libreswan-v1-main libreswan-v1-aggressive libreswan-v2
	libreswan-v2-cookie libreswan-v2-refused)
if command -v charon-systemd > /dev/null; then
	RECORDINGS+=(strongswan-v1-main strongswan-v1-aggressive
		strongswan-v1-fragments strongswan-v1-xauth strongswan-v2
		strongswan-v2-fragments strongswan-v2-invalid-ke
		strongswan-v2-eap strongswan-v2-natt)
fi

dir=$1
shift
if [ "${ONE:-}" ]; then
	one "$1" "$dir"
	exit
fi
[ $# -gt 0 ] || set -- "${RECORDINGS[@]}"
for name; do
	echo "# $name"
	ONE=1 bash "$0" "$dir" "$name"
done
