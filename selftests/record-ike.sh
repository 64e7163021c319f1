#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# record-ike.sh DIR [NAME...]: records real key exchanges between c1 and srv as
# DIR/NAME.pcap, for userspace/tests/captures (see its README). No test, and
# it needs none of the modules: a single host gets through a stock gateway.
#
# Recorded on the inside, so what the peers think of the NAT is as in life but
# addresses are the client's. strongSwan's recordings are left out where there
# is no charon-systemd.
set -u
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

# --- strongSwan: charon and swanctl, in a directory of their own ---

# charon_dir NS
charon_dir() {
	echo "$TMP/charon.$1"
}

# charon_settings NS: strongswan.conf. EXTRA has more settings of charon.
charon_settings() {
	cat <<-CONF
		charon-systemd {
		  load_modular = yes
		  install_routes = no
		  i_dont_care_about_security_and_use_aggressive_mode_psk = yes
		  retransmit_timeout = 2
		  ${EXTRA:-}
		  plugins {
		    include /etc/strongswan.d/charon/*.conf
		    vici {
		      socket = unix://$(charon_dir "$1")/vici
		    }
		  }
		  filelog {
		    log {
		      path = $(charon_dir "$1")/log
		      default = 1
		      flush_line = yes
		    }
		  }
		}
	CONF
}

# charon_connection NS PEER PEERADDR: swanctl.conf. CONNECTION has more
# settings of the connection, PROPOSALS the ones for IKE. SECOND is a second
# authentication of the client, or the only one (EAP).
charon_connection() {
	cat <<-CONF
		connections {
		  t {
		    version = ${IKE#ikev}
		    local_addrs = $(addr "$1")
		    remote_addrs = $3
		    mobike = no
		    proposals = ${PROPOSALS:-aes128-sha256-modp2048}
		    ${CONNECTION:-}
		    $(charon_auth "$1" local)
		    $(charon_auth "$2" remote)
		    children {
		      t {
		        local_ts = $(inner "$1")/32
		        remote_ts = $(inner "$2")/32
		        esp_proposals = aes128-sha256-modp2048,aes128-sha256
		      }
		    }
		  }
		}
		secrets {
		  ike-1 {
		    secret = a-key-for-tests-only-0123456789
		  }
		  eap-1 {
		    id = c1
		    secret = a-password-for-tests-only
		  }
		}
	CONF
}

# charon_auth NS SIDE
charon_auth() {
	local auth=psk more=''

	if [[ $1:${SECOND:-} = c1:eap-* ]]; then
		auth=$SECOND more='eap_id = c1'
	fi
	echo "$2 { auth = $auth
		id = @$1
		$more
	}"
	if [[ $1:${SECOND:-} = c1:xauth ]]; then
		echo "$2-2 { auth = xauth
			xauth_id = c1
		}"
	fi
}

# charon_start NS PEER PEERADDR
charon_start() {
	local dir

	dir=$(charon_dir "$1")
	mkdir "$dir"
	charon_settings "$1" > "$dir/strongswan.conf"
	charon_connection "$@" > "$dir/swanctl.conf"
	STRONGSWAN_CONF=$dir/strongswan.conf bg at "$1" charon-systemd \
		> "$dir/out" 2>&1
	if ! busywait 20 test -S "$dir/vici" ||
	   ! swanctl_at "$1" --load-all --file "$dir/swanctl.conf" \
		> "$dir/load" 2>&1; then
		diag "$(cat "$dir/out" "$dir/load")"
	fi
}

# swanctl_at NS COMMAND...
swanctl_at() {
	local dir

	dir=$(charon_dir "$1")
	STRONGSWAN_CONF=$dir/strongswan.conf at "$1" timeout 20 swanctl \
		"${@:2}" --uri "unix://$dir/vici"
}

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
	charon_start srv c1 %any
	charon_start c1 srv "$(addr srv)"
	step c1 --initiate --child t
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
	step c1 --rekey --child t
	both_ping
	step srv --rekey --child t
	both_ping
	step c1 --rekey --ike t
	step srv --rekey --child t
	both_ping
	step srv --terminate --ike t
	step c1 --initiate --child t
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
	step c1 --rekey --child t
	both_ping
	step srv --rekey --child t
	both_ping
	step c1 --rekey --ike t
	# a new IKE SA first, then the old one is deleted
	step c1 --rekey --ike t --reauth
	both_ping
	step srv --rekey --ike t
	step srv --rekey --child t
	both_ping
	step srv --terminate --ike t
	step c1 --initiate --child t
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
	charon_start srv c1 %any
	PROPOSALS=aes128-sha256-modp2048-modp3072
	charon_start c1 srv "$(addr srv)"
	step c1 --initiate --child t
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
