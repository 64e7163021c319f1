#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# build-inside.sh KDIR CC [MAKE-ARGUMENT...]: the part of build.sh that runs in
# the userland image. /project is the tree, /build its copy, /usr/lib/modules and
# /usr/local are directories there, /result is the copy where tools and test
# programs have been built. Without KDIR, these are what is built.
set -eu

kdir=$1 cc=$2
shift 2
# what .gitignore names is neither copied nor deleted: builds go on from where
# they were (a first one has no .gitignore yet)
rsync -a --delete --exclude=/.git --exclude=/.build.log --exclude=/.stamp \
	--exclude=/installed --filter=':- .gitignore' /project/ /build/
cd /build
jobs=-j$(nproc)

# PARTIAL=1: what doesn't compile is missing, no more
run() {
	make "$jobs" "$@" || [ -n "${PARTIAL:-}" ]
}

if [ -z "$kdir" ]; then
	run -C userspace
	run -C selftests
	exit
fi
rsync -a /result/userspace /result/selftests /build/
run -C "$kdir" M=/build CC="$cc" modules "$@"
# what boot.sh has a kernel that checks itself load
if grep -qs '^CONFIG_KASAN=y' "$kdir/.config"; then
	run -C "$kdir" M=/build/selftests/vm/slow_clock CC="$cc" modules
fi
# as an admin does: a guest looks whether it loads (tests/install.sh)
run install KDIR="$kdir" CC="$cc" "$@"
