// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tickets: which messages announce that a session may receive ESP on a new SPI.
 *
 * SPIs are agreed upon under encryption. But a remote host can't use one before
 * the client's own message that contains it has gone out, and the header, which
 * is in clear, tells which message that is. It opens a ticket, which the first
 * packet on the SPI spends. Responders have been seen to use an SPI before
 * their response was out, so the outbound message counts rather than the end of
 * the exchange:
 *
 *	IKEv2	IKE_AUTH, all rounds of an IKE SA together, dated by the last;
 *		CREATE_CHILD_SA, as request or as response of the client.
 *		A rekeyed IKE SA looks like a rekeyed child.
 *	IKEv1	the client's first Quick Mode message of a message ID, which is
 *		the second of all where the server began.
 *
 * If a session has a ticket too many, packets are copied to it in vain. If it
 * has one too few, another session that has one gets its packets. So in doubt a
 * ticket stays.
 */
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>

#include "core/ticket.h"
#include "isakmp/message.h"
#include "isakmp/ticket.h"

static struct nf_vpn_ticket *isakmp_ticket_find(struct isakmp_tickets *t,
						u32 key)
{
	unsigned int i;

	for (i = 0; i < t->list.n; i++)
		if (t->list.ticket[i].key == key)
			return &t->list.ticket[i];
	return NULL;
}

static struct nf_vpn_ticket *isakmp_ticket_find_auth(struct isakmp_tickets *t,
						     u32 pair)
{
	unsigned int i;

	for (i = 0; i < t->list.n; i++)
		if (t->list.ticket[i].auth && t->list.ticket[i].pair == pair)
			return &t->list.ticket[i];
	return NULL;
}

/* Milliseconds since its date; another CPU's clock may be a moment behind. */
static u32 isakmp_ticket_age(const struct nf_vpn_ticket *ticket, u32 now)
{
	return (s32)(now - ticket->date) > 0 ? now - ticket->date : 0;
}

static u16 isakmp_ticket_waited(const struct nf_vpn_ticket *ticket, u32 now)
{
	u32 waited = ticket->waited +
		     isakmp_ticket_age(ticket, now) / NF_VPN_TICKET_TICK_MS;

	return min_t(u32, waited, (u16)~0);
}

/* Date a ticket anew. It goes to the end, since the oldest comes first. */
static struct nf_vpn_ticket *
isakmp_ticket_redate(struct isakmp_tickets *t,
		     const struct nf_vpn_ticket *ticket, u32 now)
{
	struct nf_vpn_ticket copy = *ticket;

	copy.waited = isakmp_ticket_waited(ticket, now);
	copy.date = now;
	copy.late = false;
	nf_vpn_ticket_remove(&t->list, ticket - t->list.ticket);
	t->list.ticket[t->list.n] = copy;
	return &t->list.ticket[t->list.n++];
}

/* The clock of @seen_date, which wraps when the millisecond clock does. */
static u16 isakmp_seen_clock(u32 now)
{
	return now / ISAKMP_SEEN_TICK_MS;
}

static bool isakmp_seen_is(const struct isakmp_tickets *t, unsigned int i,
			   u32 key, u32 now)
{
	s16 age = isakmp_seen_clock(now) - t->seen_date[i];

	return t->seen_key[i] == key && age <= ISAKMP_TICKETS_SEEN_MS / ISAKMP_SEEN_TICK_MS;
}

/* Note an exchange. Returns true if it had been noted before. */
static bool isakmp_seen(struct isakmp_tickets *t, u32 key, u32 now)
{
	unsigned int i;

	for (i = 0; i < ISAKMP_TICKETS_SEEN; i++) {
		if (!isakmp_seen_is(t, i, key, now))
			continue;
		t->seen_date[i] = isakmp_seen_clock(now);
		return true;
	}
	t->seen_key[t->seen_next] = key;
	t->seen_date[t->seen_next] = isakmp_seen_clock(now);
	t->seen_next = (t->seen_next + 1) % ISAKMP_TICKETS_SEEN;
	return false;
}

static void isakmp_seen_forget(struct isakmp_tickets *t, u32 key)
{
	unsigned int i;

	for (i = 0; i < ISAKMP_TICKETS_SEEN; i++)
		if (t->seen_key[i] == key)
			t->seen_key[i] = 0;
}

/*
 * Make room for one ticket more. A client may set up many children before it
 * uses the first, which all need a ticket. But an idle child that is rekeyed
 * each hour leaves a ticket each time, and these are dropped once they are old.
 */
static bool isakmp_tickets_trim(struct isakmp_tickets *t, u32 now)
{
	if (t->list.n < ISAKMP_TICKETS_KEPT ||
	    (t->list.n < ISAKMP_TICKETS &&
	     (s32)(now - t->list.ticket[0].date) < ISAKMP_TICKETS_BURST_MS))
		return false;
	nf_vpn_ticket_remove(&t->list, 0);
	return true;
}

/* Cancel the tickets of all exchanges under one cookie pair. */
static bool isakmp_tickets_cancel_pair(struct isakmp_tickets *t, u32 pair)
{
	bool any = false;
	unsigned int i;

	for (i = t->list.n; i-- > 0;) {
		if (t->list.ticket[i].pair != pair)
			continue;
		nf_vpn_ticket_remove(&t->list, i);
		any = true;
	}
	return any;
}

/* Cancel the ticket of an exchange that has rekeyed the IKE SA instead. */
static bool isakmp_tickets_cancel_rekey(struct isakmp_tickets *t, u32 rekey)
{
	struct nf_vpn_ticket *ticket = isakmp_ticket_find(t, rekey);

	if (!ticket)
		return false;
	nf_vpn_ticket_remove(&t->list, ticket - t->list.ticket);
	return true;
}

/* Cancel the tickets of requests that have failed. */
static unsigned int isakmp_tickets_timeout(struct isakmp_tickets *t, u32 now)
{
	unsigned int events = 0, i;

	for (i = t->list.n; i-- > 0;) {
		if (!nf_vpn_ticket_failed(&t->list.ticket[i], now))
			continue;
		/* A client that still retransmits gets another one. */
		isakmp_seen_forget(t, t->list.ticket[i].key);
		nf_vpn_ticket_remove(&t->list, i);
		events = ISAKMP_TICKET_CANCELLED;
	}
	return events;
}

/* Cancel the tickets that a message shows to be void by its cookie pair. */
static unsigned int isakmp_tickets_pair(struct isakmp_tickets *t,
					const struct isakmp_message *m,
					bool outbound, u32 hash)
{
	struct isakmp_pair_change change;
	bool cancelled = false;

	change = isakmp_pair_message(t->pair, m, outbound, hash);
	t->list.pair = t->pair[0].hash;
	if (change.fresh)
		t->list.raw_esp = false;
	if (change.gone)
		cancelled = isakmp_tickets_cancel_pair(t, change.gone);
	if (change.made)
		cancelled |= isakmp_tickets_cancel_rekey(t, change.made);
	return cancelled ? ISAKMP_TICKET_CANCELLED : 0;
}

/*
 * RFC 7296 section 2.23: IKE and ESP float to port 4500 together. NAT_DETECTION
 * payloads aren't enough, since peers send them and stay with raw ESP. A
 * session whose raw ESP was seen stays with it until the next IKE SA, since
 * MOBIKE may change the port without changing ESP.
 */
static unsigned int isakmp_tickets_float(struct isakmp_tickets *t, bool natt)
{
	t->list.floated = natt && !t->list.raw_esp;
	return t->list.floated ? ISAKMP_FLOATED : ISAKMP_RAW;
}

/* Is the response too short to contain an SA? A fragment doesn't tell. */
static bool isakmp_is_refusal(const struct isakmp_message *m)
{
	return isakmp_is_response(m) && !isakmp_is_fragment(m) &&
	       m->length < ISAKMP_REFUSAL_LEN;
}

/*
 * Shall the ticket be dated anew, since its message is repeated? A client waits
 * for longer each time. One that goes on to repeat what the remote host leaves
 * unanswered mustn't look for ever as if an answer were due.
 */
static bool isakmp_ticket_is_due(const struct nf_vpn_ticket *ticket, u32 now)
{
	return isakmp_ticket_age(ticket, now) >=
	       ticket->waited * NF_VPN_TICKET_TICK_MS / 2;
}

/*
 * A message is repeated. If its ticket is open and unanswered, the remote host
 * may not have got the first one. A response is repeated only if the remote
 * host asks again, so it has not got the first one either.
 */
static unsigned int isakmp_ticket_repeat(struct isakmp_tickets *t,
					 const struct isakmp_message *m,
					 u32 key, u32 now)
{
	struct nf_vpn_ticket *ticket = isakmp_ticket_find(t, key);

	if (!ticket || (ticket->answered && !isakmp_is_response(m)))
		return ISAKMP_TICKET_DUPLICATE;
	if (!isakmp_ticket_is_due(ticket, now)) {
		ticket->late = true;
		return ISAKMP_TICKET_DUPLICATE;
	}
	isakmp_ticket_redate(t, ticket, now);
	return ISAKMP_TICKET_DUPLICATE | ISAKMP_TICKET_REDATED;
}

/* The ticket of a request under a pair that hasn't been answered so far. */
static const struct nf_vpn_ticket *
isakmp_ticket_find_request(const struct isakmp_tickets *t, u32 pair)
{
	unsigned int i;

	for (i = 0; i < t->list.n; i++)
		if (t->list.ticket[i].pair == pair && !t->list.ticket[i].answered)
			return &t->list.ticket[i];
	return NULL;
}

/* Insert a ticket by its date. */
static void isakmp_ticket_insert(struct isakmp_tickets *t,
				 const struct nf_vpn_ticket *ticket)
{
	unsigned int i = t->list.n++;

	for (; i && (s32)(ticket->date - t->list.ticket[i - 1].date) < 0; i--)
		t->list.ticket[i] = t->list.ticket[i - 1];
	t->list.ticket[i] = *ticket;
}

/*
 * RFC 7296 section 2.3: a client has one request at a time, unless the remote
 * host allows more. A request that comes while another one waits isn't any more
 * likely to be answered soon, so it is dated like that one until it is
 * answered.
 */
static unsigned int isakmp_ticket_open(struct isakmp_tickets *t,
				       const struct isakmp_message *m, u32 pair,
				       u32 key, u32 now)
{
	unsigned int events = ISAKMP_TICKET_OPENED;
	struct nf_vpn_ticket ticket = {
		.pair = pair,
		.key = key,
		.date = now,
		.answered = isakmp_is_response(m),
		.auth = isakmp_is_auth(m),
	};
	const struct nf_vpn_ticket *waiting;

	waiting = ticket.answered ? NULL : isakmp_ticket_find_request(t, pair);
	if (waiting) {
		ticket.date = waiting->date;
		ticket.waited = waiting->waited;
		ticket.late = true;
	}
	if (isakmp_tickets_trim(t, now))
		events |= ISAKMP_TICKET_CANCELLED;
	isakmp_ticket_insert(t, &ticket);
	return events;
}

/* IKE_AUTH has one round more: the SPI is in it, or in one still to come. */
static unsigned int isakmp_ticket_round(struct isakmp_tickets *t,
					const struct isakmp_message *m,
					struct nf_vpn_ticket *ticket, u32 key,
					u32 now)
{
	ticket = isakmp_ticket_redate(t, ticket, now);
	ticket->key = key;
	ticket->waited = 0;
	ticket->answered = isakmp_is_response(m);
	return ISAKMP_TICKET_REDATED;
}

/* A message of a child exchange from the client. */
static unsigned int isakmp_child_out(struct isakmp_tickets *t,
				     const struct isakmp_message *m, u32 pair,
				     u32 now)
{
	u32 key = isakmp_exchange_hash(pair, m, true);
	struct nf_vpn_ticket *auth;

	if (isakmp_is_refusal(m))
		return 0;
	if (isakmp_seen(t, key, now) || isakmp_ticket_find(t, key))
		return isakmp_ticket_repeat(t, m, key, now);
	auth = isakmp_ticket_find_auth(t, pair);
	if (auth && isakmp_is_auth(m))
		return isakmp_ticket_round(t, m, auth, key, now);
	if (m->major == 2 && m->exchange == ISAKMP_V2_CHILD)
		isakmp_pair_child(t->pair, pair, key);
	return isakmp_ticket_open(t, m, pair, key, now);
}

/*
 * A message of a child exchange from the remote host. If it is too short, the
 * exchange was refused. A short response to IKE_AUTH may also be a round of
 * EAP; then the next round opens a ticket again.
 */
static unsigned int isakmp_child_in(struct isakmp_tickets *t,
				    const struct isakmp_message *m, u32 pair,
				    u32 now)
{
	u32 key = isakmp_exchange_hash(pair, m, false);
	struct nf_vpn_ticket *ticket = isakmp_ticket_find(t, key);

	if (!ticket || ticket->answered)
		return 0;
	if (ticket->late)
		ticket = isakmp_ticket_redate(t, ticket, now);
	ticket->answered = true;
	if (!isakmp_is_refusal(m))
		return 0;
	nf_vpn_ticket_remove(&t->list, ticket - t->list.ticket);
	return ISAKMP_TICKET_CANCELLED;
}

/* The slow half of isakmp_tickets_message(). */
unsigned int __isakmp_tickets_message(struct isakmp_tickets *t,
				      const struct isakmp_message *m,
				      bool outbound, bool natt, u32 now)
{
	unsigned int events = isakmp_tickets_timeout(t, now);
	u32 pair = isakmp_pair_hash(m);

	/* Exchanges that matter here have a responder cookie. */
	if (m->malformed || !m->resp_cookie)
		return events;
	events |= isakmp_tickets_pair(t, m, outbound, pair);
	if (!isakmp_is_child(m))
		return events;
	if (!outbound)
		return events | isakmp_child_in(t, m, pair, now);
	events |= isakmp_tickets_float(t, natt);
	return events | isakmp_child_out(t, m, pair, now);
}

/**
 * isakmp_tickets_init - forget all tickets
 * @t: tickets
 */
void isakmp_tickets_init(struct isakmp_tickets *t)
{
	memset(t, 0, sizeof(*t));
}

/**
 * isakmp_tickets_agreed - tell whether the remote host has agreed to a pair
 * @t: tickets
 * @m: message of the client under the pair, which the remote host hasn't used
 *
 * RFC 7296 section 2.8: an IKE SA is rekeyed by an exchange under the one before
 * it. The remote host has answered that, and no SPI has come of it, so far as can
 * be told. So a client that makes pairs up gets no more tickets than it has had
 * exchanges with the remote host.
 *
 * Return: whether it has, most likely
 */
bool isakmp_tickets_agreed(struct isakmp_tickets *t,
			   const struct isakmp_message *m)
{
	u32 hash = isakmp_pair_hash(m), maker = isakmp_pair_maker(t->pair);
	const struct nf_vpn_ticket *ticket;

	if (m->major != 2 || m->exchange != ISAKMP_V2_CHILD)
		return false;
	/* Only the first exchange counts, and what repeats it. */
	if (t->pair[0].hash == hash || t->pair[1].hash == hash)
		return isakmp_ticket_find(t, isakmp_exchange_hash(hash, m, true));
	ticket = maker ? isakmp_ticket_find(t, maker) : NULL;
	return ticket && ticket->answered;
}

/**
 * isakmp_tickets_udp_esp - note that the client sends ESP in UDP on port 500
 * @t: tickets
 */
void isakmp_tickets_udp_esp(struct isakmp_tickets *t)
{
	isakmp_tickets_float(t, true);
}

/**
 * isakmp_tickets_expire - cancel tickets whose request was never answered
 * @t: tickets
 * @now: milliseconds
 *
 * isakmp_tickets_message() does so as well; this is for sessions without
 * messages. It must be called every few hours, lest old dates look new.
 */
void isakmp_tickets_expire(struct isakmp_tickets *t, u32 now)
{
	unsigned int i;

	isakmp_tickets_timeout(t, now);
	for (i = 0; i < ISAKMP_TICKETS_SEEN; i++)
		if (!isakmp_seen_is(t, i, t->seen_key[i], now))
			t->seen_key[i] = 0;
}
