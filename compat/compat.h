/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tree is written to the newest kernel API; what older kernels name or
 * pass differently is adapted here and nowhere else. The NF_VPN_HAVE_* macros
 * come from compat/probe.sh, which reads the headers built against: version
 * numbers don't tell, since stable kernels move lines.
 */
#ifndef _NF_VPN_COMPAT_H
#define _NF_VPN_COMPAT_H

#include <linux/sysctl.h>
#include <linux/workqueue.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_helper.h>

/* skb_gso_segment() moved there from netdevice.h in 6.5. */
#ifdef NF_VPN_HAVE_GSO_H
#include <net/gso.h>
#endif

/* proc handlers take a const table since 6.11. */
#ifdef NF_VPN_HAVE_CONST_CTL_TABLE
#define NF_VPN_CTL_TABLE const struct ctl_table
#else
#define NF_VPN_CTL_TABLE struct ctl_table
#endif

/* Tables have a size instead of a sentinel since 6.6. */
static inline struct ctl_table_header *
nf_vpn_register_sysctl(struct net *net, const char *path,
		       struct ctl_table *table, size_t n)
{
#ifdef NF_VPN_HAVE_SYSCTL_SZ
	return register_net_sysctl_sz(net, path, table, n);
#else
	return register_net_sysctl(net, path, table);
#endif
}

/* nf_ct_refresh() lost its skb argument in 6.13 and in later 6.12.y. */
static inline void nf_vpn_ct_refresh(struct nf_conn *ct,
				     const struct sk_buff *skb, u32 timeout)
{
#ifdef NF_VPN_HAVE_REFRESH_WITHOUT_SKB
	nf_ct_refresh(ct, timeout);
#else
	nf_ct_refresh(ct, skb, timeout);
#endif
}

/*
 * 7.1 and later copy the helper at registration and hand out the copy; before,
 * the caller's is the registered one. @helper must be static either way.
 */
static inline int nf_vpn_helper_register(struct nf_conntrack_helper *helper,
					 struct nf_conntrack_helper **registered)
{
#ifdef NF_VPN_HAVE_HELPER_COPY
	return nf_conntrack_helper_register(helper, registered);
#else
	*registered = helper;
	return nf_conntrack_helper_register(helper);
#endif
}

/* 7.3 dropped the ports of nf_ct_helper_init(). */
static inline void
nf_vpn_helper_init(struct nf_conntrack_helper *helper, u16 l3num, u16 protonum,
		   const char *name,
		   const struct nf_conntrack_expect_policy *policy,
		   int (*help)(struct sk_buff *skb, unsigned int protoff,
			       struct nf_conn *ct,
			       enum ip_conntrack_info ctinfo),
		   struct module *me)
{
#ifdef NF_VPN_HAVE_HELPER_INIT_PORTS
	nf_ct_helper_init(helper, l3num, protonum, name, 0, 0, 0, policy, 0,
			  help, NULL, me);
#else
	nf_ct_helper_init(helper, l3num, protonum, name, policy, 0, help, NULL,
			  me);
#endif
}

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
#ifdef NF_VPN_HAVE_DFL_WQ
#define nf_vpn_unbound_wq system_dfl_wq
#else
#define nf_vpn_unbound_wq system_unbound_wq
#endif

/* Attributes of a dump request: struct genl_info came to dumps in 6.6. */
static inline struct nlattr **nf_vpn_dump_attrs(struct netlink_callback *cb)
{
#ifdef NF_VPN_HAVE_GENL_INFO_DUMP
	return genl_info_dump(cb)->attrs;
#else
	return genl_dumpit_info(cb)->attrs;
#endif
}

#endif /* _NF_VPN_COMPAT_H */
