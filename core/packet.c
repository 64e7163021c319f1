// SPDX-License-Identifier: GPL-2.0-only
/* Addresses of packets. */
#include <linux/export.h>
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter_ipv6.h>
#include <net/addrconf.h>
#include <net/ipv6.h>
#include <net/route.h>

#include "core/packet.h"

/* All 16 bytes are set, since all are hashed. */
static void nf_vpn_host_set4(struct nf_vpn_host *host, __be32 ip)
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
void nf_vpn_pkt_addrs(struct nf_vpn_pkt *pkt, const struct sk_buff *skb,
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
EXPORT_SYMBOL_GPL(nf_vpn_pkt_addrs);

/**
 * nf_vpn_is_local - tell whether the gateway doesn't forward to an address
 * @host: destination of a packet
 * @skb: the packet
 * @state: its hook
 *
 * Return: true for addresses of the gateway, broadcast and multicast addresses.
 */
bool nf_vpn_is_local(const struct nf_vpn_host *host, const struct sk_buff *skb,
		     const struct nf_hook_state *state)
{
	if (host->l3num == AF_INET)
		return inet_addr_type_dev_table(state->net, state->in,
						host->addr.ip) != RTN_UNICAST;
	return ipv6_addr_is_multicast(&host->addr.in6) ||
	       nf_ipv6_chk_addr(state->net, &host->addr.in6, NULL, 0);
}
EXPORT_SYMBOL_GPL(nf_vpn_is_local);
