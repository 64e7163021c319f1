/* SPDX-License-Identifier: GPL-2.0-only */
/* Addresses, and what the trackers need of a packet. */
#ifndef _NF_VPN_PACKET_H
#define _NF_VPN_PACKET_H

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

void nf_vpn_pkt_addrs(struct nf_vpn_pkt *pkt, const struct sk_buff *skb,
		      unsigned int nhoff, u8 l3num);
bool nf_vpn_is_local(const struct nf_vpn_host *host, const struct sk_buff *skb,
		     const struct nf_hook_state *state);

#endif /* _NF_VPN_PACKET_H */
