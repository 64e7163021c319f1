// SPDX-License-Identifier: GPL-2.0-only
/* What the fast path has learnt, and from which packets: see core/fast.h. */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <net/dst.h>
#include <net/ip.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/route.h>
#include <net/xfrm.h>

#include "core/fast.h"
#include "core/net.h"
#include "core/tracker.h"

/* Time after which a route that nothing renews is let go. */
#define NF_VPN_FAST_IDLE	(4 * HZ)

unsigned int nf_vpn_fast_nets __read_mostly;
EXPORT_SYMBOL_GPL(nf_vpn_fast_nets);
static DEFINE_MUTEX(fast_nets_mutex);

/* The slots of entries that are being freed have it. */
static struct nf_vpn_fast nf_vpn_fast_over;

void nf_vpn_fast_init(struct nf_vpn_net *vn)
{
	spin_lock_init(&vn->fast_lock);
	INIT_LIST_HEAD(&vn->fast);
}

/**
 * nf_vpn_fast_switched - note whether a netns has the fast path switched on
 * @vn: netns whose setting may have changed
 *
 * May sleep.
 */
void nf_vpn_fast_switched(struct nf_vpn_net *vn)
{
	bool on;

	mutex_lock(&fast_nets_mutex);
	on = nf_vpn_fast_on(vn);
	WRITE_ONCE(nf_vpn_fast_nets, nf_vpn_fast_nets + on - vn->fast_counted);
	vn->fast_counted = on;
	mutex_unlock(&fast_nets_mutex);
}

static void fast_free_rcu(struct rcu_head *rcu)
{
	struct nf_vpn_fast *f = container_of(rcu, struct nf_vpn_fast, rcu);

	dst_release(f->dst);
	kfree(f);
}

/* Put @new, which may be NULL, in the place of @f. */
static void fast_replace(struct nf_vpn_net *vn, struct nf_vpn_fast *f,
			 struct nf_vpn_fast *new)
{
	lockdep_assert_held(&vn->fast_lock);
	rcu_assign_pointer(*f->slot, new);
	if (f->dst)
		list_del(&f->list);
	call_rcu(&f->rcu, fast_free_rcu);
}

/* Let a route go. Only its count stays, if there is memory for it. */
static void fast_forget(struct nf_vpn_net *vn, struct nf_vpn_fast *f)
{
	struct nf_vpn_fast *empty = kzalloc(sizeof(*empty), GFP_ATOMIC);

	if (empty) {
		empty->slot = f->slot;
		atomic64_set(&empty->packets, atomic64_read(&f->packets));
	}
	fast_replace(vn, f, empty);
}

/**
 * nf_vpn_fast_gc - let routes go that nothing has renewed for a while
 * @vn: netns, its locks not held
 * @all: all routes
 */
void nf_vpn_fast_gc(struct nf_vpn_net *vn, bool all)
{
	struct nf_vpn_fast *f, *next;

	spin_lock_bh(&vn->fast_lock);
	list_for_each_entry_safe(f, next, &vn->fast, list) {
		if (!all && time_before(jiffies, f->until + NF_VPN_FAST_IDLE))
			break;
		fast_forget(vn, f);
	}
	spin_unlock_bh(&vn->fast_lock);
}

/**
 * nf_vpn_fast_end - empty a slot for good
 * @vn: netns; its lock may be held
 * @slot: slot of an entry that is being freed, after RCU
 */
void nf_vpn_fast_end(struct nf_vpn_net *vn, struct nf_vpn_fast __rcu **slot)
{
	struct nf_vpn_fast *f;

	spin_lock_bh(&vn->fast_lock);
	f = rcu_dereference_protected(*slot, lockdep_is_held(&vn->fast_lock));
	if (!f)
		rcu_assign_pointer(*slot, &nf_vpn_fast_over);
	else if (f != &nf_vpn_fast_over)
		fast_replace(vn, f, &nf_vpn_fast_over);
	spin_unlock_bh(&vn->fast_lock);
}
EXPORT_SYMBOL_GPL(nf_vpn_fast_end);

/**
 * nf_vpn_fast_packets - how many packets have taken the fast path
 * @slot: slot of an entry, under RCU or its lock
 *
 * Return: packets
 */
u64 nf_vpn_fast_packets(struct nf_vpn_fast __rcu **slot)
{
	struct nf_vpn_fast *f;
	u64 n;

	rcu_read_lock();
	f = rcu_dereference(*slot);
	n = f ? atomic64_read(&f->packets) : 0;
	rcu_read_unlock();
	return n;
}
EXPORT_SYMBOL_GPL(nf_vpn_fast_packets);

/* Is a packet's route an ordinary one, to a host that isn't the gateway? */
static bool fast_route_is_plain(const struct dst_entry *dst, u32 l3num)
{
	const struct rtable *rt = container_of(dst, struct rtable, dst);
	const struct rt6_info *rt6 = container_of(dst, struct rt6_info, dst);

	if (dst->error || dst->lwtstate || dst_xfrm(dst))
		return false;
	if (l3num == AF_INET6)
		return dst->ops->family == AF_INET6 &&
		       !(rt6->rt6i_flags & (RTF_LOCAL | RTF_ANYCAST |
					    RTF_REJECT));
	return dst->ops->family == AF_INET && rt->rt_type == RTN_UNICAST &&
	       !(rt->rt_flags & (RTCF_LOCAL | RTCF_BROADCAST | RTCF_MULTICAST));
}

/* Might IPsec of the gateway itself want to see packets that it forwards? */
static bool fast_has_xfrm(const struct net *net)
{
#ifdef CONFIG_XFRM
	const struct netns_xfrm *x = &net->xfrm;

	return READ_ONCE(x->policy_count[XFRM_POLICY_FWD]) ||
	       READ_ONCE(x->policy_count[XFRM_POLICY_OUT]) ||
	       x->policy_default[XFRM_POLICY_FWD] == XFRM_USERPOLICY_BLOCK ||
	       x->policy_default[XFRM_POLICY_OUT] == XFRM_USERPOLICY_BLOCK;
#else
	return false;
#endif
}

/*
 * Has the slow path done with a packet what we would do? The device that it
 * leaves by isn't the one that it came from, or its sender might have to hear of
 * a shorter way, nor one that routes once more (VRF).
 */
static bool fast_route_fits(const struct sk_buff *skb,
			    const struct dst_entry *dst, u32 l3num)
{
	const struct net_device *dev = dst_dev_rcu(dst);

	return !skb->sk && skb->skb_iif && skb->skb_iif != dev->ifindex &&
	       skb->dev == dev && !(dev->flags & IFF_LOOPBACK) &&
	       !netif_is_l3_master(dev) && fast_route_is_plain(dst, l3num);
}

/* Has NAT translated a packet, and nothing else changed its addresses? */
static bool fast_is_translated(const struct sk_buff *skb,
			       const struct nf_conntrack_tuple *tuple)
{
	if (tuple->src.l3num == AF_INET)
		return ip_hdr(skb)->saddr == tuple->dst.u3.ip &&
		       ip_hdr(skb)->daddr == tuple->src.u3.ip;
	return ipv6_addr_equal(&ipv6_hdr(skb)->saddr, &tuple->dst.u3.in6) &&
	       ipv6_addr_equal(&ipv6_hdr(skb)->daddr, &tuple->src.u3.in6);
}

static u32 fast_cookie(const struct dst_entry *dst, u32 l3num)
{
	if (l3num == AF_INET)
		return 0;
	return rt6_get_cookie(container_of(dst, struct rt6_info, dst));
}

static u32 fast_mtu(const struct dst_entry *dst, u32 l3num)
{
	return l3num == AF_INET ? ip_dst_mtu_maybe_forward(dst, true) :
				  ip6_dst_mtu_maybe_forward(dst, true);
}

/* Returns NULL if memory is short, or the route is about to be freed. */
static struct nf_vpn_fast *fast_alloc(struct nf_vpn_fast __rcu **slot,
				      const struct sk_buff *skb, u32 cookie,
				      u32 epoch)
{
	struct nf_vpn_fast *f = kzalloc(sizeof(*f), GFP_ATOMIC);

	if (!f)
		return NULL;
	if (!dst_hold_safe(skb_dst(skb))) {
		kfree(f);
		return NULL;
	}
	f->dst = skb_dst(skb);
	f->slot = slot;
	f->cookie = cookie;
	f->epoch = epoch;
	f->iif = skb->skb_iif;
	return f;
}

/* What of a route, or the ruleset's verdict on it, is learnt each time. */
static void fast_renew(struct nf_vpn_net *vn, struct nf_vpn_fast *f,
		       const struct sk_buff *skb, u32 l3num)
{
	WRITE_ONCE(f->mtu, fast_mtu(f->dst, l3num));
	WRITE_ONCE(f->mark, skb->mark);
	WRITE_ONCE(f->priority, skb->priority);
	WRITE_ONCE(f->until, jiffies + NF_VPN_FAST_TIME);
	list_move_tail(&f->list, &vn->fast);
}

static void fast_learn(struct nf_vpn_net *vn, struct nf_vpn_fast __rcu **slot,
		       u32 epoch, const struct sk_buff *skb, u32 l3num)
{
	const struct dst_entry *dst = skb_dst(skb);
	u32 cookie = fast_cookie(dst, l3num);
	struct nf_vpn_fast *f, *new;

	lockdep_assert_held(&vn->fast_lock);
	f = rcu_dereference_protected(*slot, lockdep_is_held(&vn->fast_lock));
	if (f == &nf_vpn_fast_over)
		return;
	if (f && f->dst == dst && f->cookie == cookie && f->epoch == epoch &&
	    f->iif == skb->skb_iif) {
		fast_renew(vn, f, skb, l3num);
		return;
	}
	new = fast_alloc(slot, skb, cookie, epoch);
	if (!new)
		return;
	INIT_LIST_HEAD(&new->list);
	fast_renew(vn, new, skb, l3num);
	if (!f) {
		rcu_assign_pointer(*slot, new);
		return;
	}
	atomic64_set(&new->packets, atomic64_read(&f->packets));
	fast_replace(vn, f, new);
}

/**
 * nf_vpn_fast_learns - tell whether a label may look up what a tracker knows
 * @vn: netns, under RCU
 * @protonum: protocol of the tracker
 *
 * A label is called until conntrack has forgotten it, which is after its tracker
 * has gone, or the netns. Both wait for a grace period before they free anything.
 *
 * Return: false if the fast path is switched off, too.
 */
bool nf_vpn_fast_learns(const struct nf_vpn_net *vn, u8 protonum)
{
	return nf_vpn_fast_on(vn) && !READ_ONCE(vn->dead) &&
	       rcu_access_pointer(nf_vpn_trackers[protonum]);
}
EXPORT_SYMBOL_GPL(nf_vpn_fast_learns);

/**
 * nf_vpn_fast_learn - let the packets that follow one go on as it does
 * @vn: netns, its locks not held
 * @slot: slot of its flow and direction, under RCU
 * @epoch: of the entry that it is attached to
 * @skb: packet that is about to leave: the ruleset has accepted it
 */
void nf_vpn_fast_learn(struct nf_vpn_net *vn, struct nf_vpn_fast __rcu **slot,
		       u32 epoch, const struct sk_buff *skb)
{
	const struct dst_entry *dst = skb_dst(skb);
	const struct nf_conntrack_tuple *tuple;
	enum ip_conntrack_info ctinfo;
	const struct nf_conn *ct;
	u32 l3num;

	ct = nf_ct_get(skb, &ctinfo);
	if (!ct || !dst)
		return;
	tuple = nf_vpn_fast_tuple(ct, ctinfo);
	l3num = tuple->src.l3num;
	if (fast_has_xfrm(vn->net)) {
		nf_vpn_stat_inc(vn, FAST_XFRM);
		return;
	}
	if (!fast_route_fits(skb, dst, l3num) ||
	    !fast_is_translated(skb, tuple)) {
		nf_vpn_stat_inc(vn, FAST_ROUTE);
		return;
	}
	spin_lock_bh(&vn->fast_lock);
	fast_learn(vn, slot, epoch, skb, l3num);
	spin_unlock_bh(&vn->fast_lock);
}
EXPORT_SYMBOL_GPL(nf_vpn_fast_learn);

/* Let the routes by a device go. */
static void fast_forget_device(struct nf_vpn_net *vn,
			       const struct net_device *dev)
{
	struct nf_vpn_fast *f, *next;

	rcu_read_lock();
	spin_lock_bh(&vn->fast_lock);
	list_for_each_entry_safe(f, next, &vn->fast, list)
		if (dst_dev_rcu(f->dst) == dev)
			fast_forget(vn, f);
	spin_unlock_bh(&vn->fast_lock);
	rcu_read_unlock();
}

static int fast_netdev_event(struct notifier_block *nb, unsigned long event,
			     void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct nf_vpn_net *vn;

	if (event != NETDEV_DOWN && event != NETDEV_UNREGISTER &&
	    event != NETDEV_CHANGEMTU)
		return NOTIFY_DONE;
	vn = nf_vpn_pernet(dev_net(dev));
	/*
	 * When a netns goes away, so do its devices: after the last packet, and
	 * with an rcu_barrier() before IPv6 frees what counts its routes.
	 */
	if (READ_ONCE(vn->dead))
		nf_vpn_fast_gc(vn, true);
	else
		fast_forget_device(vn, dev);
	return NOTIFY_DONE;
}

static struct notifier_block fast_notifier = {
	.notifier_call	= fast_netdev_event,
};

int nf_vpn_fast_notifier_register(void)
{
	return register_netdevice_notifier(&fast_notifier);
}

void nf_vpn_fast_notifier_unregister(void)
{
	unregister_netdevice_notifier(&fast_notifier);
}
