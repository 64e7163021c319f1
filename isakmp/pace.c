// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pacing of IKE: clients that announce SPIs to the same remote host at the same
 * moment do so one after the other.
 *
 * If packets of an undecided SPI aren't copied (nf_conntrack_esp_guess=0 or 1),
 * one client has to be taken for the owner of a new SPI: the one whose IKE has
 * just announced one, if there is no other. So a message that opens a ticket
 * (isakmp/ticket.c) is held until that of the previous client is ISAKMP_PACE
 * old. By then the first packet on that client's SPI has usually come. Other
 * fragments of the message wait with it; ESP and other IKE don't.
 *
 * A held message has no reference to its device nor to its session. Both are
 * looked up again when it goes on; if the device is gone, it is dropped. Its
 * sender repeats it for minutes (RFC 7296 section 2.1).
 */
#include <linux/netdevice.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "core/clock.h"
#include "core/copy.h"
#include "core/flow.h"
#include "core/net.h"
#include "core/packet.h"
#include "core/session.h"
#include "isakmp/arrival.h"
#include "isakmp/cookie.h"
#include "isakmp/message.h"
#include "isakmp/ticket.h"

#define ISAKMP_PACE		(HZ * NF_VPN_PACE_MS / MSEC_PER_SEC)
/*
 * A message that would have to wait longer than this doesn't wait at all: so
 * many hosts that begin together can't be told apart anyway.
 */
#define ISAKMP_PACE_MAX		(32 * ISAKMP_PACE)
/* Most messages held per netns, and the size of each; others don't wait. */
#define ISAKMP_PACE_QUEUE	128
#define ISAKMP_PACE_TRUESIZE	SZ_16K

/**
 * struct isakmp_held - a message that waits
 * @list: in &nf_isakmp_pace.queue, by @due
 * @skb: packet, its device not valid
 * @client: sender
 * @remote: receiver
 * @key: hash of its exchange, by which repetitions are recognised
 * @fragment: number of the fragment, 0 if it is none
 * @ifindex: interface by which it came in
 * @due: jiffies when it goes on
 * @pf: protocol family of its hook
 * @okfn: where it goes from its hook
 */
struct isakmp_held {
	struct list_head list;
	struct sk_buff *skb;
	struct nf_vpn_host client;
	struct nf_vpn_host remote;
	u32 key;
	u16 fragment;
	int ifindex;
	unsigned long due;
	u8 pf;
	int (*okfn)(struct net *net, struct sock *sk, struct sk_buff *skb);
};

/*
 * Let a message go on. One at a time does, and is noted as @released, so that
 * it isn't held again.
 */
static void isakmp_go_on(struct nf_vpn_net *vn, struct isakmp_held *h)
{
	struct nf_hook_state state = {
		.hook	= NF_INET_PRE_ROUTING,
		.pf	= h->pf,
		.net	= vn->net,
		.okfn	= h->okfn,
	};

	rcu_read_lock();
	local_bh_disable();
	state.in = dev_get_by_index_rcu(vn->net, h->ifindex);
	if (state.in && state.in->flags & IFF_UP) {
		h->skb->dev = state.in;
		WRITE_ONCE(vn->isakmp->pace.released, h->skb);
		nf_vpn_skb_rehook(h->skb, &state);
		WRITE_ONCE(vn->isakmp->pace.released, NULL);
	} else {
		kfree_skb(h->skb);
	}
	local_bh_enable();
	rcu_read_unlock();
	kfree(h);
}

/* The first message that is due, taken out of the queue; or NULL. */
static struct isakmp_held *isakmp_due(struct nf_vpn_net *vn)
{
	struct isakmp_held *h;

	spin_lock_bh(&vn->lock);
	h = list_first_entry_or_null(&vn->isakmp->pace.queue, struct isakmp_held, list);
	if (h && time_before(jiffies, h->due)) {
		queue_delayed_work(system_power_efficient_wq, &vn->isakmp->pace.work,
				   h->due - jiffies);
		h = NULL;
	}
	if (h) {
		list_del(&h->list);
		vn->isakmp->pace.n--;
	}
	spin_unlock_bh(&vn->lock);
	return h;
}

static void isakmp_pace_work(struct work_struct *work)
{
	struct nf_isakmp_net *in = container_of(to_delayed_work(work),
						struct nf_isakmp_net, pace.work);
	struct isakmp_held *h;

	while ((h = isakmp_due(in->vn))) {
		isakmp_go_on(in->vn, h);
		cond_resched();
	}
}

static bool isakmp_same_message(const struct isakmp_held *a,
				const struct isakmp_held *b)
{
	return a->key == b->key && nf_vpn_host_equal(&a->client, &b->client) &&
	       nf_vpn_host_equal(&a->remote, &b->remote);
}

/*
 * Find the message that @what repeats, or else another fragment of the same
 * one, and let @what be due with it. Returns NULL if neither is held.
 */
static const struct isakmp_held *isakmp_find(const struct nf_vpn_net *vn,
					     struct isakmp_held *what)
{
	const struct isakmp_held *h, *part = NULL;

	list_for_each_entry(h, &vn->isakmp->pace.queue, list) {
		if (!isakmp_same_message(h, what))
			continue;
		part = h;
		what->due = h->due;
		if (h->fragment == what->fragment)
			break;
	}
	return part;
}

/* The jiffies when the client may announce an SPI: now or later. */
static unsigned long isakmp_turn(const struct nf_vpn_session *s)
{
	const struct nf_vpn_remote *remote = s->remote;
	unsigned long due = remote->paced, now = jiffies;

	if (!remote->paced_by)
		return now;
	if (remote->paced_by != s->client)
		due += ISAKMP_PACE;
	return time_after(due, now) ? due : now;
}

static void isakmp_take_turn(const struct nf_vpn_session *s, unsigned long due)
{
	s->remote->paced = due;
	s->remote->paced_by = s->client;
}

static void isakmp_enqueue(struct nf_vpn_net *vn, struct isakmp_held *h)
{
	struct list_head *before = vn->isakmp->pace.queue.prev;

	while (before != &vn->isakmp->pace.queue &&
	       time_after(list_entry(before, struct isakmp_held, list)->due,
			  h->due))
		before = before->prev;
	list_add(&h->list, before);
	vn->isakmp->pace.n++;
	h = list_first_entry(&vn->isakmp->pace.queue, struct isakmp_held, list);
	mod_delayed_work(system_power_efficient_wq, &vn->isakmp->pace.work,
			 max_t(long, h->due - jiffies, 0));
}

/* Hold a packet. Returns false if there is no room, so that it goes on now. */
static bool isakmp_hold(struct nf_vpn_net *vn, struct sk_buff *skb,
			const struct isakmp_held *what)
{
	struct isakmp_held *h;

	if (vn->isakmp->pace.n >= ISAKMP_PACE_QUEUE || READ_ONCE(vn->dead))
		return false;
	h = kmemdup(what, sizeof(*what), GFP_ATOMIC);
	if (!h)
		return false;
	h->skb = skb;
	skb->dev = NULL;
	isakmp_enqueue(vn, h);
	nf_vpn_stat_inc(vn, ISAKMP_PACED);
	return true;
}

/*
 * A message opens a ticket. Returns whether it is held until its client's turn.
 */
static bool isakmp_pace_ticket(struct nf_vpn_net *vn, struct sk_buff *skb,
			       const struct nf_vpn_session *s,
			       struct isakmp_held *what)
{
	bool held = false;

	if (test_bit(NF_VPN_SESSION_DEAD, &s->flags))
		return false;
	what->due = isakmp_turn(s);
	if (time_after(what->due, jiffies + ISAKMP_PACE_MAX))
		return false;
	if (time_after(what->due, jiffies)) {
		held = isakmp_hold(vn, skb, what);
		if (!held)
			return false;
	}
	isakmp_take_turn(s, what->due);
	return held;
}

/* Hold another fragment of a message that is held; free a repetition. */
static bool isakmp_pace_part(struct nf_vpn_net *vn, struct sk_buff *skb,
			     const struct isakmp_held *part,
			     const struct isakmp_held *what)
{
	if (part->fragment != what->fragment)
		return isakmp_hold(vn, skb, what);
	kfree_skb(skb);
	return true;
}

/* Would this message open a ticket, by the rules of isakmp/note.c? */
static bool isakmp_opens(struct nf_vpn_net *vn, struct nf_isakmp_ike *ike,
			 const struct isakmp_arrival *a)
{
	const struct isakmp_message *m = &a->m;
	const struct nf_isakmp_cookie *c;
	struct isakmp_tickets t;
	bool mutual;

	c = nf_isakmp_cookie_find_pair(vn, &a->addr, m->init_cookie,
				       m->resp_cookie);
	mutual = c && READ_ONCE(c->mutual);
	spin_lock_bh(&ike->expect.lock);
	t = ike->tickets;
	spin_unlock_bh(&ike->expect.lock);
	if (!mutual && !isakmp_tickets_agreed(&t, m))
		return false;
	return isakmp_tickets_message(&t, m, true, false, nf_vpn_now_ms()) &
	       ISAKMP_TICKET_OPENED;
}

/* Can the packet be held, and go on later without anybody waiting for it? */
static bool isakmp_can_wait(const struct nf_vpn_net *vn,
			    const struct sk_buff *skb,
			    const struct isakmp_arrival *a,
			    const struct nf_hook_state *state)
{
	return a->valid && isakmp_is_child(&a->m) &&
	       READ_ONCE(vn->isakmp->pace.released) != skb &&
	       nf_vpn_skb_may_copy(skb, state) &&
	       nf_vpn_conntrack_follows(state) &&
	       !skb_dst(skb) && !skb->sk && !skb_nfct(skb) &&
	       skb->truesize <= ISAKMP_PACE_TRUESIZE;
}

/* Are the client's SPIs never ambiguous, since it has an address of its own? */
static bool isakmp_is_untranslated(const struct nf_vpn_session *s,
				   const struct nf_isakmp_ike *ike)
{
	return test_bit(NF_VPN_SESSION_LOCAL, &s->flags) ||
	       nf_vpn_flow_has_masq(&s->flow[NF_VPN_FLOW_IKE], &s->client->host.addr);
}

static void isakmp_describe(struct isakmp_held *what,
			    const struct isakmp_arrival *a,
			    const struct nf_hook_state *state)
{
	*what = (struct isakmp_held){
		.client = a->addr.src,
		.remote = a->addr.dst,
		.key = isakmp_exchange_hash(isakmp_pair_hash(&a->m), &a->m, true),
		.fragment = a->m.fragment,
		.ifindex = state->in->ifindex,
		.pf = state->pf,
		.okfn = state->okfn,
	};
}

/* The slow half of nf_isakmp_pace(). */
bool __nf_isakmp_pace(struct nf_vpn_net *vn, struct sk_buff *skb,
		      const struct isakmp_arrival *a,
		      const struct nf_hook_state *state)
{
	const struct isakmp_held *part;
	struct nf_vpn_session *s;
	struct nf_isakmp_ike *ike;
	bool opens, held = false;
	struct isakmp_held what;

	if (!isakmp_can_wait(vn, skb, a, state))
		return false;
	s = nf_vpn_session_find(vn, &a->addr.src, &a->addr.dst);
	ike = s ? nf_isakmp_ike(s) : NULL;
	if (!ike || isakmp_is_untranslated(s, ike))
		return false;
	isakmp_describe(&what, a, state);
	opens = isakmp_opens(vn, ike, a);
	spin_lock_bh(&vn->lock);
	part = isakmp_find(vn, &what);
	if (part)
		held = isakmp_pace_part(vn, skb, part, &what);
	else if (opens)
		held = isakmp_pace_ticket(vn, skb, s, &what);
	spin_unlock_bh(&vn->lock);
	return held;
}

/**
 * nf_isakmp_pace_init - prepare pacing in a netns
 * @in: netns
 */
void nf_isakmp_pace_init(struct nf_isakmp_net *in)
{
	INIT_LIST_HEAD(&in->pace.queue);
	INIT_DELAYED_WORK(&in->pace.work, isakmp_pace_work);
}

/**
 * nf_isakmp_pace_exit - drop the messages that are held
 * @in: netns, its hooks gone for a grace period
 */
void nf_isakmp_pace_exit(struct nf_isakmp_net *in)
{
	struct isakmp_held *h, *next;

	cancel_delayed_work_sync(&in->pace.work);
	list_for_each_entry_safe(h, next, &in->pace.queue, list) {
		kfree_skb(h->skb);
		kfree(h);
	}
}
