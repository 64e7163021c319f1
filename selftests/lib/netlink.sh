# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Requests to the netlink family by the names of the uapi header. Source after
# lib.sh.
#
#   nl COMMAND [dump|replace|excl]... [SET.ATTR=VALUE]...
#   nl esp-new esp.client=10.0.0.2 esp.spi=0x100

UAPI=$(dirname "${BASH_SOURCE[0]}")/../../include/uapi/linux/netfilter/nf_ct_vpn.h

# uapi ENUM PREFIX: "name number type" of its members, as the spec calls them
uapi() {
	awk -v enum="$1" -v prefix="$2" '
		$1 == "*" && $2 ~ "^@" prefix {
			name = $2; sub(/^@/, "", name); sub(/:$/, "", name)
			kind[name] = $3; sub(/,$/, "", kind[name])
		}
		$1 == "enum" && $2 == enum && $3 == "{" { on = 1; n = 0; next }
		/^}/ { on = 0 }
		on && index($1, prefix) == 1 {
			sub(/,.*/, "", $1); name = tolower($1)
			sub(tolower(prefix), "", name); gsub(/_/, "-", name)
			print name, n++, kind[$1]
		}' "$UAPI"
}

declare -A NL_CMD NL_ATTR

nl_learn() {
	local set name number type

	while read -r name number type; do
		NL_CMD[$name]=$number
	done < <(uapi nf_ct_vpn_cmd NF_CT_VPN_CMD_)
	for set in session esp pptp isakmp setting flush event; do
		while read -r name number type; do
			case $type in
			u8 | u16 | u32 | u64) ;;
			*) type=addr ;;
			esac
			NL_ATTR[$set.$name]=$number:$type
		done < <(uapi "nf_ct_vpn_${set}_attr" \
			"NF_CT_VPN_A_${set^^}_")
	done
}
nl_learn

nl() {
	local cmd=${NL_CMD[$1]} word args=()

	shift
	for word; do
		case $word in
		*=*) args+=("${NL_ATTR[${word%%=*}]}=${word#*=}") ;;
		*) args+=("$word") ;;
		esac
	done
	at gw genl_send "$cmd" "${args[@]}" 2>&1
}

# nl_field SET ATTR: values of an attribute in what genl_send printed
nl_field() {
	local number=${NL_ATTR[$1]%%:*}

	sed -n "s/^\(.* \)\{0,1\}$number=\([0-9a-f]*\) .*/\2/p"
}
