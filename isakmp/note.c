// SPDX-License-Identifier: GPL-2.0-only
/* What a session learns from each of its messages: tickets and round trips. */
#include <linux/ktime.h>

#include "core/clock.h"
#include "core/net.h"
#include "core/rtt.h"
#include "core/session.h"
#include "core/tracker.h"
#include "isakmp/cookie.h"
#include "isakmp/isakmp.h"
#include "isakmp/message.h"
#include "isakmp/ticket.h"

/*
 * Does the message have ID and initiator cookie of the client's last request?
 */
static bool isakmp_is_request(const struct nf_isakmp_ike *ike,
			      const struct isakmp_message *m)
{
	return ike->requested && ike->request == m->msgid &&
	       ike->request_init == m->init_cookie;
}

/*
 * Does an inbound message answer the client's last request? In IKEv2 the remote
 * host counts its own requests from 0 as well, so the ID alone doesn't tell.
 */
static bool isakmp_is_answer(const struct nf_isakmp_ike *ike,
			     const struct isakmp_message *m)
{
	return (m->major == 1 || isakmp_is_response(m)) &&
	       isakmp_is_request(ike, m);
}

static void isakmp_time_out(struct nf_isakmp_ike *ike,
			    const struct isakmp_message *m)
{
	u32 now;

	if (isakmp_is_response(m)) {
		ike->asked = 0;
		return;
	}
	/*
	 * IKEv1 doesn't tell answers: any message of the client counts as one.
	 */
	if (m->major == 1)
		ike->asked = 0;
	if (isakmp_is_request(ike, m))
		return;
	now = nf_vpn_now_us();
	ike->request = m->msgid;
	ike->request_init = m->init_cookie;
	ike->requested = now ? now : 1;
}

/*
 * Measure the round trip, if the message answers a request. A request that was
 * retransmitted is timed from the first time, so that the round trip is an
 * upper bound. Returns microseconds, 0 if nothing was measured; @now is set if
 * something was.
 */
static u32 isakmp_time_in(struct nf_isakmp_ike *ike,
			  const struct isakmp_message *m, u32 *now)
{
	u32 rtt;

	if (m->major == 2 && !isakmp_is_response(m)) {
		/* A first message may have been delivered here on trial. */
		if (m->resp_cookie && ike->asked < U8_MAX)
			ike->asked++;
		return 0;
	}
	if (!isakmp_is_request(ike, m))
		return 0;
	*now = nf_vpn_now_us();
	rtt = *now - ike->requested;
	ike->expect.rtt = DIV_ROUND_UP(rtt, USEC_PER_MSEC);
	ike->requested = 0;
	return rtt;
}

static void isakmp_measured(struct nf_vpn_net *vn, struct nf_vpn_session *s,
			    u32 rtt, u32 now)
{
	if (!nf_vpn_rtt_is_news(&s->remote->rtt, rtt, now))
		return;
	spin_lock_bh(&vn->lock);
	nf_vpn_rtt_sample(&s->remote->rtt, rtt, now);
	spin_unlock_bh(&vn->lock);
}

/* A message has opened a ticket, or has moved the session's ESP to UDP. */
static noinline void isakmp_note_events(struct nf_vpn_net *vn,
					struct nf_vpn_session *s,
					unsigned int events)
{
	if (events & ISAKMP_TICKET_OPENED) {
		nf_vpn_stat_inc(vn, TICKETS);
		spin_lock_bh(&vn->lock);
		nf_vpn_tracker_expect(vn, s);
		spin_unlock_bh(&vn->lock);
	}
	if (events & ISAKMP_FLOATED)
		nf_vpn_stat_inc(vn, FLOATED);
}

/* Let a message of the client count, which may open a ticket. */
static inline unsigned int isakmp_count(struct nf_isakmp_ike *ike,
					const struct isakmp_message *m,
					bool natt)
{
	if (isakmp_is_child(m) && !m->malformed) {
		WRITE_ONCE(ike->expect.visible, true);
		ike->child = (u32)ktime_get_seconds();
	}
	return isakmp_tickets_message(&ike->tickets, m, true, natt,
				      nf_vpn_now_ms());
}

/*
 * Does a message of the client count only once it is answered? Anybody behind
 * the gateway can forge a pair, and exchanges under it. So a child exchange
 * counts at once if the remote host has used the pair, or has agreed to it.
 */
static bool isakmp_is_unheard(struct nf_isakmp_ike *ike,
			      const struct isakmp_message *m, unsigned int how)
{
	return isakmp_is_child(m) && !(how & NF_ISAKMP_MUTUAL) &&
	       !isakmp_tickets_agreed(&ike->tickets, m);
}

/* An outbound message. */
static unsigned int isakmp_note_out(struct nf_isakmp_ike *ike,
				    const struct isakmp_message *m,
				    unsigned int how)
{
	bool natt = isakmp_is_child(m) &&
		    (how & NF_ISAKMP_NATT || READ_ONCE(ike->udp_esp));
	bool unheard = isakmp_is_unheard(ike, m, how);
	unsigned int events = 0;

	if (!unheard)
		events = isakmp_count(ike, m, natt);
	/* A response of the client leaves its own request as it is. */
	if (!isakmp_is_response(m))
		ike->unheard = unheard;
	isakmp_time_out(ike, m);
	return events;
}

/* The request that didn't count so far is answered: it does now. */
static noinline unsigned int
isakmp_note_answered(struct nf_isakmp_ike *ike, const struct isakmp_message *m)
{
	struct isakmp_message request = *m;

	ike->unheard = false;
	request.flags &= ~ISAKMP_V2_RESPONSE;
	return isakmp_count(ike, &request, READ_ONCE(ike->udp_esp));
}

static unsigned int isakmp_note_in(struct nf_isakmp_ike *ike,
				   const struct isakmp_message *m, u32 *rtt,
				   u32 *now)
{
	unsigned int events = 0;

	if (unlikely(ike->unheard) && isakmp_is_answer(ike, m))
		events = isakmp_note_answered(ike, m);
	*rtt = isakmp_time_in(ike, m, now);
	return events | isakmp_tickets_message(&ike->tickets, m, false, false,
					       nf_vpn_now_ms());
}

/**
 * nf_isakmp_note - note what a message says of tickets and round trips
 * @vn: netns, its lock not held
 * @s: session, under RCU
 * @ike: its IKE
 * @m: message
 * @how: &enum nf_isakmp_how
 */
void nf_isakmp_note(struct nf_vpn_net *vn, struct nf_vpn_session *s,
		    struct nf_isakmp_ike *ike, const struct isakmp_message *m,
		    unsigned int how)
{
	unsigned int events;
	u32 rtt = 0, now = 0;

	spin_lock_bh(&ike->expect.lock);
	events = how & NF_ISAKMP_OUT ? isakmp_note_out(ike, m, how) :
				       isakmp_note_in(ike, m, &rtt, &now);
	spin_unlock_bh(&ike->expect.lock);
	if (rtt)
		isakmp_measured(vn, s, rtt, now);
	if (unlikely(events & (ISAKMP_TICKET_OPENED | ISAKMP_FLOATED)))
		isakmp_note_events(vn, s, events);
}
