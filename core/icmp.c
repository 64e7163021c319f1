// SPDX-License-Identifier: GPL-2.0-only
/*
 * ICMP errors.
 *
 * An error from outside quotes a client's packet as it left, translated.
 * Conntrack would look for the flow by its reply tuple, in zone 0, where that
 * isn't. The trackers find it by the SPI or by what else is in the quoted eight
 * bytes (RFC 792).
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/icmp.h>
#include <net/ipv6.h>
#include <net/netfilter/nf_conntrack.h>

#include "core/flow.h"
#include "core/icmp.h"
#include "core/net.h"
#include "core/packet.h"
#include "core/session.h"
#include "core/tracker.h"

static bool nf_vpn_icmp_is_error(const struct sk_buff *skb, unsigned int thoff,
				 u8 protonum)
{
	struct icmphdr buf;
	const struct icmphdr *icmph;

	BUILD_BUG_ON(sizeof(struct icmphdr) != sizeof(struct icmp6hdr));
	icmph = skb_header_pointer(skb, thoff, sizeof(buf), &buf);
	if (!icmph)
		return false;
	return protonum == IPPROTO_ICMP ? icmp_is_err(icmph->type) :
					  icmpv6_is_err(icmph->type);
}

static void nf_vpn_icmp_quote4(const struct sk_buff *skb, unsigned int nhoff,
			       struct nf_vpn_icmp *icmp)
{
	const struct iphdr *iph;
	struct iphdr buf;

	iph = skb_header_pointer(skb, nhoff, sizeof(buf), &buf);
	if (!iph || iph->version != 4 || iph->ihl < 5 ||
	    (iph->frag_off & htons(IP_OFFSET)))
		return;
	icmp->inner.src.l3num = AF_INET;
	icmp->inner.dst.l3num = AF_INET;
	icmp->inner.src.addr.ip = iph->saddr;
	icmp->inner.dst.addr.ip = iph->daddr;
	icmp->inner_proto = iph->protocol;
	icmp->inner_thoff = nhoff + iph->ihl * 4;
}

static void nf_vpn_icmp_quote6(const struct sk_buff *skb, unsigned int nhoff,
			       struct nf_vpn_icmp *icmp)
{
	const struct ipv6hdr *ip6h;
	struct ipv6hdr buf;
	__be16 frag_off;
	int thoff;

	ip6h = skb_header_pointer(skb, nhoff, sizeof(buf), &buf);
	if (!ip6h || ip6h->version != 6)
		return;
	icmp->inner.src.l3num = AF_INET6;
	icmp->inner.dst.l3num = AF_INET6;
	icmp->inner.src.addr.in6 = ip6h->saddr;
	icmp->inner.dst.addr.in6 = ip6h->daddr;
	icmp->inner_proto = ip6h->nexthdr;
	thoff = ipv6_skip_exthdr(skb, nhoff + sizeof(buf), &icmp->inner_proto,
				 &frag_off);
	if (!(frag_off & htons(IP6_OFFSET)))
		icmp->inner_thoff = thoff;
}

/**
 * nf_vpn_icmp_packet - hand an ICMP error to the tracker of what it quotes
 * @vn: netns
 * @skb: ICMP message
 * @thoff: offset of its ICMP header
 * @protonum: IPPROTO_ICMP or IPPROTO_ICMPV6
 * @state: hook
 *
 * Return: verdict
 */
unsigned int nf_vpn_icmp_packet(struct nf_vpn_net *vn, struct sk_buff *skb,
				unsigned int thoff, u8 protonum,
				const struct nf_hook_state *state)
{
	struct nf_vpn_icmp icmp = { .thoff = thoff, .inner_thoff = -1 };
	unsigned int nhoff = thoff + sizeof(struct icmphdr);

	if (!nf_vpn_icmp_is_error(skb, thoff, protonum))
		return NF_ACCEPT;
	if (protonum == IPPROTO_ICMP)
		nf_vpn_icmp_quote4(skb, nhoff, &icmp);
	else
		nf_vpn_icmp_quote6(skb, nhoff, &icmp);
	if (icmp.inner_thoff < 0)
		return NF_ACCEPT;
	return nf_vpn_tracker_error(vn, skb, &icmp, state);
}

static bool nf_vpn_icmp_checksum_ok(struct nf_vpn_net *vn, struct sk_buff *skb,
				    unsigned int thoff,
				    const struct nf_hook_state *state)
{
	if (!vn->net->ct.sysctl_checksum || state->hook != NF_INET_PRE_ROUTING)
		return true;
	if (state->pf == NFPROTO_IPV4)
		return !nf_ip_checksum(skb, state->hook, thoff, IPPROTO_ICMP);
	return !nf_ip6_checksum(skb, state->hook, thoff, IPPROTO_ICMPV6);
}

/**
 * nf_vpn_icmp_attach - make an ICMP error part of a flow, as RELATED
 * @vn: netns
 * @skb: error that quotes a packet of @ct
 * @icmp: what it quotes
 * @ct: flow; the reference goes over to the packet, or is put
 * @dir: direction of the error, opposite to that of the quoted packet
 * @state: hook
 *
 * The tests are those of nf_conntrack_inet_error(), to which an error that
 * fails them is left.
 *
 * Return: NF_ACCEPT
 */
unsigned int nf_vpn_icmp_attach(struct nf_vpn_net *vn, struct sk_buff *skb,
				const struct nf_vpn_icmp *icmp,
				struct nf_conn *ct, enum ip_conntrack_dir dir,
				const struct nf_hook_state *state)
{
	struct nf_vpn_pkt outer;

	nf_vpn_pkt_addrs(&outer, skb, skb_network_offset(skb), state->pf);
	if (!nf_vpn_icmp_checksum_ok(vn, skb, icmp->thoff, state) ||
	    !nf_inet_addr_cmp(&ct->tuplehash[dir].tuple.dst.u3,
			      &outer.dst.addr)) {
		nf_ct_put(ct);
		return NF_ACCEPT;
	}
	nf_conntrack_put(skb_nfct(skb));
	skb->_nfct = 0;
	nf_ct_set(skb, ct, dir == IP_CT_DIR_REPLY ? IP_CT_RELATED_REPLY :
						    IP_CT_RELATED);
	nf_vpn_stat_inc(vn, ICMP_RELATED);
	return NF_ACCEPT;
}
EXPORT_SYMBOL_GPL(nf_vpn_icmp_attach);

/**
 * nf_vpn_icmp_relate - make an ICMP error part of a session's flow, as RELATED
 * @vn: netns
 * @skb: error that quotes an outbound packet of @s
 * @icmp: what it quotes
 * @s: session
 * @kind: the flow of the packet
 * @state: hook
 *
 * Return: NF_ACCEPT
 */
unsigned int nf_vpn_icmp_relate(struct nf_vpn_net *vn, struct sk_buff *skb,
				const struct nf_vpn_icmp *icmp,
				struct nf_vpn_session *s,
				enum nf_vpn_flow_kind kind,
				const struct nf_hook_state *state)
{
	struct nf_vpn_pkt outer;
	struct nf_conn *ct;

	nf_vpn_pkt_addrs(&outer, skb, skb_network_offset(skb),
			 s->client->host.l3num);
	ct = nf_vpn_flow_get_in(vn, s, kind, &outer);
	if (!ct)
		return NF_ACCEPT;
	return nf_vpn_icmp_attach(vn, skb, icmp, ct, IP_CT_DIR_REPLY, state);
}
EXPORT_SYMBOL_GPL(nf_vpn_icmp_relate);
