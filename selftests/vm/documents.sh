#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# documents.sh [KERNEL...]: installs and removes the modules as the documents
# say, on gateways with these kernels (default: 6.12 newest 6.1; see gateway.sh),
# JOBS at a time. Prints TAP of each and then "N passed, N failed".
set -u

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# one KERNEL
one() {
	"$VM/boot.sh" -g -m 4096 -t "${LIMIT:-5400}" "$1" -- \
		selftests/documents.sh > "$out/$1.said"
	{
		echo $? | sed -n '/^0$/!s/.*/# exit status &/p'
		cat "$out/$1.said"
		grep -qE '^(1\.\.|not ok)' "$out/$1.said" ||
			echo "not ok - the machine ran to its end"
	} > "$out/$1.tap"
	sed -u "s/^/$1: /" "$out/$1.tap"
}

[ $# -gt 0 ] || set -- 6.12 newest 6.1
out=$(mktemp -d) || exit
trap 'rm -rf "$out"' EXIT
# one after the other: these download
for kernel; do
	"$VM/gateway.sh" "$kernel" > /dev/null || exit
done
for kernel; do
	while [ "$(jobs -pr | wc -l)" -ge "${JOBS:-$(nproc)}" ]; do
		wait -n
	done
	one "$kernel" &
done
wait
passed=$(cat "$out"/*.tap | grep -c '^ok')
failed=$(cat "$out"/*.tap | grep -c '^not ok')
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
