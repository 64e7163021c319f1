// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whose is an inbound ISAKMP message?
 *
 * Its cookies say so where the client has used them. Those of an exchange that
 * a remote host begins, or of an IKE SA that it has rekeyed, nobody knows yet:
 * the message goes to the session that most likely is to answer it, and to the
 * next one when it is repeated.
 *
 * A pair that a session has used stays its own. Others that send under it have
 * claims, which anybody may make; the remote host, who alone can read what they
 * send, grants one by answering a request that the owner hasn't made.
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

/* Messages of an unknown owner that a session may leave unanswered. */
#define ISAKMP_MAX_UNANSWERED	2
/* Repetitions of what it has answered: an answer may get lost. */
#define ISAKMP_MAX_REPEATS	1
/* &nf_isakmp_cookie.attempt: stock conntrack first, a dnat rule may take it. */
#define ISAKMP_ATTEMPT_STOCK	U8_MAX
/* Sessions that a message of an unknown owner is brought to. */
#define ISAKMP_CANDIDATES	32

/**
 * nf_isakmp_is_bound - does a socket of the gateway take this host's IKE?
 * @net: netns
 * @src: remote host
 * @dst: address of the gateway
 * @ifindex: interface it comes in by
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
 * @score: the higher the likelier
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
 * A pair that nobody has seen begin was made by rekeying another one: the
 * session that had a child exchange last. (IKEv2 rekeys its IKE SA in the same
 * kind of exchange, RFC 7296 section 2.18.)
 */
static u64 isakmp_score_rekey(const struct nf_isakmp_ike *ike)
{
	return READ_ONCE(ike->child);
}

/*
 * The remote host starts over: with whom it has lost contact, whom it asks in
 * vain; else with its oldest client.
 */
static u64 isakmp_score_init(const struct nf_isakmp_ike *ike)
{
	u64 asked = READ_ONCE(ike->asked);
	u64 gone = ike->expect.cookies == ike->nunproven;

	return asked << 40 | gone << 32 |
	       (U32_MAX - ike->expect.session->created);
}

/* Answers to a flow that left from another port come to that port. */
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

/* Under the lock. */
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
 * Has the session that @c was brought to had its chance? One that is asked to
 * begin anew may take a while; one that knows the pair answers at once.
 */
static bool isakmp_gives_up(struct nf_isakmp_cookie *c, bool init)
{
	return c->attempt == ISAKMP_ATTEMPT_STOCK ||
	       c->repeats++ >= (init ? ISAKMP_MAX_UNANSWERED : 0);
}

/* Whom to try after @c; a first message goes to stock conntrack first. */
static u8 isakmp_next_attempt(const struct nf_isakmp_cookie *c, bool init)
{
	if (!c)
		return init ? ISAKMP_ATTEMPT_STOCK : 0;
	if (c->attempt == ISAKMP_ATTEMPT_STOCK)
		return 0;
	return (c->attempt + 1) % ISAKMP_CANDIDATES;
}

/*
 * A message whose cookies nobody has used: bring it to the likeliest session,
 * and, when it is repeated, to the next. Never to several: unlike ESP, IKE may
 * be answered by a host that it isn't for. Under the lock.
 */
static struct nf_vpn_session *
isakmp_choose_candidate(struct nf_vpn_net *vn, const struct isakmp_arrival *a,
			struct nf_isakmp_cookie *c)
{
	bool init = !a->m.resp_cookie;
	const struct nf_vpn_remote *remote;
	struct isakmp_candidates candidates;
	struct nf_vpn_session *s;
	u8 next;

	if (c && !isakmp_gives_up(c, init))
		return c->session;
	remote = nf_vpn_remote_find(vn, &a->addr.src);
	if (!remote)
		return NULL;
	next = isakmp_next_attempt(c, init);
	if (c) {
		nf_isakmp_event(vn, NF_CT_VPN_EVENT_REBOUND, c);
		nf_isakmp_cookie_free(vn, c);
	}
	isakmp_find_candidates(&candidates, remote, a, init);
	if (!candidates.n)
		return NULL;
	s = candidates.s[next == ISAKMP_ATTEMPT_STOCK ? 0 : next % candidates.n];
	c = nf_isakmp_cookie_add(vn, s, &a->m, NF_ISAKMP_COOKIE_BY_REMOTE);
	if (c)
		c->attempt = next;
	nf_vpn_stat_inc(vn, COOKIE_UNKNOWN);
	return next == ISAKMP_ATTEMPT_STOCK ? NULL : s;
}

/* The responder's cookie of an exchange that a client of ours began. */
static struct nf_vpn_session *isakmp_complete(struct nf_isakmp_cookie *c,
					      const struct isakmp_message *m)
{
	/* An IKEv2 responder that wants a cookie or another group has none. */
	if (!c->resp)
		WRITE_ONCE(c->resp, m->resp_cookie);
	nf_isakmp_cookie_seen(c, m, false);
	return c->session;
}

/*
 * Does a message show that the pair is a claimant's? @c is the owner's entry,
 * NULL if there is none. What was answered before is a repetition, whoever
 * wants it now.
 */
static bool isakmp_proves_claim(const struct nf_isakmp_cookie *c,
				const struct isakmp_message *m)
{
	if (!c)
		return true;
	/* Somebody has answered on trial, and it isn't who has the trial now. */
	if (!isakmp_is_response(m))
		return !c->proven && m->msgid != c->heard;
	return READ_ONCE(c->request) != m->msgid &&
	       (s32)(m->msgid - READ_ONCE(c->answered)) > 0;
}

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
 * A session has answered on trial. Is the remote host content, and goes on, or
 * does it ask the same again?
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

/* Whose are these cookies? Slow path, under the lock. */
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
	/* Another responder cookie for an exchange that only one client has. */
	if (q.shared && q.shared->proven && !q.shared->by_remote)
		return q.shared->session;
	return stock ? NULL : isakmp_choose_candidate(vn, a, q.exact);
}

/*
 * The session that has port 500 in zone 0, where stock conntrack would bring
 * the message. Not alone with the port: others have it in their own zones.
 */
static struct nf_vpn_session *isakmp_holder(struct nf_vpn_net *vn,
					    const struct isakmp_arrival *a)
{
	struct nf_vpn_host client;
	struct nf_vpn_session *s;

	if (!nf_vpn_flow_answers(vn->net, &a->addr, NF_VPN_FLOW_IKE, &client))
		return NULL;
	s = nf_vpn_session_find(vn, &client, &a->addr.src);
	if (!s || !nf_isakmp_ike(s) ||
	    test_bit(NF_VPN_SESSION_LOCAL, &s->flags))
		return NULL;
	return s;
}

/* Is IKE from this host to this address somebody's who needs no help? */
static bool isakmp_is_stock(struct nf_vpn_net *vn,
			    const struct isakmp_arrival *a,
			    const struct nf_hook_state *state)
{
	const struct nf_vpn_session *s;

	/* Its own IKE daemon answers to whoever begins. */
	if (!a->m.resp_cookie &&
	    nf_isakmp_is_bound(vn->net, &a->addr.src, &a->addr.dst,
			       state->in->ifindex))
		return true;
	s = nf_vpn_session_find(vn, &a->addr.dst, &a->addr.src);
	if (s && test_bit(NF_VPN_SESSION_LOCAL, &s->flags))
		return false;
	return nf_vpn_flow_is_stock(vn->net, &a->addr, NF_VPN_FLOW_IKE) &&
	       !isakmp_holder(vn, a);
}

/**
 * nf_isakmp_owner - whose is an inbound message?
 * @vn: netns, its lock not held; under RCU
 * @a: message that could be read
 * @state: hook
 *
 * Return: session, which may well be a guess where nobody knows the cookies;
 * NULL if stock conntrack has to see to it.
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

/* The only session with IKE here, NULL if there are several. Under the lock. */
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
		/* Those that aren't looked at may own it as well. */
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
 * nf_isakmp_sole - the only session that a message can be for
 * @vn: netns, its lock not held; under RCU
 * @a: message that has no cookies
 *
 * Who puts ESP into UDP on port 500 has its flow in zone 0, or leaves from
 * another port.
 *
 * Return: session, NULL if there are none or several, or if stock conntrack has
 * to see to it.
 */
struct nf_vpn_session *nf_isakmp_sole(struct nf_vpn_net *vn,
				      const struct isakmp_arrival *a)
{
	struct nf_vpn_session *s;

	if (nf_vpn_flow_is_stock(vn->net, &a->addr, NF_VPN_FLOW_IKE))
		return isakmp_holder(vn, a);
	spin_lock_bh(&vn->lock);
	s = isakmp_sole_locked(vn, a);
	spin_unlock_bh(&vn->lock);
	return s;
}
