// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cookie pairs, and what else is known of the IKE of sessions.
 *
 * Entries are hashed by the initiator's cookie alone. So one look-up finds the
 * pair itself, the exchange that still waits for its responder, and other pairs
 * with that initiator; and a pair is found before the direction of its message
 * is known.
 */
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "core/client.h"
#include "core/clock.h"
#include "core/expect.h"
#include "core/flow.h"
#include "core/id.h"
#include "core/net.h"
#include "core/packet.h"
#include "core/session.h"
#include "isakmp/cookie.h"
#include "isakmp/message.h"
#include "isakmp/ticket.h"

/* Most entries with one initiator cookie, since a look-up walks them. */
#define NF_ISAKMP_SAME_COOKIE_MAX	8

/* Sort an entry with the right initiator cookie and remote host into @q. */
static void nf_isakmp_cookie_met(struct nf_isakmp_cookie_query *q,
				 struct nf_isakmp_cookie *c)
{
	__be64 resp = READ_ONCE(c->resp);
	bool own = !q->client ||
		   nf_vpn_host_equal(q->client, &c->session->client->host);

	if (READ_ONCE(c->claim)) {
		if (resp == q->resp && q->client && own)
			q->claim = c;
		return;
	}
	if (resp == q->resp && (own || !q->exact))
		q->exact = c;
	if (own)
		q->shared = c;
	else if (!resp && !c->by_remote)
		q->rival = c;
	if (!resp && own)
		q->waiting = c;
}

static int nf_isakmp_cookie_cmp(struct rhashtable_compare_arg *arg,
				const void *obj)
{
	const struct nf_isakmp_cookie *c = obj;
	const __be64 *init = arg->key;

	return c->init != *init;
}

static const struct rhashtable_params nf_isakmp_cookie_params = {
	.head_offset		= offsetof(struct nf_isakmp_cookie, node),
	.key_offset		= offsetof(struct nf_isakmp_cookie, init),
	.key_len		= sizeof_field(struct nf_isakmp_cookie, init),
	.obj_cmpfn		= nf_isakmp_cookie_cmp,
	.automatic_shrinking	= true,
};

int nf_isakmp_cookies_init(struct nf_isakmp_net *in)
{
	return rhltable_init(&in->cookies, &nf_isakmp_cookie_params);
}

void nf_isakmp_cookies_exit(struct nf_isakmp_net *in)
{
	rhltable_destroy(&in->cookies);
}

/**
 * nf_isakmp_cookie_find - find the entries that have to do with a cookie pair
 * @vn: netns, under RCU or its lock
 * @remote: remote host
 * @init: initiator cookie
 * @resp: responder cookie, 0 in the first message
 * @client: client of an outbound message, NULL for an inbound one
 * @q: filled
 *
 * Return: number of entries with the initiator cookie, of any remote host.
 */
unsigned int nf_isakmp_cookie_find(struct nf_vpn_net *vn,
				   const struct nf_vpn_host *remote,
				   __be64 init, __be64 resp,
				   const struct nf_vpn_host *client,
				   struct nf_isakmp_cookie_query *q)
{
	struct rhlist_head *list, *pos;
	struct nf_isakmp_cookie *c;
	unsigned int n = 0;

	memset(q, 0, sizeof(*q));
	q->client = client;
	q->resp = resp;
	rcu_read_lock();
	list = rhltable_lookup(&vn->isakmp->cookies, &init,
			       nf_isakmp_cookie_params);
	rhl_for_each_entry_rcu(c, pos, list, node) {
		n++;
		if (nf_vpn_host_equal(remote, &c->session->remote->host))
			nf_isakmp_cookie_met(q, c);
	}
	rcu_read_unlock();
	return n;
}

/*
 * Is it a proven pair with this responder cookie, whose session the message can
 * belong to by its addresses?
 */
static bool nf_isakmp_cookie_is_pair(const struct nf_isakmp_cookie *c,
				     const struct nf_vpn_pkt *pkt, __be64 resp)
{
	const struct nf_vpn_session *s = c->session;

	if (READ_ONCE(c->resp) != resp || !READ_ONCE(c->proven))
		return false;
	return nf_vpn_host_equal(&s->remote->host, &pkt->src) ||
	       (nf_vpn_host_equal(&s->remote->host, &pkt->dst) &&
		nf_vpn_host_equal(&s->client->host, &pkt->src));
}

/**
 * nf_isakmp_cookie_find_pair - find the proven pair of a message
 * @vn: netns, under RCU
 * @pkt: addresses of a message
 * @init: its initiator cookie
 * @resp: its responder cookie, not 0
 *
 * Return: pair of a session with the sender as its remote host, or with the
 * sender as its client and the addressee as its remote host; or NULL.
 */
struct nf_isakmp_cookie *
nf_isakmp_cookie_find_pair(struct nf_vpn_net *vn, const struct nf_vpn_pkt *pkt,
			   __be64 init, __be64 resp)
{
	struct rhlist_head *list, *pos;
	struct nf_isakmp_cookie *c;

	list = rhltable_lookup(&vn->isakmp->cookies, &init,
			       nf_isakmp_cookie_params);
	rhl_for_each_entry_rcu(c, pos, list, node)
		if (nf_isakmp_cookie_is_pair(c, pkt, resp))
			return c;
	return NULL;
}

static bool nf_isakmp_cookie_is_claim(const struct nf_isakmp_cookie *c,
				      const struct nf_vpn_host *remote,
				      const struct isakmp_message *m)
{
	if (!c->claim || c->resp != m->resp_cookie)
		return false;
	if (isakmp_is_response(m) && READ_ONCE(c->request) != m->msgid)
		return false;
	return nf_vpn_host_equal(&c->session->remote->host, remote);
}

/**
 * nf_isakmp_cookie_find_claim - find a claim on the pair of an inbound message
 * @vn: netns, its lock held
 * @remote: remote host
 * @m: message; if it is a response, only a claimant that has sent the request
 *	counts
 *
 * Return: claim or NULL
 */
struct nf_isakmp_cookie *
nf_isakmp_cookie_find_claim(struct nf_vpn_net *vn,
			    const struct nf_vpn_host *remote,
			    const struct isakmp_message *m)
{
	struct nf_isakmp_cookie *c, *claim = NULL;
	struct rhlist_head *list, *pos;

	lockdep_assert_held(&vn->lock);
	rcu_read_lock();
	list = rhltable_lookup(&vn->isakmp->cookies, &m->init_cookie,
			       nf_isakmp_cookie_params);
	rhl_for_each_entry_rcu(c, pos, list, node) {
		if (!nf_isakmp_cookie_is_claim(c, remote, m))
			continue;
		claim = c;
		break;
	}
	rcu_read_unlock();
	return claim;
}

/**
 * nf_isakmp_cookie_free - unlink a cookie pair, free it after RCU
 * @vn: netns, its lock held
 * @c: pair
 */
void nf_isakmp_cookie_free(struct nf_vpn_net *vn, struct nf_isakmp_cookie *c)
{
	struct nf_vpn_session *s = c->session;

	lockdep_assert_held(&vn->lock);
	nf_vpn_id_put(vn, NF_CT_VPN_KIND_ISAKMP, c->id);
	rhltable_remove(&vn->isakmp->cookies, &c->node,
			nf_isakmp_cookie_params);
	list_del(&c->by_session);
	nf_isakmp_ike(s)->expect.cookies--;
	nf_isakmp_ike(s)->nunproven -= !c->proven;
	nf_vpn_uncharge(vn, s->client);
	kfree_rcu(c, rcu);
}

/*
 * Make room for one pair more of a session. Pairs that the client hasn't used
 * yield first, and never take the place of one that it has used. Returns false
 * if none yields.
 */
static bool nf_isakmp_cookie_recycle(struct nf_vpn_net *vn,
				     struct nf_isakmp_ike *ike, bool proven)
{
	struct nf_isakmp_cookie *c, *idlest = NULL;
	bool full = ike->nunproven >= NF_ISAKMP_SESSION_UNPROVEN;

	if (ike->expect.cookies < NF_ISAKMP_SESSION_COOKIES &&
	    (proven || !full))
		return true;
	list_for_each_entry(c, &ike->cookies, by_session) {
		if (c->proven && (!proven || ike->nunproven))
			continue;
		if (!idlest ||
		    (s32)(READ_ONCE(c->last) - READ_ONCE(idlest->last)) <= 0)
			idlest = c;
	}
	if (!idlest)
		return false;
	nf_vpn_stat_inc(vn, COOKIE_RECYCLED);
	nf_isakmp_event(vn, NF_CT_VPN_EVENT_EXPIRED, idlest);
	nf_isakmp_cookie_free(vn, idlest);
	return true;
}

static void nf_isakmp_cookie_init(struct nf_isakmp_cookie *c,
				  struct nf_vpn_session *s,
				  const struct isakmp_message *m,
				  enum nf_isakmp_cookie_origin origin)
{
	c->session = s;
	c->init = m->init_cookie;
	c->resp = m->resp_cookie;
	c->major = m->major;
	c->by_remote = origin == NF_ISAKMP_COOKIE_BY_REMOTE;
	c->claim = origin == NF_ISAKMP_COOKIE_CLAIM;
	c->proven = origin == NF_ISAKMP_COOKIE_BY_CLIENT;
	c->first = (u32)ktime_get_seconds();
	c->last = (u32)jiffies;
	c->last_out = c->last;
	c->request = U32_MAX;
	c->answered = U32_MAX;
	c->heard = m->msgid;
	c->mutual = c->by_remote;
}

/**
 * nf_isakmp_cookie_add - add a cookie pair to a session
 * @vn: netns, its lock held
 * @s: session that nf_isakmp_ike_get() has been called for
 * @m: message with the pair
 * @origin: how the pair became known
 *
 * Return: the pair, NULL if there is no room: the session works without.
 */
struct nf_isakmp_cookie *
nf_isakmp_cookie_add(struct nf_vpn_net *vn, struct nf_vpn_session *s,
		     const struct isakmp_message *m,
		     enum nf_isakmp_cookie_origin origin)
{
	bool proven = origin == NF_ISAKMP_COOKIE_BY_CLIENT;
	struct nf_isakmp_ike *ike = nf_isakmp_ike(s);
	struct nf_isakmp_cookie_query q;
	struct nf_isakmp_cookie *c;

	lockdep_assert_held(&vn->lock);
	if (nf_isakmp_cookie_find(vn, &s->remote->host, m->init_cookie,
				  m->resp_cookie, NULL, &q) >=
	    NF_ISAKMP_SAME_COOKIE_MAX) {
		nf_vpn_stat_inc(vn, TWINS);
		return NULL;
	}
	if (!nf_isakmp_cookie_recycle(vn, ike, proven))
		return NULL;
	/* Other sessions may have to make room, but not this one. */
	nf_vpn_session_protect(vn, s);
	if (nf_vpn_charge(vn, s->client))
		goto err_unprotect;
	c = kzalloc(sizeof(*c), GFP_ATOMIC);
	if (!c)
		goto err_charge;
	nf_isakmp_cookie_init(c, s, m, origin);
	if (rhltable_insert(&vn->isakmp->cookies, &c->node,
			    nf_isakmp_cookie_params))
		goto err_free;
	if (nf_vpn_id_get(vn, NF_CT_VPN_KIND_ISAKMP, &c->id, c))
		goto err_hash;
	list_add(&c->by_session, &ike->cookies);
	WRITE_ONCE(ike->expect.last, c->last);
	WRITE_ONCE(ike->expect.informational, false);
	ike->expect.cookies++;
	ike->nunproven += !proven;
	nf_vpn_session_unprotect(vn, s);
	nf_vpn_stat_inc(vn, COOKIE_NEW);
	nf_isakmp_event(vn, NF_CT_VPN_EVENT_NEW, c);
	return c;

err_hash:
	/* Readers may have found it already. */
	rhltable_remove(&vn->isakmp->cookies, &c->node,
			nf_isakmp_cookie_params);
	kfree_rcu(c, rcu);
	goto err_charge;
err_free:
	kfree(c);
err_charge:
	nf_vpn_stat_inc(vn, NO_MEMORY);
	nf_vpn_uncharge(vn, s->client);
err_unprotect:
	nf_vpn_session_unprotect(vn, s);
	return NULL;
}

/**
 * nf_isakmp_cookie_prove - note that a pair is its client's
 * @c: pair that the remote host began and the client has used, or a claim that
 *	turned out to be right; lock of its netns held
 */
void nf_isakmp_cookie_prove(struct nf_isakmp_cookie *c)
{
	if (c->proven)
		return;
	WRITE_ONCE(c->claim, false);
	WRITE_ONCE(c->proven, true);
	nf_isakmp_ike(c->session)->nunproven--;
}

/**
 * nf_isakmp_ike_get - find or make the IKE part of a session
 * @vn: netns, its lock held
 * @s: session
 *
 * Return: IKE part, freed with the session; NULL if memory is short.
 */
struct nf_isakmp_ike *nf_isakmp_ike_get(struct nf_vpn_net *vn,
					struct nf_vpn_session *s)
{
	struct nf_isakmp_ike *ike = nf_isakmp_ike(s);

	lockdep_assert_held(&vn->lock);
	if (ike)
		return ike;
	ike = kzalloc(sizeof(*ike), GFP_ATOMIC);
	if (!ike) {
		nf_vpn_stat_inc(vn, NO_MEMORY);
		return NULL;
	}
	INIT_LIST_HEAD(&ike->cookies);
	WRITE_ONCE(s->flow[NF_VPN_FLOW_IKE].kept_alive, jiffies);
	nf_vpn_expect_link(&ike->expect, s, &ike->tickets.list);
	return ike;
}

/**
 * nf_isakmp_ike_drop - unlink the IKE part of a session, free it after RCU
 * @vn: netns, its lock held
 * @s: session that ends, or that stays without IKE
 *
 * A reader that has found a session which ends may go on using its IKE, so
 * &nf_vpn_session.expect is cleared only if the session stays.
 */
void nf_isakmp_ike_drop(struct nf_vpn_net *vn, struct nf_vpn_session *s)
{
	struct nf_isakmp_ike *ike = nf_isakmp_ike(s);

	if (!ike)
		return;
	nf_isakmp_ike_idle(vn, s);
	hlist_del(&ike->expect.by_remote);
	if (!test_bit(NF_VPN_SESSION_DEAD, &s->flags))
		WRITE_ONCE(s->expect, NULL);
	kfree_rcu(ike, rcu);
}

/**
 * nf_isakmp_ike_idle - drop all cookie pairs of a session
 * @vn: netns, its lock held
 * @s: session that ends, or whose IKE flow has expired
 *
 * Its tickets stay: an SPI may be agreed on and used hours later.
 */
void nf_isakmp_ike_idle(struct nf_vpn_net *vn, struct nf_vpn_session *s)
{
	struct nf_isakmp_ike *ike = nf_isakmp_ike(s);
	struct nf_isakmp_cookie *c, *next;

	lockdep_assert_held(&vn->lock);
	if (!ike)
		return;
	list_for_each_entry_safe(c, next, &ike->cookies, by_session) {
		nf_isakmp_event(vn, NF_CT_VPN_EVENT_EXPIRED, c);
		nf_isakmp_cookie_free(vn, c);
	}
}

/**
 * nf_isakmp_ike_forget - drop all cookie pairs and tickets of a session
 * @vn: netns, its lock held
 * @s: session whose IKE flow was deleted
 */
void nf_isakmp_ike_forget(struct nf_vpn_net *vn, struct nf_vpn_session *s)
{
	struct nf_isakmp_ike *ike = nf_isakmp_ike(s);

	if (!ike)
		return;
	nf_isakmp_ike_idle(vn, s);
	spin_lock(&ike->expect.lock);
	isakmp_tickets_init(&ike->tickets);
	ike->expect.visible = false;
	spin_unlock(&ike->expect.lock);
	WRITE_ONCE(s->flow[NF_VPN_FLOW_IKE].seen, false);
}

/**
 * nf_isakmp_ike_expire - drop exchanges that came to nothing
 * @vn: netns, its lock held
 * @s: session
 * @idle: jiffies that a pair may be silent if it has no responder, or if only
 *	the remote host has used it
 * @live: the flow exists; if it doesn't, @idle holds for all pairs
 */
void nf_isakmp_ike_expire(struct nf_vpn_net *vn, struct nf_vpn_session *s,
			  u32 idle, bool live)
{
	struct nf_isakmp_ike *ike = nf_isakmp_ike(s);
	struct nf_isakmp_cookie *c, *next;

	lockdep_assert_held(&vn->lock);
	if (!ike)
		return;
	list_for_each_entry_safe(c, next, &ike->cookies, by_session) {
		if ((live && c->resp && c->proven) ||
		    nf_vpn_since_low(READ_ONCE(c->last)) < idle)
			continue;
		nf_vpn_stat_inc(vn, EXPIRED);
		nf_isakmp_event(vn, NF_CT_VPN_EVENT_EXPIRED, c);
		nf_isakmp_cookie_free(vn, c);
	}
	spin_lock(&ike->expect.lock);
	isakmp_tickets_expire(&ike->tickets, nf_vpn_now_ms());
	spin_unlock(&ike->expect.lock);
}
