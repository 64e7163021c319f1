#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# vpnct doctor where no module is loaded: it has much to look at all the same.
# kernels: 6.12
# modules: none
# debug: no
set -u
# shellcheck source=selftests/lib/doctor.sh
. "$(dirname "$0")/../../lib/doctor.sh"

howto_net 1
masquerade
diagnosed modules '^problem nf_nat_esp is not loaded' "no module"
remedies modules '^modprobe -a nf_nat_esp' "and how to load them"
healthy forwarding "forwarding is looked at without them"
healthy rules "and so are the rules"
is "$(findings session)" "" "sessions can't be"
done_testing
