# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# strongSwan on top of lib.sh: charon and swanctl in namespaces, each with a
# directory of its own. A connection and its child are named after the peer.

# shellcheck source=selftests/lib/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

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

# charon_connections NS PEERADDR PEER...: swanctl.conf
charon_connections() {
	local name=$1 addr=$2 peer

	shift 2
	echo "connections {"
	for peer; do
		charon_connection "$name" "$addr" "$peer"
	done
	cat <<-CONF
		}
		secrets {
		  ike-1 {
		    secret = $SWAN_PSK
		  }
		  eap-1 {
		    id = c1
		    secret = a-password-for-tests-only
		  }
		}
	CONF
}

# charon_connection NS PEERADDR PEER: one of them. CONNECTION has more
# settings, CHILD more of its child, PROPOSALS the ones for IKE, ESP_PROPOSALS
# for ESP. SECOND is a second authentication of the client, or the only one
# (EAP).
charon_connection() {
	cat <<-CONF
		$3 {
		  version = ${IKE#ikev}
		  local_addrs = $(addr "$1")
		  remote_addrs = $2
		  mobike = no
		  proposals = ${PROPOSALS:-aes128-sha256-modp2048}
		  ${CONNECTION:-}
		  $(charon_auth "$1" local)
		  $(charon_auth "$3" remote)
		  children {
		    $3 {
		      local_ts = $(inner "$1")/32
		      remote_ts = $(inner "$3")/32
		      esp_proposals = ${ESP_PROPOSALS:-aes128-sha256-modp2048,aes128-sha256}
		      ${CHILD:-}
		    }
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

# charon_start NS PEERADDR PEER...
charon_start() {
	local dir

	dir=$(charon_dir "$1")
	mkdir "$dir"
	charon_settings "$1" > "$dir/strongswan.conf"
	charon_connections "$@" > "$dir/swanctl.conf"
	STRONGSWAN_CONF=$dir/strongswan.conf bg at "$1" charon-systemd \
		> "$dir/out" 2>&1
	if ! busywait 20 test -S "$dir/vici" ||
	   ! swanctl_at "$1" --load-all --file "$dir/swanctl.conf" \
		> "$dir/load" 2>&1; then
		diag "$(cat "$dir/out" "$dir/load")"
		return 1
	fi
}

# swanctl_at NS COMMAND...
swanctl_at() {
	local dir

	dir=$(charon_dir "$1")
	STRONGSWAN_CONF=$dir/strongswan.conf at "$1" \
		timeout "$((20 * ${SLOW:-1}))" swanctl "${@:2}" \
		--uri "unix://$dir/vici"
}

# charon_log NS: what went wrong, for diagnosis
charon_log() {
	diag "$(tail -n 40 "$(charon_dir "$1")/log")"
}
