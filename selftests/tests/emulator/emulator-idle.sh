#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A host is idle for three times the timeout of ESP; then its server sends first,
# while another host waits for the answer to its first packet.
#
# clock: instructions
# kernels: 6.12
set -u
# shellcheck source=selftests/lib/emulator.sh
. "$(dirname "$0")/../../lib/emulator.sh"

case_idle 22
judge_idle
done_testing
