/* SPDX-License-Identifier: GPL-2.0-only */
/* Addresses, and what the trackers need of a packet. */
#ifndef _NF_VPN_PACKET_H
#define _NF_VPN_PACKET_H

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <linux/types.h>

/**
 * struct nf_vpn_host - address of a client or a remote host, a hash key
 * @addr: address, unused bytes zero
 * @l3num: AF_INET or AF_INET6
 */
struct nf_vpn_host {
	union nf_inet_addr addr;
	u32 l3num;
};

static inline bool nf_vpn_host_equal(const struct nf_vpn_host *a,
				     const struct nf_vpn_host *b)
{
	return a->l3num == b->l3num && nf_inet_addr_cmp(&a->addr, &b->addr);
}

/**
 * struct nf_vpn_pkt - what the trackers need of a packet
 * @src: source address
 * @dst: destination address
 * @spi: SPI on the wire
 * @seq: sequence number, host byte order
 */
struct nf_vpn_pkt {
	struct nf_vpn_host src;
	struct nf_vpn_host dst;
	__be32 spi;
	u32 seq;
};

/* All 16 bytes are set, since all are hashed. */
static inline void nf_vpn_host_set4(struct nf_vpn_host *host, __be32 ip)
{
	host->addr.in6 = (struct in6_addr){ .s6_addr32 = { ip } };
}

/**
 * nf_vpn_pkt_addrs - read the addresses of an IP header
 * @pkt: filled; its SPI and sequence number are set to 0
 * @skb: packet, the header at @nhoff being linear
 * @nhoff: offset of the header
 * @l3num: AF_INET or AF_INET6
 */
static inline void nf_vpn_pkt_addrs(struct nf_vpn_pkt *pkt,
				    const struct sk_buff *skb,
				    unsigned int nhoff, u8 l3num)
{
	pkt->src.l3num = l3num;
	pkt->dst.l3num = l3num;
	pkt->spi = 0;
	pkt->seq = 0;
	if (l3num == AF_INET) {
		const struct iphdr *iph = (const void *)(skb->data + nhoff);

		nf_vpn_host_set4(&pkt->src, iph->saddr);
		nf_vpn_host_set4(&pkt->dst, iph->daddr);
	} else {
		const struct ipv6hdr *ip6h = (const void *)(skb->data + nhoff);

		pkt->src.addr.in6 = ip6h->saddr;
		pkt->dst.addr.in6 = ip6h->daddr;
	}
}

/* core/packet.c */
bool nf_vpn_is_local(const struct nf_vpn_host *host, const struct sk_buff *skb,
		     const struct nf_hook_state *state);

#endif /* _NF_VPN_PACKET_H */
