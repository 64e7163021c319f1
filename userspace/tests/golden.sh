#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# golden.sh [--update] VPNCT - outputs of a vpnct with a fake kernel
#
# Each case runs VPNCT once and compares what it printed, to both outputs, and
# its exit status with golden/NAME. --update writes the golden files instead.
# RUNNER is put before every command (valgrind). FUZZ says how many answers of
# random bytes there are.
set -u

cd "$(dirname "$0")" || exit 1

update=
if [ "${1:-}" = --update ]; then
	update=yes
	shift
fi
vpnct=${1:?the vpnct to test}
read -r -a runner <<< "${RUNNER:-}"

export LC_ALL=C TERM=xterm TZ=UTC
export ASAN_OPTIONS=exitcode=99 UBSAN_OPTIONS=exitcode=99:print_stacktrace=1
unset NO_COLOR VPNCT_FAKE VPNCT_FAKE_TTY

tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

n=0
failed=0

ok()
{
	n=$((n + 1))
	echo "ok $n - $1"
}

not_ok()
{
	n=$((n + 1))
	failed=$((failed + 1))
	echo "not ok $n - $1"
}

# slurp NAME FILE: a file's text to a variable, without a process
slurp()
{
	IFS= read -r -d '' "$1" < "$2" || return 0
}

# run SCENARIO [ARGUMENT...]: both outputs and the status to $got
run()
{
	local scenario=$1 status out err
	shift

	VPNCT_FAKE=$scenario "${runner[@]}" "$vpnct" "$@" \
		> "$tmp/out" 2> "$tmp/err"
	status=$?
	slurp out "$tmp/out"
	slurp err "$tmp/err"
	err=${err//$'\n'/$'\n2> '}
	got="\$ vpnct${*:+ $*}"$'\n'$out${err:+2> ${err%2> }}"exit $status"$'\n'
	return "$status"
}

# golden NAME SCENARIO [ARGUMENT...]
golden()
{
	local name=$1 want=
	shift

	run "$@"
	if [ -n "$update" ]; then
		printf '%s' "$got" > "golden/$name"
		return
	fi
	slurp want "golden/$name"
	if [ "$got" = "$want" ]; then
		ok "$name"
	else
		not_ok "$name"
		diff -u "golden/$name" - <<< "${got%$'\n'}" | sed 's/^/# /'
	fi
}

# check NAME COMMAND...
check()
{
	local name=$1
	shift

	[ -z "$update" ] || return 0
	if "$@"; then
		ok "$name"
	else
		not_ok "$name"
	fi
}

outputs()
{
	local format

	for format in text json tsv; do
		local opt=()
		case $format in
		json) opt=(-j) ;;
		tsv) opt=(-p) ;;
		esac
		golden "summary-$format" demo "${opt[@]}"
		golden "list-$format" demo list "${opt[@]}"
		golden "sessions-$format" demo list "${opt[@]}" sessions
		golden "esp-$format" demo list esp "${opt[@]}"
		golden "isakmp-$format" demo list isakmp "${opt[@]}"
		golden "isakmp-empty-$format" empty list isakmp "${opt[@]}"
		golden "pptp-$format" demo list pptp "${opt[@]}"
		golden "pptp-empty-$format" empty list pptp "${opt[@]}"
		golden "stats-$format" demo "${opt[@]}" stats
		golden "list-empty-$format" empty list "${opt[@]}"
		golden "esp-empty-$format" empty list esp "${opt[@]}"
		golden "list-sparse-$format" sparse list "${opt[@]}"
		golden "stats-sparse-$format" sparse stats "${opt[@]}"
		golden "get-$format" demo get "${opt[@]}"
		golden "get-one-$format" demo get esp_guess "${opt[@]}"
		golden "monitor-$format" demo monitor "${opt[@]}"
	done
}

filters()
{
	golden filter-client demo list client 10.0.0.2
	golden filter-client-prefix demo list sessions client 10.0.0.2/31
	golden filter-server demo list server 2001:db8:1::/48
	golden filter-spi demo list spi 0xc30f00d1
	golden filter-spi-sessions demo list sessions spi 0xc30f00d1
	golden esp-fast fast list esp dir in
	golden filter-spi-decimal demo list esp spi 43981
	golden filter-undecided demo list state undecided
	golden filter-state-esp demo list esp state unreplied
	golden filter-two demo list client 10.0.0.3 state unreplied
	golden filter-both-sessions demo list sessions \
		spi 0x7fffffff state established
	golden filter-isakmp demo list isakmp client 10.0.0.3 state undecided
	golden filter-isakmp-server demo list isakmp server 2001:db8:1::1 -p
	golden filter-pptp demo list pptp client 10.0.0.2 state established
	golden filter-pptp-server demo list pptp server 200.200.200.200/24
	golden filter-nothing demo list client 192.0.2.1
	golden filter-confidence demo list esp confidence sole
	golden filter-not demo list sessions not client 10.0.0.0/8
	golden filter-not-tree demo list not state established
	golden filter-not-twice demo list sessions not client 10.0.0.0/31 \
		not client 10.0.0.2/31
	golden filter-zone demo list zone 32769
	golden filter-session-key demo list natt yes
	golden filter-sessions-of demo list sessions confidence sole
	golden filter-masq demo list sessions masq 200.200.200.0/24
	golden filter-dir demo list esp dir in family ipv6
	golden filter-cookie demo list isakmp cookie fedcba9876543210
	golden filter-exchange demo list isakmp exchange informational
	golden filter-call-id demo list pptp call_id 0
	golden filter-port demo list pptp not client_port 40000
}

command_line()
{
	golden help demo --help
	golden help-list demo list --help
	golden help-sessions demo list sessions -h
	golden help-esp demo list esp -h
	golden help-isakmp demo list isakmp -h
	golden help-pptp demo list pptp -h
	golden help-stats demo stats -h
	for command in get set add delete flush save restore monitor watch \
			doctor trace; do
		golden "help-$command" demo "$command" --help
	done
	golden version demo --version
	golden version-word demo version
	golden help-word demo help
	golden help-word-esp demo help list esp
	golden help-before demo -h list sessions
	golden help-help demo help help
	golden bad-command demo lits
	golden bad-command-less demo lst
	golden bad-command-case demo List
	golden bad-command-short demo del
	golden bad-command-other demo frobnicate
	golden show demo show sessions
	golden bad-help demo help lst
	golden bad-option demo list -x
	golden bad-long-option demo --jsno
	golden bad-long-option-value demo monitor --dump=esp
	golden bad-letter-of-long demo list --json -Dt
	golden bad-letter-of-long-before demo --json -Dt list
	golden bad-letter-beside-value demo list --color=never -Dt
	golden bad-digits demo list --json -55
	golden bad-long-option-other demo list --frobnicate
	golden bad-long-option-spelling demo list --colour=always
	golden bad-option-monitor demo monitor -x
	golden bad-version demo version esp
	golden bad-formats demo -j list -p
	golden bad-netns demo -n no-such-netns list
	golden bad-netns-path demo list --netns /dev/null
	golden bad-netns-nothing demo list -n
	golden bad-netns-twice demo -n a list -n b
	golden bad-color demo list --color=red
	golden singular demo list session
	golden singular-flush demo flush session
	golden bad-word demo list clent 10.0.0.2
	golden bad-word-address demo list 10.0.0.2
	golden bad-word-src demo list src 10.0.0.2
	golden bad-word-src-monitor demo monitor src 10.0.0.2
	golden bad-word-other demo list tunnels
	golden bad-word-other-monitor demo monitor sessions destroy
	golden bad-word-other-watch demo watch 5
	golden bad-word-not demo list not tunnels
	golden bad-word-misspelt-not demo list nto client 10.0.0.2
	golden bad-word-remote demo list esp remote 199.0.0.1
	golden bad-word-doctor demo doctor now
	golden bad-word-help demo list help
	golden bad-word-noun demo list sesions
	golden bad-word-noun-case demo flush ESP
	golden bad-word-key demo list sessions sate up
	golden bad-word-state demo list established
	golden bad-word-dir demo list esp not in
	golden bad-word-number demo watch 0x100
	golden bad-word-reset demo stats rest
	golden bad-word-stats demo stats esp
	golden bad-word-stats-reset demo stats reset esp
	golden bad-address demo list client 10.0.0.300
	golden bad-prefix demo list server 10.0.0.0/33
	golden bad-prefix-client demo list client 10.0.0.2/33
	golden bad-spi demo list esp spi c30f00d1
	golden bad-spi-isakmp demo list isakmp spi 0x100
	golden bad-spi-pptp demo list pptp spi 0x100
	golden bad-spi-negative demo list spi -5
	golden bad-spi-large demo list esp spi 0x100000000
	golden bad-state demo list state up
	golden bad-twice demo list client 10.0.0.2 client 10.0.0.3
	golden bad-not demo list esp not
	golden bad-not-value demo list esp not spi
	golden bad-not-word demo list not clent 10.0.0.2
	golden bad-cookie demo list cookie 7
	golden bad-cookie-value demo list isakmp cookie 0x7
	golden bad-counter demo list esp packets 7
	golden bad-mark demo list sessions mark 7
	golden bad-no-value demo list spi
}

changes()
{
	golden set demo set nf_conntrack_esp_guess 1 vpn_max 4096
	golden set-sysctl demo set net.netfilter.nf_conntrack_esp_guess=1 \
		vpn_max 4096 esp_timeout=60
	golden stats-reset demo stats reset -p
	golden stats-prometheus demo stats --prometheus
	golden stats-prometheus-sparse sparse stats --prometheus
	golden get-sysctl demo get net.netfilter.nf_conntrack_esp_guess
	golden get-sysctl-path demo get net/netfilter/nf_conntrack_esp_guess
	golden get-sysctl-file demo \
		get /proc/sys/net/netfilter/nf_conntrack_esp_guess
	golden add-esp demo add esp client 10.0.0.2 server 199.0.0.1 \
		spi 0xc30f00d1 pin yes
	golden add-esp-out demo add esp replace dir out client fd00::2 \
		server 2001:db8:1::1 spi 256 confidence inferred seq 70
	golden add-session demo add session replace client 10.0.0.2 \
		server 199.0.0.1 masq 200.200.200.200 esp_timeout_s 1800
	golden add-isakmp demo add isakmp new client 10.0.0.2 server 199.0.0.1 \
		initiator 0102030405060708 responder 1112131415161718 \
		version ikev2 begun_by server
	golden delete-session demo delete session client 10.0.0.2 \
		server 199.0.0.1
	golden delete-esp demo delete esp server 199.0.0.1 spi 0x100 \
		masq 200.200.200.200
	golden delete-isakmp demo delete isakmp server 199.0.0.1 \
		initiator fedcba9876543210
	golden delete-pptp demo delete pptp client 10.0.0.2 server 199.0.0.1 \
		client_port 40000 client_id 0
	golden flush demo flush
	golden flush-esp demo flush esp client 10.0.0.2 server 199.0.0.1
	golden flush-prefix demo flush sessions client 10.0.0.2/31
	golden flush-not demo flush not client 10.0.0.0/8 not server 2001:db8::/33
	golden flush-state demo flush state undecided
	golden flush-call demo flush call_id 65535
	golden flush-refused refuse flush sessions state unreplied
	golden delete-prefix demo delete session server 198.51.100.0/24
	golden delete-some demo delete esp confidence guessed
	golden delete-spi demo delete esp spi 0x7fffffff
	golden delete-spi-out demo delete esp spi 0x7fffffff dir out
	golden delete-undecided demo delete isakmp state undecided
	golden delete-calls demo delete pptp client 10.0.0.2 server 199.0.0.1
	golden delete-none demo delete isakmp client 192.0.2.1
	golden save demo save
	check "save: writes a file, or leaves what was there" save_file
	golden monitor-filter demo monitor client 10.0.0.3
	golden monitor-noun demo monitor sessions isakmp
	golden monitor-event demo monitor esp bound rebound -p
	golden monitor-full demo monitor full
	golden monitor-count demo monitor -c 3
	golden monitor-date demo monitor --date --count=1
	golden monitor-dump demo monitor --dump sessions known new -c 9
	golden monitor-dump-pptp demo monitor --dump pptp client 10.0.0.2 -p -c 1
	golden monitor-dump-json demo monitor --dump -j not server 199.0.0.1 \
		-c 4
	golden monitor-spi demo monitor spi 0xc30f00d1 not client 10.0.0.2 -c 4
	restore_saved
}

# nothing is left beside FILE either
save_file()
{
	mkdir "$tmp/save"
	ln -s /dev/null "$tmp/save/null"
	run demo save "$tmp/save/new" && [ ! -s "$tmp/out" ] || return
	sed '1d;$d' golden/save | cmp - "$tmp/save/new" || return
	run no-family save "$tmp/save/new"
	[ $? = 1 ] || return
	sed '1d;$d' golden/save | cmp - "$tmp/save/new" || return
	run demo save "$tmp/no-directory/new"
	[ $? = 1 ] || return
	run demo save "$tmp/save/null"
	[ $? = 1 ] && [ -c "$tmp/save/null" ] || return
	(trap '' XFSZ && ulimit -f 1 && run demo save "$tmp/save/new")
	[ $? = 1 ] && grep -q 'File too large' "$tmp/err" || return
	run demo save - && sed '1d;$d' golden/save | cmp - "$tmp/out" || return
	run demo save "$tmp/save/new" more
	[ $? = 2 ] && [ "$(ls "$tmp/save")" = $'new\nnull' ]
}

# what restore reads is what save has written
restore_saved()
{
	VPNCT_FAKE=demo "$vpnct" save > "$tmp/saved" || return
	cp "$tmp/saved" saved.json
	golden restore demo restore saved.json
	golden restore-replace demo restore saved.json replace
	golden restore-refused refuse restore saved.json
	golden restore-dry demo restore saved.json --dry-run
	golden restore-dry-empty empty restore --dry-run saved.json
	sed -e '/^{"esp".*"in"/s/10.0.0.3/10.0.0.4/' \
		-e '/^{"isakmp".*0a0b0c/s/10.0.0.4/10.0.0.3/' \
		-e '/^{"session".*10.0.0.2/s/200.200.200.200/200.200.200.201/' \
		-e '/^{"esp".*0x00000100/s/"spi": "0x/"spi": "x/' \
		saved.json > other.json
	golden restore-dry-others demo restore other.json --dry-run
	golden restore-dry-replace demo restore --dry-run other.json replace
	rm other.json
	sed 's/"time": 1000000000/"time": 999999880/' saved.json > older.json
	golden restore-older demo restore older.json
	sed -i 's/: 1741/: 120/g' older.json
	golden restore-pinned demo restore older.json
	sed -i 's/"time": [0-9]*/"time": 999998000/' older.json
	golden restore-stale demo restore older.json
	golden restore-force demo restore older.json force
	sed -i 's/"time": [0-9]*/"time": 1000000061/' older.json
	golden restore-future demo restore older.json
	sed -i 's/, "time": [0-9]*//' older.json
	golden restore-no-time demo restore older.json replace
	rm older.json
	sed -i 9,26d saved.json
	golden restore-cut demo restore saved.json
	sed -i 's/, "entries": [0-9]*//' saved.json
	golden restore-uncounted demo restore saved.json
	rm saved.json
}

refusals()
{
	golden refuse-add refuse add esp client 10.0.0.2 server 199.0.0.1 \
		spi 0x20
	golden refuse-set refuse set esp_guess 3
	golden refuse-delete-session refuse delete session client 9.9.9.9 \
		server 8.8.8.8
	golden refuse-delete-isakmp refuse delete isakmp server 199.0.0.1 \
		initiator fedcba9876543210
	golden not-permitted-set not-permitted set esp_guess 1
	golden bad-add demo add tunnel
	golden bad-add-noun demo add sesion
	golden bad-add-nothing demo add
	golden bad-add-key demo add esp client 10.0.0.2 zone 7
	golden bad-add-word demo add esp client 10.0.0.2 sever 199.0.0.1
	golden bad-add-word-other demo add esp client 10.0.0.2 peer 199.0.0.1
	golden bad-add-missing demo add esp client 10.0.0.2
	golden bad-add-value demo add esp client 10.0.0.2 server 199.0.0.1 \
		spi 0x1 pin maybe
	golden bad-add-replace demo add isakmp replace client 10.0.0.2
	golden bad-add-twice demo add esp client 10.0.0.2 client 10.0.0.3
	golden bad-add-no-value demo add esp client
	golden bad-add-dir demo add esp client 10.0.0.2 server 199.0.0.1 \
		spi 0x1 dir inbound
	golden bad-add-enum demo add esp client 10.0.0.2 server 199.0.0.1 \
		spi 0x1 confidence high
	golden bad-delete demo delete everything
	golden bad-delete-nothing demo delete
	golden bad-delete-all demo delete esp
	golden bad-delete-word demo delete esp sever 199.0.0.1
	golden bad-flush-key demo flush pptp spi 0x100
	golden bad-flush demo flush client here
	golden bad-flush-word demo flush tunnels
	golden bad-get demo get esp_gues
	golden bad-get-other demo get all
	golden bad-set demo set esp_guess
	golden bad-set-value demo set esp_guess many
	golden bad-set-large demo set esp_guess 99999999999
	golden bad-set-negative demo set esp_guess -1
	golden bad-set-word demo set esp_ges=1
	golden bad-set-empty demo set esp_guess=
	golden bad-set-no-room demo set vpn_max 0
	golden bad-set-no-room-client demo set nf_conntrack_vpn_max_per_client=0
	golden bad-set-nothing demo set
	golden bad-set-twice demo set esp_guess 1 vpn_max 4096 \
		nf_conntrack_esp_guess 2
	golden bad-flush-twice demo flush esp client 10.0.0.2 \
		server 199.0.0.1 client 10.0.0.3
	golden bad-restore demo restore golden/help
	golden bad-restore-flag demo restore golden/save replce
	golden bad-restore-second demo restore golden/save golden/help
	golden bad-save-second demo save one two
	golden bad-restore-file demo restore no-such-file
	golden bad-restore-directory demo restore golden
	golden bad-restore-read demo restore /proc/self/mem
	golden bad-restore-empty demo restore /dev/null
	golden bad-trace demo trace ah 199.0.0.1
	golden bad-trace-nothing demo trace
	golden bad-trace-server demo trace esp
	golden bad-trace-word demo trace esp 199.0.0.1 hop 3
	golden bad-trace-word-other demo trace esp 199.0.0.1 ttl 3
	golden bad-trace-hops demo trace esp 199.0.0.1 hops 0
	golden bad-watch demo watch every 0
	golden bad-watch-nothing demo watch every
	golden bad-watch-point demo watch every .5s
	golden bad-watch-places demo watch every 0.0001
	for command in set add delete flush save restore watch; do
		golden "bad-format-$command" demo "$command" -j
	done
	golden watch-no-terminal demo watch
	golden monitor-bad-event bad-event monitor
	golden monitor-older no-events monitor
	golden monitor-newer newer monitor
	golden monitor-newer-event newer monitor full esp new
	golden bad-monitor-known demo monitor known
	golden bad-monitor-event demo monitor expried
	golden bad-monitor-count demo monitor -c 0
	golden bad-monitor-count-value demo monitor -c
	golden bad-date-list demo list -t
	golden bad-dump-stats demo --dump stats
	golden bad-prometheus-format demo stats -j --prometheus
	golden bad-prometheus-list demo list --prometheus
	golden bad-dry-run-flush demo flush --dry-run
	golden monitor-reload reload monitor
}

# forward POLICY WANTED [RULE...]: what doctor says of a forward chain with
# POLICY and these rules, each the JSON of its statements
forward()
{
	local policy=$1 wanted=$2 rule
	shift 2

	{
		echo '{"nftables": [{"metainfo": {"version": "1.1.3"}}'
		printf ',{"chain": {"family": "inet", "table": "f", %s}}\n' \
			"\"name\": \"forw\", \"type\": \"filter\",
			 \"hook\": \"forward\", \"prio\": 0,
			 \"policy\": \"$policy\"" '"name": "other"'
		for rule; do
			printf ',{"rule": {"family": "inet", "table": "f",
				"chain": "forw", "expr": [%s]}}\n' "$rule"
		done
		printf ',{"rule": {"family": "inet", "table": "f",
			"chain": "other", "expr": [%s, {"accept": null}]}}\n' \
			"$ESP"
		echo ']}'
	} > "$tmp/rules"
	VPNCT_FAKE=demo PATH=$tmp/bin:$PATH "${runner[@]}" "$vpnct" -p doctor |
		awk -F '\t' -v OFS=: '$2 == "forward" { print $1, $5 }' |
		sed -n 's/^ok:.*/all/p; s/.*drops \(.*\): chain forw.*/\1/p' |
		paste -sd, > "$tmp/got"
	[ "$(cat "$tmp/got")" = "$wanted" ] && return
	echo "# got $(cat "$tmp/got"), want $wanted"
	return 1
}

ESP='{"match": {"op": "==", "left": {"meta": {"key": "l4proto"}},
	"right": "esp"}}'
IKE='{"match": {"op": "==", "right": {"set": [53, 500]},
	"left": {"payload": {"protocol": "udp", "field": "dport"}}}}'
STATE='{"match": {"op": "in", "left": {"ct": {"key": "state"}},
	"right": ["established", "related"]}}'
STATES='{"vmap": {"key": {"ct": {"key": "state"}}, "data": {"set": [
	["established", {"accept": null}], ["related", {"accept": null}],
	["invalid", {"drop": null}]]}}}'
OUTSIDE='{"match": {"op": "==", "left": {"meta": {"key": "oifname"}},
	"right": "eth1"}}'
ACCEPT='{"accept": null}' DROP='{"drop": null}'
ESP_OUT="ESP (protocol 50) of clients" IKE_OUT="IKE (UDP port 500) of clients"
ESP_IN="ESP (protocol 50) of servers"

# no_rules: what doctor says where nft doesn't work
no_rules()
{
	printf '#!/bin/sh\nexit 1\n' > "$tmp/bin/nft"
	VPNCT_FAKE=demo PATH=$tmp/bin:$PATH "${runner[@]}" "$vpnct" -p doctor |
		awk -F '\t' '$2 == "rules" || $2 == "forward" { print $1, $5 }' \
			> "$tmp/got"
	[ "$(cut -d' ' -f1 "$tmp/got" | paste -sd' ')" = "note note" ] &&
		[ "$(grep -c 'not all' "$tmp/got")" = 2 ] && return
	echo "# got $(cat "$tmp/got")"
	return 1
}

# Before the doctor says that rules drop something, it must be sure of it.
forward_filters()
{
	mkdir -p "$tmp/bin"
	printf '#!/bin/sh\ncat %s\n' "$tmp/rules" > "$tmp/bin/nft"
	chmod +x "$tmp/bin/nft"
	check "forward: policy accept" forward accept all
	check "forward: policy drop" forward drop \
		"$ESP_OUT,$IKE_OUT,$ESP_IN"
	check "forward: all that is needed" forward drop all \
		"$STATE, $ACCEPT" "$ESP, $ACCEPT" "$IKE, $ACCEPT"
	check "forward: states in a map" forward drop all \
		"$STATES" "$ESP, $ACCEPT" "$IKE, $ACCEPT"
	check "forward: no answers" forward drop "$ESP_IN" \
		"$OUTSIDE, $ESP, {\"match\": {\"op\": \"in\",
		 \"left\": {\"ct\": {\"key\": \"state\"}},
		 \"right\": \"new\"}}, $ACCEPT" "$IKE, $ACCEPT"
	check "forward: ESP is dropped first" forward drop "$ESP_OUT" \
		"$STATE, $ACCEPT" "$ESP, $DROP" "$OUTSIDE, $ACCEPT"
	check "forward: a rule for one interface" forward drop all \
		"$STATE, $ACCEPT" "$OUTSIDE, $ACCEPT"
	check "forward: what drops may not be meant" forward accept all \
		"$OUTSIDE, $DROP"
	check "forward: the last rule drops all" forward accept "$IKE_OUT" \
		"$STATE, {\"counter\": null}, $ACCEPT" "$ESP, $ACCEPT" "$DROP"
	check "forward: a chain that accepts ESP" forward drop "$IKE_OUT" \
		"$STATE, $ACCEPT" '{"jump": {"target": "other"}}'
	check "forward: a match of iptables is trusted" forward drop all \
		"{\"xt\": {\"type\": \"match\", \"name\": \"conntrack\"}},
		 $ACCEPT"
	check "forward: a named map is trusted" forward drop all \
		'{"vmap": {"key": {"meta": {"key": "l4proto"}},
		"data": "@map"}}'
	check "rules that can't be read aren't called good" no_rules
}

kernel()
{
	golden kernel-no-family no-family list
	golden kernel-no-netlink no-netlink stats
	golden kernel-not-permitted not-permitted list
	golden kernel-older older stats
	golden kernel-extack extack list esp
	golden kernel-late-error late-error list
	golden kernel-interrupted interrupted list sessions -p
	golden kernel-interrupted-once interrupted-once list sessions -p
	golden kernel-overrun overrun list sessions
	golden kernel-overrun-once overrun-once list sessions -p
	golden kernel-too-long too-long list
	golden kernel-strangers strangers list sessions -p
	golden kernel-newer newer list sessions
	golden kernel-newer-json newer list sessions -j
	golden kernel-bad-length bad-length list
	golden kernel-bad-address bad-address list
	golden kernel-bad-family bad-family list
	golden kernel-mixed-addresses mixed-addresses list
	golden kernel-short short list
	golden kernel-short-error short-error list
}

colours()
{
	export VPNCT_FAKE_TTY=1
	golden colour demo list
	NO_COLOR=1 golden colour-no-color demo list
	TERM=dumb golden colour-dumb demo list
	golden colour-never demo list --color=never
	unset VPNCT_FAKE_TTY
	TERM=dumb NO_COLOR=1 golden colour-always demo --color list
	golden colour-auto demo list --color=auto
}

many()
{
	run many list -p || return 1
	[ "$(wc -l < "$tmp/out")" -eq 9000 ] &&
		[ "$(awk '$1 == "session" { c = $3 }
			  $1 == "esp" && $3 != c' "$tmp/out")" = "" ]
}

# no_harm WORD...: vpnct says what is wrong with it, and that is all
no_harm()
{
	run demo "$@"
	[ $? -eq 2 ] && return
	echo "# $1 $2: ${got: -200}"
	return 1
}

# COMMAND WORD VALUE, the last two 10,000 times, and each 20,000 letters long
too_much()
{
	local command word value words=() long i

	printf -v long %020000d 0
	long=${long//0/x}
	while read -r command word value; do
		words=()
		for ((i = 0; i < 10000; i++)); do
			words+=("$word" "$value")
		done
		read -r -a command <<< "${command//,/ }"
		no_harm "${command[@]}" "${words[@]}" || return
		no_harm "${command[@]}" "$long" "$value" || return
		no_harm "${command[@]}" "$word" "$long" || return
	done <<-COMMANDS
		set vpn_max 4096
		flush client fd00::1
		flush,esp server 199.0.0.1
		add,esp client fd00::1
		add,session,replace esp_timeout_s 7
		add,isakmp initiator 0102030405060708
		delete,pptp client_port 1723
		list,esp spi 0x100
		monitor state established
		watch client fd00::1/64
	COMMANDS
	read -r -a words < <(yes 'not client 10.0.0.2' | head -n 10000 |
		paste -sd' ')
	no_harm list esp "${words[@]}"
}

# What a file or an argument would have a terminal do is escaped; letters are
# not, also where one of their bytes would be a control character on its own.
no_control()
{
	local nasty=$'\e]0;x\a\x9b2J\xc2\x9b2J\x7f' out

	printf '%s\n' '{"vpnct": 1, "time": 1000000000}' \
		'{"\u001b]0;x\u0007\u009b2J\u00dc": {}}' \
		'{"esp": {"client": "\u001bc", "spi": "\u007f"}}' \
		> "$tmp/Ü$nasty"
	out=$({
		VPNCT_FAKE=demo "${runner[@]}" "$vpnct" restore "$tmp/Ü$nasty"
		VPNCT_FAKE=demo "${runner[@]}" "$vpnct" "$nasty"
		VPNCT_FAKE=demo "${runner[@]}" "$vpnct" list client "$nasty"
		VPNCT_FAKE=demo "${runner[@]}" "$vpnct" -$'\e'
	} 2>&1)
	[ "$(grep -c '\\x1b' <<< "$out")" -eq 5 ] &&
		[ "$(grep -c Ü <<< "$out")" -eq 2 ] &&
		! grep -q '[^ -~]' <<< "${out//Ü/}"
}

help_fits()
{
	! awk '!/^\$/ && length > 80' golden/help* | grep .
}

# lines of what is shown one field a line fit a terminal, and are complete
narrow()
{
	local command

	command -v script > /dev/null || return 0
	for command in get stats; do
		VPNCT_FAKE=demo "$vpnct" $command > "$tmp/wide"
		VPNCT_FAKE=demo script -qec "stty cols 72; '$vpnct' $command" \
			/dev/null | tr -d '\r' > "$tmp/narrow"
		[ "$(wc -l < "$tmp/narrow")" -gt "$(wc -l < "$tmp/wide")" ] ||
			return
		! grep -E '^.{73}' "$tmp/narrow" || return
		[ "$(tr -s '[:space:]' ' ' < "$tmp/narrow")" = \
			"$(tr -s '[:space:]' ' ' < "$tmp/wide")" ] || return
	done
}

full_disk()
{
	VPNCT_FAKE=demo "${runner[@]}" "$vpnct" list > /dev/full 2> "$tmp/err"
	[ $? -eq 1 ] && grep -q 'writing the output' "$tmp/err" || return
	VPNCT_FAKE=many "${runner[@]}" "$vpnct" list -j > /dev/full \
		2> "$tmp/err"
	[ $? -eq 1 ] && grep -q 'No space left on device' "$tmp/err"
}

# The tracker's socket doesn't get the number of what is closed, and the output.
closed_output()
{
	local command

	for command in list stats flush "list esp -j" doctor; do
		# shellcheck disable=SC2086
		! VPNCT_FAKE=demo "${runner[@]}" "$vpnct" $command >&- \
			2> "$tmp/err" || return
		grep -q 'Bad file descriptor' "$tmp/err" || return
	done
	VPNCT_FAKE=demo "${runner[@]}" "$vpnct" restore <&- 2> "$tmp/err"
	[ $? -eq 1 ] && grep -q 'Bad file descriptor' "$tmp/err" || return
	VPNCT_FAKE=demo "${runner[@]}" "$vpnct" stats 2>&- > "$tmp/out" &&
		! grep -q vpnct: "$tmp/out"
}

valid_json()
{
	local f

	command -v python3 > /dev/null || return 0
	for f in golden/*-json; do
		# lines of JSON, which the schema's tests read
		[[ $f != golden/monitor-* ]] || continue
		sed '1d;$d' "$f" | python3 -m json.tool > /dev/null || return 1
	done
}

# schema NAME FILE...: golden outputs are what the schema says
schema()
{
	local name=$1 suffix=json files=() f said
	shift

	case $name in
	event | save) suffix=jsonl ;;
	esac
	for f; do
		sed '/^\$ /d;/^exit /d;/^2> /d' "golden/$f" > "$tmp/$f.$suffix"
		files+=("$name=$tmp/$f.$suffix")
	done
	said=$(./schema.py ../vpnct.schema.json "${files[@]}") && return
	printf '# %s\n' "${said//$'\n'/$'\n# '}"
	return 1
}

schemas()
{
	python3 -c 'import jsonschema' 2> /dev/null || {
		echo "# no python3-jsonschema: JSON not held against the schema"
		return
	}
	check "schema: list" schema list list-json list-empty-json \
		list-sparse-json
	check "schema: list sessions" schema list-sessions sessions-json
	check "schema: list esp" schema list-esp esp-json esp-empty-json
	check "schema: list isakmp" schema list-isakmp isakmp-json
	check "schema: list pptp" schema list-pptp pptp-json
	check "schema: stats" schema stats stats-json stats-sparse-json
	check "schema: summary" schema summary summary-json
	check "schema: get" schema get get-json get-one-json
	check "schema: monitor" schema event monitor-json monitor-dump-json
	check "schema: save" schema save save
}

# Every line of a noun has the columns that --help names.
tsv_columns()
{
	local noun help

	for noun in session esp isakmp; do
		help=$(grep -c '^  *[0-9]' "golden/help-${noun/%session/sessions}")
		awk -F '\t' -v noun="$noun" -v n="$help" \
			'$1 == noun { seen = 1; bad = bad || NF != n }
			 END { exit bad || !seen }' \
			golden/list-tsv golden/isakmp-tsv || return 1
	done
}

# Each number of "stats -p" is a metric; Prometheus' own tool, where it is there
# (Debian: promtool), has nothing to say of them.
metrics()
{
	run demo stats --prometheus
	diff <(sed -n 's/^vpnct_\([a-z_]*\) /\1\t/p' "$tmp/out" |
			sed 's/_total\t/\t/') \
		<(sed '/\t/!d' golden/stats-tsv) || return
	! command -v promtool > /dev/null || promtool check metrics < "$tmp/out"
}

settings_documented()
{
	diff <(awk '{ print $1 }' golden/get-tsv | grep ^nf_ | sort) \
		<(sed -n 's/^\(nf_[a-z_]*\) - .*/\1/p' \
			../../Documentation/nf_conntrack_vpn-sysctl.rst)
}

# The manual names each command, key and counter.
manual()
{
	local word missing=

	for word in $(awk '/^  *[0-9]+ / && $2 != "-" { print $2 }' \
			golden/help-sessions golden/help-esp golden/help-isakmp \
			golden/help-pptp) \
		$(awk -F '\t' 'NF == 2 { print $1 }' \
			golden/stats-tsv golden/summary-tsv) \
		$(awk '/^Commands:/ { on = 1; next } !NF { on = 0 }
			on { print $1 }' golden/help); do
		grep -qw -- "$word" ../vpnct.8 || missing+=" $word"
	done
	[ -z "$missing" ] || echo "# not in vpnct.8:$missing"
	[ -z "$missing" ]
}

# The header has no enumerator that the spec lacks.
header_names()
{
	diff <(sed -n 's/^\t\(NF_CT_VPN_[A-Z0-9_]*\),$/\1/p' "$header" | sort) \
	     <(grep -o 'NF_CT_VPN_[A-Z0-9_]*' "$spec" | sort)
}

# Types as the header's comments tell them ("all u64" for the counters).
header_types()
{
	diff <(sed -n 's/^ \* @\(NF_CT_VPN_A_[A-Z0-9_]*\): \(u[0-9]*\)\(,.*\)\{0,1\}$/\1 \2/p' \
			"$header" | sort) \
	     <(sed -n 's/^SPEC_ATTR([^)]*"\(u[0-9]*\)", \(NF_[A-Z0-9_]*\),.*/\2 \1/p' \
			"$spec" | grep -v _STATS_ | sort)
}

# 99 is a sanitizer's or valgrind's, from 128 on a signal's. To look for leaks
# takes twice as long as all else: a few seeds have to do.
fuzz()
{
	local seed ASAN_OPTIONS=$ASAN_OPTIONS

	for seed in $(seq "$1"); do
		[ "$seed" != 20 ] || ASAN_OPTIONS+=:detect_leaks=0
		run "fuzz:$seed" list -j
		[ $? -le 1 ] || { echo "# seed $seed"; return 1; }
		run "fuzz:$seed" list pptp
		[ $? -le 1 ] || { echo "# seed $seed, pptp"; return 1; }
		run "fuzz:$seed" list isakmp
		[ $? -le 1 ] || { echo "# seed $seed, isakmp"; return 1; }
		run "fuzz:$seed" stats
		[ $? -le 1 ] || { echo "# seed $seed, stats"; return 1; }
	done
}

header=../../include/uapi/linux/netfilter/nf_ct_vpn.h
spec=$(dirname "$vpnct")/spec.h

mkdir -p golden
outputs
filters
command_line
changes
refusals
forward_filters
kernel
colours
check "3000 sessions, each with its SPIs below it" many
check "20,000 words, and words of 20,000 letters, do no harm" too_much
check "control characters are escaped" no_control
check "a full disk is an error" full_disk
check "closed output is an error" closed_output
check "get and stats fit a narrow terminal" narrow
check "help has 80 columns at most" help_fits
check "JSON is valid" valid_json
schemas
check "lines of -p have the columns of --help" tsv_columns
check "metrics are the counters, in Prometheus' form" metrics
check "the manual names every command, key and counter" manual
check "every setting is documented, and no other" settings_documented
check "spec and header have the same names" header_names
check "spec and header have the same types" header_types
# under valgrind each takes a second
if [ -z "${RUNNER:-}" ]; then
	: "${FUZZ:=200}"
else
	: "${FUZZ:=5}"
fi
check "random bytes in answers do no harm" fuzz "$FUZZ"

[ -n "$update" ] || echo "1..$n"
[ "$failed" -eq 0 ]
