#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# completion.sh VPNCT: what vpnct, which has a fake kernel here, offers to shells,
# and what bash, zsh and fish make of it, where they are.
set -u

vpnct=$(readlink -f "${1:?the vpnct to test}")
cd "$(dirname "$0")/../completion" || exit 1
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
ln -s "$vpnct" "$tmp/vpnct"
export PATH=$tmp:$PATH VPNCT_FAKE=demo ASAN_OPTIONS=exitcode=99 HOME=$tmp
n=0 failed=0

# complete_SHELL WORD...: what is offered for the last one
complete_vpnct() {
	vpnct --complete "${@:2}" | cut -f 1
}

complete_bash() {
	# shellcheck disable=SC2016
	bash -c '. ./vpnct.bash
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_vpnct
		printf "%s\n" "${COMPREPLY[@]}"' -- "$@"
}

# in zsh and in fish functions of theirs show what there is
complete_zsh() {
	# shellcheck disable=SC2016
	zsh -fc '_describe() {
			local -a shown=(${(P)argv[-1]})
			shown=(${${shown//\\:/@}%%:*})
			print -l -- ${(M)${shown//@/:}:#$PREFIX*}
		}
		_files() { print -l -- $PREFIX*(N) }
		words=("$@") CURRENT=$# PREFIX=$words[-1]
		. ./_vpnct' -- "$@"
}

complete_fish() {
	# shellcheck disable=SC2016
	fish --no-config -c 'source vpnct.fish
		complete --do-complete "$argv"' -- "$@" | cut -f 1
}

# got_is SHELL WANTED WORD...
got_is() {
	local shell=$1 wanted=$2 got

	shift 2
	n=$((n + 1))
	got=$("complete_$shell" "$@" | grep . | LC_ALL=C sort | paste -sd' ')
	if [ "$got" = "$wanted" ]; then
		echo "ok $n - $shell: $*"
	else
		failed=$((failed + 1))
		echo "not ok $n - $shell: $*"
		echo "# got: $got"
		echo "# wanted: $wanted"
	fi
}

# offers WANTED WORD...: what vpnct says
offers() {
	local wanted=$1

	shift
	got_is vpnct "$wanted" "$@"
}

# everywhere WANTED WORD...: in each shell
everywhere() {
	local shell

	for shell in bash zsh fish; do
		! command -v $shell > /dev/null || got_is $shell "$@"
	done
}

commands() {
	offers "list" vpnct l
	offers "save set stats" vpnct s
	offers "doctor" vpnct help doc
	offers "" vpnct frobnicate ''
	offers "reset" vpnct stats ''
	offers "" vpnct stats reset ''
	offers "" vpnct doctor ''
	offers "isakmp" vpnct trace i
	offers "198.51.100.7 199.0.0.1" vpnct trace esp 1
	offers "hops probes wait" vpnct trace esp 199.0.0.1 ''
	offers "" vpnct trace esp 199.0.0.1 hops ''
	offers "probes wait" vpnct trace esp 199.0.0.1 hops 3 ''
	offers ":file" vpnct save ''
	offers "" vpnct save saved.json ''
	offers ":file force" vpnct restore fo
	offers "force" vpnct restore saved.json fo
	offers "" vpnct restore saved.json force fo
}

options() {
	offers "--json" vpnct list --j
	offers "--color --help --json --netns --plain -h -j -n -p" vpnct list -
	offers "--color --help --json --netns -h -j -n" vpnct list -p -
	offers "--version" vpnct --v
	offers "" vpnct set --j
	offers "--dry-run" vpnct restore --d
	offers "--prometheus" vpnct stats --pr
	offers "list" vpnct -j l
	offers "list" vpnct --color=never l
	offers "" vpnct monitor -c ''
	offers "sessions" vpnct monitor -c 3 ses
}

filters() {
	offers "server sessions spi state" vpnct list s
	offers "state" vpnct list server 199.0.0.1 spi 0x0badcafe s
	offers "server state" vpnct list isakmp s
	offers "spi state" vpnct list esp not server 199.0.0.1 server 10.0.0.1 s
	offers "cookie" vpnct list isakmp coo
	offers "10.0.0.10 10.0.0.2 10.0.0.3 10.0.0.4 10.0.0.99" \
		vpnct list client 10
	offers "199.0.0.1" vpnct -j list esp not server 199
	offers "0x0badcafe" vpnct list spi 0x0b
	offers "fedcba9876543210" vpnct list isakmp cookie fe
	offers "natt not" vpnct list sessions n
	offers "no yes" vpnct list natt ''
	offers "every" vpnct watch e
	offers "" vpnct watch every ''
	offers "client confidence" vpnct watch every 3 c
	offers "undecided" vpnct monitor state und
	offers "esp exchange expired" vpnct monitor isakmp e
	offers "remembered" vpnct monitor state re
	offers "esp isakmp pptp sessions" vpnct delete ''
	offers "fedcba9876543210 ffffffffffffffff" vpnct delete isakmp initiator f
	offers "server_port spi state" vpnct flush server 199.0.0.1 s
	offers "spi state" vpnct flush esp server 199.0.0.1 s
}

settings() {
	offers "esp_guess esp_inbound_first esp_parallel esp_timeout esp_timeout_unreplied" \
		vpnct get esp
	offers "nf_conntrack_esp_guess" vpnct get nf_conntrack_esp_g
	offers "net.netfilter.nf_conntrack_esp_guess" vpnct get net.netfilter.nf_conntrack_esp_g
	offers "" vpnct get nf_conntrack_esp_guess esp_g
	offers "nf_conntrack_esp_guess" vpnct set nf_conntrack_vpn_max 7 nf_conntrack_esp_g
	offers "0 1 2" vpnct set esp_guess ''
	offers "65536" vpnct set vpn_max ''
	offers "vpn_max_per_client" vpnct set esp_guess=1 vpn_max 7 vpn_max
	offers "" vpnct set nf_conntrack_esp_guess 1 esp_guess
	offers "" vpnct set esp_gess ''
}

adding() {
	offers "esp isakmp session" vpnct add ''
	offers "responder" vpnct add isakmp re
	offers "client confidence" vpnct add esp c
	offers "new" vpnct add esp n
	offers "replace" vpnct add session re
	offers "confidence" vpnct add esp replace client 10.0.0.2 c
	offers "inferred" vpnct add esp client 10.0.0.2 confidence i
	offers "exchange" vpnct add isakmp ex
}

shells() {
	everywhere "save set stats" vpnct s
	everywhere "--json" vpnct list --j
	everywhere "198.51.100.7 199.0.0.1" vpnct trace esp 1
	everywhere "fd00::2" vpnct list client fd
	everywhere "esp_guess" vpnct get esp_g
	everywhere "" vpnct doctor x
	everywhere "vpnct.bash vpnct.fish" vpnct restore vpn
}

commands
options
filters
settings
adding
shells
echo "1..$n"
[ "$failed" = 0 ]
