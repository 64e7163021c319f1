#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# linux-source.sh 6.12|newest: takes what checks and tests need of the kernel's
# source from Debian's linux-source, once, and prints the directory that it is
# in, laid out as there: checkpatch and kernel-doc, the schema of netlink specs,
# and ynl, which makes clients of specs.
set -u

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=apt.sh
. "$VM/apt.sh"

FILES=(scripts/{checkpatch.pl,spelling.txt,const_structs.checkpatch,kernel-doc}
	Documentation/netlink/genetlink-legacy.yaml tools/net/ynl)

take_files() {
	local tmp=$1 package=$2

	say "downloading $package for checkpatch and ynl"
	fetch "$tmp/deb" "$package=$version" || return
	# in the image: xz may be missing outside
	in_chroot -w "$tmp:/build" "$image/root" tar -C /build \
		--strip-components=1 -xf "/build/deb/usr/src/$package.tar.xz" \
		"${FILES[@]/#/$package/}" &&
		rm -rf "$tmp/deb"
}

series=$1
image=$("$VM/image.sh") || exit
apt_setup
pattern=$series
[ "$series" != newest ] || pattern='[0-9]'
version=$(newest linux-source "$pattern")
[ -n "$version" ] || die "no linux-source $series in the archive"
dir=$CACHE/source-$series-$version-$(key "${FILES[@]}")
build_once "$dir" take_files \
	"linux-source-$(cut -d. -f1,2 <<< "$version")"
expire "source-$series-" "$dir"
echo "$dir"
