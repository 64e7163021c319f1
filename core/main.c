// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module nf_conntrack_vpn: set-up and clean-up, of each netns and of its
 * own.
 */
#include <linux/module.h>
#include <net/net_namespace.h>

#include "core/client.h"
#include "core/fast.h"
#include "core/gc.h"
#include "core/hook.h"
#include "core/id.h"
#include "core/net.h"
#include "core/room.h"
#include "core/session.h"
#include "core/settings.h"
#include "netlink/family.h"

static int __net_init nf_vpn_net_init(struct net *net)
{
	struct nf_vpn_net *vn = nf_vpn_pernet(net);
	int err;

	vn->net = net;
	vn->stats = alloc_percpu(struct nf_vpn_stats);
	if (!vn->stats)
		return -ENOMEM;
	spin_lock_init(&vn->lock);
	INIT_DELAYED_WORK(&vn->gc, nf_vpn_gc_work);
	INIT_WORK(&vn->room, nf_vpn_room_work);
	vn->no_room = jiffies;
	nf_vpn_ids_init(vn);
	nf_vpn_fast_init(vn);

	err = nf_vpn_clients_init(vn);
	if (err)
		goto err_stats;
	err = nf_vpn_sessions_init(vn);
	if (err)
		goto err_clients;
	err = nf_vpn_sysctl_init(vn);
	if (err)
		goto err_sessions;
	err = nf_vpn_hooks_register(vn);
	if (err)
		goto err_sysctl;
	return 0;

err_sysctl:
	nf_vpn_sysctl_exit(vn);
err_sessions:
	nf_vpn_sessions_exit(vn);
err_clients:
	nf_vpn_clients_exit(vn);
err_stats:
	free_percpu(vn->stats);
	return err;
}

/*
 * .pre_exit of all modules and a grace period come before any .exit: when the
 * trackers free what they have, in their .exit, no packet and no writer of a
 * sysctl is left that could call them.
 */
static void __net_exit nf_vpn_net_pre_exit(struct net *net)
{
	struct nf_vpn_net *vn = nf_vpn_pernet(net);

	WRITE_ONCE(vn->dead, true);
	nf_vpn_sysctl_exit(vn);
	nf_vpn_hooks_unregister(vn);
}

static void __net_exit nf_vpn_net_exit(struct net *net)
{
	struct nf_vpn_net *vn = nf_vpn_pernet(net);

	nf_vpn_gc_stop(vn);
	nf_vpn_flush(vn);
	nf_vpn_client_gc(vn, true);
	nf_vpn_sessions_exit(vn);
	nf_vpn_clients_exit(vn);
	nf_vpn_ids_exit(vn);
	free_percpu(vn->stats);
}

static struct pernet_operations nf_vpn_pernet_ops = {
	.init		= nf_vpn_net_init,
	.pre_exit	= nf_vpn_net_pre_exit,
	.exit		= nf_vpn_net_exit,
	.id		= &nf_vpn_net_id,
	.size		= sizeof(struct nf_vpn_net),
};

static int __init nf_vpn_init(void)
{
	int err;

	err = register_pernet_subsys(&nf_vpn_pernet_ops);
	if (err)
		return err;
	err = nf_vpn_fast_notifier_register();
	if (err)
		goto err_pernet;
	err = nf_vpn_netlink_init();
	if (err)
		goto err_notifier;
	return 0;

err_notifier:
	nf_vpn_fast_notifier_unregister();
err_pernet:
	unregister_pernet_subsys(&nf_vpn_pernet_ops);
	return err;
}

static void __exit nf_vpn_exit(void)
{
	nf_vpn_netlink_exit();
	nf_vpn_fast_notifier_unregister();
	unregister_pernet_subsys(&nf_vpn_pernet_ops);
	/* Calls of nf_vpn_session_free_rcu() and fast_free_rcu() may be pending. */
	rcu_barrier();
}

module_init(nf_vpn_init);
module_exit(nf_vpn_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("Authors of nf-conntrack-vpn");
MODULE_DESCRIPTION("VPN connection tracking: clients, sessions and reply zones");
MODULE_VERSION(NF_VPN_VERSION);
