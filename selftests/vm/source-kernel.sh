#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# source-kernel.sh debug: builds a kernel with source.config and
# NAME.config once and prints its directory, laid out as those of kernel.sh. It
# comes from Debian's linux-source: what differs from the release kernel of the
# same series is the configuration only.
set -u

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=apt.sh
. "$VM/apt.sh"

SERIES=6.12
GCC=gcc-14

build_kernel_from_source() {
	local tmp=$1 version=$2

	say "downloading linux-source-$SERIES $version"
	fetch "$tmp/deb" "linux-source-$SERIES=$version" || return
	say "unpacking it"
	mkdir -p "$tmp/src/linux" "$tmp/modules"
	tar -xf "$tmp/deb/usr/src/linux-source-$SERIES.tar.xz" \
		--strip-components=1 -C "$tmp/src/linux" || return
	rm -rf "$tmp/deb"
	say "compiling the $name kernel (10 minutes and more)"
	in_chroot -b "$VM:/project" -w "$tmp:/build" -w "$tmp/src:/usr/src" \
		"$image/root" nice bash /project/source-build.sh "$name" $GCC \
		> "$tmp/build.log" 2>&1 || {
		tail -n 30 "$tmp/build.log" >&2
		return 1
	}
	echo "$version" > "$tmp/version"
	echo $GCC > "$tmp/cc"
	echo /usr/src/linux > "$tmp/kdir"
	pack_modules "$image" "$tmp"
}

name=$1
image=$("$VM/image.sh") || exit
apt_setup
version=$(newest linux-source-$SERIES $SERIES)
[ -n "$version" ] || die "no linux-source-$SERIES in the archive"
dir=$CACHE/$name-$(key "$VM"/{source,"$name"}.config "$VM/source-build.sh" "$GCC" \
	"$version")
build_once "$dir" build_kernel_from_source "$version"
expire "$name-" "$dir"
echo "$dir"
