#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# build.sh KERNEL|tools [MAKE-ARGUMENT...]: builds modules, tools and test
# programs of this tree for KERNEL (see kernel.sh) in a copy of the tree in the
# cache, and prints the name of the copy. Tools and test programs are built
# once for all kernels.
set -u

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# stamp [ARGUMENT...]: changes when a file of the tree does, or how it is built
stamp() {
	{
		find "$TOP" -name .git -prune -o -type f -printf '%P %T@ %s\n' |
			sort
		echo "${PARTIAL:-} $*"
	} | sha256sum
}

# build [ARGUMENT...]: for $kernel, or for none
build() {
	local binds=(-b "$TOP:/project" -w "$out:/build")
	local arguments=('' '') modules=$out/installed/modules

	if [ -n "$kernel" ]; then
		modules+=/$(cat "$kernel/release")
		mkdir -p "$out/installed/local" "$modules"
		# depmod complains if what comes with a kernel is missing
		touch "$modules"/modules.{order,builtin,builtin.modinfo}
		binds+=(-b "$kernel/src:/usr/src" -b "$tools:/result"
			-w "$out/installed/modules:/usr/lib/modules"
			-w "$out/installed/local:/usr/local")
		arguments=("$(cat "$kernel/kdir")" "$(cat "$kernel/cc")")
	fi
	in_chroot "${binds[@]}" "$image/root" \
		bash /project/selftests/vm/build-inside.sh "${arguments[@]}" "$@"
}

series=$1
shift
image=$("$VM/image.sh") || exit
kernel='' tools=''
if [ "$series" != tools ]; then
	kernel=$("$VM/kernel.sh" "$series") && tools=$("$0" tools) || exit
fi
# which of their lines run: such a kernel can tell (coverage.sh)
! from_source "$series" || set -- GCOV_PROFILE=y "$@"
prefix=build-$(key "$TOP")-$series-
out=$CACHE/$prefix$(key "$image" "$kernel")
lock "$out.lock"
mkdir -p "$out"
now=$(stamp "$@")
if [ "$now" != "$(cat "$out/.stamp" 2>/dev/null)" ]; then
	rm -f "$out/.stamp"
	say "compiling ${kernel:+the modules for kernel }$series"
	build "$@" > "$out/.build.log" 2>&1 || {
		grep -vE '^ +[A-Z]+ ' "$out/.build.log" >&2
		die "build for $series failed"
	}
	grep -E 'warning:|WARNING:' "$out/.build.log" >&2
	echo "$now" > "$out/.stamp"
fi
unlock
expire "$prefix" "$out"
echo "$out"
