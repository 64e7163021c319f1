#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# chroot.sh [-b SRC:DST] [-w SRC:DST] ROOT COMMAND...
# The inside of in_chroot() (lib.sh): runs in a mount namespace of its own.
set -eu

binds=()
while [[ $1 == -[bw] ]]; do
	binds+=("$1" "$2")
	shift 2
done
root=$1
shift

mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount -t tmpfs -o mode=1777 tmp "$root/tmp"
mount --rbind /proc "$root/proc"
mount --rbind /dev "$root/dev"

set -- "${binds[@]}" -- "$@"
while [ "$1" != -- ]; do
	src=${2%%:*} dst=$root${2#*:}
	mount --bind "$src" "$dst"
	[ "$1" = -w ] || mount -o remount,bind,ro "$dst"
	shift 2
done
shift

exec env -i PATH=/usr/lib/ccache:/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp \
	LC_ALL=C.UTF-8 CCACHE_DIR=/var/cache CCACHE_MAXSIZE=2G \
	CCACHE_DEPEND=1 TERM="${TERM:-dumb}" PARTIAL="${PARTIAL:-}" chroot "$root" "$@"
