#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# linux-source.sh NAME SERIES FILE...: takes files from Debian's newest
# linux-source of SERIES (a pattern) once, and prints the directory that they
# are in, without those of their paths.
set -u

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=apt.sh
. "$VM/apt.sh"

take_files() {
	local tmp=$1 package=$2 file files=()

	shift 2
	for file; do
		files+=("$package/$file")
	done
	say "downloading $package for ${*##*/}"
	fetch "$tmp/deb" "$package=$version" || return
	# in the image: xz may be missing outside
	in_chroot -w "$tmp:/build" "$image/root" tar -C /build \
		--transform='s,.*/,,' -xf \
		"/build/deb/usr/src/$package.tar.xz" "${files[@]}" &&
		rm -rf "$tmp/deb"
}

name=$1 series=$2
shift 2
image=$("$VM/image.sh") || exit
apt_setup
version=$(newest linux-source "$series")
[ -n "$version" ] || die "no linux-source $series in the archive"
dir=$CACHE/$name-$version
build_once "$dir" take_files \
	"linux-source-$(cut -d. -f1,2 <<< "$version")" "$@"
expire "$name-" "$dir"
echo "$dir"
