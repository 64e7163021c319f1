# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What "make install" installs, for tests that look at it. Sourced after lib.sh.

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
RELEASE=$(uname -r)
# those for IPsec come first
MODULES=(nf_conntrack_vpn nf_conntrack_esp nf_nat_esp nf_conntrack_isakmp
	nf_conntrack_pptp_ext)

# put ROOT: in a virtual machine, what vm/build.sh has installed beside the tree
put() {
	mkdir -p "$1/lib/modules/$RELEASE" "$1/usr"
	cp -a "$TOP/installed/modules/$RELEASE/updates" \
		"$1/lib/modules/$RELEASE/"
	cp -a "$TOP/installed/local" "$1/usr/"
}

# can_put: is there something to be put? Else the test ends.
can_put() {
	[ ! -d "$TOP/installed/modules/$RELEASE" ] || return 0
	skip "installed modules" "not built by vm/build.sh"
	done_testing
	exit
}

# loaded: our modules that are
loaded() {
	local module

	for module in "${MODULES[@]}"; do
		[ ! -d "/sys/module/$module" ] || echo "$module"
	done | paste -sd' '
}
