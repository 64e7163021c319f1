// SPDX-License-Identifier: GPL-2.0-only
/* Which packets the fast path sends on, and how: see core/fast.h. */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <net/dst.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/neighbour.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/pptp.h>
#include <net/route.h>

#include "core/fast.h"
#include "core/net.h"

#include <trace/events/nf_ct_vpn.h>

/* A GRE header of PPTP without its sequence numbers. */
#define NF_VPN_FAST_GRE		offsetof(struct pptp_gre_header, seq)

static bool fast_is_traced(const struct sk_buff *skb)
{
#if IS_ENABLED(CONFIG_NETFILTER_XT_TARGET_TRACE) || IS_ENABLED(CONFIG_NF_TABLES)
	if (skb->nf_trace)
		return true;
#endif
	return trace_nf_ct_vpn_classify_enabled();
}

/* Has a switch sent the packet on already? */
static bool fast_is_offloaded(const struct sk_buff *skb)
{
#ifdef CONFIG_NET_SWITCHDEV
	return skb->offload_l3_fwd_mark;
#else
	return false;
#endif
}

/*
 * Extensions are those of br_netfilter, of IPsec that the gateway has decrypted
 * and of others that may want to see the packet; a route is one that a tunnel
 * has left for rules. Outside of bottom halves it is one that a program has let
 * go on (NFQUEUE).
 */
static bool fast_is_special(struct sk_buff *skb)
{
	return !in_softirq() || skb_is_gso(skb) || skb->sk ||
	       skb->pkt_type != PACKET_HOST || skb_dst(skb) ||
	       skb_has_extensions(skb) || fast_is_offloaded(skb) ||
	       fast_is_traced(skb);
}

static bool fast_is_plain4(const struct sk_buff *skb, unsigned int thoff)
{
	return thoff == skb_network_offset(skb) + sizeof(struct iphdr) &&
	       ip_hdr(skb)->ttl > 1 && !IPCB(skb)->frag_max_size;
}

static bool fast_is_plain6(const struct sk_buff *skb, unsigned int thoff)
{
	return thoff == skb_network_offset(skb) + sizeof(struct ipv6hdr) &&
	       ipv6_hdr(skb)->hop_limit > 1 && !IP6CB(skb)->frag_max_size;
}

/* conntrack has put fragments together, but not dropped options. */
static bool fast_is_plain(struct sk_buff *skb, unsigned int thoff, u8 pf)
{
	return !fast_is_special(skb) &&
	       (pf == NFPROTO_IPV4 ? fast_is_plain4(skb, thoff) :
				     fast_is_plain6(skb, thoff));
}

/* Is its flow up in both directions, and does NAT change addresses only? */
static bool fast_is_up(const struct nf_conn *ct)
{
	const unsigned long want = IPS_CONFIRMED | IPS_SEEN_REPLY | IPS_ASSURED;
	const unsigned long mask = want | IPS_DYING | IPS_SEQ_ADJUST |
				   IPS_UNTRACKED | IPS_OFFLOAD;

	return (READ_ONCE(ct->status) & mask) == want;
}

/*
 * What ip_forward() and NAT do with a packet. Its header is linear, since
 * ip_rcv() has read it, and its data nobody else's.
 */
static void fast_translate4(struct sk_buff *skb,
			    const struct nf_conntrack_tuple *tuple)
{
	__be32 saddr = tuple->dst.u3.ip, daddr = tuple->src.u3.ip;
	struct iphdr *iph = ip_hdr(skb);

	if (iph->saddr != saddr) {
		csum_replace4(&iph->check, iph->saddr, saddr);
		iph->saddr = saddr;
	}
	if (iph->daddr != daddr) {
		csum_replace4(&iph->check, iph->daddr, daddr);
		iph->daddr = daddr;
	}
	ip_decrease_ttl(iph);
}

static void fast_translate6(struct sk_buff *skb,
			    const struct nf_conntrack_tuple *tuple)
{
	struct ipv6hdr *ip6h = ipv6_hdr(skb);

	ip6h->saddr = tuple->dst.u3.in6;
	ip6h->daddr = tuple->src.u3.in6;
	ip6h->hop_limit--;
}

/* The Call-ID is that of the receiver, as the receiver knows it. */
static void fast_translate_gre(struct sk_buff *skb, unsigned int thoff,
			       const struct nf_conntrack_tuple *tuple)
{
	struct pptp_gre_header *gre = (void *)skb->data + thoff;

	gre->call_id = tuple->src.u.gre.key;
}

static void fast_translate(struct sk_buff *skb, unsigned int thoff,
			   const struct nf_conntrack_tuple *tuple)
{
	if (tuple->dst.protonum == IPPROTO_GRE)
		fast_translate_gre(skb, thoff, tuple);
	if (tuple->src.l3num == AF_INET)
		fast_translate4(skb, tuple);
	else
		fast_translate6(skb, tuple);
}

/* Can what is translated be written, and the device's header be put before it? */
static bool fast_make_writable(struct sk_buff *skb, unsigned int thoff,
			       const struct nf_conntrack_tuple *tuple,
			       const struct net_device *dev)
{
	if (tuple->dst.protonum == IPPROTO_GRE &&
	    !pskb_may_pull(skb, thoff + NF_VPN_FAST_GRE))
		return false;
	return !skb_cow(skb, LL_RESERVED_SPACE(dev));
}

static struct neighbour *fast_neigh6(const struct sk_buff *skb,
				     const struct dst_entry *dst,
				     struct net_device *dev)
{
	const struct rt6_info *rt = container_of(dst, struct rt6_info, dst);

	return ip_neigh_gw6(dev, rt6_nexthop(rt, &ipv6_hdr(skb)->daddr));
}

/*
 * As ip_finish_output2() and ip6_finish_output2(), which older kernels call with
 * bottom halves disabled.
 */
static void fast_xmit(struct sk_buff *skb, struct dst_entry *dst,
		      struct net_device *dev)
{
	struct neighbour *neigh;
	bool is_v6 = false;	/* the gateway of an IPv4 packet */

	if (skb->protocol == htons(ETH_P_IP))
		neigh = ip_neigh_for_gw(container_of(dst, struct rtable, dst),
					skb, &is_v6);
	else
		neigh = fast_neigh6(skb, dst, dev);
	if (IS_ERR(neigh))
		kfree_skb(skb);
	else
		neigh_output(neigh, skb, is_v6);
}

/* The route that a packet may take now, or NULL. */
static struct nf_vpn_fast *fast_find(struct nf_vpn_fast __rcu **slot, u32 epoch)
{
	struct nf_vpn_fast *f = rcu_dereference(*slot);

	if (!f || !f->dst || f->epoch != epoch ||
	    !time_before(jiffies, READ_ONCE(f->until)))
		return NULL;
	return dst_check(f->dst, f->cookie) ? f : NULL;
}

/**
 * nf_vpn_fast_send - send a packet on, if the fast path can
 * @vn: netns with nf_vpn_fast_on()
 * @slot: slot of the packet's flow and direction, under RCU
 * @epoch: of the entry that it is attached to
 * @skb: packet, attached to its flow and accounted
 * @thoff: offset of the protocol's header
 * @state: hook in PRE_ROUTING
 *
 * Return: NF_STOLEN if it was sent on; NF_ACCEPT if it is to take the slow path,
 * for which it is as it was.
 */
unsigned int nf_vpn_fast_send(struct nf_vpn_net *vn,
			      struct nf_vpn_fast __rcu **slot, u32 epoch,
			      struct sk_buff *skb, unsigned int thoff,
			      const struct nf_hook_state *state)
{
	struct nf_vpn_fast *f = fast_find(slot, epoch);
	enum ip_conntrack_info ctinfo;
	const struct nf_conntrack_tuple *tuple;
	const struct nf_conn *ct;
	struct net_device *dev;

	if (!f)
		return NF_ACCEPT;
	ct = nf_ct_get(skb, &ctinfo);
	tuple = nf_vpn_fast_tuple(ct, ctinfo);
	if (unlikely(!fast_is_up(ct))) {
		nf_vpn_stat_inc(vn, FAST_STATE);
		return NF_ACCEPT;
	}
	if (unlikely(f->iif != state->in->ifindex ||
		     !fast_is_plain(skb, thoff, state->pf))) {
		nf_vpn_stat_inc(vn, FAST_PACKET);
		return NF_ACCEPT;
	}
	if (unlikely(skb->len > READ_ONCE(f->mtu))) {
		nf_vpn_stat_inc(vn, FAST_MTU);
		return NF_ACCEPT;
	}
	dev = dst_dev_rcu(f->dst);
	if (unlikely(!(READ_ONCE(dev->flags) & IFF_UP) ||
		     !fast_make_writable(skb, thoff, tuple, dev)))
		return NF_ACCEPT;
	nf_vpn_stat_inc(vn, FAST);
	atomic64_inc(&f->packets);
	fast_translate(skb, thoff, tuple);
	skb->mark = READ_ONCE(f->mark);
	skb->priority = READ_ONCE(f->priority);
	skb_forward_csum(skb);
	skb_clear_tstamp(skb);
	skb->dev = dev;
	skb_dst_set_noref(skb, f->dst);
	fast_xmit(skb, f->dst, dev);
	return NF_STOLEN;
}
EXPORT_SYMBOL_GPL(nf_vpn_fast_send);
