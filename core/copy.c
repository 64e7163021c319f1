// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets that enter the hook list in its midst: copies for the candidates of an
 * undecided SPI, parts of what GRO has merged, messages that were held.
 */
#include <linux/netfilter_bridge.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/netdevice.h>
#include <net/gso.h>
#include <net/netfilter/nf_conntrack.h>

#include "core/copy.h"
#include "core/flow.h"

const u8 nf_vpn_hook_mark;

/* The hook list of a packet, under RCU. */
static const struct nf_hook_entries *
nf_vpn_hook_entries(const struct nf_hook_state *state)
{
	if (state->pf == NFPROTO_IPV4)
		return rcu_dereference(state->net->nf.hooks_ipv4[state->hook]);
	return rcu_dereference(state->net->nf.hooks_ipv6[state->hook]);
}

/**
 * nf_vpn_conntrack_follows - will conntrack see this packet after us?
 * @state: hook
 *
 * Its hooks are there only while a ruleset uses them, and its own count of
 * users is not for modules to read. Asked for when something is learnt.
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
 * nf_vpn_skb_may_copy - can copies of this packet go on from here?
 * @skb: packet
 * @state: its hook
 *
 * Not where more than the hook list waits for the packet: a bridge keeps its
 * own state beside it, a VRF runs the hook twice.
 */
bool nf_vpn_skb_may_copy(const struct sk_buff *skb,
			 const struct nf_hook_state *state)
{
	return state->hook == NF_INET_PRE_ROUTING &&
	       !nf_bridge_info_exists(skb) && state->in &&
	       !netif_is_l3_master(state->in) && !netif_is_l3_slave(state->in);
}
EXPORT_SYMBOL_GPL(nf_vpn_skb_may_copy);

/* Go on at our hook, or at the one @skip behind it, as a reinjected packet. */
static void nf_vpn_skb_continue(struct sk_buff *skb,
				const struct nf_hook_state *state,
				unsigned int skip)
{
	const struct nf_hook_entries *e = nf_vpn_hook_entries(state);
	struct nf_hook_state s = *state;
	unsigned int i;

	for (i = 0; e && i < e->num_hook_entries; i++)
		if (e->hooks[i].priv == &nf_vpn_hook_mark)
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
	 * All of it: ESP input decrypts in place, and a candidate may live in a
	 * namespace of this machine.
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
 * nf_vpn_skb_rehook - a packet that waited comes to our hook again
 * @skb: packet, consumed
 * @state: hook that it was in, nf_vpn_skb_may_copy() having agreed
 */
void nf_vpn_skb_rehook(struct sk_buff *skb, const struct nf_hook_state *state)
{
	nf_vpn_skb_continue(skb, state, 0);
}
EXPORT_SYMBOL_GPL(nf_vpn_skb_rehook);

/**
 * nf_vpn_skb_segment - take a packet that GRO has merged apart
 * @skb: GSO packet, of several hosts perhaps; consumed
 * @state: hook that it is in
 *
 * Each datagram comes to our hook again, alone.
 *
 * Return: NF_STOLEN, or NF_DROP if memory is short.
 */
unsigned int nf_vpn_skb_segment(struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	struct sk_buff *segs, *next;

	segs = skb_gso_segment(skb, 0);
	/* What went wrong may have begun to take it apart. */
	if (IS_ERR(segs))
		return NF_DROP;
	if (!segs)
		return NF_ACCEPT;
	/* A list of packets has its head among them, with a reference more. */
	consume_skb(skb);
	skb_list_walk_safe(segs, segs, next) {
		skb_mark_not_on_list(segs);
		nf_vpn_skb_continue(segs, state, 0);
	}
	return NF_STOLEN;
}
EXPORT_SYMBOL_GPL(nf_vpn_skb_segment);
