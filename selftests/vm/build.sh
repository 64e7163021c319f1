#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# build.sh KERNEL [MAKE-ARGUMENT...]: builds modules, tools and test programs
# of this tree for KERNEL (see kernel.sh) in a copy of the tree in the cache,
# and prints the name of the copy.
set -u

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

series=$1
shift
image=$("$VM/image.sh") || exit
kernel=$("$VM/kernel.sh" "$series") || exit
prefix=build-$(key "$TOP")-$series-
out=$CACHE/$prefix$(key "$image" "$kernel")
lock "$out.lock"
modules=$out/installed/modules/$(cat "$kernel/release")
mkdir -p "$out/installed/local" "$modules"
# depmod complains if what comes with a kernel is missing
touch "$modules"/modules.{order,builtin,builtin.modinfo}
in_chroot -b "$TOP:/project" -b "$kernel/src:/usr/src" -w "$out:/build" \
	-w "$out/installed/modules:/usr/lib/modules" \
	-w "$out/installed/local:/usr/local" \
	"$image/root" bash /project/selftests/vm/build-inside.sh \
	"$(cat "$kernel/kdir")" "$(cat "$kernel/cc")" "$@" \
	> "$out/.build.log" 2>&1 || {
	grep -vE '^ +[A-Z]+ ' "$out/.build.log" >&2
	die "build for kernel $series failed"
}
grep -E 'warning:|WARNING:' "$out/.build.log" >&2
unlock
expire "$prefix" "$out"
echo "$out"
