// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which session does an inbound ISAKMP message belong to?
 *
 * The cookies tell, if the client has used them. If the remote host has begun
 * an exchange, or has rekeyed an IKE SA, no client has: then the message goes
 * to the session that most likely is to answer it, and to the next one when it
 * is repeated.
 *
 * A pair that a session has used stays its own. Another session that sends
 * under it has a claim, which anybody could make by forging packets. The remote
 * host is the only one to read these. By answering a request that the owner
 * hasn't made, it grants the claim.
 */
#include <net/udp.h>

#include "core/expect.h"
#include "core/flow.h"
#include "core/net.h"
#include "core/packet.h"
#include "core/scan.h"
#include "core/session.h"
#include "isakmp/arrival.h"
#include "isakmp/cookie.h"
#include "isakmp/message.h"

/* Most first messages that a session on trial may leave unanswered. */
#define ISAKMP_MAX_UNANSWERED	2
/* Most repetitions of what it has answered, since an answer may get lost. */
#define ISAKMP_MAX_REPEATS	1
/* Most sessions that a message of an unknown owner is delivered to in turn. */
#define ISAKMP_CANDIDATES	32

/**
 * nf_isakmp_is_bound - tell whether a socket of the gateway takes a host's IKE
 * @net: netns
 * @src: remote host
 * @dst: address of the gateway
 * @ifindex: interface by which it comes in
 *
 * Return: whether there is such a socket
 */
bool nf_isakmp_is_bound(struct net *net, const struct nf_vpn_host *src,
			const struct nf_vpn_host *dst, int ifindex)
{
	struct sock *sk = NULL;
	__be16 port = htons(ISAKMP_PORT);

	if (src->l3num == AF_INET)
		sk = udp4_lib_lookup(net, src->addr.ip, port, dst->addr.ip, port,
				     ifindex);
#if IS_ENABLED(CONFIG_IPV6)
	else
		sk = udp6_lib_lookup(net, &src->addr.in6, port,
				     &dst->addr.in6, port, ifindex);
#endif
	if (!sk)
		return false;
	sock_put(sk);
	return true;
}

/**
 * struct isakmp_candidates - sessions that may own a message of unknown cookies
 * @n: number of sessions
 * @s: sessions, likeliest first
 * @score: of each session, the higher the likelier
 */
struct isakmp_candidates {
	unsigned int n;
	struct nf_vpn_session *s[ISAKMP_CANDIDATES];
	u64 score[ISAKMP_CANDIDATES];
};

static const struct nf_isakmp_ike *isakmp_ike_of(const struct nf_vpn_expect *e)
{
	return container_of(e, struct nf_isakmp_ike, expect);
}

/*
 * A pair whose INIT exchange wasn't seen comes from rekeying an IKE SA, which
 * is done in the same kind of exchange as a child SA (RFC 7296 section 2.18).
 * So the session with the most recent child exchange is the likeliest.
 */
static u64 isakmp_score_rekey(const struct nf_isakmp_ike *ike)
{
	return READ_ONCE(ike->child);
}

/*
 * The remote host starts over with a client: most likely with one to which a
 * dnat rule sends its first messages, then with one that doesn't answer its
 * requests, then with one whose pairs are gone, then with the oldest.
 */
static u64 isakmp_score_init(const struct nf_isakmp_ike *ike)
{
	u64 dnat = READ_ONCE(ike->dnat);
	u64 asked = READ_ONCE(ike->asked);
	u64 gone = ike->expect.cookies == ike->nunproven;

	return dnat << 48 | asked << 40 | gone << 32 |
	       (U32_MAX - ike->expect.session->created);
}

static bool isakmp_is_dnat(const struct nf_vpn_session *s)
{
	return READ_ONCE(nf_isakmp_ike(s)->dnat);
}

/* May a message to this address and to port 500 be the session's? */
static bool isakmp_may_own(const struct nf_isakmp_ike *ike,
			   const struct isakmp_arrival *a)
{
	const struct nf_vpn_flow *f =
		&ike->expect.session->flow[NF_VPN_FLOW_IKE];

	/* Pairs with nf_vpn_flow_seen(): @masq is read after. */
	if (!smp_load_acquire(&f->seen) || READ_ONCE(ike->other_port))
		return false;
	return nf_inet_addr_cmp(&f->masq, &a->addr.dst.addr);
}

static void isakmp_candidate_add(struct isakmp_candidates *cand,
				 struct nf_vpn_session *s, u64 score)
{
	unsigned int i;

	if (cand->n == ISAKMP_CANDIDATES && score <= cand->score[cand->n - 1])
		return;
	i = cand->n < ISAKMP_CANDIDATES ? cand->n++ : cand->n - 1;
	for (; i && cand->score[i - 1] < score; i--) {
		cand->s[i] = cand->s[i - 1];
		cand->score[i] = cand->score[i - 1];
	}
	cand->s[i] = s;
	cand->score[i] = score;
}

/* The lock of the netns is held. */
static void isakmp_find_candidates(struct isakmp_candidates *cand,
				   const struct nf_vpn_remote *remote,
				   const struct isakmp_arrival *a, bool init)
{
	const struct nf_vpn_expect *e;

	cand->n = 0;
	nf_vpn_for_each_expect(e, remote) {
		const struct nf_isakmp_ike *ike = isakmp_ike_of(e);

		if (isakmp_may_own(ike, a))
			isakmp_candidate_add(cand, e->session, init ?
					     isakmp_score_init(ike) :
					     isakmp_score_rekey(ike));
	}
}

/*
 * Give the session up that messages under @c were delivered to? An INIT may
 * take a few retransmissions to be answered. A pair that the client knows is
 * answered at once, so the first repetition means that the session isn't the
 * owner.
 */
static bool isakmp_gives_up(struct nf_isakmp_cookie *c, bool init)
{
	return c->repeats++ >= (init ? ISAKMP_MAX_UNANSWERED : 0);
}

/*
 * The attempt after @last, which is NULL if there was none. A first message
 * goes to stock conntrack at first, unless that is known to send it to the
 * likeliest session (@dnat).
 */
static u8 isakmp_next_attempt(const u8 *last, bool init, bool dnat)
{
	if (!last)
		return init && !dnat ? ISAKMP_ATTEMPT_STOCK : 0;
	if (*last == ISAKMP_ATTEMPT_STOCK)
		return 0;
	return (*last + 1) % ISAKMP_CANDIDATES;
}

/*
 * Choose a session for a message whose cookies no client has used: the
 * likeliest one, and the next when the message is repeated. Never several,
 * since a host may answer IKE that isn't for it, unlike ESP. Lock of the netns
 * held.
 */
static struct nf_vpn_session *
isakmp_choose_candidate(struct nf_vpn_net *vn, const struct isakmp_arrival *a,
			struct nf_isakmp_cookie *c)
{
	struct isakmp_attempts *attempts = &vn->isakmp->attempts;
	bool init = !a->m.resp_cookie;
	const struct nf_vpn_remote *remote;
	struct isakmp_candidates candidates;
	struct nf_vpn_session *s;
	u32 key;
	u8 next;

	if (c && !isakmp_gives_up(c, init))
		return c->session;
	remote = nf_vpn_remote_find(vn, &a->addr.src);
	if (!remote)
		return NULL;
	if (c) {
		nf_isakmp_event(vn, NF_CT_VPN_EVENT_REBOUND, c);
		nf_isakmp_cookie_free(vn, c);
	}
	isakmp_find_candidates(&candidates, remote, a, init);
	if (!candidates.n)
		return NULL;
	key = nf_isakmp_attempts_key(attempts, &a->addr, a->m.init_cookie,
				     a->m.resp_cookie);
	next = isakmp_next_attempt(nf_isakmp_attempts_find(attempts, key), init,
				   isakmp_is_dnat(candidates.s[0]));
	nf_isakmp_attempts_note(attempts, key, next);
	nf_vpn_stat_inc(vn, COOKIE_UNKNOWN);
	if (next == ISAKMP_ATTEMPT_STOCK)
		return NULL;
	s = candidates.s[next % candidates.n];
	nf_isakmp_cookie_add(vn, s, &a->m, NF_ISAKMP_COOKIE_BY_REMOTE);
	return s;
}

/* Note the responder's cookie of an exchange that a client began. */
static struct nf_vpn_session *isakmp_complete(struct nf_isakmp_cookie *c,
					      const struct isakmp_message *m)
{
	/*
	 * It is still 0 if an IKEv2 responder wants a cookie or another group.
	 */
	if (!c->resp)
		WRITE_ONCE(c->resp, m->resp_cookie);
	nf_isakmp_cookie_seen(c, m, false);
	return c->session;
}

/*
 * Does a message show that the pair is the claimant's rather than the owner's?
 * @c is the owner's entry, NULL if there is none. A response to a request that
 * was answered before is a repetition, and proves nothing.
 */
static bool isakmp_proves_claim(const struct nf_isakmp_cookie *c,
				const struct isakmp_message *m)
{
	if (!c)
		return true;
	/*
	 * The remote host goes on, after another session than @c's has
	 * answered.
	 */
	if (!isakmp_is_response(m))
		return !c->proven && m->msgid != c->heard;
	return READ_ONCE(c->request) != m->msgid &&
	       (s32)(m->msgid - READ_ONCE(c->answered)) > 0;
}

/* Make the claimant the owner of the pair. */
static struct nf_vpn_session *isakmp_grant(struct nf_vpn_net *vn,
					   struct nf_isakmp_cookie *c,
					   struct nf_isakmp_cookie *claim,
					   const struct isakmp_message *m)
{
	if (c) {
		nf_isakmp_event(vn, NF_CT_VPN_EVENT_REBOUND, c);
		nf_isakmp_cookie_free(vn, c);
	}
	nf_isakmp_cookie_prove(claim);
	nf_isakmp_event(vn, NF_CT_VPN_EVENT_BOUND, claim);
	WRITE_ONCE(claim->doubtful, m->major == 2 && !isakmp_is_response(m));
	claim->heard = m->msgid;
	nf_isakmp_cookie_seen(claim, m, false);
	return claim->session;
}

/*
 * A session has answered on trial: does the remote host ask the same again? If
 * it goes on instead, the trial is over.
 */
static bool isakmp_is_refuted(struct nf_isakmp_cookie *c,
			      const struct isakmp_message *m)
{
	bool answer = isakmp_is_response(m);

	if (!c->doubtful)
		return false;
	if (answer ? m->msgid == c->request : m->msgid != c->heard) {
		WRITE_ONCE(c->doubtful, false);
		return false;
	}
	return !answer && c->repeats++ >= ISAKMP_MAX_REPEATS;
}

/* The slow half of nf_isakmp_owner(); lock of the netns held. */
static struct nf_vpn_session *
isakmp_owner_locked(struct nf_vpn_net *vn, const struct isakmp_arrival *a,
		    bool stock)
{
	struct nf_isakmp_cookie_query q;
	struct nf_isakmp_cookie *claim;

	nf_isakmp_cookie_find(vn, &a->addr.src, a->m.init_cookie,
			      a->m.resp_cookie, NULL, &q);
	claim = nf_isakmp_cookie_find_claim(vn, &a->addr.src, &a->m);
	if (claim && isakmp_proves_claim(q.exact, &a->m))
		return isakmp_grant(vn, q.exact, claim, &a->m);
	if (q.exact && q.exact->proven &&
	    !isakmp_is_refuted(q.exact, &a->m)) {
		nf_isakmp_cookie_seen(q.exact, &a->m, false);
		return q.exact->session;
	}
	if (q.waiting && q.waiting->proven)
		return isakmp_complete(q.waiting, &a->m);
	/* Another responder cookie, for the exchange of only one client. */
	if (q.shared && q.shared->proven && !q.shared->by_remote)
		return q.shared->session;
	return stock ? NULL : isakmp_choose_candidate(vn, a, q.exact);
}

/*
 * The session whose flow has port 500 in zone 0, to which stock conntrack would
 * deliver the message. Other sessions have the port in their own zones.
 */
static struct nf_vpn_session *isakmp_holder(struct nf_vpn_net *vn,
					    const struct isakmp_arrival *a,
					    enum nf_vpn_stock stock,
					    const struct nf_vpn_host *client)
{
	struct nf_vpn_session *s;

	if (stock != NF_VPN_STOCK_ANSWER)
		return NULL;
	s = nf_vpn_session_find(vn, client, &a->addr.src);
	if (!s || !nf_isakmp_ike(s) ||
	    test_bit(NF_VPN_SESSION_LOCAL, &s->flags))
		return NULL;
	return s;
}

/* Does stock conntrack have a receiver? */
static bool isakmp_has_receiver(enum nf_vpn_stock stock)
{
	return stock == NF_VPN_STOCK_ANSWER || stock == NF_VPN_STOCK_DNAT;
}

/* Does the message belong to the gateway or to a flow of stock conntrack? */
static bool isakmp_is_stock(struct nf_vpn_net *vn,
			    const struct isakmp_arrival *a,
			    const struct nf_hook_state *state)
{
	const struct nf_vpn_session *s;
	struct nf_vpn_host client;
	enum nf_vpn_stock stock;

	/* The gateway's own IKE daemon answers any first message. */
	if (!a->m.resp_cookie &&
	    nf_isakmp_is_bound(vn->net, &a->addr.src, &a->addr.dst,
			       state->in->ifindex))
		return true;
	s = nf_vpn_session_find(vn, &a->addr.dst, &a->addr.src);
	if (s && test_bit(NF_VPN_SESSION_LOCAL, &s->flags))
		return false;
	stock = nf_vpn_flow_stock(vn->net, &a->addr, NF_VPN_FLOW_IKE, &client);
	return isakmp_has_receiver(stock) && !isakmp_holder(vn, a, stock, &client);
}

/**
 * nf_isakmp_owner - find the session that an inbound message belongs to
 * @vn: netns, its lock not held; under RCU
 * @a: message that could be read
 * @state: hook
 *
 * Return: session, which is a guess if no client has used the cookies; NULL if
 * the message is left to stock conntrack.
 */
struct nf_vpn_session *nf_isakmp_owner(struct nf_vpn_net *vn,
				       const struct isakmp_arrival *a,
				       const struct nf_hook_state *state)
{
	struct nf_isakmp_cookie_query q;
	struct nf_vpn_session *s;
	bool stock;

	nf_isakmp_cookie_find(vn, &a->addr.src, a->m.init_cookie,
			      a->m.resp_cookie, NULL, &q);
	if (likely(q.exact && q.exact->proven &&
		   !nf_isakmp_in_doubt(q.exact, &a->m))) {
		nf_isakmp_cookie_seen(q.exact, &a->m, false);
		return q.exact->session;
	}
	stock = isakmp_is_stock(vn, a, state);
	spin_lock_bh(&vn->lock);
	s = isakmp_owner_locked(vn, a, stock);
	spin_unlock_bh(&vn->lock);
	return s;
}

/* The slow half of nf_isakmp_sole(); lock of the netns held. */
static struct nf_vpn_session *isakmp_sole_locked(struct nf_vpn_net *vn,
						 const struct isakmp_arrival *a)
{
	struct nf_vpn_session *sole = NULL;
	const struct nf_vpn_expect *e;
	struct nf_vpn_remote *remote;
	unsigned int n = 0;

	remote = nf_vpn_remote_find(vn, &a->addr.src);
	if (!remote)
		return NULL;
	nf_vpn_for_each_expect(e, remote) {
		/* One of those that aren't looked at may own it as well. */
		if (++n == NF_VPN_SCAN)
			return NULL;
		if (!isakmp_may_own(isakmp_ike_of(e), a))
			continue;
		if (sole)
			return NULL;
		sole = e->session;
	}
	return sole;
}

/**
 * nf_isakmp_sole - find the only session that a datagram can belong to
 * @vn: netns, its lock not held; under RCU
 * @a: datagram that has no cookies
 *
 * A client that puts ESP into UDP on port 500 has its flow in zone 0, so that
 * its datagrams are left to stock conntrack.
 *
 * Return: session; NULL if there is none or several, or if the datagram is left
 * to stock conntrack.
 */
struct nf_vpn_session *nf_isakmp_sole(struct nf_vpn_net *vn,
				      const struct isakmp_arrival *a)
{
	struct nf_vpn_session *s;
	struct nf_vpn_host client;
	enum nf_vpn_stock stock;

	stock = nf_vpn_flow_stock(vn->net, &a->addr, NF_VPN_FLOW_IKE, &client);
	if (isakmp_has_receiver(stock))
		return isakmp_holder(vn, a, stock, &client);
	spin_lock_bh(&vn->lock);
	s = isakmp_sole_locked(vn, a);
	spin_unlock_bh(&vn->lock);
	return s;
}
