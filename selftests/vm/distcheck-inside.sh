#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# distcheck-inside.sh TARBALL KDIR CC: the part of distcheck.sh that runs in the
# userland image. /project are the selftests, /build is empty.
set -u

tarball=$1 kdir=$2 cc=$3
# shellcheck source=../lib/tap.sh
. /project/lib/tap.sh

# well TEXT COMMAND...: it succeeds
well() {
	local text=$1 log

	shift
	log=$("$@" 2>&1)
	check "$text" [ $? = 0 ] || diag "$(tail -n 30 <<< "$log")"
}

# warnings FILE: of the compiler or the linker
no_warnings() {
	! grep -E 'warning:|WARNING:' "$1"
}

files() {
	find "$root" -type f | sort
}

name=$(basename "$tarball" .tar.xz) root=/tmp/root
is "$(tar -tf "$tarball" | grep -v "^$name/")" "" "all of it is in $name/"
# where ccache knows the objects
well "it unpacks" tar -C /build --strip-components=1 -xf "$tarball"
cd /build || bail "no /build"
is "$(make -s -C unit clean && find . -newer dkms.conf -type f)" "" \
	"its files are of the time of the commit"
make "-j$(nproc)" KDIR="$kdir" CC="$cc" all > /tmp/log 2>&1
check "it builds" [ $? = 0 ] || diag "$(tail -n 30 /tmp/log)"
check "without a warning" no_warnings /tmp/log
is "$(userspace/vpnct --version | grep -oE '[0-9.]+$')" "${name##*-}" \
	"vpnct is of this version"
is "$(modinfo -F version ./*.ko | sort -u)" "${name##*-}" "so are the modules"
check "CHANGELOG.rst has it" grep -qE "^${name##*-}( |\$)" CHANGELOG.rst
well "unit tests pass" make unit
well "those of vpnct pass" make -C userspace check
well "it installs below DESTDIR" \
	make install KDIR="$kdir" CC="$cc" DESTDIR="$root" PREFIX=/usr
is "$(files | grep -c '\.ko')" "$(grep -c '^obj-m' Kbuild)" \
	"all modules are there"
check "vpnct is there" [ -x "$root/usr/sbin/vpnct" ]
well "and is removed" make uninstall DESTDIR="$root" PREFIX=/usr
is "$(files | grep -v '/modules\.')" "" "no file is left"
done_testing
