// SPDX-License-Identifier: GPL-2.0-only
/* Addresses of packets. */
#include <linux/export.h>
#include <linux/inetdevice.h>
#include <linux/netfilter_ipv6.h>
#include <net/addrconf.h>
#include <net/ipv6.h>
#include <net/route.h>

#include "core/packet.h"

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
