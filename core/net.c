// SPDX-License-Identifier: GPL-2.0-only
/* What the core keeps of a netns, see core/net.h. */
#include <linux/export.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "core/net.h"

/* Time between two runs of the garbage collector. */
#define NF_VPN_GC_INTERVAL	(5 * HZ)

unsigned int nf_vpn_net_id __read_mostly;

/**
 * nf_vpn_pernet - find our state of a netns
 * @net: the netns
 *
 * Return: state
 */
struct nf_vpn_net *nf_vpn_pernet(const struct net *net)
{
	return net_generic(net, nf_vpn_net_id);
}
EXPORT_SYMBOL_GPL(nf_vpn_pernet);

/**
 * nf_vpn_gc_kick - let the garbage collector run, since something will expire
 * @vn: netns
 */
void nf_vpn_gc_kick(struct nf_vpn_net *vn)
{
	queue_delayed_work(system_power_efficient_wq, &vn->gc,
			   NF_VPN_GC_INTERVAL);
}
EXPORT_SYMBOL_GPL(nf_vpn_gc_kick);

/**
 * nf_vpn_room_kick - let sessions that nobody has answered yield to new ones
 * @vn: netns
 */
void nf_vpn_room_kick(struct nf_vpn_net *vn)
{
	if (!time_before(jiffies, READ_ONCE(vn->no_room)))
		queue_work(system_power_efficient_wq, &vn->room);
}

/**
 * nf_vpn_gc_stop - stop the workers of a netns that goes away
 * @vn: netns, its hooks gone for a grace period; if it stays, because a module
 *	is being unloaded, nothing happens
 *
 * To be called before what the workers look at is freed.
 */
void nf_vpn_gc_stop(struct nf_vpn_net *vn)
{
	if (!READ_ONCE(vn->dead))
		return;
	cancel_delayed_work_sync(&vn->gc);
	cancel_work_sync(&vn->room);
}
EXPORT_SYMBOL_GPL(nf_vpn_gc_stop);
