#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# unit-cross.sh [MACHINE...]: "make unit" for machines that see numbers otherwise,
# under qemu-user: s390x is big endian, armhf has 32 bits. Prints TAP of each and
# then "N passed, N failed".
set -u

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# what the compiler and qemu call it
declare -A GCC=([s390x]=s390x-linux-gnu [armhf]=arm-linux-gnueabihf)
declare -A QEMU=([s390x]=s390x [armhf]=arm)

# one MACHINE
one() {
	local gcc=${GCC[$1]}

	# shellcheck disable=SC2016
	in_chroot -b "$TOP:/project" -w "$tmp:/build" "$image/root" bash -c '
		rsync -a --exclude=/.git --filter=":- .gitignore" /project/ /build/
		exec make -s "-j$(nproc)" -C /build/unit check "$@"' unit \
		CC="$gcc-gcc" BUILD="build/$1" MUTATIONS=1000 \
		SANITIZE='-fsanitize=undefined -fno-sanitize-recover=all' \
		RUNNER="qemu-${QEMU[$1]} -L /usr/$gcc" > "$tmp.$1" 2>&1 ||
		grep -q '^not ok' "$tmp.$1" ||
		echo "not ok - it is built and run to the end" >> "$tmp.$1"
	sed "s/^/$1: /" "$tmp.$1"
}

[ $# -gt 0 ] || set -- s390x armhf
image=$("$VM/release-image.sh") || exit
tmp=$(mktemp -d) || exit
trap 'as_root rm -rf "$tmp" "$tmp".*' EXIT
for machine; do
	[ -n "${GCC[$machine]:-}" ] || die "$machine is none of: ${!GCC[*]}"
	one "$machine"
done
passed=$(cat "$tmp".* | grep -c '^ok')
failed=$(cat "$tmp".* | grep -c '^not ok')
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
