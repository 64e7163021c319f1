/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fast path, if nf_conntrack_vpn_fastpath is 1: packets of a flow that is
 * up are sent on from our hook in PRE_ROUTING, by the route that an earlier one
 * of them has taken.
 *
 * The earlier packet has gone through conntrack, NAT, routing and the ruleset;
 * conntrack has called the label of its flow for it, last of all, which shows
 * it to nf_vpn_fast_learn(). What was learnt is good for NF_VPN_FAST_TIME, after
 * which a packet goes through all of it again: a ruleset that has changed, or a
 * route, is heeded by then. Whatever is out of the ordinary about a packet, its
 * flow or its route sends it the slow way, too.
 *
 * Lifetimes
 *	A tracker's entry (an SPI, a direction of a call) has a slot, in which
 *	the &struct nf_vpn_fast that was learnt is found under RCU. Slots are
 *	written under &nf_vpn_net.fast_lock only. nf_vpn_fast_end() empties a
 *	slot for good: nothing can be learnt for an entry that is being freed.
 *
 *	A &struct nf_vpn_fast holds a reference on its route and is in
 *	&nf_vpn_net.fast, until another one takes its place: when another route
 *	has been learnt, when nothing has renewed it for a while, when the
 *	route's device goes down or the netns goes away, and at the end of the
 *	slot. It puts the reference when no packet can find it any more, after a
 *	grace period. Nothing here keeps a device from being unregistered: the
 *	kernel takes it away from its routes. A packet that is sent on has no
 *	reference on the route, unless it has to wait: then the kernel takes one.
 *
 *	No reference is held on an entry in conntrack; @epoch tells whether the
 *	one that was learnt from is still that of the flow.
 */
#ifndef _NF_VPN_FAST_H
#define _NF_VPN_FAST_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/netfilter.h>
#include <linux/rcupdate.h>
#include <net/netfilter/nf_conntrack.h>

#include "core/flow.h"
#include "core/net.h"

struct dst_entry;
struct net_device;
struct sk_buff;

/* For so long packets may go on without the ruleset. */
#define NF_VPN_FAST_TIME	HZ

/**
 * struct nf_vpn_fast - how the packets of a flow go on in one direction
 * @dst: route, with a reference; NULL if none is known any more
 * @slot: where it is found
 * @until: jiffies until which the route may be used
 * @cookie: of dst_check()
 * @epoch: &nf_vpn_flow.epoch of the entry that the route was learnt from
 * @iif: index of the device that the packets come from
 * @mtu: longest packet
 * @mark: what the ruleset has left in &sk_buff.mark
 * @priority: likewise in &sk_buff.priority
 * @packets: how many were sent on; whoever takes the place goes on counting
 * @list: in &nf_vpn_net.fast if @dst isn't NULL, the least recently renewed first
 * @rcu: for freeing
 *
 * @until, @mtu, @mark and @priority are written once in NF_VPN_FAST_TIME,
 * @packets by each packet, the rest never once it can be found.
 */
struct nf_vpn_fast {
	struct dst_entry *dst;
	struct nf_vpn_fast __rcu **slot;
	unsigned long until;
	u32 cookie;
	u32 epoch;
	int iif;
	u32 mtu;
	u32 mark;
	u32 priority;
	atomic64_t packets;
	struct list_head list;
	struct rcu_head rcu;
};

/* core/fast.c */
void nf_vpn_fast_init(struct nf_vpn_net *vn);
void nf_vpn_fast_switched(struct nf_vpn_net *vn);
bool nf_vpn_fast_learns(const struct nf_vpn_net *vn, u8 protonum);
void nf_vpn_fast_learn(struct nf_vpn_net *vn, struct nf_vpn_fast __rcu **slot,
		       u32 epoch, const struct sk_buff *skb);
u64 nf_vpn_fast_packets(struct nf_vpn_fast __rcu **slot);
void nf_vpn_fast_end(struct nf_vpn_net *vn, struct nf_vpn_fast __rcu **slot);
void nf_vpn_fast_gc(struct nf_vpn_net *vn, bool all);
int nf_vpn_fast_notifier_register(void);
void nf_vpn_fast_notifier_unregister(void);

/* core/fast_send.c */
unsigned int nf_vpn_fast_send(struct nf_vpn_net *vn,
			      struct nf_vpn_fast __rcu **slot, u32 epoch,
			      struct sk_buff *skb, unsigned int thoff,
			      const struct nf_hook_state *state);

/*
 * The addresses that a packet leaves with: what answers to it, which the other
 * direction's tuple describes, come to.
 */
static inline const struct nf_conntrack_tuple *
nf_vpn_fast_tuple(const struct nf_conn *ct, enum ip_conntrack_info ctinfo)
{
	return &ct->tuplehash[!CTINFO2DIR(ctinfo)].tuple;
}

/**
 * nf_vpn_flow_has_entry - tell whether an entry is the one that a flow has
 * @f: flow
 * @ct: entry, with a reference, so that its memory can't be another one's
 * @epoch: set to &nf_vpn_flow.epoch
 *
 * Return: true if it is, and has been it for the whole of this epoch.
 */
static inline bool nf_vpn_flow_has_entry(const struct nf_vpn_flow *f,
					 const struct nf_conn *ct, u32 *epoch)
{
	*epoch = atomic_read(&f->epoch);
	smp_rmb();	/* both pair with nf_vpn_flow_uncache() */
	if (READ_ONCE(f->ct) != ct)
		return false;
	smp_rmb();	/* likewise */
	return atomic_read(&f->epoch) == (int)*epoch;
}

/* In how many netns it is switched on */
extern unsigned int nf_vpn_fast_nets;

/* Is the fast path switched on? */
static inline bool nf_vpn_fast_on(const struct nf_vpn_net *vn)
{
	return READ_ONCE(vn->set.fastpath);
}

/*
 * Where the netns isn't at hand: may it be switched on? A packet that is told so
 * too late leaves it to the next one to be learnt from.
 */
static inline bool nf_vpn_fast_may_be_on(void)
{
	return unlikely(READ_ONCE(nf_vpn_fast_nets));
}

#endif /* _NF_VPN_FAST_H */
