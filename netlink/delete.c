// SPDX-License-Identifier: GPL-2.0-only
/*
 * Netlink: how entries are deleted, one of them or all that match a request.
 *
 * An entry is found under RCU by its number. When the lock has been taken, the
 * number is compared again, since the entry may have gone meanwhile.
 */
#include <linux/sched.h>

#include "core/id.h"
#include "core/net.h"
#include "netlink/delete.h"
#include "netlink/kind.h"
#include "netlink/message.h"
#include "netlink/request.h"

/* Delete all entries of a kind that match. Returns their number. */
static u32 nf_vpn_drop_kind(struct nf_vpn_net *vn,
			    const struct nf_vpn_kind *kind,
			    const struct nf_vpn_match *m)
{
	unsigned long id;
	u32 dropped = 0;
	void *obj;

	for (id = 1; ; id++) {
		rcu_read_lock();
		obj = nf_vpn_id_next(vn, kind->kind, &id);
		if (obj && kind->wants(m, obj) &&
		    (!m->named || m->named(m, obj)))
			dropped += kind->drop(vn, id, obj);
		rcu_read_unlock();
		if (!obj)
			break;
		cond_resched();
	}
	nf_vpn_stat_add(vn, NF_CT_VPN_A_STATS_DELETED, dropped);
	return dropped;
}

/**
 * nf_vpn_del_found - result of a command that deletes
 * @info: request
 * @found: whether there was such an entry
 * @missing: text of the extended ack if there was none
 *
 * Return: 0 or -ENOENT
 */
int nf_vpn_del_found(struct genl_info *info, bool found, const char *missing)
{
	if (!found)
		return nf_vpn_refuse(info->extack, NULL, missing, -ENOENT);
	return 0;
}

/**
 * nf_vpn_del_walk - delete all entries of a kind that match
 * @info: request
 * @kind: kind of the entries
 * @m: what they have to match
 * @missing: text of the extended ack if there is none
 *
 * For entries that can't be looked up by what a request says of them.
 *
 * Return: 0 or -ENOENT
 */
int nf_vpn_del_walk(struct genl_info *info, const struct nf_vpn_kind *kind,
		    const struct nf_vpn_match *m, const char *missing)
{
	struct nf_vpn_net *vn = nf_vpn_pernet(genl_info_net(info));

	return nf_vpn_del_found(info, nf_vpn_drop_kind(vn, kind, m), missing);
}
EXPORT_SYMBOL_GPL(nf_vpn_del_walk);

static u32 nf_vpn_flush_kind(struct nf_vpn_net *vn, enum nf_ct_vpn_kind kind,
			     const struct nf_vpn_match *m)
{
	const struct nf_vpn_kind *k = nf_vpn_kind_get(kind);
	u32 dropped = k ? nf_vpn_drop_kind(vn, k, m) : 0;

	nf_vpn_kind_put();
	return dropped;
}

static int nf_vpn_put_count(struct sk_buff *skb, const void *data)
{
	const u32 *count = data;

	return nla_put_u32(skb, NF_CT_VPN_A_FLUSH_COUNT, *count);
}

int nf_vpn_flush_some(struct sk_buff *skb, struct genl_info *info)
{
	static const struct nf_vpn_host_attrs attrs = {
		.family	= NF_CT_VPN_A_FLUSH_FAMILY,
		.client	= NF_CT_VPN_A_FLUSH_CLIENT,
		.remote	= NF_CT_VPN_A_FLUSH_SERVER,
	};
	struct nf_vpn_net *vn = nf_vpn_pernet(genl_info_net(info));
	const struct nlattr *nla = info->attrs[NF_CT_VPN_A_FLUSH_KIND];
	struct nf_vpn_match m = {};
	u32 count = 0;
	int kind, err;

	err = nf_vpn_check_cap(skb, vn->net, info->extack);
	if (!err)
		err = nf_vpn_get_hosts(info->attrs, &attrs, &m.hosts,
				       info->extack);
	if (err)
		return err;
	/* Sessions first, since their entries go with them. */
	for (kind = 0; kind < NF_VPN_KINDS; kind++)
		if (!nla || nla_get_u8(nla) == kind)
			count += nf_vpn_flush_kind(vn, kind, &m);
	return nf_vpn_msg_reply(info, NF_CT_VPN_CMD_FLUSH, nf_vpn_put_count,
				&count);
}
