// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets that enter netfilter's list of hooks at our place in it instead of at
 * its head: copies for the candidates of an undecided SPI, segments of what GRO
 * has merged, messages that were held.
 */
#include <linux/netfilter_bridge.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/netdevice.h>
#include <net/gso.h>
#include <net/netfilter/nf_conntrack.h>

#include "core/copy.h"
#include "core/flow.h"
#include "core/net.h"

/* The hook list of a packet, under RCU. */
static const struct nf_hook_entries *
nf_vpn_hook_entries(const struct nf_hook_state *state)
{
	if (state->pf == NFPROTO_IPV4)
		return rcu_dereference(state->net->nf.hooks_ipv4[state->hook]);
	return rcu_dereference(state->net->nf.hooks_ipv6[state->hook]);
}

/**
 * nf_vpn_conntrack_follows - tell whether conntrack will see a packet after us
 * @state: hook that the packet is in
 *
 * Conntrack's hooks are registered only while a ruleset needs them, and its
 * count of users isn't exported. So the list of hooks is searched, whenever a
 * packet would make us learn something or create a flow.
 *
 * Return: false if the packet would not be tracked.
 */
bool nf_vpn_conntrack_follows(const struct nf_hook_state *state)
{
	const struct nf_hook_entries *e = nf_vpn_hook_entries(state);
	struct nf_hook_ops **ops;
	unsigned int i;

	BUILD_BUG_ON((int)NF_IP_PRI_CONNTRACK != (int)NF_IP6_PRI_CONNTRACK);
	if (!e)
		return false;
	ops = nf_hook_entries_get_hook_ops(e);
	for (i = 0; i < e->num_hook_entries; i++) {
		const struct nf_hook_ops *op = READ_ONCE(ops[i]);

		/* A chain of the ruleset that comes first might queue. */
		if (op->priority >= NF_IP_PRI_CONNTRACK)
			return op->priority == NF_IP_PRI_CONNTRACK &&
			       op->hook_ops_type != NF_HOOK_OP_NF_TABLES;
	}
	return false;
}
EXPORT_SYMBOL_GPL(nf_vpn_conntrack_follows);

/**
 * nf_vpn_skb_may_copy - tell whether copies of a packet can go on from its hook
 * @skb: packet
 * @state: its hook
 *
 * Not in a bridge, which keeps state of its own for each packet, and not in a
 * VRF, which runs the hooks twice.
 *
 * Return: whether nf_vpn_skb_copy_to() and nf_vpn_skb_rehook() may be called.
 */
bool nf_vpn_skb_may_copy(const struct sk_buff *skb,
			 const struct nf_hook_state *state)
{
	return state->hook == NF_INET_PRE_ROUTING &&
	       !nf_bridge_info_exists(skb) && state->in &&
	       !netif_is_l3_master(state->in) && !netif_is_l3_slave(state->in);
}
EXPORT_SYMBOL_GPL(nf_vpn_skb_may_copy);

/*
 * Let a packet go on at our own hook (@skip 0) or at the next one (@skip 1), as
 * nf_reinject() does with a packet that was queued.
 */
static void nf_vpn_skb_continue(struct sk_buff *skb,
				const struct nf_hook_state *state,
				unsigned int skip)
{
	const struct nf_hook_entries *e = nf_vpn_hook_entries(state);
	const struct nf_vpn_net *vn = nf_vpn_pernet(state->net);
	struct nf_hook_state s = *state;
	unsigned int i;

	for (i = 0; e && i < e->num_hook_entries; i++)
		if (e->hooks[i].priv == vn)
			break;
	if (!e || i == e->num_hook_entries) {
		/* The hooks are being taken down. */
		kfree_skb(skb);
		return;
	}
	if (nf_hook_slow(skb, &s, e, i + skip) == 1)
		s.okfn(s.net, s.sk, skb);
}

/**
 * nf_vpn_skb_copy_to - send a copy of a packet to a candidate
 * @skb: packet, unchanged; taps and the ingress hook have seen it, and don't
 *	see the copy
 * @ct: flow of the candidate; the reference is consumed
 * @state: hook that the packet is in, nf_vpn_skb_may_copy() having agreed
 *
 * Return: 0 or -ENOMEM.
 */
int nf_vpn_skb_copy_to(const struct sk_buff *skb, struct nf_conn *ct,
		       const struct nf_hook_state *state)
{
	/*
	 * The data is copied as well: ESP input decrypts in place, and a
	 * candidate may live in a namespace of this machine.
	 */
	struct sk_buff *copy = skb_copy(skb, GFP_ATOMIC);

	if (!copy) {
		nf_ct_put(ct);
		return -ENOMEM;
	}
	nf_vpn_flow_attach_copy(copy, ct);
	nf_vpn_skb_continue(copy, state, 1);
	return 0;
}
EXPORT_SYMBOL_GPL(nf_vpn_skb_copy_to);

/**
 * nf_vpn_skb_rehook - let a packet that was held come to our hook again
 * @skb: packet, consumed
 * @state: hook that it was in, nf_vpn_skb_may_copy() having agreed
 */
void nf_vpn_skb_rehook(struct sk_buff *skb, const struct nf_hook_state *state)
{
	nf_vpn_skb_continue(skb, state, 0);
}
EXPORT_SYMBOL_GPL(nf_vpn_skb_rehook);

/**
 * nf_vpn_skb_segment - take a packet apart that GRO has merged
 * @skb: GSO packet; consumed
 * @state: hook that it is in
 *
 * GRO merges datagrams by addresses and ports, which several hosts behind one
 * address share. Each datagram comes to our hook again, alone.
 *
 * Return: NF_STOLEN, or NF_DROP if memory is short.
 */
unsigned int nf_vpn_skb_segment(struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	struct sk_buff *segs, *next;

	segs = skb_gso_segment(skb, 0);
	/* The packet may be half segmented already: it can't go on. */
	if (IS_ERR(segs))
		return NF_DROP;
	if (!segs)
		return NF_ACCEPT;
	/*
	 * If the packet was a list of skbs, its head is one of the segments and
	 * has one more reference.
	 */
	consume_skb(skb);
	skb_list_walk_safe(segs, segs, next) {
		skb_mark_not_on_list(segs);
		nf_vpn_skb_continue(segs, state, 0);
	}
	return NF_STOLEN;
}
EXPORT_SYMBOL_GPL(nf_vpn_skb_segment);
