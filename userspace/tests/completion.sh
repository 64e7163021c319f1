#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# completion.sh VPNCT: completion in bash and, where there is one, in zsh, with
# a vpnct that has a fake kernel.
set -u

vpnct=$(readlink -f "${1:?the vpnct to test}")
cd "$(dirname "$0")/../completion" || exit 1
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
ln -s "$vpnct" "$tmp/vpnct"
export PATH=$tmp:$PATH VPNCT_FAKE=demo ASAN_OPTIONS=exitcode=99
n=0 failed=0

# complete WORD...: what bash offers for the last one
complete_bash() {
	# shellcheck disable=SC2016
	bash -c '. ./vpnct.bash
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_vpnct
		printf "%s\n" "${COMPREPLY[@]}"' -- "$@" |
		grep . | LC_ALL=C sort | paste -sd" "
}

# the same for zsh, whose compadd is replaced by one that prints
complete_zsh() {
	# shellcheck disable=SC2016
	zsh -fc 'compadd() {
			local -a w
			if [[ $1 == -a ]]; then w=(${(P)2}); else w=(${@:#--}); fi
			print -l -- ${(M)w:#$PREFIX*}
		}
		_files() { : }
		_message() { : }
		words=("$@") CURRENT=$# PREFIX=$words[-1]
		. ./_vpnct' -- "$@" | grep . | LC_ALL=C sort | paste -sd" "
}

# offers WANTED WORD...
offers() {
	local wanted=$1 shell got

	shift
	for shell in bash zsh; do
		command -v $shell > /dev/null || continue
		n=$((n + 1))
		got=$(complete_$shell "$@")
		if [ "$got" = "$wanted" ]; then
			echo "ok $n - $shell: $*"
		else
			failed=$((failed + 1))
			echo "not ok $n - $shell: $*"
			echo "# got: $got"
			echo "# wanted: $wanted"
		fi
	done
}

offers "list" vpnct l
offers "save set stats" vpnct s
offers "server sessions spi state" vpnct list s
offers "10.0.0.10 10.0.0.2 10.0.0.3 10.0.0.4" vpnct list client 10
offers "198.51.100.7 199.0.0.1" vpnct -j list esp server 19
offers "0x0badcafe" vpnct list spi 0x0b
offers "undecided" vpnct monitor state und
offers "nf_conntrack_esp_guess" vpnct get nf_conntrack_esp_g
offers "nf_conntrack_esp_guess" vpnct set nf_conntrack_vpn_max 7 nf_conntrack_esp_g
offers "" vpnct set nf_conntrack_esp_guess 1
offers "client confidence" vpnct add esp c
offers "inferred" vpnct add esp client 10.0.0.2 confidence i
offers "fedcba9876543210 ffffffffffffffff" vpnct delete isakmp initiator f
offers "force" vpnct restore saved.json fo
offers "isakmp" vpnct trace i
offers "198.51.100.7 199.0.0.1" vpnct trace esp 1
offers "hops" vpnct trace esp 199.0.0.1 h
offers "--json" vpnct list --j
echo "1..$n"
[ "$failed" = 0 ]
