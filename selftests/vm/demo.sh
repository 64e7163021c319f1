#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# demo.sh [KERNEL]: boots a throw-away machine and runs selftests/demo.sh in
# it, first as it is, then with the modules.
set -u

VM=$(cd "$(dirname "$0")" && pwd)
exec "$VM/boot.sh" "${1:-6.12}" -- bash -c '
	STOCK=1 bash selftests/demo.sh &&
	selftests/modules.sh load &&
	bash selftests/demo.sh'
