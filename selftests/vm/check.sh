#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# check.sh [KERNEL]: what can be said about the sources without running them:
# checkpatch, kernel-doc, sizes, shellcheck, compiler warnings (W=1), sparse, the
# floors of the modules, licence headers, the netlink spec. Prints TAP and then "N
# passed, N failed".
set -u

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

series=${1:-6.12}
image=$("$VM/image.sh") && kernel=$("$VM/kernel.sh" "$series") &&
	linux=$("$VM/linux-source.sh" 6.12) &&
	newest=$("$VM/linux-source.sh" newest) || exit
out=$CACHE/check-$(key "$TOP")
mkdir -p "$out" "$CACHE/good"
find "$CACHE/good" -type f -mtime +13 -delete
lock "$out.lock"
say "checking the sources"
in_chroot -b "$TOP:/project" -b "$kernel/src:/usr/src" -w "$out:/build" \
	-b "$linux:/result" -b "$newest:/mnt" \
	-w "$CACHE/good:/srv" "$image/root" \
	bash /project/selftests/vm/check-inside.sh \
	"$(cat "$kernel/kdir")" "$(cat "$kernel/cc")" | tee "$out.tap"
failed=$(grep -c '^not ok' "$out.tap")
passed=$(grep -c '^ok' "$out.tap")
grep -q '^1\.\.' "$out.tap" || failed=$((failed + 1))
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
