#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# vpnct doctor where the running kernel has no such modules, as after an update
# of the kernel without dkms, and where it has them.
# modules: none
set -u
# shellcheck source=selftests/lib/doctor.sh
. "$(dirname "$0")/../../lib/doctor.sh"

RELEASE=$(uname -r)

# remedy LINE: what doctor advises if modules.dep has LINE
remedy() {
	# shellcheck disable=SC2016
	at gw unshare -m bash -c 'dir=/lib/modules/$(uname -r) &&
		mkdir -p "$dir" && mount -t tmpfs none "$dir" &&
		echo "$1" > "$dir/modules.dep" && vpnct doctor -j' - "$1" |
		jq -r '.[] | select(.check == "modules") | .remedy // ""'
}

howto_net 1
like "$(remedy 'kernel/net/foo.ko: updates/nf_nat_esp.ko')" \
	"they aren't built for kernel ${RELEASE//+/.}\$" "not built"
is "$(remedy 'updates/nf_nat_esp.ko.xz: kernel/net/foo.ko')" \
	"modprobe -a nf_nat_esp nf_conntrack_isakmp" "built"
done_testing
