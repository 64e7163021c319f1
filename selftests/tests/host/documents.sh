#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The commands of README.md and of the EXAMPLES of vpnct(8), as they are there,
# on a gateway with three hosts, where the modules are installed. Those that
# install and remove them take a compiler, and have selftests/documents.sh.
# modules: nf_conntrack_vpn
# kernels: 6.12
# debug: no
set -u
# shellcheck source=selftests/lib/lib.sh
. "$(dirname "$0")/../../lib/lib.sh"
# shellcheck source=selftests/lib/installed.sh
. "$(dirname "$0")/../../lib/installed.sh"
# shellcheck source=selftests/lib/documents.sh
. "$(dirname "$0")/../../lib/documents.sh"

# the documents call it so
NS=
TYPED=(at gw)

can_put
"$TOP/selftests/modules.sh" unload
put ''
depmod
PATH=/usr/local/sbin:$PATH
modprobe -a nf_nat_esp nf_conntrack_isakmp
howto_net 3
follow README.md "IPsec"
start 1 2 3
follow README.md "PPTP" 1
at gw nft delete table ip vpn
follow README.md "PPTP" 2
at gw iptables -t raw -F
follow README.md "Update"
is "$(pings_all 3 0.2 192.168.99.1 c1 c2 c3)" "3 3 3" \
	"the tunnels have survived the update"
follow userspace/vpnct.8 "EXAMPLES"
net_down
# the rule that names the helper goes with its namespace, which takes a while
busywait 30 "$TOP/selftests/modules.sh" unload 2> /dev/null
make -s -C "$TOP" uninstall
depmod
done_testing
