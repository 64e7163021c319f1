#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# bench.sh [KERNEL]: runs selftests/bench.sh in a machine in which the clock
# counts instructions.
set -u

VM=$(cd "$(dirname "$0")" && pwd)
ICOUNT=1 exec "$VM/boot.sh" "${1:-6.12}" -t "${LIMIT:-3600}" \
	${RESULTS:+-o "$RESULTS"} -- bash selftests/bench.sh
