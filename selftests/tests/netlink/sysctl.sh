#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Settings: their names and defaults, wrong values, one set per namespace.
#
#   [gw]   [srv]   not connected
# kernels: all
set -u
# shellcheck source=selftests/lib/lib.sh
. "$(dirname "$0")/../../lib/lib.sh"

DEFAULTS="vpn_enable=1 vpn_zone_base=32768 vpn_max=65536
	vpn_max_per_client=1024 esp_timeout_unreplied=120 esp_timeout=1800
	esp_parallel=1 esp_guess=2 esp_inbound_first=0
	isakmp_timeout=1800 isakmp_keep_port=1 vpn_fastpath=0"
REFUSED="vpn_enable=2 vpn_enable=-1 vpn_enable=yes
	vpn_zone_base=0 vpn_zone_base=65536 vpn_zone_base=-1
	vpn_max=-1 vpn_max=4294967296 vpn_max_per_client=-1
	esp_timeout_unreplied=0 esp_timeout_unreplied=-5 esp_timeout=0
	esp_timeout=2147483647 esp_timeout=1h
	esp_parallel=2 esp_parallel=-1 esp_guess=3 esp_guess=-1
	esp_inbound_first=2 esp_inbound_first=-1
	isakmp_timeout=0 isakmp_timeout=-1 isakmp_timeout=2147483647
	isakmp_keep_port=3 isakmp_keep_port=-1 isakmp_keep_port=no
	vpn_fastpath=2 vpn_fastpath=-1"
ACCEPTED="vpn_zone_base=1 vpn_zone_base=65535 vpn_max=1000
	vpn_max_per_client=1 esp_timeout_unreplied=1 esp_timeout=86400
	esp_parallel=0 esp_guess=0 esp_guess=1 esp_inbound_first=1
	isakmp_timeout=1 isakmp_timeout=86400 isakmp_keep_port=0
	isakmp_keep_port=2 vpn_fastpath=1 vpn_enable=0"

# all that a namespace has to do, in one process there
# shellcheck disable=SC2016
BATCH='
	dir=/proc/sys/net/netfilter/nf_conntrack_
	for word; do
		name=${word%%=*}
		if [ "$name" = "$word" ]; then
			said=read
		elif echo "${word#*=}" > "$dir$name"; then
			said=accepted
		else
			said=refused
		fi 2> /dev/null
		echo "$word $said $(< "$dir$name")"
	done'

# batch NS WORD...: sets (NAME=VALUE) or reads (NAME); prints for each the
# word, "read", "accepted" or "refused", and the value after that
batch() {
	local name=$1

	shift
	at "$name" bash -c "$BATCH" batch "$@"
}

defaults() {
	local word said value names=() got=''

	for word in $DEFAULTS; do
		names+=("${word%=*}")
	done
	while read -r word said value; do
		got+=" $word=$value"
	done < <(batch "$1" "${names[@]}")
	is "${got# }" "$(xargs <<< "$DEFAULTS")" "$2"
}

refused() {
	local word said value

	# shellcheck disable=SC2086
	while read -r word said value; do
		is "$said" refused "$word is refused"
	done < <(batch gw $REFUSED)
}

accepted() {
	local word said value

	# shellcheck disable=SC2086
	while read -r word said value; do
		is "$said $value" "accepted ${word#*=}" "$word is accepted"
	done < <(batch gw $ACCEPTED)
}

ns gw srv
defaults gw "defaults"
refused
defaults gw "refused values have changed nothing"
accepted
defaults srv "another namespace has values of its own"
ns c1
defaults c1 "a new one begins with the defaults"
done_testing
