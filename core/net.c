// SPDX-License-Identifier: GPL-2.0-only
/* State of a netns. */
#include <linux/export.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "core/net.h"

/* Between two looks for what has expired. */
#define NF_VPN_GC_INTERVAL	(5 * HZ)

unsigned int nf_vpn_net_id __read_mostly;

/**
 * nf_vpn_pernet - our state of a netns
 * @net: the netns
 */
struct nf_vpn_net *nf_vpn_pernet(const struct net *net)
{
	return net_generic(net, nf_vpn_net_id);
}
EXPORT_SYMBOL_GPL(nf_vpn_pernet);

/**
 * nf_vpn_gc_kick - there is something that will expire
 * @vn: netns
 */
void nf_vpn_gc_kick(struct nf_vpn_net *vn)
{
	queue_delayed_work(system_power_efficient_wq, &vn->gc,
			   NF_VPN_GC_INTERVAL);
}
EXPORT_SYMBOL_GPL(nf_vpn_gc_kick);

/**
 * nf_vpn_gc_stop - nothing of a netns that goes away is looked at any more
 * @vn: netns, its hooks gone for a grace period; does nothing if it stays
 *
 * For who is about to free what the garbage collector looks at.
 */
void nf_vpn_gc_stop(struct nf_vpn_net *vn)
{
	if (READ_ONCE(vn->dead))
		cancel_delayed_work_sync(&vn->gc);
}
EXPORT_SYMBOL_GPL(nf_vpn_gc_stop);
