#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# checkpatch.sh: takes checkpatch.pl and its word lists from Debian's
# linux-source once, and prints their directory.
set -u

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=apt.sh
. "$VM/apt.sh"

SERIES=6.12

take_checkpatch() {
	local tmp=$1 file files=()

	for file in checkpatch.pl spelling.txt const_structs.checkpatch; do
		files+=("linux-source-$SERIES/scripts/$file")
	done
	say "downloading linux-source-$SERIES for checkpatch"
	fetch "$tmp/deb" "linux-source-$SERIES=$version" || return
	# in the image: xz may be missing outside
	in_chroot -w "$tmp:/build" "$image/root" tar -C /build \
		--strip-components=2 -xf \
		"/build/deb/usr/src/linux-source-$SERIES.tar.xz" "${files[@]}" &&
		rm -rf "$tmp/deb"
}

image=$("$VM/image.sh") || exit
apt_setup
version=$(newest linux-source-$SERIES $SERIES)
[ -n "$version" ] || die "no linux-source-$SERIES in the archive"
dir=$CACHE/checkpatch-$version
build_once "$dir" take_checkpatch
expire checkpatch- "$dir"
echo "$dir"
