#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# vpnct doctor on what is loaded at boot.
# kernels: 6.12
# beside: others
# debug: no
set -u
# shellcheck source=selftests/lib/doctor.sh
. "$(dirname "$0")/../../lib/doctor.sh"

# boot [LINE...]: what doctor says if a file of modules-load.d has these
boot() {
	# shellcheck disable=SC2016
	at gw unshare -m bash -c 'mkdir -p /etc/modules-load.d &&
		mount -t tmpfs none /etc/modules-load.d &&
		printf "%s\n" "$@" > /etc/modules-load.d/vpn.conf &&
		vpnct doctor -p' - "$@" |
		awk -F '\t' '$2 == "boot" { print $1, $5 }'
}

howto_net 1
like "$(boot '# nf_nat_esp')" '^note .* nf_nat_esp is to be loaded' \
	"nothing is loaded at boot"
like "$(boot nf_nat_esp)" '^note .* nf_conntrack_pptp_ext is' "one module is"
like "$(boot nf-nat-esp '' ' nf_conntrack_pptp_ext ')" '^ok ' "all are"
done_testing
