#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Copies go to hosts that are switched off, unreachable, or behind a small MTU:
# the server never hears of it.
#
# clock: instructions
# kernels: 6.12
set -u
# shellcheck source=selftests/lib/emulator.sh
. "$(dirname "$0")/../../lib/emulator.sh"

case_icmp 10
judge_icmp
done_testing
