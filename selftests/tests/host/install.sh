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
# shellcheck source=selftests/lib/installed.sh
. "$(dirname "$0")/../../lib/installed.sh"

# files and what modprobe knows of them
footprint() {
	find "$1/lib/modules/" "$1/usr/local" ! -type d | sort
	cat "$1/lib/modules/$RELEASE/modules.dep"
}

# readme COMMAND: its first line in README.md
readme() {
	sed -n "s/^    \($1 .*\)/\1/p" "$TOP/README.md" | head -n 1
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

can_put
# loaded so that the kernel is tainted by now, but from where it was built
"$TOP/selftests/modules.sh" unload
depmod
footprint '' > "$TMP/before"
installed_loads
uninstalled
uninstalled_below
done_testing
