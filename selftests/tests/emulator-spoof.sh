#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Somebody sends ESP with random SPIs from the server's address, while ten hosts
# rekey.
#
# clock: instructions
set -u
# shellcheck source=selftests/emulator.sh
. "$(dirname "$0")/../emulator.sh"

case_spoof 25
judge_spoof
done_testing
