// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flows in the reply zones of clients: the template that makes conntrack create
 * one there, and how all of them are deleted.
 */
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_ecache.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_timeout.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "core/flow.h"
#include "core/net.h"

/* Take over what the ruleset's own template asks for (iptables -j CT). */
static int nf_vpn_template_inherit(struct nf_conn *tmpl,
				   const struct nf_conn *user,
				   struct nf_conntrack_helper **label)
{
	const struct nf_conn_help *help = nfct_help(user);

#ifdef CONFIG_NF_CONNTRACK_TIMEOUT
	{
		const struct nf_conn_timeout *t = nf_ct_timeout_find(user);
		struct nf_conn_timeout *copy;

		/* It takes no reference: freeing a template puts no policy. */
		copy = t ? nf_ct_ext_add(tmpl, NF_CT_EXT_TIMEOUT, GFP_ATOMIC) :
			   NULL;
		if (t && !copy)
			return -ENOMEM;
		if (t)
			rcu_assign_pointer(copy->timeout,
					   rcu_dereference(t->timeout));
	}
#endif
#ifdef CONFIG_NF_CONNTRACK_EVENTS
	{
		const struct nf_conntrack_ecache *e = nf_ct_ecache_find(user);

		if (e && !nf_ct_ecache_ext_add(tmpl, e->ctmask, e->expmask,
					       GFP_ATOMIC))
			return -ENOMEM;
	}
#endif
	if (help && rcu_access_pointer(help->helper))
		*label = rcu_dereference(help->helper);
	return 0;
}

static int nf_vpn_template_label(struct nf_conn *tmpl,
				 struct nf_conntrack_helper *label)
{
	struct nf_conn_help *help;

	if (!label)
		return 0;
	help = nf_ct_helper_ext_add(tmpl, GFP_ATOMIC);
	if (!help)
		return -ENOMEM;
	/* RCU keeps the label for as long as the template lives. */
	rcu_assign_pointer(help->helper, label);
	return 0;
}

/**
 * nf_vpn_flow_template - let conntrack create the flow in a client's zone
 * @skb: packet without conntrack entry, at most with a template of zone 0
 * @net: netns
 * @zone: reply zone, 0 for the gateway's own flows
 * @label: helper that shows in conntrack -L and sees the flow before it is
 *	confirmed; the ruleset's own helper goes first. May be NULL.
 *
 * Each packet that creates a flow gets a template of its own, which
 * nf_conntrack_in() releases.
 *
 * Return: 0 or -ENOMEM, the packet being left as it was.
 */
int nf_vpn_flow_template(struct sk_buff *skb, struct net *net, u16 zone,
			 struct nf_conntrack_helper *label)
{
	enum ip_conntrack_info ctinfo;
	struct nf_conntrack_zone z;
	struct nf_conn *tmpl, *user;

	nf_ct_zone_init(&z, zone, zone ? NF_CT_ZONE_DIR_REPL :
					 NF_CT_DEFAULT_ZONE_DIR, 0);
	tmpl = nf_ct_tmpl_alloc(net, &z, GFP_ATOMIC);
	if (!tmpl)
		return -ENOMEM;
	user = nf_ct_get(skb, &ctinfo);
	if ((user && nf_vpn_template_inherit(tmpl, user, &label)) ||
	    nf_vpn_template_label(tmpl, label)) {
		nf_ct_tmpl_free(tmpl);
		return -ENOMEM;
	}
	/* xt_CT does so, too; no extension can be added afterwards. */
	__set_bit(IPS_CONFIRMED_BIT, &tmpl->status);
	nf_vpn_skb_drop_template(skb);
	nf_ct_set(skb, tmpl, IP_CT_NEW);
	return 0;
}
EXPORT_SYMBOL_GPL(nf_vpn_flow_template);

/**
 * nf_vpn_flow_is_orphan - tell whether nobody would find a new flow's replies
 * @vn: netns
 * @ct: entry that is about to be confirmed
 *
 * Its first packet may have sat in an NFQUEUE while nf_conntrack_vpn_enable was
 * set to 0. nf_vpn_flow_kill_zones() deletes confirmed entries only, and nobody
 * looks for replies in a zone any more.
 *
 * Return: true if the entry must not be confirmed.
 */
bool nf_vpn_flow_is_orphan(const struct nf_vpn_net *vn,
			   const struct nf_conn *ct)
{
	return unlikely(!READ_ONCE(vn->set.enable)) &&
	       nf_ct_zone(ct)->dir == NF_CT_ZONE_DIR_REPL;
}
EXPORT_SYMBOL_GPL(nf_vpn_flow_is_orphan);

/**
 * nf_vpn_flow_kill_zone - callback of nf_ct_iterate_*(): choose flows in our
 * zones
 * @ct: entry
 * @data: pointer to a u8, the protocol number; 0 for all protocols
 *
 * It takes no lock of ours, since an entry may be released while one is held.
 *
 * Return: 1 if the entry is to be deleted.
 */
int nf_vpn_flow_kill_zone(struct nf_conn *ct, void *data)
{
	const struct nf_conntrack_zone *zone = nf_ct_zone(ct);
	const u8 *protonum = data;

	if (zone->dir != NF_CT_ZONE_DIR_REPL)
		return 0;
	if (*protonum && nf_ct_protonum(ct) != *protonum)
		return 0;
	return !!xa_load(&nf_vpn_pernet(nf_ct_net(ct))->zones, zone->id);
}

/**
 * nf_vpn_flow_kill_zones - delete the flows in our zones
 * @net: netns
 * @protonum: only those of this protocol; 0 for all
 *
 * May sleep.
 */
void nf_vpn_flow_kill_zones(struct net *net, u8 protonum)
{
	struct nf_ct_iter_data iter = {
		.net	= net,
		.data	= &protonum,
	};

	nf_ct_iterate_cleanup_net(nf_vpn_flow_kill_zone, &iter);
}
