// SPDX-License-Identifier: GPL-2.0-only
/*
 * Netlink: kinds of entries. The module that keeps a kind registers how its
 * entries are dumped, told, made and deleted.
 */
#include <linux/export.h>
#include <linux/rcupdate.h>
#include <linux/rwsem.h>

#include "core/net.h"
#include "netlink/kind.h"
#include "netlink/request.h"

/* Kinds by &enum nf_ct_vpn_kind, read under RCU: their entries may be told. */
static const struct nf_vpn_kind __rcu *nf_vpn_kinds[NF_VPN_KINDS];

/* Kinds whose entries requests may make and delete. */
static DECLARE_RWSEM(nf_vpn_kinds_sem);
static const struct nf_vpn_kind *nf_vpn_kinds_open[NF_VPN_KINDS];

/* Wait for running requests, and let new ones find @to. */
static void nf_vpn_kind_open(enum nf_ct_vpn_kind kind,
			     const struct nf_vpn_kind *to)
{
	down_write(&nf_vpn_kinds_sem);
	nf_vpn_kinds_open[kind] = to;
	up_write(&nf_vpn_kinds_sem);
}

/**
 * nf_vpn_kind_register - let netlink have entries of a kind
 * @kind: kind; must stay until nf_vpn_kind_unregister()
 */
void nf_vpn_kind_register(const struct nf_vpn_kind *kind)
{
	rcu_assign_pointer(nf_vpn_kinds[kind->kind], kind);
	nf_vpn_kind_open(kind->kind, kind);
}
EXPORT_SYMBOL_GPL(nf_vpn_kind_register);

/**
 * nf_vpn_kind_stop - let no request make or delete entries of a kind any more
 * @kind: kind whose entries are about to go, which is still told to listeners
 */
void nf_vpn_kind_stop(const struct nf_vpn_kind *kind)
{
	nf_vpn_kind_open(kind->kind, NULL);
}
EXPORT_SYMBOL_GPL(nf_vpn_kind_stop);

/**
 * nf_vpn_kind_unregister - undo nf_vpn_kind_register()
 * @kind: kind, after nf_vpn_kind_stop(); on return no CPU uses it
 */
void nf_vpn_kind_unregister(const struct nf_vpn_kind *kind)
{
	RCU_INIT_POINTER(nf_vpn_kinds[kind->kind], NULL);
	synchronize_rcu();
}
EXPORT_SYMBOL_GPL(nf_vpn_kind_unregister);

/**
 * nf_vpn_kind - find a kind whose entries are to be told
 * @kind: which, under RCU
 *
 * Return: NULL if its module isn't loaded.
 */
const struct nf_vpn_kind *nf_vpn_kind(enum nf_ct_vpn_kind kind)
{
	return rcu_dereference(nf_vpn_kinds[kind]);
}

/**
 * nf_vpn_kind_get - find a kind whose entries are to be made or deleted
 * @kind: which
 *
 * The kind stays until nf_vpn_kind_put(), which must be called in any case. May
 * sleep.
 *
 * Return: NULL if its module isn't loaded.
 */
const struct nf_vpn_kind *nf_vpn_kind_get(enum nf_ct_vpn_kind kind)
{
	down_read(&nf_vpn_kinds_sem);
	return nf_vpn_kinds_open[kind];
}

/* Undo nf_vpn_kind_get(). */
void nf_vpn_kind_put(void)
{
	up_read(&nf_vpn_kinds_sem);
}

/**
 * nf_vpn_kind_missing - refuse a request because a module isn't loaded
 * @info: request
 * @kind: kind of entry that it is about
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
