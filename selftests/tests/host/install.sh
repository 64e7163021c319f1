#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What "make install" has installed loads, and "make uninstall" leaves nothing
# of it, where no headers are. In a virtual machine only: there the installed
# files are in installed/, and /lib/modules is one's own to change.
# modules: nf_conntrack_vpn
# kernels: all
set -u
# shellcheck source=selftests/lib/lib.sh
. "$(dirname "$0")/../../lib/lib.sh"

TOP=$(cd "$(dirname "$0")/../../.." && pwd)
RELEASE=$(uname -r)
MODULES=(nf_conntrack_vpn nf_conntrack_esp nf_nat_esp nf_conntrack_isakmp
	nf_conntrack_pptp_ext)

# files and what modprobe knows of them
footprint() {
	find "$1/lib/modules/" "$1/usr/local" ! -type d | sort
	cat "$1/lib/modules/$RELEASE/modules.dep"
}

# put ROOT: what was installed when this tree was built
put() {
	mkdir -p "$1/lib/modules/$RELEASE" "$1/usr"
	cp -a "$TOP/installed/modules/$RELEASE/updates" \
		"$1/lib/modules/$RELEASE/"
	cp -a "$TOP/installed/local" "$1/usr/"
}

# readme COMMAND: its first line in README.md
readme() {
	sed -n "s/^    \($1 .*\)/\1/p" "$TOP/README.md" | head -n 1
}

loaded() {
	local module

	for module in "${MODULES[@]}"; do
		[ ! -d "/sys/module/$module" ] || echo "$module"
	done | paste -sd' '
}

installed_loads() {
	put ''
	depmod
	check "$(readme 'modprobe -a')" bash -c "$(readme 'modprobe -a')"
	modprobe nf_conntrack_pptp_ext
	is "$(loaded)" "${MODULES[*]}" "installed modules load"
	like "$(/usr/local/sbin/vpnct stats)" 'attached_in' \
		"installed vpnct knows them"
	check "$(readme 'modprobe -r')" bash -c "$(readme 'modprobe -r')"
	is "$(loaded)" "" "and unload"
	modprobe nf_nat_esp
	is "$(loaded)" \
		"nf_conntrack_vpn nf_conntrack_esp nf_nat_esp nf_conntrack_isakmp" \
		"nf_nat_esp brings nf_conntrack_isakmp along"
	check "$(readme 'modprobe -r'), without PPTP" \
		bash -c "$(readme 'modprobe -r')"
	is "$(loaded)" "" "and they go together"
}

uninstalled() {
	check "make uninstall, without headers" make -s -C "$TOP" uninstall
	is "$(diff "$TMP/before" <(footprint ''))" "" "nothing is left"
}

uninstalled_below() {
	put "$TMP/root"
	check "make uninstall DESTDIR=" \
		make -s -C "$TOP" uninstall DESTDIR="$TMP/root"
	is "$(find "$TMP/root" ! -type d)" "" "nothing is left there either"
}

if [ ! -d "$TOP/installed/modules/$RELEASE" ]; then
	skip "installed modules" "not built by vm/build.sh"
	done_testing
	exit
fi
# loaded so that the kernel is tainted by now, but from where it was built
"$TOP/selftests/modules.sh" unload
depmod
footprint '' > "$TMP/before"
installed_loads
uninstalled
uninstalled_below
done_testing
