// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hooks, in PRE_ROUTING and LOCAL_OUT just before conntrack's own.
 *
 * A hook looks at the IP protocol and hands the packet to the tracker that is
 * registered for it; all other traffic costs one look-up in a table, UDP a look
 * at the port. A tracker attaches a known packet to its flow, which conntrack
 * then takes for seen, or gives a packet that is about to create a flow a
 * template with the reply zone of its client.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/udp.h>
#include <net/addrconf.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "core/copy.h"
#include "core/hook.h"
#include "core/icmp.h"
#include "core/net.h"
#include "core/packet.h"
#include "core/ports.h"
#include "core/tracker.h"

#include <trace/events/nf_ct_vpn.h>

/*
 * Does a packet have a template, and no zone by it? It doesn't if conntrack has
 * seen it before (loopback, VRF), or with NOTRACK, for which there is no entry.
 */
static noinline bool nf_vpn_has_plain_template(struct nf_vpn_net *vn,
					       const struct sk_buff *skb)
{
	enum ip_conntrack_info ctinfo;
	const struct nf_conn *tmpl = nf_ct_get(skb, &ctinfo);

	if (!tmpl || !nf_ct_is_template(tmpl))
		return false;
	if (nf_ct_zone(tmpl)->id == NF_CT_DEFAULT_ZONE_ID &&
	    !(nf_ct_zone(tmpl)->flags & NF_CT_FLAG_MARK))
		return true;
	nf_vpn_stat_inc(vn, FOREIGN_ZONE);
	return false;
}

/*
 * May we track the packet? Not while nf_conntrack_vpn_enable is 0, and not if
 * conntrack has seen the packet or the ruleset has given it a zone.
 */
static __always_inline bool nf_vpn_may_act(struct nf_vpn_net *vn,
					   const struct sk_buff *skb)
{
	if (!READ_ONCE(vn->set.enable))
		return false;
	return likely(!skb->_nfct) || nf_vpn_has_plain_template(vn, skb);
}

static noinline unsigned int
nf_vpn_track_traced(const struct nf_vpn_tracker *tracker, struct nf_vpn_net *vn,
		    struct sk_buff *skb, unsigned int thoff,
		    const struct nf_hook_state *state)
{
	unsigned int verdict;
	struct nf_vpn_pkt pkt;

	/* The tracker may steal the packet. */
	nf_vpn_pkt_addrs(&pkt, skb, skb_network_offset(skb), state->pf);
	verdict = tracker->packet(vn, skb, thoff, state);
	trace_nf_ct_vpn_classify(vn, &pkt, skb, tracker->protonum, verdict);
	return verdict;
}

/*
 * Is this an ICMP error of the gateway about ESP that it forwarded? icmp_send()
 * has attached the flow of that packet, which is the wrong one if the packet
 * was a copy for a candidate.
 */
static bool nf_vpn_is_own_error(const struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	enum ip_conntrack_info ctinfo;
	const struct nf_conn *ct;

	if (state->hook != NF_INET_LOCAL_OUT)
		return false;
	ct = nf_ct_get(skb, &ctinfo);
	return ct && !nf_ct_is_template(ct) &&
	       nf_ct_protonum(ct) == IPPROTO_ESP;
}

/*
 * Hand a packet of a protocol that is wanted, found at @thoff, to its tracker.
 */
static __always_inline unsigned int
nf_vpn_packet(struct nf_vpn_net *vn, struct sk_buff *skb, unsigned int thoff,
	      u8 protonum, const struct nf_hook_state *state)
{
	const struct nf_vpn_tracker *tracker;

	/* rcu_read_lock()ed by nf_hook */
	tracker = rcu_dereference(nf_vpn_trackers[protonum]);
	if (unlikely(!tracker) &&
	    protonum != (state->pf == NFPROTO_IPV4 ? IPPROTO_ICMP :
						     IPPROTO_ICMPV6))
		return NF_ACCEPT;
	if (!nf_vpn_may_act(vn, skb) &&
	    (tracker || !nf_vpn_is_own_error(skb, state)))
		return NF_ACCEPT;
	if (unlikely(!tracker))
		return nf_vpn_icmp_packet(vn, skb, thoff, protonum, state);
	if (trace_nf_ct_vpn_classify_enabled())
		return nf_vpn_track_traced(tracker, vn, skb, thoff, state);
	return tracker->packet(vn, skb, thoff, state);
}

/* Fragments come here only while conntrack, which defragments, isn't in use. */
static noinline unsigned int nf_vpn_packet4(struct nf_vpn_net *vn,
					    struct sk_buff *skb,
					    const struct nf_hook_state *state)
{
	const struct iphdr *iph = ip_hdr(skb);

	if (ip_is_fragment(iph))
		return NF_ACCEPT;
	return nf_vpn_packet(vn, skb, skb_network_offset(skb) + iph->ihl * 4,
			     iph->protocol, state);
}

/* Returns the offset of the transport header, -1 if that can't be found. */
static noinline int nf_vpn_skip_exthdr(const struct sk_buff *skb, int off,
				       u8 *protonum)
{
	__be16 frag_off;

	off = ipv6_skip_exthdr(skb, off, protonum, &frag_off);
	return frag_off & htons(IP6_OFFSET) ? -1 : off;
}

static noinline unsigned int nf_vpn_packet6(struct nf_vpn_net *vn,
					    struct sk_buff *skb,
					    const struct nf_hook_state *state)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	int off = skb_network_offset(skb) + sizeof(*ip6h);
	u8 protonum = ip6h->nexthdr;

	/*
	 * Link-local addresses aren't unique, and sessions know no interface.
	 */
	if ((ipv6_addr_type(&ip6h->saddr) | ipv6_addr_type(&ip6h->daddr)) &
	    IPV6_ADDR_LINKLOCAL)
		return NF_ACCEPT;
	if (ipv6_ext_hdr(protonum))
		off = nf_vpn_skip_exthdr(skb, off, &protonum);
	if (off < 0)
		return NF_ACCEPT;
	return nf_vpn_packet(vn, skb, off, protonum, state);
}

/*
 * May it be IKE? Most UDP isn't, and is to be told from it at little cost. If
 * the UDP header isn't linear yet, the tracker has to look.
 */
static __always_inline bool nf_vpn_udp_wanted(const struct sk_buff *skb,
					      const void *nh, unsigned int hlen)
{
	const struct udphdr *uh = nh + hlen;
	unsigned int linear = skb_tail_pointer(skb) - skb_network_header(skb);

	return unlikely(linear < hlen + sizeof(*uh)) ||
	       uh->dest == htons(ISAKMP_PORT) ||
	       uh->dest == htons(ISAKMP_NATT_PORT);
}

static unsigned int nf_vpn_hook4(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	const struct iphdr *iph = ip_hdr(skb);
	const u8 without_options = 0x45;
	bool wanted;

	if (iph->protocol == IPPROTO_UDP)
		wanted = *(const u8 *)iph != without_options ||
			 nf_vpn_udp_wanted(skb, iph, sizeof(*iph));
	else
		wanted = READ_ONCE(nf_vpn_wanted[iph->protocol]) &
			 NF_VPN_WANTED4;
	if (likely(!wanted))
		return NF_ACCEPT;
	return nf_vpn_packet4(priv, skb, state);
}

static unsigned int nf_vpn_hook6(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	bool wanted;

	if (ip6h->nexthdr == IPPROTO_UDP)
		wanted = nf_vpn_udp_wanted(skb, ip6h, sizeof(*ip6h));
	else
		wanted = READ_ONCE(nf_vpn_wanted[ip6h->nexthdr]) &
			 NF_VPN_WANTED6;
	if (likely(!wanted))
		return NF_ACCEPT;
	return nf_vpn_packet6(priv, skb, state);
}

static const struct nf_hook_ops nf_vpn_ops[] = {
	{
		.hook		= nf_vpn_hook4,
		.pf		= NFPROTO_IPV4,
		.hooknum	= NF_INET_PRE_ROUTING,
		.priority	= NF_IP_PRI_CONNTRACK - 1,
	},
	{
		.hook		= nf_vpn_hook4,
		.pf		= NFPROTO_IPV4,
		.hooknum	= NF_INET_LOCAL_OUT,
		.priority	= NF_IP_PRI_CONNTRACK - 1,
	},
#if IS_ENABLED(CONFIG_IPV6)
	{
		.hook		= nf_vpn_hook6,
		.pf		= NFPROTO_IPV6,
		.hooknum	= NF_INET_PRE_ROUTING,
		.priority	= NF_IP6_PRI_CONNTRACK - 1,
	},
	{
		.hook		= nf_vpn_hook6,
		.pf		= NFPROTO_IPV6,
		.hooknum	= NF_INET_LOCAL_OUT,
		.priority	= NF_IP6_PRI_CONNTRACK - 1,
	},
#endif
};

/**
 * nf_vpn_hooks_register - look at the packets of a netns from now on
 * @vn: netns; each hook is given it, which saves a look-up per packet
 *
 * Return: 0 or a negative error, and no packet uses @vn any more.
 */
int nf_vpn_hooks_register(struct nf_vpn_net *vn)
{
	unsigned int i;
	int err;

	BUILD_BUG_ON(ARRAY_SIZE(nf_vpn_ops) > NF_VPN_HOOKS);
	for (i = 0; i < ARRAY_SIZE(nf_vpn_ops); i++) {
		vn->hooks[i] = nf_vpn_ops[i];
		vn->hooks[i].priv = vn;
	}
	err = nf_register_net_hooks(vn->net, vn->hooks, ARRAY_SIZE(nf_vpn_ops));
	if (err)
		synchronize_net();
	return err;
}

/**
 * nf_vpn_hooks_unregister - undo nf_vpn_hooks_register()
 * @vn: netns; its last packets have left a grace period later
 */
void nf_vpn_hooks_unregister(struct nf_vpn_net *vn)
{
	nf_unregister_net_hooks(vn->net, vn->hooks, ARRAY_SIZE(nf_vpn_ops));
}
