#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# clean-cache.sh: removes the userland image, kernels, package lists and builds
# from the cache, and says how much that was.
set -u

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

[ -d "$CACHE" ] || exit 0
[ -z "$(find "$CACHE" -maxdepth 1 -name 'run.*' -print -quit)" ] ||
	die "a virtual machine is running: see $CACHE/run.*"
say "removing $(as_root du -sh "$CACHE" | cut -f 1) in $CACHE"
as_root rm -rf "$CACHE"
