#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# modules.sh load|unload|list [MODULE...]: loads, unloads or lists the modules
# of this tree, in the order of their dependencies. MODDIR says where they are
# (default: the top of the tree; if there are none, the installed ones).
# Also sourced by run.

MODDIR=${MODDIR:-$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)}
# if nothing is built here: what `make install` has installed
INSTALLED=(nf_nat_esp nf_conntrack_esp nf_conntrack_isakmp nf_conntrack_vpn)

our_modules() {
	if compgen -G "$MODDIR/*.ko" > /dev/null; then
		basename -as .ko "$MODDIR"/*.ko
	else
		printf '%s\n' "${INSTALLED[@]}"
	fi
}

loaded() {
	[ -d "/sys/module/$1" ]
}

# our modules that MODULE depends on, then itself; what else it depends on is
# loaded on the way
resolve() {
	local dep

	[[ " ${order[*]} " != *" $1 "* ]] || return 0
	for dep in $(modinfo -F depends "$MODDIR/$1.ko" | tr ',' '\n'); do
		if [ -e "$MODDIR/$dep.ko" ]; then
			resolve "$dep"
		else
			modprobe "$dep"
		fi || return
	done
	order+=("$1")
}

# load MODULE...: what is built here with insmod, everything else with modprobe
load() {
	local module order=()

	for module; do
		if [ -e "$MODDIR/$module.ko" ]; then
			resolve "$module"
		else
			order+=("$module")
		fi || return
	done
	load_in_order "${order[@]}"
}

load_in_order() {
	local module

	for module; do
		loaded "$module" && continue
		if [ -e "$MODDIR/$module.ko" ]; then
			insmod "$MODDIR/$module.ko"
		else
			modprobe "$module"
		fi || return
	done
}

# in the order in which they can be removed: who has no user goes first
unload() {
	local left=("$@") next module progress=1

	while [ "${#left[@]}" -gt 0 ] && [ "$progress" = 1 ]; do
		progress=0 next=()
		for module in "${left[@]}"; do
			loaded "$module" || continue
			if ! has_users "$module" && rmmod "$module"; then
				progress=1
			else
				next+=("$module")
			fi
		done
		left=("${next[@]}")
	done
	[ "${#left[@]}" = 0 ]
}

has_users() {
	compgen -G "/sys/module/$1/holders/*" > /dev/null
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
	set -u
	verb=${1:-}
	[ $# = 0 ] || shift
	[ $# -gt 0 ] || mapfile -t modules < <(our_modules)
	[ $# = 0 ] || modules=("$@")
	case $verb in
	load | unload) "$verb" "${modules[@]}" ;;
	list) printf '%s\n' "${modules[@]}" ;;
	*)
		sed -n '4,6s/^# //p' "$0" >&2
		exit 2
		;;
	esac
fi
