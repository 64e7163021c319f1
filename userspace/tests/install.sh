#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# install.sh: what "make install" and "make uninstall" do below DESTDIR
set -u

cd "$(dirname "$0")/.." || exit 1
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
# of the make that has called this one
unset MAKEFLAGS MAKELEVEL
n=0 failed=0

# told TEXT SAID: passes if nothing was said
told() {
	n=$((n + 1))
	if [ -z "$2" ]; then
		echo "ok $n - install: $1"
	else
		failed=$((failed + 1))
		echo "not ok $n - install: $1"
		echo "# ${2//$'\n'/$'\n# '}"
	fi
}

files() {
	find "$tmp" -type f
}

# what the manual and the units name
named() {
	find "$tmp" '(' -name vpnct.8 -o -name '*.service' ')' -exec cat '{}' + |
		sed 's/[\]//g' | grep -oE '/(usr|opt)/[a-z/_.-]+' | sort -u
}

# absent PREFIX: of what they name, what isn't there or isn't below PREFIX
absent() {
	named | while read -r file; do
		[ -e "$tmp$file" ] && [ "${file#"$1"/}" != "$file" ] ||
			echo "$file"
	done
}

# stopped: without DESTDIR, does systemctl stop the units while what they run is there?
stopped() {
	mkdir "$tmp/bin" || return
	cat > "$tmp/bin/systemctl" <<-STAND_IN
		#!/bin/sh
		[ ! -x $tmp/sbin/vpnct ] || echo "\$*" > $tmp/told
	STAND_IN
	chmod +x "$tmp/bin/systemctl"
	make -s install PREFIX="$tmp" &&
		PATH=$tmp/bin:$PATH make -s uninstall PREFIX="$tmp" || return
	grep -qs -- 'disable --now vpnct-restore.service vpnct-save.service' \
		"$tmp/told" || echo "systemctl $(cat "$tmp/told" 2>&1)"
}

for prefix in /usr/local /usr /opt/vpn; do
	said=$(make -s install DESTDIR="$tmp" PREFIX="$prefix" 2>&1)
	told "to $prefix" "$said"
	told "each file that is named is in $prefix" "$(absent "$prefix")"
	[ "$(named | wc -l)" -ge 4 ] || told "files are named" "too few"
	said=$(make -s uninstall DESTDIR="$tmp" PREFIX="$prefix" 2>&1)
	told "nothing is left in $prefix" "$said$(files)"
done
told "units are stopped before they go" "$(stopped 2>&1)"
[ "$failed" -eq 0 ]
