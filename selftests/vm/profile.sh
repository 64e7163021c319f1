#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# profile.sh [KERNEL [ALL]]: the functions in which a packet of ESP or IKE of
# selftests/bench.sh spends its instructions, untracked, with stock conntrack and
# with ours. Functions whose figures are the same in all three are left out, unless
# ALL is given. RESULTS=DIR keeps the log of instructions.
set -u

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

results=${RESULTS:-$(mktemp -d)} || exit
[ -n "${RESULTS:-}" ] || trap 'rm -rf "$results"' EXIT
kernel=${1:-6.12}
if ! compgen -G "$results/*.executed" > /dev/null; then
	ICOUNT=1 PROFILE=1 "$VM/boot.sh" "$kernel" -t "${LIMIT:-1800}" \
		-o "$results" -e PROFILE=/result/profile -e PACKETS=10000 -- \
		bash selftests/bench.sh 1 > /dev/null || exit
fi
image=$("$VM/image.sh") || exit
in_chroot -b "$TOP:/project" -b "$results:/result" "$image/root" \
	python3 /project/selftests/vm/profile.py /result "${2:-}"
