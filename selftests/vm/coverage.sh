#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# coverage.sh [TEST...]: runs the tests on the debug kernel, whose modules count
# how often each of their lines runs, and prints for each source how many lines
# did, and which did not.
#
#   RESULTS	keep results there; what an earlier run left there, be it of make
#		test-debug, is reported without another one
set -u

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

results=${RESULTS:-$(mktemp -d)} || exit
if ! compgen -G "$results/*/gcov" > /dev/null; then
	RESULTS=$results "$VM/suite.sh" debug ${1:+-- "$@"}
fi
image=$("$VM/image.sh") && kernel=$("$VM/kernel.sh" debug) &&
	out=$("$VM/build.sh" debug) || exit
runs=("$results"/*/gcov)
in_chroot -b "$TOP:/project" -b "$results:/result" -w "$out:/build" \
	"$image/root" python3 /project/selftests/vm/coverage.py \
	"$(sed s/gcc/gcov/ "$kernel/cc")" /build \
	"${runs[@]/#"$results"//result}"
