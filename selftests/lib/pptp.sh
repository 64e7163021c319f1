# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
#
# What the PPTP tests share, on top of lib.sh: real clients (pptp-linux) and a
# real server (pptpd), MS-CHAPv2 and MPPE-128, each with an /etc/ppp and a /run
# of its own.

# shellcheck source=selftests/lib/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

SLOW=${SLOW:-1}
GW=200.200.200.200
SRV=199.0.0.1
INNER=192.168.50.1

modprobe -a ppp_generic ppp_async ppp_mppe nf_conntrack_netlink 2>/dev/null
[ -e /dev/ppp ] || mknod /dev/ppp c 108 0
# pptp and pptpd read GRE from a raw socket. When that is full, newer kernels
# answer "protocol unreachable", and all calls between two hosts end.
sysctl -q net.core.rmem_default=16777216

# a pptp would wait a minute for its server's farewell
end_stragglers() {
	local name

	for name in "${namespaces[@]}"; do
		ip netns pids "$NS$name" 2>/dev/null
	done | xargs -r kill -9 2>/dev/null
}

# pptp_helper: the gateway gives connections to port 1723 this helper
pptp_helper() {
	at gw nft -f - <<-RULES
		table ip helper {
			ct helper pptp {
				type "pptp-ext" protocol tcp
			}
			chain prerouting {
				type filter hook prerouting priority -150
				tcp dport { 1723, 1724 } ct helper set "pptp"
			}
		}
	RULES
}

# ppp_dir NAME: a directory that stands for /etc/ppp
ppp_dir() {
	local dir=$TMP/ppp.$1 k

	mkdir -p "$dir"
	for ((k = 1; k <= 9; k++)); do
		echo "u$k * pw$k *"
	done > "$dir/chap-secrets"
	: > "$dir/options"
	echo "$dir"
}

# pptp_server NS [ADDRESS]: a server that calls itself ADDRESS inside tunnels
pptp_server() {
	local ns=$1 inner=${2:-$INNER} dir

	dir=$(ppp_dir "server-$ns")
	cat > "$dir/options.pptpd" <<-CONF
		name pptpd
		auth
		require-mschap-v2
		require-mppe-128
		nodefaultroute
		nobsdcomp
		novj
		noproxyarp
		mtu 1400
		mru 1400
		logfile $TMP/pppd-$ns.log
		debug
	CONF
	cat > "$dir/pptpd.conf" <<-CONF
		option $dir/options.pptpd
		localip $inner
		remoteip ${inner%.*}.10-40
	CONF
	# shellcheck disable=SC2016
	bg at "$ns" unshare -m sh -c 'mount -t tmpfs t /run &&
		mount --bind "$0" /etc/ppp && exec pptpd -f -c "$0/pptpd.conf"' \
		"$dir" > "$TMP/pptpd-$ns.log" 2>&1
	busywait 20 pptp_listens "$ns"
}

pptp_listens() {
	at "$1" ss -Hltn 'sport = :1723' | grep -q .
}

declare -A pptp_pid=()

# pptp_client NS K [SERVER]: dials as user K
pptp_client() {
	local ns=$1 k=$2 server=${3:-$SRV} dir

	dir=$(ppp_dir "$ns")
	rm -f "$TMP/ppp-$ns.log"
	# shellcheck disable=SC2016
	bg at "$ns" unshare -m sh -c 'mount -t tmpfs t /run &&
		mount --bind "$0" /etc/ppp && exec "$@"' "$dir" \
		pppd pty "pptp $server --nolaunchpppd" nodetach noauth \
		user "u$k" password "pw$k" require-mppe-128 nodefaultroute \
		nobsdcomp novj remotename pptpd mtu 1400 debug ipparam "$ns" \
		lcp-echo-interval 0 > "$TMP/ppp-$ns.log" 2>&1
	pptp_pid[$ns]=$!
}

# pptp_is_up NS...: have they all been given an address, and is the other end
# up as well?
pptp_is_up() {
	local ns remote

	for ns; do
		remote=$(sed -n 's/^remote IP address //p' "$TMP/ppp-$ns.log" \
			2>/dev/null)
		[ -n "$remote" ] && [ "$(pings "$ns" "$remote" 1)" = 1 ] ||
			return 1
	done
}

# pptp_up SECONDS NS...: waits for that
pptp_up() {
	local ns limit=$1

	shift
	busywait "$limit" pptp_is_up "$@" && return
	for ns; do
		pptp_is_up "$ns" || diag "$ns: $(tail -n 8 "$TMP/ppp-$ns.log")"
	done
	return 1
}

# pptp_hang_up NS [SIGNAL]: ends a client and waits for it
pptp_hang_up() {
	kill "-${2:-TERM}" "${pptp_pid[$1]}"
	wait "${pptp_pid[$1]}" 2>/dev/null
}

# megabyte NS [SERVER-NS] [ADDRESS]: sends 1 MB through the tunnel and prints
# how much has arrived
megabyte() {
	local ns=$1 srv=${2:-srv} inner=${3:-$INNER} port=$((5000 + RANDOM % 1000))

	bg at "$srv" timeout "$((60 * SLOW))" socat -u \
		"TCP-LISTEN:$port,reuseaddr" "OPEN:$TMP/mb-$ns,creat,trunc"
	local listener=$!
	busywait 10 tcp_listens "$srv" "$port"
	head -c 1048576 /dev/zero |
		at "$ns" timeout "$((30 * SLOW))" socat -u - \
			"TCP:$inner:$port"
	wait "$listener" 2>/dev/null
	stat -c %s "$TMP/mb-$ns"
}

tcp_listens() {
	at "$1" ss -Hltn "sport = :$2" | grep -q .
}

# ct_gre: conntrack's GRE entries in the gateway
ct_gre() {
	at gw conntrack -L -p gre 2>/dev/null
}

# calls: how many entries it has
calls() {
	ct_gre | grep -c .
}

# sim OPTION... SCENARIO...: plays them; each thing it says is an assertion.
# SIM_SERVER is where the server is, SIM_ADDR how clients reach it.
SIM_SERVER=srv
SIM_ADDR=$SRV
sim() {
	local line

	while read -r line; do
		case $line in
		'ok '*) ok "${line#ok }" ;;
		'not ok '*) not_ok "${line#not ok }" ;;
		*) diag "$line" ;;
		esac
	done < <(pptpsim -s "$NS$SIM_SERVER" -d "$SIM_ADDR" \
		-w "$((10000 * SLOW))" "$@" 2>&1 || echo "status $?")
}

# idle NS...: sets up a call of each, which obey commands
idle() {
	local name clients=()

	for name; do
		clients+=(-c "$NS$name")
	done
	rm -f "$TMP/sim.in"
	mkfifo "$TMP/sim.in"
	# for reading, too: opening it waits for nobody
	exec {to_sim}<> "$TMP/sim.in"
	bg pptpsim -s "$NS$SIM_SERVER" -d "$SIM_ADDR" -w "$((10000 * SLOW))" \
		"${clients[@]}" -i "$TMP/sim.in" idle > "$TMP/sim.out" 2>&1
	sim_pid=$! said=0
	expect "a call of each is up: $*"
}

# tell COMMAND TEXT: "COMMAND K" is for the call of the K-th, from 0; the last
# line must be true
tell() {
	echo "$1" >&"$to_sim"
	expect "$2"
}

expect() {
	local line

	said=$((said + 1))
	busywait 15 has_said "$said"
	line=$(sed -n "${said}p" "$TMP/sim.out")
	case $line in
	'ok '*) ok "$1" ;;
	*)
		not_ok "$1"
		diag "$line"
		;;
	esac
}

has_said() {
	[ "$(wc -l < "$TMP/sim.out")" -ge "$1" ]
}

# finish: the processes of all calls end
finish() {
	end "$sim_pid"
	exec {to_sim}>&-
}
