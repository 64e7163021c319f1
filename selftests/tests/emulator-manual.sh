#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# 20 hosts with manual keys start within 100 ms and ask about once a second: only
# the time of packets tells whose an SPI is.
#
# clock: instructions
set -u
# shellcheck source=selftests/emulator.sh
. "$(dirname "$0")/../emulator.sh"

case_manual 30
judge_manual
done_testing
