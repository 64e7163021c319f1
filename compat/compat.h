/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tree is written to the newest kernel API; what older kernels name or
 * pass differently is adapted here and nowhere else. The NF_VPN_HAVE_* macros
 * come from compat/probe.sh, which reads the headers built against: version
 * numbers don't tell, since stable kernels move lines.
 */
#ifndef _NF_VPN_COMPAT_H
#define _NF_VPN_COMPAT_H

#include <linux/module.h>
#include <linux/sysctl.h>
#include <linux/workqueue.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_helper.h>

/* proc handlers take a const table since 6.11. */
#ifdef NF_VPN_HAVE_CONST_CTL_TABLE
#define NF_VPN_CTL_TABLE const struct ctl_table
#else
#define NF_VPN_CTL_TABLE struct ctl_table
#endif

/* Tables have a size instead of a sentinel since 6.6. */
#ifndef NF_VPN_HAVE_SYSCTL_SZ
static inline struct ctl_table_header *
register_net_sysctl_sz(struct net *net, const char *path,
		       struct ctl_table *table, size_t size)
{
	return register_net_sysctl(net, path, table);
}
#endif

/* nf_ct_refresh() lost its skb argument, unused there, in 6.13 and later 6.12.y. */
#ifndef NF_VPN_HAVE_REFRESH_WITHOUT_SKB
#define nf_ct_refresh(ct, timeout)	nf_ct_refresh(ct, NULL, timeout)
#endif

/*
 * 7.1 and later copy the helper at registration and hand out the copy; before,
 * the caller's is the registered one. It must be static either way.
 */
#ifndef NF_VPN_HAVE_HELPER_COPY
static inline int
nf_vpn_helper_register(struct nf_conntrack_helper *helper,
		       struct nf_conntrack_helper **registered)
{
	*registered = helper;
	return nf_conntrack_helper_register(helper);
}

#define nf_conntrack_helper_register(helper, registered)		\
	nf_vpn_helper_register(helper, registered)
#endif

/* 7.3 dropped the ports. */
#ifdef NF_VPN_HAVE_HELPER_INIT_PORTS
#define nf_ct_helper_init(helper, l3num, protonum, name, policy, class, help, \
			  from_nlattr, me)				\
	nf_ct_helper_init(helper, l3num, protonum, name, 0, 0, 0, policy, class, \
			  help, from_nlattr, me)
#endif

/*
 * Before 7.3 a helper has a port, and no two of one protocol may share theirs,
 * though nothing is assigned by it any more.
 */
static inline void nf_vpn_helper_port(struct nf_conntrack_helper *helper,
				      u16 port)
{
#ifdef NF_VPN_HAVE_HELPER_INIT_PORTS
	helper->tuple.src.u.all = htons(port);
#endif
}

/*
 * Give an entry its helper, as __nf_ct_try_assign_helper() does: where
 * registration copies, entries hold references on the copy.
 */
static inline bool nf_vpn_helper_assign(struct nf_conn_help *help,
					struct nf_conntrack_helper *helper)
{
#ifdef NF_VPN_HAVE_HELPER_COPY
	if (!refcount_inc_not_zero(&helper->ct_refcnt))
		return false;
#endif
	rcu_assign_pointer(help->helper, helper);
	return true;
}

/* system_unbound_wq got a new name in 6.17. */
#ifndef NF_VPN_HAVE_DFL_WQ
#define system_dfl_wq	system_unbound_wq
#endif

/* struct genl_info came to dumps in 6.6; what had the attributes before. */
#ifndef NF_VPN_HAVE_GENL_INFO_DUMP
#define genl_info_dump(cb)	genl_dumpit_info(cb)
#endif

/* The namespace of our symbols, see compat/probe.sh: a string since 6.13. */
#ifdef NF_VPN_HAVE_TOKEN_NAMESPACE
#define NF_VPN_IMPORT_NS	MODULE_IMPORT_NS(NF_CONNTRACK_VPN)
#else
#define NF_VPN_IMPORT_NS	MODULE_IMPORT_NS("NF_CONNTRACK_VPN")
#endif

#endif /* _NF_VPN_COMPAT_H */
