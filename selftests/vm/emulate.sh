#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# emulate.sh [KERNEL [CASE...]]: boots a machine in which the clock counts
# instructions, and plays the cases of selftests/emulate.sh in it, or of PLAY.
# RESULTS=DIR keeps the complete reports; SEED=N is of chance, VERBOSE=1 reports
# more.
set -u

VM=$(cd "$(dirname "$0")" && pwd)
kernel=${1:-6.12}
shift "$(($# > 0))"
# shellcheck disable=SC2016
ICOUNT=1 exec "$VM/boot.sh" "$kernel" -t "${LIMIT:-7200}" \
	${RESULTS:+-o "$RESULTS"} -e SEED="${SEED:-1}" \
	-e VERBOSE="${VERBOSE:-}" -e RESULT=/result/emulate.json -- bash -c '
	selftests/modules.sh load &&
	exec selftests/"$0" "$@"' "${PLAY:-emulate.sh}" "$@"
