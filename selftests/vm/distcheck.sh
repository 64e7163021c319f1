#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# distcheck.sh [KERNEL]: is the tarball of "make dist" always the same, and does one
# who has nothing else build, test, install and remove what is in it? In the
# userland image, for KERNEL. Prints TAP.
set -u

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=../lib/tap.sh
. "$TOP/selftests/lib/tap.sh"

# another_clone: what somebody else would make of the same commit, elsewhere
another_clone() {
	git clone -q "$TOP" "$tmp/clone" &&
		(umask 077; TZ=Asia/Tokyo make -s -C "$tmp/clone" dist) &&
		cmp "$tarball" "$tmp/clone/${tarball##*/}"
}

inside() {
	in_chroot -b "$kernel/src:/usr/src" -b "$tmp:/mnt" -w "$tmp/build:/build" \
		-b "$TOP/selftests:/project" "$image/root" bash \
		/project/vm/distcheck-inside.sh "/mnt/${tarball##*/}" \
		"$(cat "$kernel/kdir")" "$(cat "$kernel/cc")"
}

image=$("$VM/image.sh") && kernel=$("$VM/kernel.sh" "${1:-6.12}") || exit
tmp=$(mktemp -d) || exit
trap 'as_root rm -rf "$tmp"' EXIT
mkdir "$tmp/build"
log=$(make -s -C "$TOP" dist 2>&1) || bail "make dist: $log"
tarball=$TOP/$(sed -n 's/^PACKAGE_NAME=//p' "$TOP/dkms.conf")-$(sed -n \
	's/^PACKAGE_VERSION=//p' "$TOP/dkms.conf").tar.xz
check "another clone makes the same tarball" another_clone
cp "$tarball" "$tmp"
inside > "$tmp/said" || grep -q '^not ok' "$tmp/said" ||
	echo "not ok 0 - it is done to the end" >> "$tmp/said"
while read -r line; do
	case $line in
	"ok "*) ok "${line#ok * - }" ;;
	"not ok "*) not_ok "${line#not ok * - }" ;;
	1..*) ;;
	*) diag "${line#\# }" ;;
	esac
done < "$tmp/said"
done_testing
