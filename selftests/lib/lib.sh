# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the tests share: the network of the VPN Masquerade HOWTO in network
# namespaces, static SAs and libreswan on it, and readers for what conntrack,
# XFRM, nft and vpnct say. Nothing here needs the modules, so that a test can
# be run against a stock kernel, too.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- br0 10.0.0.1 [gw] 200.200.200.200 eth1 --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+
#
# The same with IPv6: fd00:10::2 ... fd00:10::1 [gw] 2001:db8:200::1 and
# 2001:db8:199::1 [srv]. Client K has the address 192.168.K.1 (fd00:192:K::1)
# to be reached at through its tunnel, the server 192.168.99.1 (fd00:192:99::1),
# the gateway 192.168.98.1 (fd00:192:98::1) for a tunnel of its own.
#
# A test names namespaces as above (c1, gw, srv); on the machine they carry a
# prefix of their own, so that runs don't meet. All of them, all background
# processes and $TMP are gone when the test ends.

# shellcheck source=selftests/lib/tap.sh
. "$(dirname "${BASH_SOURCE[0]}")/tap.sh"

NS=vpn$$-
TMP=$(mktemp -d "${TMPDIR:-/tmp}/vpn.XXXXXX") || exit
ESP=50
KEY=0x000102030405060708090a0b0c0d0e0f10111213

# --- namespaces and processes ---

namespaces=()
processes=()

# what doesn't end when it is told to: for tests that start such things
end_stragglers() {
	:
}

# net_down: ends everything in the namespaces and removes them
net_down() {
	local name

	if [ "${#processes[@]}" -gt 0 ]; then
		kill "${processes[@]}" 2>/dev/null
		wait "${processes[@]}" 2>/dev/null
	fi
	processes=()
	end_stragglers
	for name in "${namespaces[@]}"; do
		ip netns del "$NS$name" 2>/dev/null
	done
	namespaces=()
}

cleanup() {
	net_down
	rm -rf "$TMP"
}
trap cleanup EXIT

# Programs are slow to start where these tests mostly run, in an emulated
# machine: what is done often goes through batches and bash's own means.

# ns NAME...: makes namespaces with lo up
ns() {
	local name

	for name; do
		echo "netns add $NS$name"
	done | ip -batch - || return
	for name; do
		namespaces+=("$name")
		ipn "$name" link set lo up
	done
}

ns_del() {
	ip netns del "$NS$1"
}

# at NAME COMMAND...: runs COMMAND in a namespace (nsenter: no mounts, half
# the time of ip netns exec)
at() {
	local name=$1

	shift
	nsenter --net="/run/netns/$NS$name" -- "$@"
}

# ipn NAME ARGUMENT...: ip in a namespace
ipn() {
	local name=$1

	shift
	ip -n "$NS$name" "$@"
}

# ipb NAME: ip commands from stdin, one a line; @NAME@ becomes the name of a
# namespace on this machine
ipb() {
	local text

	text=$(cat)
	while [[ $text =~ @([^@[:space:]]*)@ ]]; do
		text=${text//"${BASH_REMATCH[0]}"/$NS${BASH_REMATCH[1]}}
	done
	ip -n "$NS$1" -batch - <<< "$text"
}

# bg COMMAND...: runs COMMAND in the background until the test ends; $! is its
# process, also with "at NAME" before it (no shell in between)
bg() {
	if [ "$1" = at ]; then
		nsenter --net="/run/netns/$NS$2" -- "${@:3}" &
	else
		"$@" &
	fi
	processes+=("$!")
}

# end PID: ends a background process and waits for it
end() {
	kill "$1" 2>/dev/null
	wait "$1" 2>/dev/null
}

# modules: are they loaded?
modules() {
	[ -d /sys/module/nf_nat_esp ]
}

# --- the HOWTO's network ---

# addr NAME [FAMILY]: the outer address of c1..cN, gw (outside), srv
addr() {
	case $1:${2:-4} in
	c*:4) echo "10.0.0.$((${1#c} + 1))" ;;
	gw:4) echo 200.200.200.200 ;;
	srv:4) echo 199.0.0.1 ;;
	c*:6) printf 'fd00:10::%x\n' "$((${1#c} + 1))" ;;
	gw:6) echo 2001:db8:200::1 ;;
	srv:6) echo 2001:db8:199::1 ;;
	esac
}

# inner NAME [FAMILY]: its address inside the tunnel
inner() {
	local n

	case $1 in
	c*) n=${1#c} ;;
	gw) n=98 ;;
	srv) n=99 ;;
	esac
	if [ "${2:-4}" = 4 ]; then
		echo "192.168.$n.1"
	else
		echo "fd00:192:$n::1"
	fi
}

# howto_net [N]: the network with N clients, without a ruleset
howto_net() {
	local n=${1:-3} k names=(gw srv)

	for ((k = 1; k <= n; k++)); do
		names+=("c$k")
	done
	ns "${names[@]}"
	howto_gateway "$n" | ipb gw
	ipb srv <<-LINKS
		addr add 199.0.0.1/24 dev eth0
		addr add 2001:db8:199::1/64 dev eth0 nodad
		addr add 192.168.99.1/32 dev lo
		addr add fd00:192:99::1/128 dev lo
		link set eth0 up
		route add 200.0.0.0/8 dev eth0
		route add 2001:db8:200::/64 dev eth0
	LINKS
	at gw sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 \
		net.netfilter.nf_conntrack_acct=1
	for ((k = 1; k <= n; k++)); do
		howto_client "$k" | ipb "c$k"
	done
}

howto_gateway() {
	local k

	cat <<-LINKS
		link add br0 type bridge
		link add eth1 type veth peer name eth0 netns @srv@
		addr add 10.0.0.1/24 dev br0
		addr add fd00:10::ffff/64 dev br0 nodad
		addr add 200.200.200.200/24 dev eth1
		addr add 2001:db8:200::1/64 dev eth1 nodad
		addr add 192.168.98.1/32 dev lo
		addr add fd00:192:98::1/128 dev lo
		link set br0 up
		link set eth1 up
		route add 199.0.0.0/8 dev eth1
		route add 2001:db8:199::/64 dev eth1
	LINKS
	for ((k = 1; k <= $1; k++)); do
		echo "link add vc$k type veth peer name eth0 netns @c$k@"
		echo "link set vc$k master br0 up"
	done
}

howto_client() {
	local c=c$1

	cat <<-LINKS
		addr add $(addr "$c")/24 dev eth0
		addr add $(addr "$c" 6)/64 dev eth0 nodad
		addr add $(inner "$c")/32 dev lo
		addr add $(inner "$c" 6)/128 dev lo
		link set eth0 up
		route add default via 10.0.0.1
		route add default via fd00:10::ffff
	LINKS
}

# The one rule of the HOWTO. What leaves through an SA of the gateway itself
# keeps its inner address, as every guide to IPsec with NAT says.
masquerade() {
	at gw nft -f - <<-RULES
		table inet nat {
			chain postrouting {
				type nat hook postrouting priority srcnat;
				rt ipsec exists accept
				oifname "eth1" masquerade
			}
		}
	RULES
}

# next_second: what is told apart by the second it was made in comes after this
next_second() {
	local now=$EPOCHSECONDS

	busywait 3 test_later "$now"
}

test_later() {
	[ "$EPOCHSECONDS" -gt "$1" ]
}

# --- static SAs ---
#
# sa_out, sa_in and tunnel take settings as words:
#   ns=cK		whose SA it is (cK; gw: a tunnel of the gateway's own)
#   family=4|6
#   mode=tunnel|transport
#   seen=ADDRESS	as which the server sees it (default: the gateway)
#   seq=N		number of packets the SA is said to have carried
#   out=SPI in=SPI	default: spi_out K, spi_in K; 98 is the gateway

spi_out() {
	printf '0x100000%02x\n' "$1"
}

spi_in() {
	printf '0x200000%02x\n' "$1"
}

# sa_out K [SPI] [SETTING...]: an SA from client K to the server, both ends
sa_out() {
	local k=$1 spi=${2:-}

	shift "$(($# < 2 ? $# : 2))"
	both_ends states_out "$k" "out=${spi:-$(spi_out "$k")}" "$@"
}

# sa_in K [SPI] [SETTING...]: an SA from the server to client K, both ends
sa_in() {
	local k=$1 spi=${2:-}

	shift "$(($# < 2 ? $# : 2))"
	both_ends states_in "$k" "in=${spi:-$(spi_in "$k")}" "$@"
}

# tunnel K [SETTING...]: SAs in both directions and the policies that use them
tunnel() {
	[[ " $* " != *" mode=transport "* ]] ||
		at srv sysctl -qw net.ipv4.fwmark_reflect=1
	both_ends states_and_policies "$@"
}

# both_ends FUNCTION K [SETTING...]: FUNCTION sees the settings as variables
# and prints commands for ipb, with "-" before those of the client's end and
# "+" before those of the server's
both_ends() {
	local function=$1 k=$2 lines our srv
	local ns=c$k family=4 mode=tunnel seen='' seq=0 out in

	shift 2
	out=$(spi_out "$k") in=$(spi_in "$k")
	[ $# = 0 ] || local "$@"
	: "${seen:=$(addr gw "$family")}"
	our=$(addr "$ns" "$family") srv=$(addr srv "$family")
	lines=$("$function")
	sed -n 's/^-//p' <<< "$lines" | ipb "$ns" &&
		sed -n 's/^+//p' <<< "$lines" | ipb srv
}

# state SRC DST SPI [WORD...]: an SA. A sequence number lets the receiver's
# window start there, too.
state() {
	local src=$1 dst=$2 spi=$3

	shift 3
	echo "xfrm state add src $src dst $dst proto esp spi $spi reqid $k" \
		"mode $mode replay-window 32 replay-oseq $seq replay-seq $seq" \
		"aead rfc4106(gcm(aes)) $KEY 128 $*"
}

# policy DIR SRC DST TMPL-SRC TMPL-DST [WORD...]
policy() {
	local dir=$1 src=$2 dst=$3 from=$4 to=$5 reqid=''

	shift 5
	[ "$dir" = in ] || reqid="reqid $k"
	echo "xfrm policy update src $src dst $dst dir $dir $*" \
		"tmpl src $from dst $to proto esp $reqid mode $mode"
}

states_out() {
	local mark=''

	# all clients look alike to the server outside: a mark, which answers
	# take over, tells it whose SA is to be used
	[ "$mode" = tunnel ] || mark="output-mark $k"
	echo "-$(state "$our" "$srv" "$out")"
	echo "+$(state "$seen" "$srv" "$out" "$mark")"
}

states_in() {
	echo "-$(state "$srv" "$our" "$in")"
	echo "+$(state "$srv" "$seen" "$in")"
}

policies_tunnel() {
	local inner server via='via 10.0.0.1'

	inner=$(inner "$ns" "$family") server=$(inner srv "$family")
	[ "$family" = 4 ] || via='via fd00:10::ffff'
	[ "$ns" != gw ] || via='dev eth1'
	echo "-$(policy out "$inner" "$server" "$our" "$srv")"
	echo "-$(policy in "$server" "$inner" "$srv" "$our")"
	echo "-route replace $server $via src $inner"
	echo "+$(policy out "$server" "$inner" "$srv" "$seen")"
	echo "+$(policy in "$inner" "$server" "$seen" "$srv")"
	echo "+route replace $inner via $(addr gw "$family") src $server"
}

policies_transport() {
	echo "-$(policy out "$our" "$srv" "$our" "$srv")"
	echo "-$(policy in "$srv" "$our" "$srv" "$our")"
	echo "+$(policy out "$srv" "$seen" "$srv" "$seen" "mark $k")"
	echo "+$(policy in "$seen" "$srv" "$seen" "$srv")"
}

states_and_policies() {
	states_out
	states_in
	"policies_$mode"
}

# the gateway's own tunnel
tunnel_gw() {
	tunnel 98 ns=gw "$@"
}

# --- traffic ---

# pings NS DST [COUNT] [INTERVAL] [FPING OPTION...]: how many were answered.
# ping would wait for the last answer no longer than for two of those before it.
pings() {
	local name=$1 dst=$2 count=${3:-3} ms

	printf -v ms %.0f "${4:-0.2}e3"
	shift "$(($# < 4 ? $# : 4))"
	[[ $(at "$name" fping -q -c "$count" -p "$ms" -t 5000 "$@" "$dst" \
		2>&1) =~ xmt/rcv/%loss\ =\ [0-9]+/([0-9]+)/ ]]
	echo "${BASH_REMATCH[1]:-}"
}

# ping_ok NS DST [COUNT] [INTERVAL]: was every one answered?
ping_ok() {
	[ "$(pings "$@")" = "${3:-3}" ]
}

# pings_all COUNT INTERVAL DST NS...: starts them at the same moment, prints
# how many were answered to each: "3 3 3"
pings_all() {
	local count=$1 interval=$2 dst=$3 name pids=() answered=()

	shift 3
	for name; do
		pings "$name" "$dst" "$count" "$interval" \
			> "$TMP/pings.$name" &
		pids+=("$!")
	done
	wait "${pids[@]}"
	for name; do
		answered+=("$(cat "$TMP/pings.$name")")
	done
	echo "${answered[*]}"
}

# start K...: tunnels whose hosts start one after the other, so that nobody
# has to guess
start() {
	local k answered=()

	for k; do
		tunnel "$k"
		answered+=("$(pings "c$k" 192.168.99.1 1)")
	done
	is "${answered[*]}" "${*//*/1}" "hosts start one after the other"
}

# esp_packet SPI SEQ [LENGTH]: the bytes, headers included
esp_packet() {
	local hex i

	hex=$(printf '%08x%08x' "$1" "$2")
	for ((i = 0; i < 16; i += 2)); do
		# shellcheck disable=SC2059
		printf "\\x${hex:i:2}"
	done
	head -c "$((${3:-64} - 8))" /dev/zero
}

# esp_send NS DST SPI SEQ [LENGTH]: sends one ESP packet that belongs to
# nothing (its contents are zeros)
esp_send() {
	local name=$1 dst=$2 to=IP4-SENDTO

	shift 2
	if [[ $dst == *:* ]]; then
		to=IP6-SENDTO dst="[$dst]"
	fi
	esp_packet "$@" | at "$name" socat -u - "$to:$dst:$ESP"
}

# --- what the kernel says ---

# watch NS NAME HOOK MATCH...: counts packets in nft counter NAME; HOOK is
# prerouting, input, forward, output or postrouting (after NAT and conntrack)
watch() {
	local name=$1 counter=$2 hook=$3

	shift 3
	at "$name" nft -f - <<-RULES
		table inet watch {
			counter $counter { }
			chain $hook {
				type filter hook $hook priority 200;
				$* counter name $counter
			}
		}
	RULES
}

# counted NS NAME: its packets
counted() {
	[[ $(at "$1" nft list counter inet watch "$2") =~ packets\ ([0-9]+) ]]
	echo "${BASH_REMATCH[1]:-}"
}

# xfrm_stat NS NAME: a counter of /proc/net/xfrm_stat, as XfrmInNoStates
xfrm_stat() {
	[[ $(at "$1" cat /proc/net/xfrm_stat) =~ $2[[:space:]]+([0-9]+) ]]
	echo "${BASH_REMATCH[1]:-}"
}

# foreign NS: ESP packets that came to it and are of no SA it has
foreign() {
	xfrm_stat "$1" XfrmInNoStates
}

# sa_packets NS SPI: packets an SA has carried
sa_packets() {
	[[ $(ipn "$1" -s xfrm state list spi "$2" 2>/dev/null) =~ \
		([0-9]+)\(packets\) ]]
	echo "${BASH_REMATCH[1]:-0}"
}

# ct_esp [OPTION...]: conntrack's ESP entries in the gateway
ct_esp() {
	at gw conntrack -L -p "$ESP" "$@" 2>/dev/null
}

# ct_of NS [FAMILY]: the one of a client's
ct_of() {
	ct_esp -f "ipv${2:-4}" --orig-src "$(addr "$1" "${2:-4}")"
}

# ike_ports: source ports of IKE on the wire, one for each entry
ike_ports() {
	at gw conntrack -L -p udp --orig-port-dst 500 2>/dev/null |
		sed -n 's/.* src=199.0.0.1 .* dport=\([0-9]*\) .*/\1/p' |
		sort -n | paste -sd' '
}

# gw_set NAME VALUE: a sysctl net.netfilter.NAME of the gateway
gw_set() {
	at gw sysctl -qw "net.netfilter.$1=$2"
}

# plain_bridge: br_netfilter, which a debug kernel has built in, keeps off br0
plain_bridge() {
	[ ! -e /proc/sys/net/bridge ] ||
		at gw sysctl -qw net.bridge.bridge-nf-call-iptables=0
}

# flowtable DEVICE...: the gateway offers all that it forwards to one of these
flowtable() {
	local devices

	printf -v devices '%s, ' "$@"
	modprobe -a nf_flow_table nf_flow_table_inet nft_flow_offload 2>/dev/null
	at gw nft -f - <<-RULES
		table inet fastpath {
			flowtable f {
				hook ingress priority filter
				devices = { ${devices%, } }
			}
			chain forward {
				type filter hook forward priority filter
				flow add @f
			}
		}
	RULES
}

# drop_protocol N: the gateway's table inet stop forwards none of it
drop_protocol() {
	at gw nft -f - <<-RULES
		table inet stop {
			chain forward {
				type filter hook forward priority 0
				meta l4proto $1 drop
			}
		}
	RULES
}

# vpn_stat NAME: a counter of vpnct stats
vpn_stat() {
	at gw vpnct stats -j | jq -r ".$1"
}

# vpnct_fails TEXT REGEX COMMAND...: vpnct fails with status 1 and says why
vpnct_fails() {
	local text=$1 regex=$2 status

	shift 2
	at gw vpnct "$@" > "$TMP/out" 2> "$TMP/err"
	status=$?
	is "$status" 1 "$text: fails"
	like "$(cat "$TMP/err")" "$regex" "$text: says why"
}

# vpn_sessions FILTER, vpn_spis FILTER, vpn_ike FILTER: jq's view of vpnct list
vpn_sessions() {
	at gw vpnct list sessions -j | jq -r "$1"
}

vpn_spis() {
	at gw vpnct list esp -j | jq -r "$1"
}

vpn_ike() {
	at gw vpnct list isakmp -j | jq -r "$1"
}

# --- libreswan ---
#
# IKE=ikev1 makes all of them speak IKEv1. DPD=1s makes them probe each other
# after so long without traffic. NATT_METHOD=none keeps what NAT traversal of
# IKEv1 needs out of their messages. UPDOWN is the clients' updown script.

SWAN_PSK=a-key-for-tests-only-0123456789-0123456789

# swan_dir NS: where everything of a pluto is
swan_dir() {
	echo "$TMP/swan.$1"
}

swan_head() {
	cat <<-CONF
		config setup
		  uniqueids=no
		  logtime=yes
		  virtual-private=%v4:10.0.0.0/8,%v4:192.168.0.0/16
	CONF
	[ "${IKE:-ikev2}" = ikev2 ] || echo "	ikev1-policy=accept"
}

# The routes are ours, and the updown script is slow where programs are
# swan_conn NAME LEFT LEFTID LEFTNET RIGHT RIGHTID RIGHTNET
swan_conn() {
	cat <<-CONF
		conn $1
		  left=$2
		  leftid=@$3
		  leftsubnet=$4
		  right=$5
		  rightid=@$6
		  rightsubnet=$7
		  authby=secret
		  keyexchange=${IKE:-ikev2}
		  encapsulation=no
		  ike=aes128-sha2_256-dh19
		  esp=aes_gcm128-none
		  leftupdown=${UPDOWN:-%disabled}
		  retransmit-interval=500ms
		  auto=ignore
	CONF
	[ -z "${DPD:-}" ] || printf '  dpddelay=%s\n' "$DPD"
	[ -z "${NATT_METHOD:-}" ] ||
		printf '  nat-ikev1-method=%s\n' "$NATT_METHOD"
}

# swan_conf NS < CONF: writes the files of one pluto
swan_conf() {
	local dir

	dir=$(swan_dir "$1")
	mkdir -p "$dir/run"
	{ swan_head; cat; } > "$dir/ipsec.conf"
	(umask 077; echo ": PSK \"$SWAN_PSK\"" > "$dir/ipsec.secrets")
	if [ ! -d "$TMP/nss" ]; then
		mkdir "$TMP/nss"
		ipsec initnss --nssdir "$TMP/nss" > /dev/null
	fi
	cp -r "$TMP/nss" "$dir/nss"
}

# swan_client NS: client (or gw) NS with one connection "t"
swan_client() {
	swan_conn t "$(addr "$1")" "$1" "$(inner "$1")/32" \
		"$(addr srv)" srv "$(inner srv)/32" | swan_conf "$1"
	if [ "$1" = gw ]; then
		ipn gw route replace "$(inner srv)" dev eth1 src "$(inner gw)"
	else
		ipn "$1" route replace "$(inner srv)" \
			via 10.0.0.1 src "$(inner "$1")"
	fi
}

# swan_server NS...: the server with one connection for each
swan_server() {
	local name

	for name; do
		UPDOWN='' swan_conn "$name" "$(addr srv)" srv "$(inner srv)/32" \
			"$(addr gw)" "$name" "$(inner "$name")/32"
		route_to "$name"
	done | swan_conf srv
}

# route_to NS...: the server's routes to what is behind them
route_to() {
	local name

	for name; do
		ipn srv route replace "$(inner "$name")" via "$(addr gw)" \
			src "$(inner srv)"
	done
}

# swan_start NS...: starts plutos and loads all their connections
swan_start() {
	local name dir conns

	for name; do
		dir=$(swan_dir "$name")
		bg at "$name" ipsec pluto --nofork --rundir "$dir/run" \
			--config "$dir/ipsec.conf" --nssdir "$dir/nss" \
			--secretsfile "$dir/ipsec.secrets" \
			--logfile "$dir/pluto.log"
	done > /dev/null 2>&1
	for name; do
		dir=$(swan_dir "$name")
		busywait 60 swan_ready "$name" || return
		mapfile -t conns < \
			<(sed -n 's/^conn //p' "$dir/ipsec.conf")
		at "$name" ipsec addconn --ctlsocket "$dir/run/pluto.ctl" \
			--config "$dir/ipsec.conf" "${conns[@]}" > /dev/null 2>&1
	done
}

swan_ready() {
	whack "$1" --status > /dev/null 2>&1
}

# whack NS OPTION...
whack() {
	local name=$1

	shift
	timeout 30 nsenter --net="/run/netns/$NS$name" -- ipsec whack \
		--ctlsocket "$(swan_dir "$name")/run/pluto.ctl" "$@"
}

# swan_initiate_each SERVER NS...: one after the other, each with some traffic, so
# that it is clear whose every SPI is; true if all came up
swan_initiate_each() {
	local server=$1 name

	shift
	for name; do
		swan_up "$name" || return
		pings "$name" "$server" 3 0.2 > /dev/null
	done
}

# swan_initiate NS...: all at the same moment; true if all came up
swan_initiate() {
	local name pids=() pid failed=0

	for name; do
		swan_up "$name" &
		pids+=("$!")
	done
	for pid in "${pids[@]}"; do
		wait "$pid" || failed=1
	done
	return "$failed"
}

# swan_up NS: leaves a file "up" if it succeeds
swan_up() {
	local dir

	dir=$(swan_dir "$1")
	whack "$1" --initiate --name t > "$dir/initiate" 2>&1 &&
		touch "$dir/up"
}

# swan_connect NS...: plutos for these hosts and their server, tunnels for all
swan_connect() {
	local name

	for name; do
		swan_client "$name"
	done
	swan_server "$@"
	check "a pluto for the server and each host" swan_start srv "$@"
	check "$# hosts initiate at once, all succeed" swan_initiate "$@" ||
		swan_log srv "$@"
}

# swan_log NS...: what went wrong, for diagnosis
swan_log() {
	local name

	for name; do
		grep -v 'adding interf\|loading secrets' \
			"$(swan_dir "$name")/pluto.log" |
			tail -n 15 | sed "s/^/# $name: /"
	done
}
