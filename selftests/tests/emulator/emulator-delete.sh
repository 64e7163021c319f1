#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# One of five hosts has an IPsec implementation that answers a packet of an
# unknown SPI by deleting that SPI, which the server takes for a sibling's.
#
# clock: instructions
# kernels: 6.12
set -u
# shellcheck source=selftests/lib/emulator.sh
. "$(dirname "$0")/../../lib/emulator.sh"

case_delete 25
judge_delete
done_testing
