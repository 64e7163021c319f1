// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sessions that are freed if others need room.
 *
 * Anybody behind the gateway can begin sessions, from as many addresses as he
 * makes up, with hosts that never answer. So sessions without a confirmed flow,
 * whose packets the ruleset has dropped, are freed first. Next are those whose
 * remote host has never been heard, which conntrack's early drop prefers as
 * well, and then those whose flow has idled out. Of each kind the oldest goes
 * first; a session that is in use stays.
 */
#include <linux/slab.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>

#include "core/flow.h"
#include "core/net.h"
#include "core/packet.h"
#include "core/scan.h"
#include "core/session.h"
#include "core/yield.h"

/* Most sessions without a confirmed flow; the oldest yields to a new one. */
#define NF_VPN_UNCONFIRMED	1024
/*
 * Unanswered sessions that are freed together. Their zones are given to new
 * clients in turn, so that each is free for a while: its flow is deleted
 * meanwhile.
 */
#define NF_VPN_YIELD_BATCH	32
/* Most flows that wait to be deleted; more than that time out. */
#define NF_VPN_DOOMED		1024

/**
 * struct nf_vpn_doomed - flows of a session that has been freed for want of
 * room
 * @list: in &nf_vpn_net.doomed
 * @client: its client
 * @remote: its remote host
 */
struct nf_vpn_doomed {
	struct list_head list;
	struct nf_vpn_host client;
	struct nf_vpn_host remote;
};

static void nf_vpn_session_yields(struct nf_vpn_net *vn,
				  struct nf_vpn_session *s,
				  enum nf_vpn_yields yields)
{
	s->yields = yields;
	vn->nunconfirmed += yields == NF_VPN_YIELDS_UNCONFIRMED;
	list_add_tail(&s->lru, &vn->yield[yields]);
}

/**
 * nf_vpn_session_protect - keep a session from being freed for want of room
 * @vn: netns, its lock held
 * @s: session
 */
void nf_vpn_session_protect(struct nf_vpn_net *vn, struct nf_vpn_session *s)
{
	lockdep_assert_held(&vn->lock);
	list_del_init(&s->lru);
	vn->nunconfirmed -= s->yields == NF_VPN_YIELDS_UNCONFIRMED;
	s->yields = NF_VPN_YIELDS_NOT;
}
EXPORT_SYMBOL_GPL(nf_vpn_session_protect);

/**
 * nf_vpn_session_remember - keep a session for its inbound SPIs only
 * @vn: netns, its lock held
 * @s: session whose flow has idled out
 *
 * It is freed if others need room, unless it has SPIs that are held.
 */
void nf_vpn_session_remember(struct nf_vpn_net *vn, struct nf_vpn_session *s)
{
	if (s->held || nf_vpn_session_is_remembered(s))
		return;
	nf_vpn_session_protect(vn, s);
	nf_vpn_session_yields(vn, s, NF_VPN_YIELDS_REMEMBERED);
}

/**
 * nf_vpn_session_used - protect a session that turns out to be in use
 * @vn: netns, its lock held
 * @s: session
 */
void nf_vpn_session_used(struct nf_vpn_net *vn, struct nf_vpn_session *s)
{
	if (s->yields == NF_VPN_YIELDS_REMEMBERED ||
	    (s->yields == NF_VPN_YIELDS_UNANSWERED &&
	     nf_vpn_session_is_answered(s)))
		nf_vpn_session_protect(vn, s);
}

/*
 * Delete its flows later, since that isn't done under the lock; see core/net.h.
 */
static void nf_vpn_session_doom(struct nf_vpn_net *vn,
				const struct nf_vpn_session *s)
{
	struct nf_vpn_doomed *d;

	if (vn->ndoomed >= NF_VPN_DOOMED)
		return;
	d = kmalloc(sizeof(*d), GFP_ATOMIC);
	if (!d)
		return;
	d->client = s->client->host;
	d->remote = s->remote->host;
	list_add_tail(&d->list, &vn->doomed);
	vn->ndoomed++;
	queue_work(system_wq, &vn->reap);
}

/*
 * May a session of a list be freed? One that has got a flow or has been
 * answered since it was put there goes to the list where it belongs.
 */
static bool nf_vpn_session_goes(struct nf_vpn_net *vn, struct nf_vpn_session *s)
{
	switch ((enum nf_vpn_yields)s->yields) {
	case NF_VPN_YIELDS_UNCONFIRMED:
		if (!nf_vpn_session_seen(s))
			return true;
		break;
	case NF_VPN_YIELDS_UNANSWERED:
		if (!nf_vpn_session_is_answered(s))
			return true;
		break;
	default:
		return true;
	}
	nf_vpn_session_protect(vn, s);
	nf_vpn_session_unprotect(vn, s);
	return false;
}

/*
 * Free the @n oldest sessions of a kind, or the oldest of @client. Returns
 * false if there is none to free.
 */
static bool nf_vpn_session_yield(struct nf_vpn_net *vn,
				 enum nf_vpn_yields yields,
				 const struct nf_vpn_client *client,
				 unsigned int n)
{
	unsigned int scan = NF_VPN_SCAN;
	struct nf_vpn_session *s, *next;
	bool any = false;

	list_for_each_entry_safe(s, next, &vn->yield[yields], lru) {
		if (!n || !scan--)
			break;
		if (!nf_vpn_session_goes(vn, s) ||
		    (client && s->client != client))
			continue;
		if (yields == NF_VPN_YIELDS_UNANSWERED)
			nf_vpn_session_doom(vn, s);
		nf_vpn_stat_inc(vn, EXPIRED);
		nf_vpn_session_free(vn, s);
		any = true;
		n--;
	}
	return any;
}

/**
 * nf_vpn_session_unprotect - let a session be freed for want of room again
 * @vn: netns, its lock held
 * @s: session after nf_vpn_session_protect(); nothing happens if its remote
 *	host has been heard, or it has SPIs that are held
 */
void nf_vpn_session_unprotect(struct nf_vpn_net *vn, struct nf_vpn_session *s)
{
	if (s->held)
		return;
	if (!nf_vpn_session_seen(s)) {
		if (vn->nunconfirmed >= NF_VPN_UNCONFIRMED)
			nf_vpn_session_yield(vn, NF_VPN_YIELDS_UNCONFIRMED, NULL,
					     1);
		nf_vpn_session_yields(vn, s, NF_VPN_YIELDS_UNCONFIRMED);
	} else if (!nf_vpn_session_is_answered(s) &&
		   !test_bit(NF_VPN_SESSION_LOCAL, &s->flags)) {
		nf_vpn_session_yields(vn, s, NF_VPN_YIELDS_UNANSWERED);
	}
}
EXPORT_SYMBOL_GPL(nf_vpn_session_unprotect);

/* &nf_vpn_net.reclaim */
static bool nf_vpn_session_reclaim(struct nf_vpn_net *vn,
				   const struct nf_vpn_client *client)
{
	return nf_vpn_session_yield(vn, NF_VPN_YIELDS_UNCONFIRMED, client, 1) ||
	       nf_vpn_session_yield(vn, NF_VPN_YIELDS_UNANSWERED, client,
				    client ? 1 : NF_VPN_YIELD_BATCH) ||
	       nf_vpn_session_yield(vn, NF_VPN_YIELDS_REMEMBERED, client, 1);
}

/* Is the flow still unanswered, and of no session? */
static bool nf_vpn_doomed_is_over(struct nf_vpn_net *vn,
				  const struct nf_vpn_doomed *d,
				  const struct nf_conn *ct)
{
	return !test_bit(IPS_SEEN_REPLY_BIT, &ct->status) &&
	       !nf_vpn_session_find(vn, &d->client, &d->remote);
}

static void nf_vpn_doomed_end(struct nf_vpn_net *vn,
			      const struct nf_vpn_doomed *d)
{
	struct nf_conn *ct;
	int kind;

	for (kind = 0; kind < NF_VPN_FLOWS; kind++) {
		ct = nf_vpn_flow_get(vn->net, &d->client, &d->remote, kind,
				     NULL);
		if (!ct)
			continue;
		if (nf_vpn_doomed_is_over(vn, d, ct))
			nf_ct_kill(ct);
		nf_ct_put(ct);
	}
}

static void nf_vpn_reap(struct nf_vpn_net *vn, bool end)
{
	struct nf_vpn_doomed *d, *next;
	LIST_HEAD(doomed);

	spin_lock_bh(&vn->lock);
	list_splice_init(&vn->doomed, &doomed);
	vn->ndoomed = 0;
	spin_unlock_bh(&vn->lock);
	list_for_each_entry_safe(d, next, &doomed, list) {
		rcu_read_lock();
		if (end)
			nf_vpn_doomed_end(vn, d);
		rcu_read_unlock();
		kfree(d);
		cond_resched();
	}
}

static void nf_vpn_reap_work(struct work_struct *work)
{
	nf_vpn_reap(container_of(work, struct nf_vpn_net, reap), true);
}

/**
 * nf_vpn_yield_init - set up the lists of a netns
 * @vn: netns
 */
void nf_vpn_yield_init(struct nf_vpn_net *vn)
{
	int i;

	BUILD_BUG_ON(ARRAY_SIZE(vn->yield) != NF_VPN_YIELDS);
	for (i = 0; i < NF_VPN_YIELDS; i++)
		INIT_LIST_HEAD(&vn->yield[i]);
	INIT_LIST_HEAD(&vn->doomed);
	INIT_WORK(&vn->reap, nf_vpn_reap_work);
	vn->reclaim = nf_vpn_session_reclaim;
}

/**
 * nf_vpn_yield_exit - free what is left in the lists of a netns
 * @vn: netns without sessions; its flows go with it
 */
void nf_vpn_yield_exit(struct nf_vpn_net *vn)
{
	cancel_work_sync(&vn->reap);
	nf_vpn_reap(vn, false);
}
