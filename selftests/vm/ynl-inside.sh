#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# ynl-inside.sh TREE SOURCE OUT: in the userland image, the clients that the
# kernel's ynl makes of the netlink spec of TREE. SOURCE is from linux-source.sh.
# OUT gets ynl/, with the Python client and the spec where it looks for it, and
# ynl/sessions, which uses the C client.
set -eu

tree=$1 source=$2 out=$3/ynl
spec=$out/Documentation/netlink/specs/nf_ct_vpn.yaml

mkdir -p "$out"
cp -a "$source/Documentation" "$source/tools" "$out/"
mkdir -p "${spec%/*}"
cp "$tree/Documentation/netlink/specs/nf_ct_vpn.yaml" "$spec"
# by which it knows the top of a kernel's source
touch "$out/MAINTAINERS"
lib=$out/tools/net/ynl/lib
generator=$(find "$out/tools" -name 'ynl[-_]gen[-_]c.py')
for file in header:h source:c; do
	python3 "$generator" --spec "$spec" --mode user "--${file%:*}" \
		-o "$out/nf_ct_vpn-user.${file#*:}"
done
flags=''
! grep -q session_get_req_dump "$out/nf_ct_vpn-user.h" ||
	flags=-DNAMES_OF_MODES
# shellcheck disable=SC2086
gcc $flags -std=gnu11 -O2 -Wall -Wextra -Wno-unused-parameter -Werror \
	-I"$lib" -I"$out" -I"$tree/include/uapi" -o "$out/sessions" \
	"$tree/selftests/tools/ynl/sessions.c" "$out/nf_ct_vpn-user.c" \
	"$lib/ynl.c"
