#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# image.sh: builds the userland image once and prints its directory, which
# holds root/ (to build in) and root.sqfs (to boot from, without compilers).
set -u

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=apt.sh
. "$VM/apt.sh"

# strongSwan for tests that have it beside libreswan: their packages conflict,
# their files don't.
UNPACK=(charon-systemd libstrongswan strongswan-libcharon strongswan-swanctl)
# What no test needs to be in the guest. Directories stay, as mount points.
EMPTY=(boot build dev proc project result run sys tmp usr/src usr/include
	usr/lib/gcc usr/libexec/gcc usr/lib/clang usr/lib/firmware
	usr/share/doc usr/share/info usr/share/locale usr/share/man
	usr/share/perl var/cache var/lib/apt/lists var/lib/dpkg/info)
OMIT=('usr/lib/llvm-*' 'usr/lib/x86_64-linux-gnu/libLLVM*'
	'usr/lib/x86_64-linux-gnu/libclang*' 'usr/lib/x86_64-linux-gnu/*.a'
	'usr/bin/*-gcc-*' 'usr/bin/*-cpp-*' 'usr/bin/*-lto-dump-*'
	usr/bin/shellcheck)

packages() {
	sed -e 's/#.*//' -e '/^ *$/d' "$VM/packages"
}

# shellcheck disable=SC2016
build_image() {
	local tmp=$1

	debian_root "$tmp" trixie security "$(packages | paste -sd,)" \
		--dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		--customize-hook='mkdir "$1/project" "$1/build" "$1/result" \
			"$1/usr/lib/modules"' || return
	fetch "$tmp/unpacked" "${UNPACK[@]}" &&
		as_root cp -a "$tmp/unpacked/." "$tmp/root/" || return
	rm -r "$tmp/unpacked"
	# no -comp xz: the guest has to unpack it without KVM
	in_chroot -w "$tmp:/build" "$tmp/root" mksquashfs / /build/root.sqfs \
		-comp zstd -Xcompression-level 9 -noappend -quiet -no-progress \
		-wildcards -e "${EMPTY[@]/%//*}" "${OMIT[@]}" >&2
}

"$VM/needs.sh" || exit
apt_setup
image=$CACHE/image-$(key "$(packages)" "$(declare -f build_image debian_root)" \
	"${UNPACK[*]}" "${EMPTY[*]}" "${OMIT[*]}")
if [ ! -d "$image" ]; then
	say "building the userland image (Debian trixie, two to five minutes)"
	build_once "$image" build_image
	say "userland image ready"
fi
expire image- "$image"
echo "$image"
