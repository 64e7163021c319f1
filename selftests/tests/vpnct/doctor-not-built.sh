#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# vpnct doctor where the running kernel has no such modules, as after an update
# of the kernel without dkms, where it has them, and where it wants them signed.
# kernels: 6.12
# modules: none
# debug: no
set -u
# shellcheck source=selftests/lib/doctor.sh
. "$(dirname "$0")/../../lib/doctor.sh"

RELEASE=$(uname -r)

# remedy LINE [CONTENT [COMMAND]]: what doctor advises if modules.dep has LINE,
# the module CONTENT, and after COMMAND
remedy() {
	# shellcheck disable=SC2016
	at gw unshare -m bash -c 'dir=/lib/modules/$(uname -r) &&
		mkdir -p "$dir" && mount -t tmpfs none "$dir" &&
		echo "$1" > "$dir/modules.dep" && mkdir "$dir/updates" &&
		printf "%s" "$2" > "$dir/updates/nf_nat_esp.ko" &&
		echo Y > "$3" && eval "$4" && vpnct doctor -j' \
		- "$1" "${2:-}" "$TMP/yes" "${3:-:}" |
		jq -r '.[] | select(.check == "modules") | .remedy // ""'
}

howto_net 1
like "$(remedy 'kernel/net/foo.ko: updates/nf_nat_esp.ko')" \
	"they aren't built for kernel ${RELEASE//+/.}\$" "not built"
is "$(remedy 'updates/nf_nat_esp.ko.xz: kernel/net/foo.ko')" \
	"modprobe -a nf_nat_esp nf_conntrack_isakmp" "built"
# what Secure Boot and lockdown bring with them
ENFORCE="mount --bind $TMP/yes /sys/module/module/parameters/sig_enforce"
SIGNED=$'code~Module signature appended~\n'
like "$(remedy 'updates/nf_nat_esp.ko:' code "$ENFORCE")" \
	'signed modules only .*updates/nf_nat_esp.ko isn.t: .*mokutil' "unsigned"
unlike "$(remedy 'updates/nf_nat_esp.ko:' "$SIGNED" "$ENFORCE")" \
	'signed modules only' "signed"
unlike "$(remedy 'updates/nf_nat_esp.ko:' code)" 'signed modules only' \
	"unsigned, where that is no matter"
done_testing
