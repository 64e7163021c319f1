# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the scripts in this directory share: where things are cached, how
# they are built only once, and how to run a command in the userland image.
#
# stdout of every script is its result (a path); progress goes to stderr.

VM=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck disable=SC2034
TOP=$(cd "$VM/../.." && pwd)
CACHE=${NF_VPN_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/nf-conntrack-vpn}
export NF_VPN_T0=${NF_VPN_T0:-$EPOCHSECONDS}

say() {
	printf '[%4ds] %s\n' "$((EPOCHSECONDS - NF_VPN_T0))" "$*" >&2
}

die() {
	say "error: $*"
	exit 1
}

# from_source KERNEL: is it built from source (source-kernel.sh)?
from_source() {
	[ "$1" = debug ]
}

# key FILE|STRING...: a short name that changes when any of them does
key() {
	local x

	for x; do
		if [ -f "$x" ]; then cat "$x"; else echo "$x"; fi
	done | sha256sum | cut -c1-12
}

# One build of a thing at a time; others wait and then find it done. A shell
# holds one lock, until unlock or its end.
lock() {
	exec 9>"$1" || die "cannot write $1"
	flock -n 9 && return
	say "waiting for another run to finish with ${1##*/}"
	flock 9
}

unlock() {
	exec 9>&-
}

# build_once DIR FUNCTION [ARG...]: calls FUNCTION TMPDIR ARG... unless DIR
# exists, and renames TMPDIR to DIR when it has succeeded. What an
# interrupted build left behind is thrown away by the next one.
build_once() {
	local dir=$1 build=$2

	shift 2
	[ -d "$dir" ] && return
	mkdir -p "$CACHE" || die "cannot create $CACHE"
	lock "$dir.lock"
	if [ ! -d "$dir" ]; then
		as_root rm -rf "$dir.tmp"
		mkdir "$dir.tmp" || die "cannot create $dir.tmp"
		("$build" "$dir.tmp" "$@") || die "${build//_/ } failed"
		mv "$dir.tmp" "$dir" || die "cannot create $dir"
	fi
	unlock
}

# expire PREFIX CURRENT: removes what CURRENT has replaced, unless it was used
# within a day: other runs may still be using it. Of trees and kernels that are
# no longer used, what is two weeks old goes, too.
expire() {
	local dir

	touch "$2"
	{
		find "$CACHE" -maxdepth 1 -type d -name "$1*" -mtime +0
		find "$CACHE" -maxdepth 1 -type d -name '*-*' -mtime +13
	} | sort -u | while read -r dir; do
		as_root rm -rf "$dir" "$dir.lock"
	done
}

# Files of the image belong to many users, and chroot wants privileges; a
# user namespace gives both to an ordinary user.
as_root() {
	if [ "$EUID" = 0 ]; then
		"$@"
	else
		unshare --user --map-auto --map-root-user -- "$@"
	fi
}

# in_chroot [-b SRC:DST] [-w SRC:DST] ROOT COMMAND...: runs COMMAND with ROOT
# as its root, SRC visible at DST read-only (-b) or writable (-w). ROOT itself
# is read-only: a build can't change the image it is made with. What a compiler
# makes is kept by ccache, for other clones and other kernels.
in_chroot() {
	local binds=(-w "$CACHE/ccache:/var/cache")

	mkdir -p "$CACHE/ccache"
	while [[ $1 == -[bw] ]]; do
		binds+=("$1" "$2")
		shift 2
	done
	as_root unshare --mount --propagation private -- \
		bash "$VM/chroot.sh" "${binds[@]}" "$@"
}

# pack_modules IMAGE DIR: DIR/modules to DIR/modules.sqfs
pack_modules() {
	# shellcheck disable=SC2016
	in_chroot -w "$2:/build" "$1/root" bash -ec '
		mkdir -p /tmp/root/lib
		ln -s /build/modules /tmp/root/lib/modules
		depmod -b /tmp/root "$(cat /build/release)"
		mksquashfs /build/modules /build/modules.sqfs -comp zstd \
			-Xcompression-level 6 -noappend -quiet -no-progress
	' >&2
}
