# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# bash completion for vpnct(8), which knows itself what may stand where.

_vpnct() {
	local cur=${COMP_WORDS[COMP_CWORD]} cword=$COMP_CWORD line
	local words=("${COMP_WORDS[@]}")

	# bash takes IPv6 addresses and NAME=VALUE for several words
	! declare -F _get_comp_words_by_ref > /dev/null ||
		_get_comp_words_by_ref -n := cur words cword
	COMPREPLY=()
	while IFS=$'\t' read -r line _; do
		if [ "$line" = :file ]; then
			compopt -o filenames 2> /dev/null
			mapfile -t -O ${#COMPREPLY[@]} COMPREPLY \
				< <(compgen -f -- "$cur")
		else
			COMPREPLY+=("$line")
		fi
	done < <(vpnct --complete "${words[@]:1:cword}" 2> /dev/null)
	! declare -F __ltrim_colon_completions > /dev/null ||
		__ltrim_colon_completions "$cur"
}

complete -F _vpnct vpnct
