// SPDX-License-Identifier: GPL-2.0-only
/*
 * Connection tracking of ISAKMP, which is IKE (RFC 2408, RFC 7296), by cookies.
 *
 * IKE on UDP from port 500 to port 500 gets the reply zone of its client, so
 * that all clients keep port 500 behind one address; the cookies say whose an
 * inbound message is. The client's own messages open tickets for nf_nat_esp.
 * Port 4500 is left to stock conntrack and only listened to: who goes there
 * with its child exchange will send its ESP in UDP.
 *
 * The way of a message (core/main.c has let it in):
 *
 *	cookies and flow are known	-> noted, its flow
 *	from a client of a session	-> noted, its flow or a template
 *	from a host that sessions talk to
 *			-> the session of its cookies, or one chosen in
 *			   isakmp/owner.c
 *	other, to an address of the gateway	-> stock conntrack
 *	other, to be forwarded or from here	-> noted, flow in the zone of the
 *			   client
 *
 * A host that puts its ESP into UDP on port 500 would share it with its
 * siblings, and nothing in what comes back says whose that is: its flow goes to
 * zone 0, where each has another port.
 *
 * Dropped are a first message whose initiator cookie another client waits with,
 * and what tells the remote host that somebody else's SPI is invalid. Messages
 * that announce an SPI may have to wait (isakmp/pace.c). Whatever can't be read
 * is treated by its addresses alone.
 */
/* KBUILD_MODNAME is that of the object, see Kbuild. */
#define pr_fmt(fmt) "nf_conntrack_isakmp: " fmt

#include <linux/module.h>
#include <linux/skbuff.h>
#include <linux/udp.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "compat.h"
#include "core/clock.h"
#include "core/copy.h"
#include "core/event.h"
#include "core/flow.h"
#include "core/gc.h"
#include "core/icmp.h"
#include "core/label.h"
#include "core/net.h"
#include "core/packet.h"
#include "core/rtt.h"
#include "core/session.h"
#include "core/tracker.h"
#include "esp/spi.h"
#include "esp/undecided.h"
#include "isakmp/arrival.h"
#include "isakmp/cookie.h"
#include "isakmp/message.h"
#include "isakmp/ticket.h"

/* An initiator gives up or starts over after this time without an answer. */
#define ISAKMP_WAIT		(30 * HZ)
/* A host that is there answers in less: round trips behind the gateway. */
#define ISAKMP_ABSENT		(2 * HZ)

/* Values of nf_conntrack_isakmp_keep_port */
#define ISAKMP_KEEP_PORT_NEVER	0
#define ISAKMP_KEEP_PORT_NO_NATT	2

/* &isakmp_in(): no session's message. */
#define ISAKMP_NOT_OURS		NF_MAX_VERDICT

/* The label keeps flows out of flowtables, which know no zones. */
static struct nf_vpn_label isakmp_labels[2] __read_mostly;

static struct nf_conntrack_helper *isakmp_label(u32 l3num)
{
	return nf_vpn_label_of(isakmp_labels, l3num);
}

/* ---- Flows ---- */

/*
 * A NAT rule has chosen another port. In the zone nobody would find the answers
 * to it: this message is dropped, and its repetition left to stock conntrack.
 */
static bool isakmp_has_lost_port(struct nf_vpn_net *vn,
				 const struct nf_conn *ct)
{
	__be16 port = ct->tuplehash[IP_CT_DIR_REPLY].tuple.dst.u.udp.port;

	if (nf_ct_zone(ct)->id == NF_CT_DEFAULT_ZONE_ID ||
	    port == htons(ISAKMP_PORT))
		return false;
	nf_vpn_stat_inc(vn, PORT_LOST);
	pr_info_once("IKE leaves from port %u: a NAT rule with \"random\" or \"fully-random\" doesn't let it keep 500\n",
		     ntohs(port));
	return true;
}

/*
 * A remote host begins, no dnat rule has taken its message and no socket waits
 * for it: it is for one of the host's clients here, and is brought to one when
 * it is repeated. Nobody shall tell the host that its port is unreachable.
 */
static bool isakmp_is_astray(struct nf_vpn_net *vn, const struct nf_conn *ct,
			     const struct nf_vpn_host *src,
			     const struct nf_vpn_host *dst, int ifindex)
{
	return nf_ct_zone(ct)->id == NF_CT_DEFAULT_ZONE_ID &&
	       !(READ_ONCE(ct->status) & IPS_DST_NAT) &&
	       nf_vpn_remote_find(vn, src) &&
	       !nf_vpn_session_find(vn, src, dst) &&
	       !nf_isakmp_is_bound(vn->net, src, dst, ifindex);
}

static void isakmp_flow_seen(struct nf_vpn_ike *ike, const struct nf_conn *ct,
			     u32 timeout)
{
	__be16 port = ct->tuplehash[IP_CT_DIR_REPLY].tuple.dst.u.udp.port;
	bool other = port != htons(ISAKMP_PORT);

	if (READ_ONCE(ike->other_port) != other)
		WRITE_ONCE(ike->other_port, other);
	nf_vpn_flow_seen(&ike->flow, ct, timeout);
}

/* A flow is about to be confirmed: NAT and the ruleset have had their say. */
static noinline int isakmp_flow_new(const struct sk_buff *skb,
				    struct nf_conn *ct)
{
	struct nf_vpn_host client, remote;
	struct nf_vpn_session *s;
	struct nf_vpn_ike *ike;
	struct nf_vpn_net *vn;
	u32 timeout;

	vn = nf_vpn_pernet(nf_ct_net(ct));
	if (READ_ONCE(vn->dead))
		return NF_ACCEPT;
	if (nf_vpn_flow_is_late(vn, ct))
		return NF_DROP;
	timeout = nf_vpn_flow_lifetime(vn, ct, NF_VPN_FLOW_IKE, false);
	nf_vpn_ct_refresh(ct, skb, timeout);
	nf_vpn_flow_hosts(ct, &client, &remote);
	if (isakmp_is_astray(vn, ct, &client, &remote, skb->skb_iif))
		return NF_DROP;
	s = nf_vpn_session_find(vn, &client, &remote);
	ike = s ? nf_vpn_session_ike(s) : NULL;
	if (!ike)
		return NF_ACCEPT;
	if (isakmp_has_lost_port(vn, ct)) {
		WRITE_ONCE(ike->port_lost, true);
		return NF_DROP;
	}
	WRITE_ONCE(ike->iif, skb->skb_iif);
	isakmp_flow_seen(ike, ct, timeout);
	return NF_ACCEPT;
}

/* Conntrack calls it for each packet of a flow, last of all. */
static int isakmp_help(struct sk_buff *skb, unsigned int protoff,
		       struct nf_conn *ct, enum ip_conntrack_info ctinfo)
{
	return likely(nf_ct_is_confirmed(ct)) ? NF_ACCEPT :
						isakmp_flow_new(skb, ct);
}

/*
 * None of ours; but its flow, if it creates one, gets the label: another
 * client's flow with the same addresses must not be found in a flowtable.
 */
static unsigned int isakmp_stock_labelled(struct nf_vpn_net *vn,
					  struct sk_buff *skb,
					  const struct isakmp_arrival *a,
					  const struct nf_hook_state *state)
{
	struct nf_conn *ct;
	bool reply;

	ct = nf_vpn_flow_get(vn->net, &a->addr.src, &a->addr.dst,
			     NF_VPN_FLOW_IKE, &reply);
	if (ct)
		nf_ct_put(ct);
	else if (!reply && nf_vpn_conntrack_follows(state))
		nf_vpn_flow_template(skb, vn->net, 0,
				     isakmp_label(state->pf));
	return nf_vpn_stock(vn, NF_CT_VPN_A_STATS_STOCK_GATEWAY);
}

static unsigned int isakmp_attach(struct nf_vpn_net *vn, struct sk_buff *skb,
				  struct nf_vpn_ike *ike, struct nf_conn *ct,
				  enum ip_conntrack_dir dir)
{
	bool replied = dir == IP_CT_DIR_REPLY ||
		       test_bit(IPS_SEEN_REPLY_BIT, &ct->status);
	u32 timeout = nf_vpn_flow_lifetime(vn, ct, NF_VPN_FLOW_IKE, replied);

	isakmp_flow_seen(ike, ct, timeout);
	nf_vpn_flow_attach(skb, ct, dir, timeout);
	if (dir == IP_CT_DIR_REPLY)
		nf_vpn_stat_inc(vn, ATTACHED_IN);
	else
		nf_vpn_stat_inc(vn, ATTACHED_OUT);
	return NF_ACCEPT;
}

/* ---- What a message says of its session ---- */

static void isakmp_time_out(struct nf_vpn_ike *ike,
			    const struct isakmp_message *m)
{
	u32 now;

	if (isakmp_is_response(m)) {
		ike->asked = 0;
		return;
	}
	/* In IKEv1 whatever the client says answers. */
	if (m->major == 1)
		ike->asked = 0;
	if (ike->requested && ike->request == m->msgid)
		return;
	now = nf_vpn_now_us();
	ike->request = m->msgid;
	ike->requested = now ? now : 1;
}

/*
 * A retransmitted request is timed from its first copy: rather too long.
 * Returns microseconds, 0 if nothing was measured.
 */
static u32 isakmp_time_in(struct nf_vpn_ike *ike,
			  const struct isakmp_message *m)
{
	u32 rtt;

	if (m->major == 2 && !isakmp_is_response(m)) {
		/* One that begins anew may be on trial here. */
		if (m->resp_cookie && ike->asked < U8_MAX)
			ike->asked++;
		return 0;
	}
	if (!ike->requested || ike->request != m->msgid)
		return 0;
	rtt = nf_vpn_now_us() - ike->requested;
	ike->rtt = DIV_ROUND_UP(rtt, USEC_PER_MSEC);
	ike->requested = 0;
	return rtt;
}

static void isakmp_measured(struct nf_vpn_net *vn, struct nf_vpn_session *s,
			    u32 rtt)
{
	u32 now = nf_vpn_now_us();

	if (!esp_rtt_is_news(&s->remote->rtt, rtt, now))
		return;
	spin_lock_bh(&vn->lock);
	esp_rtt_sample(&s->remote->rtt, rtt, now);
	spin_unlock_bh(&vn->lock);
}

/* The client makes SAs here, and may expect the remote host to use them. */
static noinline void isakmp_note_events(struct nf_vpn_net *vn,
					struct nf_vpn_session *s,
					unsigned int events)
{
	if (events & ISAKMP_TICKET_OPENED) {
		nf_vpn_stat_inc(vn, TICKETS);
		spin_lock_bh(&vn->lock);
		nf_vpn_session_expect(vn, s);
		spin_unlock_bh(&vn->lock);
	}
	if (events & ISAKMP_FLOATED)
		nf_vpn_stat_inc(vn, FLOATED);
}

/* Tickets and timing; a session that IKE moves to UDP is no candidate. */
static void isakmp_note_message(struct nf_vpn_net *vn, struct nf_vpn_session *s,
				struct nf_vpn_ike *ike,
				const struct isakmp_message *m, bool outbound,
				bool natt)
{
	u32 now = nf_vpn_now_ms(), rtt = 0;
	unsigned int events;

	natt |= READ_ONCE(ike->udp_esp);
	spin_lock_bh(&ike->lock);
	events = isakmp_tickets_message(&ike->tickets, m, outbound, natt, now);
	if (outbound)
		isakmp_time_out(ike, m);
	else
		rtt = isakmp_time_in(ike, m);
	if (outbound && isakmp_is_child(m) && !m->malformed) {
		WRITE_ONCE(ike->visible, true);
		ike->child = (u32)ktime_get_seconds();
	}
	spin_unlock_bh(&ike->lock);
	if (rtt)
		isakmp_measured(vn, s, rtt);
	if (unlikely(events & (ISAKMP_TICKET_OPENED | ISAKMP_FLOATED)))
		isakmp_note_events(vn, s, events);
}

/* ---- Outbound ---- */

/* The client uses a pair of its session. */
static struct nf_vpn_cookie *isakmp_use(struct nf_vpn_net *vn,
					struct nf_vpn_cookie *c,
					const struct isakmp_message *m)
{
	if (!c->resp) {
		WRITE_ONCE(c->resp, m->resp_cookie);
	} else if (!c->proven && !c->claim) {
		/* In IKEv1 no repetition says that it was no answer. */
		WRITE_ONCE(c->doubtful, m->major == 2);
		c->repeats = 0;
	}
	if (!c->proven)
		nf_vpn_event_cookie(vn, NF_CT_VPN_EVENT_BOUND, c);
	nf_vpn_cookie_prove(c);
	return c;
}

/*
 * Has the owner of a pair gone, perhaps to the address that uses it now? In
 * IKEv2 the remote host's answer tells, see isakmp/owner.c; in IKEv1 nothing
 * says what a message answers, but an owner that is asked and leaves it at
 * that isn't there any more.
 */
static bool isakmp_has_gone(const struct nf_vpn_cookie *c)
{
	u32 asked = READ_ONCE(c->asked);

	if (c->major != 1)
		return false;
	return !c->proven || (asked && nf_vpn_since_low(asked) >= ISAKMP_ABSENT);
}

/*
 * The client uses a pair that its session hasn't used so far. A pair that is
 * another's it can only claim.
 */
static struct nf_vpn_cookie *isakmp_claim(struct nf_vpn_net *vn,
					  struct nf_vpn_session *s,
					  const struct isakmp_message *m,
					  const struct nf_vpn_cookie_query *q)
{
	struct nf_vpn_cookie *c = q->exact ? q->exact : q->waiting;

	if (c && c->session == s)
		return isakmp_use(vn, c, m);
	if (c && m->resp_cookie && !isakmp_has_gone(c))
		return q->claim ? q->claim :
			nf_vpn_cookie_add(vn, s, m, NF_VPN_COOKIE_CLAIM);
	if (c && (m->resp_cookie || !c->proven)) {
		nf_vpn_event_cookie(vn, NF_CT_VPN_EVENT_REBOUND, c);
		nf_vpn_cookie_free(vn, c);
	}
	return q->claim ? isakmp_use(vn, q->claim, m) :
		nf_vpn_cookie_add(vn, s, m, NF_VPN_COOKIE_BY_CLIENT);
}

/* Another client has sent the same initiator cookie and isn't answered yet. */
static bool isakmp_is_busy(const struct nf_vpn_cookie_query *q,
			   const struct isakmp_message *m)
{
	return !m->resp_cookie && !q->shared && q->rival &&
	       nf_vpn_since_low(READ_ONCE(q->rival->last)) < ISAKMP_WAIT;
}

/*
 * Note an outbound message. Returns false if it has to wait: the answer could
 * not be told from another client's.
 */
static bool isakmp_note_out(struct nf_vpn_net *vn, struct nf_vpn_session *s,
			    struct nf_vpn_ike *ike,
			    const struct isakmp_arrival *a)
{
	const struct isakmp_message *m = &a->m;
	struct nf_vpn_cookie_query q;
	struct nf_vpn_cookie *c;

	if (!a->valid)
		return true;
	nf_vpn_cookie_find(vn, &a->addr.dst, m->init_cookie, m->resp_cookie,
			   &a->addr.src, &q);
	/* A first message that is repeated after its answer has come by. */
	c = !m->resp_cookie && q.shared ? q.shared : q.exact;
	if (likely(c && c->session == s && c->proven)) {
		nf_isakmp_cookie_seen(c, m, true);
		isakmp_note_message(vn, s, ike, m, true, false);
		return true;
	}
	if (isakmp_is_busy(&q, m)) {
		nf_vpn_drop(vn, &a->addr, NF_CT_VPN_A_STATS_COOKIE_BUSY);
		return false;
	}
	spin_lock_bh(&vn->lock);
	if (!test_bit(NF_VPN_SESSION_DEAD, &s->flags)) {
		nf_vpn_cookie_find(vn, &a->addr.dst, m->init_cookie,
				   m->resp_cookie, &a->addr.src, &q);
		c = isakmp_claim(vn, s, m, &q);
		if (c)
			nf_isakmp_cookie_seen(c, m, true);
	}
	spin_unlock_bh(&vn->lock);
	isakmp_note_message(vn, s, ike, m, true, false);
	return true;
}

/*
 * INVALID_SPI in clear (RFC 7296 section 3.10.1): the client has got ESP that
 * wasn't its own. Returns whether the remote host must not hear of it.
 */
static bool isakmp_is_about_others(struct nf_vpn_net *vn,
				   const struct isakmp_arrival *a)
{
	struct nf_vpn_pkt pkt = { .src = a->addr.dst, .dst = a->addr.src };
	bool others = false;
	unsigned int i;

	for (i = 0; i < a->m.ninvalid; i++) {
		pkt.spi = a->m.invalid_spi[i];
		others |= nf_vpn_spi_refused(vn, &pkt);
	}
	return others;
}

/* Find or make the session and its IKE part. */
static struct nf_vpn_session *isakmp_learn(struct nf_vpn_net *vn,
					   const struct nf_vpn_pkt *pkt,
					   bool local)
{
	struct nf_vpn_session *s;

	spin_lock_bh(&vn->lock);
	s = nf_vpn_session_get(vn, &pkt->src, &pkt->dst, local);
	if (!IS_ERR(s) && !nf_vpn_ike_get(vn, s))
		s = ERR_PTR(-ENOMEM);
	spin_unlock_bh(&vn->lock);
	return s;
}

/* Does the client's IKE need the port, so that its flow goes into the zone? */
static bool isakmp_keeps_port(const struct nf_vpn_net *vn,
			      const struct nf_vpn_ike *ike,
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
 * The client puts ESP into UDP: it is no candidate for ESP, and any port suits
 * it. Returns whether its flow stands in its zone and has to be made anew. Who
 * makes up the client's address comes in by another interface than the message
 * that the ruleset let through.
 */
static bool isakmp_note_udp_esp(struct nf_vpn_net *vn, struct nf_vpn_ike *ike,
				const struct nf_conn *ct,
				const struct sk_buff *skb)
{
	int iif = READ_ONCE(ike->iif);

	if (iif && iif != skb->skb_iif)
		return false;
	if (!READ_ONCE(ike->udp_esp)) {
		WRITE_ONCE(ike->udp_esp, true);
		spin_lock_bh(&ike->lock);
		isakmp_tickets_udp_esp(&ike->tickets);
		spin_unlock_bh(&ike->lock);
		nf_vpn_stat_inc(vn, FLOATED);
	}
	return nf_ct_zone(ct)->id != NF_CT_DEFAULT_ZONE_ID;
}

/* End the flow; its session doesn't take it for deleted. */
static void isakmp_end_flow(struct nf_vpn_ike *ike, struct nf_conn *ct)
{
	WRITE_ONCE(ike->flow.seen, false);
	nf_ct_kill(ct);
	nf_ct_put(ct);
}

/* Let conntrack create the flow. */
static unsigned int isakmp_create(struct nf_vpn_net *vn, struct sk_buff *skb,
				  struct nf_vpn_session *s,
				  const struct isakmp_arrival *a,
				  const struct nf_hook_state *state)
{
	const struct nf_vpn_ike *ike = nf_vpn_session_ike(s);
	u16 zone = isakmp_keeps_port(vn, ike, a) ? s->client->zone : 0;

	set_bit(NF_VPN_SESSION_USED, &s->flags);
	if (nf_vpn_flow_template(skb, vn->net, zone, isakmp_label(state->pf)))
		nf_vpn_stat_inc(vn, NO_MEMORY);
	else
		nf_vpn_stat_inc(vn, FLOW_NEW);
	return NF_ACCEPT;
}

/* Conntrack has dropped the flow before its time: so do we. */
static void isakmp_flow_lost(struct nf_vpn_net *vn, struct nf_vpn_session *s,
			     struct nf_vpn_ike *ike)
{
	unsigned long due = READ_ONCE(ike->flow.due);

	if (nf_vpn_flow_state(vn, s, NF_VPN_FLOW_IKE) != NF_VPN_FLOW_DELETED)
		return;
	spin_lock_bh(&vn->lock);
	if (READ_ONCE(ike->flow.due) == due)
		nf_vpn_ike_forget(vn, s);
	spin_unlock_bh(&vn->lock);
}

static unsigned int isakmp_out(struct nf_vpn_net *vn, struct sk_buff *skb,
			       const struct isakmp_arrival *a,
			       struct nf_vpn_session *s, bool local,
			       const struct nf_hook_state *state)
{
	struct nf_vpn_ike *ike = s ? nf_vpn_session_ike(s) : NULL;
	struct nf_conn *ct;
	bool reply;

	if (!ike) {
		if (!nf_vpn_conntrack_follows(state))
			return nf_vpn_stock(vn, NF_CT_VPN_A_STATS_STOCK_UNTRACKED);
		s = isakmp_learn(vn, &a->addr, local);
		if (IS_ERR(s))
			return nf_vpn_stock(vn, NF_CT_VPN_A_STATS_STOCK_NO_ROOM);
		ike = nf_vpn_session_ike(s);
	}
	ct = nf_vpn_flow_get_cached(vn, s, NF_VPN_FLOW_IKE, &reply);
	if (!ct && !reply)
		isakmp_flow_lost(vn, s, ike);
	if (isakmp_is_about_others(vn, a) || !isakmp_note_out(vn, s, ike, a)) {
		if (ct)
			nf_ct_put(ct);
		return NF_DROP;
	}
	if (ct && a->udp_esp && isakmp_note_udp_esp(vn, ike, ct, skb)) {
		isakmp_end_flow(ike, ct);
		ct = NULL;
	}
	if (ct)
		return isakmp_attach(vn, skb, ike, ct, IP_CT_DIR_ORIGINAL);
	/* The other side began, by a dnat rule or to the gateway. */
	if (reply)
		return nf_vpn_stock(vn, NF_CT_VPN_A_STATS_STOCK_REMOTE_BEGAN);
	if (!nf_vpn_conntrack_follows(state))
		return nf_vpn_stock(vn, NF_CT_VPN_A_STATS_STOCK_UNTRACKED);
	return isakmp_create(vn, skb, s, a, state);
}

/* ---- Inbound ---- */

/* SAs may be idle as long as the remote host answers IKE. */
static void isakmp_keep_esp_alive(struct nf_vpn_net *vn,
				  struct nf_vpn_session *s,
				  struct nf_vpn_ike *ike)
{
	if (time_before(jiffies, READ_ONCE(ike->keeps_alive) + HZ / 2))
		return;
	WRITE_ONCE(ike->keeps_alive, jiffies);
	nf_vpn_flow_keep_alive(vn, s, NF_VPN_FLOW_ESP);
}

static unsigned int isakmp_attach_in(struct nf_vpn_net *vn, struct sk_buff *skb,
				     struct nf_vpn_session *s,
				     struct nf_vpn_ike *ike, struct nf_conn *ct)
{
	if (test_bit(IPS_SEEN_REPLY_BIT, &ct->status))
		isakmp_keep_esp_alive(vn, s, ike);
	return isakmp_attach(vn, skb, ike, ct, IP_CT_DIR_REPLY);
}

static unsigned int isakmp_deliver(struct nf_vpn_net *vn, struct sk_buff *skb,
				   struct nf_vpn_session *s,
				   const struct isakmp_arrival *a)
{
	struct nf_vpn_ike *ike = nf_vpn_session_ike(s);
	struct nf_conn *ct;

	if (!ike)
		return ISAKMP_NOT_OURS;
	if (a->valid)
		isakmp_note_message(vn, s, ike, &a->m, false, false);
	/* The gateway's own: stock conntrack finds its flow. */
	if (test_bit(NF_VPN_SESSION_LOCAL, &s->flags))
		return nf_vpn_stock(vn, NF_CT_VPN_A_STATS_STOCK_GATEWAY);
	ct = nf_vpn_flow_get_in(vn, s, NF_VPN_FLOW_IKE, &a->addr);
	return ct ? isakmp_attach_in(vn, skb, s, ike, ct) : ISAKMP_NOT_OURS;
}

static unsigned int isakmp_in(struct nf_vpn_net *vn, struct sk_buff *skb,
			      const struct isakmp_arrival *a,
			      const struct nf_hook_state *state)
{
	struct nf_vpn_session *s;

	/* A session whose client is the addressee: not translated. */
	s = nf_vpn_session_find(vn, &a->addr.dst, &a->addr.src);
	if (s && (test_bit(NF_VPN_SESSION_LOCAL, &s->flags) ||
		  !nf_vpn_session_ike(s)))
		s = NULL;
	if (!s)
		s = a->valid ? nf_isakmp_owner(vn, a, state) :
			       nf_isakmp_sole(vn, a);
	return s ? isakmp_deliver(vn, skb, s, a) : ISAKMP_NOT_OURS;
}

/* ---- Packets ---- */

/*
 * Stock conntrack looks at these, too; a broken datagram is left to its
 * judgement.
 */
static bool isakmp_udp_ok(const struct nf_vpn_net *vn, struct sk_buff *skb,
			  const struct udphdr *uh, unsigned int thoff,
			  const struct nf_hook_state *state)
{
	unsigned int len = ntohs(uh->len);

	if (len < sizeof(*uh) || len > skb->len - thoff)
		return false;
	if (!uh->check || state->hook != NF_INET_PRE_ROUTING ||
	    !vn->net->ct.sysctl_checksum)
		return true;
	return !nf_checksum(skb, state->hook, thoff, IPPROTO_UDP, state->pf);
}

/* Read @len bytes of an ISAKMP message at @off, as far as they are needed. */
static int isakmp_read(struct nf_vpn_net *vn, struct sk_buff *skb,
		       unsigned int off, unsigned int len,
		       struct isakmp_message *m)
{
	unsigned int peek = min_t(unsigned int, len, ISAKMP_PEEK);
	int reason;

	if (!pskb_may_pull(skb, off + peek)) {
		memset(m, 0, sizeof(*m));
		return ISAKMP_TRUNCATED;
	}
	reason = isakmp_parse(m, skb->data + off, peek, len);
	if (reason == ISAKMP_NOT_IKE || reason == ISAKMP_UDP_ESP)
		nf_vpn_stat_inc(vn, ZERO_COOKIE);
	else if (reason != ISAKMP_OK)
		nf_vpn_stat_inc(vn, ISAKMP_INVALID);
	return reason;
}

/* Port 4500, from a client: what it negotiates there concerns its session. */
static unsigned int isakmp_natt(struct nf_vpn_net *vn, struct sk_buff *skb,
				unsigned int off, unsigned int len,
				const struct nf_hook_state *state)
{
	const unsigned int marker = ISAKMP_NATT_MARKER;
	struct nf_vpn_session *s;
	struct isakmp_message m;
	struct nf_vpn_pkt pkt;
	struct nf_vpn_ike *ike;
	u8 buf[ISAKMP_NATT_MARKER];
	const u8 *p;

	nf_vpn_pkt_addrs(&pkt, skb, skb_network_offset(skb), state->pf);
	s = nf_vpn_session_find(vn, &pkt.src, &pkt.dst);
	ike = s ? nf_vpn_session_ike(s) : NULL;
	if (!ike || len <= marker)
		return NF_ACCEPT;
	p = skb_header_pointer(skb, off, sizeof(buf), buf);
	if (!p || !isakmp_natt_is_ike(p, sizeof(buf)))
		return NF_ACCEPT;
	if (isakmp_read(vn, skb, off + marker, len - marker, &m) == ISAKMP_OK)
		isakmp_note_message(vn, s, ike, &m, true, true);
	return NF_ACCEPT;
}

static bool isakmp_is_replied(struct nf_vpn_net *vn, struct nf_vpn_session *s)
{
	struct nf_conn *ct;
	bool replied;

	ct = nf_vpn_flow_get_cached(vn, s, NF_VPN_FLOW_IKE, &replied);
	if (!ct)
		return replied;
	replied = test_bit(IPS_SEEN_REPLY_BIT, &ct->status);
	nf_ct_put(ct);
	return replied;
}

/*
 * A session that nobody has answered, with a host whose peers are clients of
 * ours: what it sends may be an answer to one of them. (It has sent to a
 * translated address before its client did.)
 */
static bool isakmp_reconsider(struct nf_vpn_net *vn, struct sk_buff *skb,
			      const struct isakmp_arrival *a,
			      struct nf_vpn_session *stale,
			      const struct nf_hook_state *state)
{
	if (!nf_vpn_remote_find(vn, &a->addr.src) ||
	    isakmp_is_replied(vn, stale) ||
	    isakmp_in(vn, skb, a, state) != NF_ACCEPT)
		return false;
	spin_lock_bh(&vn->lock);
	nf_vpn_session_free(vn, stale);
	spin_unlock_bh(&vn->lock);
	return true;
}

/* Does this entry of the session tell what @a does: an answered flow? */
static bool isakmp_fits(const struct nf_conn *ct,
			const struct isakmp_arrival *a, bool outbound)
{
	if (outbound)
		return test_bit(IPS_SEEN_REPLY_BIT, &ct->status);
	return nf_inet_addr_cmp(&ct->tuplehash[IP_CT_DIR_REPLY].tuple.dst.u3,
				&a->addr.dst.addr);
}

/*
 * Most messages: a pair that both have used, and a flow. What the sender began
 * and nobody has answered is left to isakmp_reconsider().
 */
static bool isakmp_known(struct nf_vpn_net *vn, struct sk_buff *skb,
			 const struct isakmp_arrival *a)
{
	struct nf_vpn_cookie *c;
	struct nf_vpn_session *s;
	struct nf_vpn_ike *ike;
	struct nf_conn *ct;
	bool outbound;

	c = nf_vpn_cookie_find_pair(vn, &a->addr, a->m.init_cookie,
				    a->m.resp_cookie);
	if (!c)
		return false;
	s = c->session;
	outbound = !nf_vpn_host_equal(&s->remote->host, &a->addr.src);
	if (test_bit(NF_VPN_SESSION_LOCAL, &s->flags) ||
	    (!outbound && nf_isakmp_in_doubt(c, &a->m)))
		return false;
	ct = nf_vpn_flow_get_cached(vn, s, NF_VPN_FLOW_IKE, NULL);
	if (!ct)
		return false;
	if (!isakmp_fits(ct, a, outbound)) {
		nf_ct_put(ct);
		return false;
	}
	ike = nf_vpn_session_ike(s);
	nf_isakmp_cookie_seen(c, &a->m, outbound);
	isakmp_note_message(vn, s, ike, &a->m, outbound, false);
	if (outbound)
		isakmp_attach(vn, skb, ike, ct, IP_CT_DIR_ORIGINAL);
	else
		isakmp_attach_in(vn, skb, s, ike, ct);
	return true;
}

/* Whose is it, by its addresses first? */
static noinline unsigned int isakmp_unknown(struct nf_vpn_net *vn,
					    struct sk_buff *skb,
					    const struct isakmp_arrival *a,
					    const struct nf_hook_state *state)
{
	bool local = state->hook == NF_INET_LOCAL_OUT;
	unsigned int verdict = ISAKMP_NOT_OURS;
	struct nf_vpn_session *s;

	s = nf_vpn_session_find(vn, &a->addr.src, &a->addr.dst);
	if (s && test_bit(NF_VPN_SESSION_LOCAL, &s->flags) != local)
		s = NULL;
	if (s && !local && isakmp_reconsider(vn, skb, a, s, state))
		return NF_ACCEPT;
	if (s || local)
		return isakmp_out(vn, skb, a, s, local, state);
	if (nf_vpn_remote_find(vn, &a->addr.src))
		verdict = isakmp_in(vn, skb, a, state);
	if (verdict != ISAKMP_NOT_OURS)
		return verdict;
	if (nf_vpn_is_local(&a->addr.dst, skb, state) ||
	    nf_vpn_remote_knows(vn, &a->addr))
		return isakmp_stock_labelled(vn, skb, a, state);
	return isakmp_out(vn, skb, a, NULL, false, state);
}

static unsigned int isakmp_ike(struct nf_vpn_net *vn, struct sk_buff *skb,
			       unsigned int off, unsigned int len,
			       const struct nf_hook_state *state)
{
	struct isakmp_arrival a;
	int reason;

	reason = isakmp_read(vn, skb, off, len, &a.m);
	/* Cookies suffice where only the length lies. */
	a.valid = reason == ISAKMP_OK || reason == ISAKMP_BAD_LENGTH;
	a.udp_esp = reason == ISAKMP_UDP_ESP;
	nf_vpn_pkt_addrs(&a.addr, skb, skb_network_offset(skb), state->pf);
	if (nf_isakmp_pace(vn, skb, &a, state))
		return NF_STOLEN;
	if (likely(a.valid && a.m.resp_cookie && !a.m.ninvalid) &&
	    state->hook == NF_INET_PRE_ROUTING &&
	    likely(isakmp_known(vn, skb, &a)))
		return NF_ACCEPT;
	return isakmp_unknown(vn, skb, &a, state);
}

static unsigned int isakmp_packet(struct nf_vpn_net *vn, struct sk_buff *skb,
				  unsigned int thoff,
				  const struct nf_hook_state *state)
{
	const struct udphdr *uh;
	unsigned int off, len;
	bool natt;

	if (unlikely(!pskb_may_pull(skb, thoff + sizeof(*uh)))) {
		nf_vpn_stat_inc(vn, TRUNCATED);
		return NF_ACCEPT;
	}
	uh = (const void *)(skb->data + thoff);
	natt = uh->dest == htons(ISAKMP_NATT_PORT);
	if (!natt && (uh->dest != htons(ISAKMP_PORT) ||
		      uh->source != htons(ISAKMP_PORT)))
		return NF_ACCEPT;
	if (skb_is_gso(skb))
		return natt ? NF_ACCEPT : nf_vpn_segment(skb, state);
	if (!isakmp_udp_ok(vn, skb, uh, thoff, state))
		return NF_ACCEPT;
	off = thoff + sizeof(*uh);
	len = ntohs(uh->len) - sizeof(*uh);
	return natt ? isakmp_natt(vn, skb, off, len, state) :
		      isakmp_ike(vn, skb, off, len, state);
}

/*
 * RFC 792 wants eight bytes of a datagram quoted, which is its UDP header; RFC
 * 1812 section 4.3.2.3 as much as fits, so that the cookies are there.
 */
static unsigned int isakmp_error(struct nf_vpn_net *vn, struct sk_buff *skb,
				 struct nf_vpn_icmp *icmp,
				 const struct nf_hook_state *state)
{
	struct isakmp_quoted {
		struct udphdr uh;
		__be64 init_cookie;
		__be64 resp_cookie;
	} __packed buf;
	const struct isakmp_quoted *quoted;
	const struct nf_vpn_cookie *c;
	struct nf_vpn_cookie_query q;

	quoted = skb_header_pointer(skb, icmp->inner_thoff, sizeof(buf), &buf);
	if (!quoted || quoted->uh.source != htons(ISAKMP_PORT) ||
	    quoted->uh.dest != htons(ISAKMP_PORT))
		return NF_ACCEPT;
	nf_vpn_cookie_find(vn, &icmp->inner.dst,
			   get_unaligned(&quoted->init_cookie),
			   get_unaligned(&quoted->resp_cookie), NULL, &q);
	c = q.exact ? q.exact : q.waiting;
	if (!c || test_bit(NF_VPN_SESSION_LOCAL, &c->session->flags))
		return NF_ACCEPT;
	return nf_vpn_icmp_relate(vn, skb, icmp, c->session, NF_VPN_FLOW_IKE,
				  state);
}

static const struct nf_vpn_tracker isakmp_tracker = {
	.protonum	= IPPROTO_UDP,
	.packet		= isakmp_packet,
	.error		= isakmp_error,
	.flush		= nf_vpn_flush_ike,
	.label		= isakmp_label,
};

/* ---- Module ---- */

static const struct nf_vpn_label_info isakmp_label_info = {
	.me		= THIS_MODULE,
	.name		= "isakmp",
	.protonum	= IPPROTO_UDP,
	.help		= isakmp_help,
};

static int __init nf_conntrack_isakmp_init(void)
{
	int err;

	err = nf_vpn_labels_register(isakmp_labels, &isakmp_label_info);
	if (err)
		return err;
	err = nf_vpn_tracker_register(&isakmp_tracker);
	if (err)
		nf_vpn_labels_unregister(isakmp_labels);
	return err;
}

static void __exit nf_conntrack_isakmp_exit(void)
{
	nf_vpn_tracker_unregister(&isakmp_tracker);
	nf_vpn_labels_unregister(isakmp_labels);
}

module_init(nf_conntrack_isakmp_init);
module_exit(nf_conntrack_isakmp_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Connection tracking of ISAKMP by cookies");
MODULE_VERSION(NF_VPN_VERSION);
