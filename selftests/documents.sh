#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# documents.sh [by_hand] [by_dkms]
# Installs the modules and removes them as the documents say, on a gateway that
# has never seen them and has Debian's own compiler and dkms: by hand, and by
# dkms over an older version and for a second kernel. Types every command that
# documents have, and looks whether it does what they promise. To be run by
# vm/documents.sh (make test-docs): it changes the machine.
#
# An emulated machine would need half an hour to compile the modules once. By hand,
# make finds done what the gateway's compiler did before the boot (vm/boot.sh);
# dkms gets modules of the same names with next to nothing in them.
set -u

# /project can't be written to, and a reader has a clone of his own
HOME=/root
cp -a "$(dirname "$0")/../." "$HOME/clone" || exit
# shellcheck source=selftests/lib/lib.sh
. "$HOME/clone/selftests/lib/lib.sh"
# shellcheck source=selftests/lib/installed.sh
. "$HOME/clone/selftests/lib/installed.sh"
# shellcheck source=selftests/lib/documents.sh
. "$HOME/clone/selftests/lib/documents.sh"

# the documents call it so
NS=
TYPED=(at gw)
# There is no systemd that runs: units are enabled in files, and none is to be stopped.
export SYSTEMD_OFFLINE=1
# those of vpnct
UNITS=(vpnct-restore.service vpnct-save.service)

# files: all that there are, but what apt, dkms and the second kernel's package
# keep, and the clone
files() {
	find / /usr/lib/modules -xdev \( -path "$HOME" -o -path /tmp \
		-o -path /var/cache -o -path /var/lib/apt -o -path /var/log \
		-o -path /var/lib/dpkg -o -path /usr/src/linux-headers-\* \) \
		-prune -o ! -type d -print |
	grep -vE '^/var/lib/dkms/(mok\.|dkms_dbversion)|/linux-(headers|base)-' |
	grep -vE '^/usr/lib/modules/.*-cloud-amd64/[^/]*$' |
	sort -u
}

# other: the second kernel
other() {
	sed -n 's/^Package: linux-headers-\(.*-cloud-amd64\)$/\1/p' \
		/repository/Packages
}

# left_behind TEXT: compares with $TMP/before
left_behind() {
	is "$(diff "$TMP/before" <(files))" "" "$1: no file is left"
	is "$(loaded)" "" "$1: no module is left"
}

# tunnels TEXT: do the three hosts get their own packets?
tunnels() {
	local host

	for host in c1 c2 c3; do
		pings "$host" 192.168.99.1 1
	done > "$TMP/out"
	is "$(pings_all 3 0.2 192.168.99.1 c1 c2 c3)" "3 3 3" "$1"
	is "$(at gw vpnct -j list sessions | jq length)" 3 \
		"$1: vpnct has three sessions"
}

by_hand() {
	files > "$TMP/before"
	follow README.md "Install on a gateway" 1
	diag "$(dmesg | grep -E 'taint|verification' | tail -n 3)"
	is "$(loaded)" "${MODULES[*]:0:4}" "all modules for IPsec are loaded"
	check "modprobe -n finds the last one" modprobe -n "${MODULES[4]}"
	next_boot
	units "${UNITS[@]}"
	is "$("$HOME/clone/selftests/booted.sh" | paste -sd,)" \
		"$(paste -sd, <<-ORDER
			vpnct restore /var/lib/vpnct.json
			network
			vpnct save /var/lib/vpnct.json
			no network
			saved
			kept
		ORDER
		)" "they run before the network is up, and before it goes down"
	follow README.md "IPsec"
	tunnels "three tunnels"
	follow README.md "PPTP" 1
	like "$(at gw nft list ruleset)" 'ct helper set "pptp"' \
		"PPTP's control connections have the helper"
	at_boot
	at gw nft delete table ip vpn
	follow README.md "PPTP" 2
	at gw iptables -t raw -F
	follow README.md "Update"
	tunnels "after the update"
	follow userspace/vpnct.8 "EXAMPLES"
	at gw nft delete table ip vpn
	hooks
	follow README.md "Remove"
	left_behind "removed"
}

# units NAME...: does systemd understand them, what they run included, and has it
# been told to start them?
units() {
	local unit

	is "$(systemd-analyze verify --man=no "$@" 2>&1)" "" \
		"systemd has nothing to say of $*"
	for unit; do
		is "$(systemctl is-enabled "$unit")" enabled "$unit is enabled"
	done
}

next_boot() {
	follow README.md "Install on a gateway" 2
	modprobe -r nf_nat_esp nf_conntrack_isakmp nf_conntrack_vpn
	is "$(loaded)" "" "modules unload"
	check "systemd loads them" /usr/lib/systemd/systemd-modules-load
	is "$(loaded)" "${MODULES[*]:0:4}" "all of them"
}

# what HOWTO.md has read at boot brings rules and settings back; then without it
at_boot() {
	local rules

	rules=$(at gw nft list ruleset)
	follow Documentation/HOWTO.md "At boot"
	units nftables.service
	at gw nft flush ruleset
	check "nft loads what has become of nftables.conf" \
		at gw nft -f /etc/nftables.conf
	is "$(at gw nft list ruleset)" "$rules" "the same rules are there"
	at gw /usr/lib/systemd/systemd-sysctl
	is "$(at gw vpnct get esp_timeout)" 3600 "and the settings"
	mv /etc/nftables.conf.before /etc/nftables.conf
	systemctl -q disable nftables
	rm -r /etc/sysctl.d/nf_conntrack_vpn.conf \
		/etc/systemd/system/nftables.service.d
	at gw vpnct set esp_timeout 1800
}

# what the account of contrib/README may do
hooks() {
	check "a host's account names an SPI" account_preloads ||
		diag "$(cat "$TMP/out")"
	is "$(at gw vpnct -j list esp spi 0xc30f00d1 | jq -r '.[].client')" \
		10.0.0.2 "and that is known"
}

account_preloads() {
	at gw su vpnct -s /bin/sh -c '
		SSH_CLIENT="10.0.0.2 40000 22" \
		SSH_ORIGINAL_COMMAND="preload 199.0.0.1 0xc30f00d1" \
		VPNCT="sudo vpnct" /usr/local/sbin/vpnct-accept' \
		> "$TMP/out" 2>&1
}

# small VERSION: a clone of the same modules with next to nothing in them but a
# parameter VERSION, in $TREE
small() {
	local module

	TREE=$HOME/$1
	cp -a "$HOME/clone" "$TREE"
	rm -f "$TREE"/*.ko "$TREE"/*.o
	echo 'obj-m := ' "${MODULES[@]/%/.o}" > "$TREE/Kbuild"
	for module in "${MODULES[@]}"; do
		cat > "$TREE/$module.c" <<-MODULE
			#include <linux/module.h>
			static int $1;
			module_param($1, int, 0444);
			MODULE_DESCRIPTION("to be replaced");
			MODULE_LICENSE("GPL");
		MODULE
	done
}

# loads: the version of what modprobe finds
loads() {
	modprobe -a "${MODULES[@]}"
	ls /sys/module/nf_nat_esp/parameters
	modprobe -r "${MODULES[@]}"
}

second_kernel() {
	local log

	log=$(apt-get install -y "linux-headers-$(other)" 2>&1)
	check "headers of kernel $(other)" [ $? = 0 ] || diag "$log"
	is "$(installed_for "$(other)")" "$(printf '%s\n' "${MODULES[@]}" |
		sort)" "dkms has built the modules for it" || diag "$log"
}

# installed_for RELEASE: of a kernel of which there are only headers
installed_for() {
	find "/usr/lib/modules/$1" -name '*.ko*' -printf '%f\n' |
	sed 's/\.ko.*//' | sort
}

by_dkms() {
	files > "$TMP/before"
	follow README.md "With dkms" 1
	small older
	follow README.md "With dkms" 2
	is "$(loads)" older "dkms' modules are loaded"
	isnt "$(modinfo -F signer nf_nat_esp)" "" "and signed"
	second_kernel
	small newer
	follow README.md "With dkms" 2
	is "$(loads)" newer "those of a changed source are, after make dkms"
	is "$(installed_for "$(other)")" "" "older modules are gone everywhere"
	follow README.md "Remove"
	left_behind "removed from dkms"
}

apt-get -qq update
export DEBIAN_FRONTEND=noninteractive
modprobe nf_conntrack
howto_net 3
follow contrib/README "On the gateway"
follow contrib/README "On the host"
units vpnct-preload-monitor.service
for k in 1 2 3; do
	tunnel "$k"
done
[ $# -gt 0 ] || set -- by_hand by_dkms
for part; do
	"$part"
done
follow contrib/README "Remove"
is "$(ls -d /etc/sudoers.d/vpnct /usr/local/sbin/*{vpnct-,-updown}* \
	/var/lib/vpnct /etc/vpnct-preload.conf \
	/etc/systemd/system/{,*.wants/}vpnct-* 2> /dev/null
	getent passwd vpnct)" "" \
	"nothing of the hooks is left"
done_testing
