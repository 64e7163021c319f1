// SPDX-License-Identifier: GPL-2.0-only
/* Trackers: the modules that look at the packets of one protocol each. */
#include <linux/export.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>
#include <net/netfilter/nf_conntrack_core.h>

#include "core/flow.h"
#include "core/icmp.h"
#include "core/net.h"
#include "core/packet.h"
#include "core/session.h"
#include "core/tracker.h"

/* Written under nf_vpn_trackers_mutex, read under RCU. */
const struct nf_vpn_tracker __rcu *nf_vpn_trackers[IPPROTO_RAW + 1];
static DEFINE_MUTEX(nf_vpn_trackers_mutex);

/*
 * Trackers by &enum nf_ct_vpn_kind, read under RCU. A tracker that is being
 * unregistered stays here until all its entries are gone, since sessions that
 * have such entries may end meanwhile.
 */
static const struct nf_vpn_tracker __rcu *nf_vpn_kind_trackers[NF_VPN_KINDS];

/* Trackers by kind whose .gc, .gc_net and .flush may be called. */
static DECLARE_RWSEM(nf_vpn_gc_trackers_sem);
static const struct nf_vpn_tracker *nf_vpn_gc_trackers[NF_VPN_KINDS];

u8 nf_vpn_wanted[IPPROTO_RAW + 1] __read_mostly;

/* Set nf_vpn_wanted[] after a tracker has come or gone. */
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
	/*
	 * ICMP errors may quote our protocols, extension headers may precede
	 * them.
	 */
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
 *
 * Return: verdict
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
 * Return: label, valid under RCU; NULL if the protocol's module isn't loaded.
 */
struct nf_conntrack_helper *nf_vpn_tracker_label(u8 protonum, u32 l3num)
{
	const struct nf_vpn_tracker *t;

	t = rcu_dereference(nf_vpn_trackers[protonum]);
	return t && t->label ? t->label(l3num) : NULL;
}

/* Keep trackers from being unregistered until nf_vpn_trackers_gc_end(). */
void nf_vpn_trackers_gc_begin(void)
{
	down_read(&nf_vpn_gc_trackers_sem);
}

void nf_vpn_trackers_gc_end(void)
{
	up_read(&nf_vpn_gc_trackers_sem);
}

/**
 * nf_vpn_trackers_gc - let trackers free what has expired in a session
 * @vn: netns, its lock held, after nf_vpn_trackers_gc_begin()
 * @s: session
 * @v: its flows
 *
 * IKE comes before ESP, which may be silent for as long as IKE lives.
 *
 * Return: a bit for each &enum nf_ct_vpn_kind that needs the session.
 */
u32 nf_vpn_trackers_gc(struct nf_vpn_net *vn, struct nf_vpn_session *s,
		       const struct nf_vpn_gc_view *v)
{
	int kind = NF_VPN_KINDS;
	u32 needs = 0;

	while (kind--) {
		const struct nf_vpn_tracker *t = nf_vpn_gc_trackers[kind];

		if (t && t->gc && t->gc(vn, s, v, needs))
			needs |= BIT(kind);
	}
	return needs;
}

/**
 * nf_vpn_trackers_gc_net - let trackers free what has expired without a session
 * @vn: netns, after nf_vpn_trackers_gc_begin()
 *
 * Return: whether there is anything left that will expire.
 */
bool nf_vpn_trackers_gc_net(struct nf_vpn_net *vn)
{
	bool left = false;
	int kind;

	for (kind = 0; kind < NF_VPN_KINDS; kind++)
		if (nf_vpn_gc_trackers[kind] && nf_vpn_gc_trackers[kind]->gc_net)
			left |= nf_vpn_gc_trackers[kind]->gc_net(vn);
	return left;
}

/**
 * nf_vpn_trackers_flush - let trackers free all that they have learnt
 * @vn: netns
 *
 * May sleep.
 */
void nf_vpn_trackers_flush(struct nf_vpn_net *vn)
{
	int kind;

	down_read(&nf_vpn_gc_trackers_sem);
	for (kind = 0; kind < NF_VPN_KINDS; kind++)
		if (nf_vpn_gc_trackers[kind])
			nf_vpn_gc_trackers[kind]->flush(vn);
	up_read(&nf_vpn_gc_trackers_sem);
}

/**
 * nf_vpn_trackers_end - let trackers free what belongs to a session that ends
 * @vn: netns, its lock held
 * @s: session
 */
void nf_vpn_trackers_end(struct nf_vpn_net *vn, struct nf_vpn_session *s)
{
	const struct nf_vpn_tracker *t;
	int kind;

	rcu_read_lock();
	for (kind = 0; kind < NF_VPN_KINDS; kind++) {
		t = rcu_dereference(nf_vpn_kind_trackers[kind]);
		if (t && t->end)
			t->end(vn, s);
	}
	rcu_read_unlock();
}

/**
 * nf_vpn_tracker_adopt - prepare a session made by netlink for a protocol's
 * flow
 * @vn: netns, its lock held
 * @protonum: IP protocol number
 * @s: session
 *
 * Return: 0, also if the protocol's module isn't loaded; -ENOMEM.
 */
int nf_vpn_tracker_adopt(struct nf_vpn_net *vn, u8 protonum,
			 struct nf_vpn_session *s)
{
	const struct nf_vpn_tracker *t;
	int err = 0;

	rcu_read_lock();
	t = rcu_dereference(nf_vpn_trackers[protonum]);
	if (t && t->adopt)
		err = t->adopt(vn, s);
	rcu_read_unlock();
	return err;
}

/**
 * nf_vpn_tracker_expect - tell ESP that IKE has announced an inbound SPI
 * @vn: netns, its lock held
 * @s: session
 */
void nf_vpn_tracker_expect(struct nf_vpn_net *vn, struct nf_vpn_session *s)
{
	const struct nf_vpn_tracker *t;

	rcu_read_lock();
	t = rcu_dereference(nf_vpn_trackers[IPPROTO_ESP]);
	if (t)
		t->expect(vn, s);
	rcu_read_unlock();
}
EXPORT_SYMBOL_GPL(nf_vpn_tracker_expect);

/**
 * nf_vpn_tracker_refused - tell ESP that a client doesn't know an inbound SPI
 * @vn: netns, its lock not held
 * @pkt: addresses and SPI of the packet that the client got
 *
 * Return: true if the client's message must not reach the remote host. The SPI
 * is another client's, or undecided, and some peers delete an SA on such a
 * message.
 */
bool nf_vpn_tracker_refused(struct nf_vpn_net *vn, const struct nf_vpn_pkt *pkt)
{
	const struct nf_vpn_tracker *t;
	bool foreign;

	rcu_read_lock();
	t = rcu_dereference(nf_vpn_trackers[IPPROTO_ESP]);
	foreign = t && t->refused(vn, pkt);
	rcu_read_unlock();
	return foreign;
}
EXPORT_SYMBOL_GPL(nf_vpn_tracker_refused);

static void nf_vpn_gc_tracker_set(enum nf_ct_vpn_kind kind,
				  const struct nf_vpn_tracker *t)
{
	down_write(&nf_vpn_gc_trackers_sem);
	nf_vpn_gc_trackers[kind] = t;
	up_write(&nf_vpn_gc_trackers_sem);
}

static void nf_vpn_packet_tracker_set(u8 protonum,
				      const struct nf_vpn_tracker *t)
{
	mutex_lock(&nf_vpn_trackers_mutex);
	rcu_assign_pointer(nf_vpn_trackers[protonum], t);
	nf_vpn_update_wanted();
	mutex_unlock(&nf_vpn_trackers_mutex);
}

/**
 * nf_vpn_tracker_register - let a tracker have the packets of its protocol
 * @t: tracker, the only one of its protocol and kind; must stay until
 *	nf_vpn_tracker_unregister()
 *
 * Return: 0 or a negative error.
 */
int nf_vpn_tracker_register(const struct nf_vpn_tracker *t)
{
	int err = register_pernet_subsys(t->pernet);

	if (err)
		return err;
	rcu_assign_pointer(nf_vpn_kind_trackers[t->kind], t);
	nf_vpn_gc_tracker_set(t->kind, t);
	nf_vpn_packet_tracker_set(t->protonum, t);
	return 0;
}
EXPORT_SYMBOL_GPL(nf_vpn_tracker_register);

/**
 * nf_vpn_tracker_unregister - undo nf_vpn_tracker_register(), in every netns
 * @t: tracker
 *
 * The protocol's flows in our zones are deleted, since nobody would find their
 * replies any more, and so is all that @t has learnt. What other trackers have
 * learnt of the same sessions stays. On return no CPU runs @t, and no RCU
 * callback of it is pending.
 */
void nf_vpn_tracker_unregister(const struct nf_vpn_tracker *t)
{
	u8 protonum = t->protonum;
	struct net *net;

	nf_vpn_packet_tracker_set(protonum, NULL);
	nf_vpn_gc_tracker_set(t->kind, NULL);
	synchronize_net();

	nf_ct_iterate_destroy(nf_vpn_flow_kill_zone, &protonum);
	down_read(&net_rwsem);
	for_each_net(net)
		t->flush(nf_vpn_pernet(net));
	up_read(&net_rwsem);
	/*
	 * A netns that is going away isn't in the list, and has its own .exit.
	 */
	unregister_pernet_subsys(t->pernet);
	RCU_INIT_POINTER(nf_vpn_kind_trackers[t->kind], NULL);
	synchronize_rcu();
	rcu_barrier();
}
EXPORT_SYMBOL_GPL(nf_vpn_tracker_unregister);
