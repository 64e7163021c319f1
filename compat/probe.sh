#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# probe.sh SRCTREE: compiler flags that say what the kernel's headers declare.
set -eu

include=$1/include

# have NAME FILE PATTERN: -DNF_VPN_HAVE_NAME if the header, its lines joined,
# matches the extended regular expression.
have() {
	tr -s ' \t\n' ' ' < "$include/$2" | grep -qE "$3" &&
		printf ' -DNF_VPN_HAVE_%s' "$1"
	return 0
}

have CONST_CTL_TABLE linux/sysctl.h \
	'typedef int proc_handler\(const struct ctl_table'
have SYSCTL_SZ net/net_namespace.h 'register_net_sysctl_sz\('
have REFRESH_WITHOUT_SKB net/netfilter/nf_conntrack.h \
	'nf_ct_refresh\(struct nf_conn \*ct, u32'
have HELPER_COPY net/netfilter/nf_conntrack_helper.h \
	'int nf_conntrack_helper_register\([^;]*\*\*'
have HELPER_INIT_PORTS net/netfilter/nf_conntrack_helper.h \
	'nf_ct_helper_init\([^;]*u16 spec_port'
have GENL_INFO_DUMP net/genetlink.h 'genl_info_dump\('
have DFL_WQ linux/workqueue.h 'struct workqueue_struct \*system_dfl_wq'
have TOKEN_NAMESPACE linux/module.h \
	'MODULE_IMPORT_NS\(ns\) MODULE_INFO\(import_ns, __stringify'
# Exports say theirs as a token or as a string; stable kernels mix the two.
if [ -n "$(have TOKEN linux/export.h \
	'__stringify\(DEFAULT_SYMBOL_NAMESPACE\)')" ]; then
	printf ' -DDEFAULT_SYMBOL_NAMESPACE=NF_CONNTRACK_VPN'
else
	printf " -DDEFAULT_SYMBOL_NAMESPACE='\"NF_CONNTRACK_VPN\"'"
fi
echo
