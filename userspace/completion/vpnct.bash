# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# bash completion for vpnct(8), with the clients, servers, SPIs, cookies and
# settings that there are.

# _vpnct_column NOUN NUMBER: the values of a column of "vpnct -p list NOUN"
_vpnct_column() {
	vpnct -p list "$1" 2>/dev/null | cut -f "$2" | grep -vx -- - | sort -u
}

# _vpnct_values WORD: what may follow a word that wants a value
_vpnct_values() {
	case $1 in
	client) _vpnct_column sessions 3 ;;
	server) _vpnct_column sessions 4 ;;
	masq) _vpnct_column sessions 5 ;;
	spi) _vpnct_column esp 8 ;;
	initiator) _vpnct_column isakmp 7 ;;
	responder) _vpnct_column isakmp 8 ;;
	client_id) _vpnct_column pptp 8 ;;
	client_port) _vpnct_column pptp 12 ;;
	state) echo unreplied established undecided remembered closed ;;
	confidence) echo guessed inferred sole certain preloaded ;;
	dir) echo in out ;;
	pin) echo yes no ;;
	version) echo ikev1 ikev2 ;;
	begun_by) echo client server ;;
	seq | every | hops | probes | wait | *_timeout_s) echo ;;
	*) return 1 ;;
	esac
}

_vpnct_settings() {
	vpnct -p get 2>/dev/null | cut -f 1
}

# _vpnct_keys COMMAND NOUN: what add and delete take
_vpnct_keys() {
	case $1:$2 in
	add:session*) echo client server masq esp_timeout_s ike_timeout_s ;;
	add:esp) echo client server masq dir spi state confidence seq pin ;;
	add:isakmp) echo client server initiator responder version begun_by ;;
	delete:session*) echo client server ;;
	delete:esp) echo client server masq dir spi ;;
	delete:isakmp) echo client server initiator responder ;;
	delete:pptp) echo client server client_port client_id host_id ;;
	esac
}

# _vpnct_words COMMAND PREVIOUS WORD...: what may stand here; WORDs are those
# between the command and the cursor
_vpnct_words() {
	local command=$1 previous=$2

	shift 2
	case $command in
	'')
		echo list stats watch monitor get set add delete flush save \
			restore doctor trace
		return
		;;
	get)
		_vpnct_settings
		return
		;;
	set)
		[ $(($# % 2)) = 1 ] || _vpnct_settings
		return
		;;
	save)
		compgen -f -- "$cur"
		return
		;;
	doctor | stats) return ;;
	restore)
		compgen -f -- "$cur"
		echo replace force
		return
		;;
	esac
	[ $# -gt 0 ] && _vpnct_values "$previous" && return
	case $command:$# in
	list:0) echo sessions esp isakmp pptp ;;
	add:0) echo session esp isakmp ;;
	add:1) echo replace new ;;
	delete:0) echo session esp isakmp pptp ;;
	flush:0) echo sessions esp isakmp pptp ;;
	trace:0) echo esp gre isakmp ;;
	trace:1) _vpnct_values server ;;
	trace:*) echo hops probes wait ;;
	watch:0) echo every ;;
	esac
	case $command in
	list | watch | monitor) echo client server spi state ;;
	flush) echo client server ;;
	add | delete) _vpnct_keys "$command" "${1-}" ;;
	esac
}

_vpnct() {
	local cur=${COMP_WORDS[COMP_CWORD]} words=() command='' i

	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		-*) ;;
		*)
			if [ -z "$command" ]; then
				command=${COMP_WORDS[i]}
			else
				words+=("${COMP_WORDS[i]}")
			fi
			;;
		esac
	done
	COMPREPLY=()
	if [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W \
			"-j --json -p --plain -t --date -c --count --dump \
			-n --netns --color= \
			-h --help -V --version" -- "$cur")
		return
	fi
	mapfile -t COMPREPLY < <(compgen -W "$(_vpnct_words "$command" \
		"${COMP_WORDS[COMP_CWORD - 1]}" "${words[@]}")" -- "$cur")
	# colons of IPv6 addresses break words
	declare -F __ltrim_colon_completions > /dev/null &&
		__ltrim_colon_completions "$cur"
	return 0
}

complete -F _vpnct vpnct
