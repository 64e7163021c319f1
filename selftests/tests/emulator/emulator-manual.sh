#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# 20 hosts with manual keys start within 100 ms and ask about once a second: only
# the time of packets tells whose an SPI is.
#
# clock: instructions
# kernels: 6.12
set -u
# shellcheck source=selftests/lib/emulator.sh
. "$(dirname "$0")/../../lib/emulator.sh"

case_manual 40
judge_manual_owners
holds '.decided == .spis' "all SPIs are decided"
done_testing
