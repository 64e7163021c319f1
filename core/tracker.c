// SPDX-License-Identifier: GPL-2.0-only
/* Protocol modules: who looks at which packets. */
#include <linux/export.h>
#include <linux/mutex.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>
#include <net/netfilter/nf_conntrack_core.h>

#include "core/flow.h"
#include "core/icmp.h"
#include "core/net.h"
#include "core/tracker.h"

/* Written under nf_vpn_trackers_mutex, read under RCU. */
const struct nf_vpn_tracker __rcu *nf_vpn_trackers[IPPROTO_RAW + 1];
static DEFINE_MUTEX(nf_vpn_trackers_mutex);

u8 nf_vpn_wanted[IPPROTO_RAW + 1] __read_mostly;

/* What the hooks let in, once a tracker has come or gone. */
static void nf_vpn_update_wanted(void)
{
	unsigned int proto;
	bool any = false;

	for (proto = 0; proto < ARRAY_SIZE(nf_vpn_wanted); proto++) {
		u8 wanted = 0;

		if (rcu_access_pointer(nf_vpn_trackers[proto])) {
			wanted = NF_VPN_WANTED4 | NF_VPN_WANTED6;
			any = true;
		}
		WRITE_ONCE(nf_vpn_wanted[proto], wanted);
	}
	if (!any)
		return;
	/* Errors that quote our protocols, and headers that may hide them. */
	WRITE_ONCE(nf_vpn_wanted[IPPROTO_ICMP], NF_VPN_WANTED4);
	for (proto = 0; proto < ARRAY_SIZE(nf_vpn_wanted); proto++)
		if (proto == IPPROTO_ICMPV6 || ipv6_ext_hdr(proto))
			WRITE_ONCE(nf_vpn_wanted[proto], nf_vpn_wanted[proto] |
				   NF_VPN_WANTED6);
}

/**
 * nf_vpn_tracker_error - hand an ICMP error to the tracker of what it quotes
 * @vn: netns
 * @skb: the error
 * @icmp: what it quotes
 * @state: hook
 */
unsigned int nf_vpn_tracker_error(struct nf_vpn_net *vn, struct sk_buff *skb,
				  struct nf_vpn_icmp *icmp,
				  const struct nf_hook_state *state)
{
	const struct nf_vpn_tracker *tracker;

	tracker = rcu_dereference(nf_vpn_trackers[icmp->inner_proto]);
	if (!tracker || !tracker->error)
		return NF_ACCEPT;
	return tracker->error(vn, skb, icmp, state);
}

/**
 * nf_vpn_tracker_label - the helper that flows of a protocol carry
 * @protonum: IP protocol number
 * @l3num: AF_INET or AF_INET6
 *
 * Return: label, kept as long as RCU; NULL if the protocol's module isn't there.
 */
struct nf_conntrack_helper *nf_vpn_tracker_label(u8 protonum, u32 l3num)
{
	const struct nf_vpn_tracker *t;

	t = rcu_dereference(nf_vpn_trackers[protonum]);
	return t && t->label ? t->label(l3num) : NULL;
}

/**
 * nf_vpn_tracker_register - packets of a protocol go to @t from now on
 * @t: tracker, kept until nf_vpn_tracker_unregister()
 *
 * Return: 0 or -EBUSY if the protocol has a tracker.
 */
int nf_vpn_tracker_register(const struct nf_vpn_tracker *t)
{
	int err = 0;

	mutex_lock(&nf_vpn_trackers_mutex);
	if (rcu_access_pointer(nf_vpn_trackers[t->protonum]))
		err = -EBUSY;
	else
		rcu_assign_pointer(nf_vpn_trackers[t->protonum], t);
	nf_vpn_update_wanted();
	mutex_unlock(&nf_vpn_trackers_mutex);
	return err;
}
EXPORT_SYMBOL_GPL(nf_vpn_tracker_register);

/**
 * nf_vpn_tracker_unregister - stop, and leave nothing behind
 * @t: tracker
 *
 * Without us replies to flows in our zones would not be found: they are
 * deleted, in every netns, and with them all that @t has learnt. On return no
 * CPU runs it.
 */
void nf_vpn_tracker_unregister(const struct nf_vpn_tracker *t)
{
	u8 protonum = t->protonum;
	struct net *net;

	mutex_lock(&nf_vpn_trackers_mutex);
	RCU_INIT_POINTER(nf_vpn_trackers[protonum], NULL);
	nf_vpn_update_wanted();
	mutex_unlock(&nf_vpn_trackers_mutex);
	synchronize_net();

	nf_ct_iterate_destroy(nf_vpn_flow_kill_zone, &protonum);
	down_read(&net_rwsem);
	for_each_net(net)
		t->flush(nf_vpn_pernet(net));
	up_read(&net_rwsem);
}
EXPORT_SYMBOL_GPL(nf_vpn_tracker_unregister);
