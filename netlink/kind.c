// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kinds of entries: the module that has some tells netlink what can be done with
 * them.
 */
#include <linux/export.h>
#include <linux/rcupdate.h>
#include <linux/rwsem.h>

#include "core/net.h"
#include "netlink/kind.h"
#include "netlink/request.h"

/* By &enum nf_ct_vpn_kind, read under RCU: what may be told of. */
static const struct nf_vpn_kind __rcu *nf_vpn_kinds[NF_VPN_KINDS];

/* Those that may be changed, by who may sleep. */
static DECLARE_RWSEM(nf_vpn_kinds_sem);
static const struct nf_vpn_kind *nf_vpn_kinds_open[NF_VPN_KINDS];

static void nf_vpn_kind_open(enum nf_ct_vpn_kind kind,
			     const struct nf_vpn_kind *to)
{
	down_write(&nf_vpn_kinds_sem);
	nf_vpn_kinds_open[kind] = to;
	up_write(&nf_vpn_kinds_sem);
}

/**
 * nf_vpn_kind_register - entries of a kind can be had from now on
 * @kind: kind, kept until nf_vpn_kind_unregister()
 */
void nf_vpn_kind_register(const struct nf_vpn_kind *kind)
{
	rcu_assign_pointer(nf_vpn_kinds[kind->kind], kind);
	nf_vpn_kind_open(kind->kind, kind);
}
EXPORT_SYMBOL_GPL(nf_vpn_kind_register);

/**
 * nf_vpn_kind_stop - no request makes or drops any more
 * @kind: kind whose entries are about to go; that is still told of
 */
void nf_vpn_kind_stop(const struct nf_vpn_kind *kind)
{
	nf_vpn_kind_open(kind->kind, NULL);
}
EXPORT_SYMBOL_GPL(nf_vpn_kind_stop);

/**
 * nf_vpn_kind_unregister - nobody uses the kind any more, on return
 * @kind: kind, after nf_vpn_kind_stop()
 */
void nf_vpn_kind_unregister(const struct nf_vpn_kind *kind)
{
	RCU_INIT_POINTER(nf_vpn_kinds[kind->kind], NULL);
	synchronize_rcu();
}
EXPORT_SYMBOL_GPL(nf_vpn_kind_unregister);

/**
 * nf_vpn_kind - what can be told of a kind
 * @kind: which, under RCU
 *
 * Return: NULL if its module isn't loaded.
 */
const struct nf_vpn_kind *nf_vpn_kind(enum nf_ct_vpn_kind kind)
{
	return rcu_dereference(nf_vpn_kinds[kind]);
}

/**
 * nf_vpn_kind_get - a kind that stays until nf_vpn_kind_put()
 * @kind: which
 *
 * May sleep. To be put in either case.
 *
 * Return: NULL if its module isn't loaded.
 */
const struct nf_vpn_kind *nf_vpn_kind_get(enum nf_ct_vpn_kind kind)
{
	down_read(&nf_vpn_kinds_sem);
	return nf_vpn_kinds_open[kind];
}

/* See nf_vpn_kind_get(). */
void nf_vpn_kind_put(void)
{
	up_read(&nf_vpn_kinds_sem);
}

/**
 * nf_vpn_kind_missing - refuse a request for want of a module
 * @info: request
 * @kind: what it is about
 *
 * Return: error
 */
int nf_vpn_kind_missing(struct genl_info *info, enum nf_ct_vpn_kind kind)
{
	static const char *const text[NF_VPN_KINDS] = {
		[NF_CT_VPN_KIND_SESSION]	= "the module is being unloaded",
		[NF_CT_VPN_KIND_ESP]		= "nf_conntrack_esp isn't loaded",
		[NF_CT_VPN_KIND_ISAKMP]		= "nf_conntrack_isakmp isn't loaded",
		[NF_CT_VPN_KIND_PPTP]		= "nf_conntrack_pptp_ext isn't loaded",
	};

	return nf_vpn_refuse(info->extack, NULL, text[kind], -EPROTONOSUPPORT);
}
