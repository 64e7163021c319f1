#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# replay.sh [--update] ISAKMP_REPLAY - captures against the ticket rule
#
# Each captures/NAME.txt is replayed and compared with NAME.expected; --update
# writes the latter instead. Whatever is expected, each new inbound SPI must
# find a ticket.
set -u

cd "$(dirname "$0")" || exit 1

update=
if [ "${1:-}" = --update ]; then
	update=yes
	shift
fi
replay=${1:?the isakmp_replay to test}
read -r -a runner <<< "${RUNNER:-}"
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
n=0 failed=0

# result STATUS TEXT
result()
{
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
	else
		failed=$((failed + 1))
		echo "not ok $n - $2"
	fi
}

for file in captures/*.txt; do
	name=$(basename "$file" .txt)
	"${runner[@]}" "$replay" "$file" > "$tmp/got"
	result $? "capture $name: can be replayed"
	! grep -q 'NO TICKET' "$tmp/got"
	result $? "capture $name: every new SPI finds a ticket"
	if [ -n "$update" ]; then
		cp "$tmp/got" "captures/$name.expected"
	fi
	diff -u "captures/$name.expected" "$tmp/got" > "$tmp/diff" 2>&1
	result $? "capture $name: tickets open and end where they should"
	sed 's/^/# /' "$tmp/diff"
done
echo "1..$n"
[ "$n" -gt 0 ] && [ "$failed" = 0 ]
