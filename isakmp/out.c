// SPDX-License-Identifier: GPL-2.0-only
/* Outbound messages: cookies are noted, flows are attached or made. */
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "core/clock.h"
#include "core/copy.h"
#include "core/event.h"
#include "core/flow.h"
#include "core/net.h"
#include "core/packet.h"
#include "core/session.h"
#include "core/tracker.h"
#include "isakmp/arrival.h"
#include "isakmp/cookie.h"
#include "isakmp/isakmp.h"
#include "isakmp/message.h"
#include "isakmp/ticket.h"

/* After this time without an answer an initiator gives up or starts over. */
#define ISAKMP_WAIT		(30 * HZ)
/* A client that is present answers in less time than this. */
#define ISAKMP_ABSENT		(2 * HZ)

/* Values of nf_conntrack_isakmp_keep_port */
#define ISAKMP_KEEP_PORT_NEVER	0
#define ISAKMP_KEEP_PORT_NO_NATT	2

/* The client uses a pair of its session, perhaps for the first time. */
static struct nf_isakmp_cookie *isakmp_use(struct nf_vpn_net *vn,
					   struct nf_isakmp_cookie *c,
					   const struct isakmp_message *m)
{
	if (!c->resp) {
		WRITE_ONCE(c->resp, m->resp_cookie);
	} else if (!c->proven && !c->claim) {
		/*
		 * In IKEv2 the remote host repeats what wasn't answered
		 * properly; in IKEv1 nothing tells.
		 */
		WRITE_ONCE(c->doubtful, m->major == 2);
		c->repeats = 0;
	}
	if (!c->proven)
		nf_isakmp_event(vn, NF_CT_VPN_EVENT_BOUND, c);
	nf_isakmp_cookie_prove(c);
	return c;
}

/*
 * Has the owner of a pair gone, perhaps to the address that uses the pair now?
 * In IKEv2 the remote host's answer tells, see isakmp/owner.c. IKEv1 doesn't
 * say what a message answers; there an owner that leaves a question unanswered
 * has gone.
 */
static bool isakmp_has_gone(const struct nf_isakmp_cookie *c)
{
	u32 asked = READ_ONCE(c->asked);

	if (c->major != 1)
		return false;
	return !c->proven || (asked && nf_vpn_since_low(asked) >= ISAKMP_ABSENT);
}

/*
 * The client uses a pair that its session hasn't used so far. If the pair is
 * another session's, it gets a claim only.
 */
static struct nf_isakmp_cookie *
isakmp_claim(struct nf_vpn_net *vn, struct nf_vpn_session *s,
	     const struct isakmp_message *m,
	     const struct nf_isakmp_cookie_query *q)
{
	struct nf_isakmp_cookie *c = q->exact ? q->exact : q->waiting;

	if (c && c->session == s)
		return isakmp_use(vn, c, m);
	if (c && m->resp_cookie && !isakmp_has_gone(c))
		return q->claim ? q->claim :
			nf_isakmp_cookie_add(vn, s, m, NF_ISAKMP_COOKIE_CLAIM);
	if (c && (m->resp_cookie || !c->proven)) {
		nf_isakmp_event(vn, NF_CT_VPN_EVENT_REBOUND, c);
		nf_isakmp_cookie_free(vn, c);
	}
	return q->claim ? isakmp_use(vn, q->claim, m) :
		nf_isakmp_cookie_add(vn, s, m, NF_ISAKMP_COOKIE_BY_CLIENT);
}

/* Does another client wait for an answer to the same initiator cookie? */
static bool isakmp_is_busy(const struct nf_isakmp_cookie_query *q,
			   const struct isakmp_message *m)
{
	return !m->resp_cookie && !q->shared && q->rival &&
	       nf_vpn_since_low(READ_ONCE(q->rival->last)) < ISAKMP_WAIT;
}

/*
 * Note an outbound message. Returns false if it must be dropped for now, since
 * its answer could not be told from another client's.
 */
static bool isakmp_note_out(struct nf_vpn_net *vn, struct nf_vpn_session *s,
			    struct nf_isakmp_ike *ike,
			    const struct isakmp_arrival *a)
{
	const struct isakmp_message *m = &a->m;
	struct nf_isakmp_cookie_query q;
	struct nf_isakmp_cookie *c;

	if (!a->valid)
		return true;
	nf_isakmp_cookie_find(vn, &a->addr.dst, m->init_cookie, m->resp_cookie,
			      &a->addr.src, &q);
	/* A first message may be repeated after its answer has passed here. */
	c = !m->resp_cookie && q.shared ? q.shared : q.exact;
	if (likely(c && c->session == s && c->proven)) {
		nf_isakmp_cookie_seen(c, m, true);
		nf_isakmp_note(vn, s, ike, m, nf_isakmp_how_out(c));
		return true;
	}
	if (isakmp_is_busy(&q, m)) {
		nf_vpn_drop(vn, &a->addr, NF_CT_VPN_A_STATS_COOKIE_BUSY);
		return false;
	}
	c = NULL;
	spin_lock_bh(&vn->lock);
	if (!test_bit(NF_VPN_SESSION_DEAD, &s->flags)) {
		nf_isakmp_cookie_find(vn, &a->addr.dst, m->init_cookie,
				      m->resp_cookie, &a->addr.src, &q);
		c = isakmp_claim(vn, s, m, &q);
		if (c)
			nf_isakmp_cookie_seen(c, m, true);
	}
	spin_unlock_bh(&vn->lock);
	nf_isakmp_note(vn, s, ike, m, nf_isakmp_how_out(c));
	return true;
}

/*
 * Does the message say in clear that the client doesn't know an SPI
 * (INVALID_SPI, RFC 7296 section 3.10.1) which may well be another client's?
 * Then the remote host must not get it.
 */
static bool isakmp_refuses_others_spi(struct nf_vpn_net *vn,
				      const struct isakmp_arrival *a)
{
	struct nf_vpn_pkt pkt = { .src = a->addr.dst, .dst = a->addr.src };
	bool others = false;
	unsigned int i;

	for (i = 0; i < a->m.ninvalid; i++) {
		pkt.spi = a->m.invalid_spi[i];
		others |= nf_vpn_tracker_refused(vn, &pkt);
	}
	return others;
}

/* Find or make the session of a packet, and its IKE part. */
static struct nf_vpn_session *isakmp_learn(struct nf_vpn_net *vn,
					   const struct nf_vpn_pkt *pkt,
					   bool local)
{
	struct nf_vpn_session *s;

	spin_lock_bh(&vn->lock);
	s = nf_vpn_session_get(vn, &pkt->src, &pkt->dst, local);
	if (!IS_ERR(s) && !nf_isakmp_ike_get(vn, s))
		s = ERR_PTR(-ENOMEM);
	spin_unlock_bh(&vn->lock);
	return s;
}

/* Is the client's flow to keep port 500, for which it needs the zone? */
static bool isakmp_keeps_port(const struct nf_vpn_net *vn,
			      const struct nf_isakmp_ike *ike,
			      const struct isakmp_arrival *a)
{
	if (READ_ONCE(ike->port_lost) || READ_ONCE(ike->udp_esp) || a->udp_esp)
		return false;
	switch (READ_ONCE(vn->set.isakmp_keep_port)) {
	case ISAKMP_KEEP_PORT_NEVER:
		return false;
	case ISAKMP_KEEP_PORT_NO_NATT:
		return !a->valid || !a->m.natt;
	}
	return true;
}

/*
 * The client puts its ESP into UDP on port 500: it is no candidate for ESP, and
 * any port suits it. Returns whether its flow is in the zone and has to be made
 * anew. Packets with the client's address from another interface than that of
 * its IKE may be forged, and don't count.
 */
static bool isakmp_note_udp_esp(struct nf_vpn_net *vn,
				struct nf_isakmp_ike *ike,
				const struct nf_conn *ct,
				const struct sk_buff *skb)
{
	int iif = READ_ONCE(ike->iif);

	if (iif && iif != skb->skb_iif)
		return false;
	if (!READ_ONCE(ike->udp_esp)) {
		WRITE_ONCE(ike->udp_esp, true);
		spin_lock_bh(&ike->expect.lock);
		isakmp_tickets_udp_esp(&ike->tickets);
		spin_unlock_bh(&ike->expect.lock);
		nf_vpn_stat_inc(vn, FLOATED);
	}
	return nf_ct_zone(ct)->id != NF_CT_DEFAULT_ZONE_ID;
}

/* Delete the flow, but not in such a way that the session is forgotten. */
static void isakmp_end_flow(struct nf_vpn_session *s, struct nf_conn *ct)
{
	WRITE_ONCE(s->flow[NF_VPN_FLOW_IKE].seen, false);
	nf_ct_kill(ct);
	nf_ct_put(ct);
}

/* Let conntrack create the flow. */
static unsigned int isakmp_create(struct nf_vpn_net *vn, struct sk_buff *skb,
				  struct nf_vpn_session *s,
				  const struct nf_isakmp_ike *ike,
				  const struct isakmp_arrival *a,
				  const struct nf_hook_state *state)
{
	u16 zone = isakmp_keeps_port(vn, ike, a) ? s->client->zone : 0;

	set_bit(NF_VPN_SESSION_USED, &s->flags);
	if (nf_vpn_flow_template(skb, vn->net, zone, nf_isakmp_label(state->pf)))
		nf_vpn_stat_inc(vn, NO_MEMORY);
	else
		nf_vpn_stat_inc(vn, FLOW_NEW);
	return NF_ACCEPT;
}

/* If the flow was deleted, by conntrack -D say, forget the session's IKE. */
static void isakmp_flow_lost(struct nf_vpn_net *vn, struct nf_vpn_session *s)
{
	unsigned long due = READ_ONCE(s->flow[NF_VPN_FLOW_IKE].due);

	if (nf_vpn_flow_state(vn, s, NF_VPN_FLOW_IKE) != NF_VPN_FLOW_DELETED)
		return;
	spin_lock_bh(&vn->lock);
	if (READ_ONCE(s->flow[NF_VPN_FLOW_IKE].due) == due)
		nf_isakmp_ike_forget(vn, s);
	spin_unlock_bh(&vn->lock);
}

/**
 * nf_isakmp_out - track a message from a client
 * @vn: netns, its lock not held
 * @skb: packet
 * @a: message in it
 * @s: session, NULL if there is none
 * @local: the client is the gateway itself
 * @state: hook
 *
 * Return: verdict
 */
unsigned int nf_isakmp_out(struct nf_vpn_net *vn, struct sk_buff *skb,
			   const struct isakmp_arrival *a,
			   struct nf_vpn_session *s, bool local,
			   const struct nf_hook_state *state)
{
	struct nf_isakmp_ike *ike = s ? nf_isakmp_ike(s) : NULL;
	struct nf_conn *ct;
	bool reply;

	if (!ike) {
		if (!nf_vpn_conntrack_follows(state))
			return nf_vpn_stock(vn, NF_CT_VPN_A_STATS_STOCK_UNTRACKED);
		s = isakmp_learn(vn, &a->addr, local);
		if (IS_ERR(s))
			return nf_vpn_stock(vn, NF_CT_VPN_A_STATS_STOCK_NO_ROOM);
		ike = nf_isakmp_ike(s);
	}
	ct = nf_vpn_flow_get_cached(vn, s, NF_VPN_FLOW_IKE, &reply);
	if (!ct && !reply)
		isakmp_flow_lost(vn, s);
	if (isakmp_refuses_others_spi(vn, a) ||
	    !isakmp_note_out(vn, s, ike, a)) {
		if (ct)
			nf_ct_put(ct);
		return NF_DROP;
	}
	if (ct && a->udp_esp && isakmp_note_udp_esp(vn, ike, ct, skb)) {
		isakmp_end_flow(s, ct);
		ct = NULL;
	}
	if (ct)
		return nf_isakmp_attach_out(vn, skb, s, ike, ct);
	/*
	 * The remote host has begun the flow, to the gateway or by a dnat rule.
	 */
	if (reply)
		return nf_vpn_stock(vn, NF_CT_VPN_A_STATS_STOCK_REMOTE_BEGAN);
	if (!nf_vpn_conntrack_follows(state))
		return nf_vpn_stock(vn, NF_CT_VPN_A_STATS_STOCK_UNTRACKED);
	return isakmp_create(vn, skb, s, ike, a, state);
}
