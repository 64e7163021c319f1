/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tickets: which messages announce that a session may receive ESP on a new SPI.
 *
 * The functions allocate nothing, take no lock and read no clock. They are
 * built in userspace as well, for unit tests and fuzzing.
 */
#ifndef _NF_ISAKMP_TICKET_H
#define _NF_ISAKMP_TICKET_H

#include <linux/types.h>

#include "core/ticket.h"
#include "isakmp/message.h"

/*
 * Most open tickets of a session; and most of those that are older than
 * ISAKMP_TICKETS_BURST_MS, which children leave behind that are rekeyed but not
 * used. That time is longer than a set of tunnels takes to come up, and shorter
 * than the lifetime of an SA.
 */
#define ISAKMP_TICKETS		NF_VPN_TICKETS
#define ISAKMP_TICKETS_KEPT	8
#define ISAKMP_TICKETS_BURST_MS	(10 * 60 * 1000)
/* Exchanges that a session remembers, so that their repetitions don't count. */
#define ISAKMP_TICKETS_SEEN	16
/* How long it does: longer than implementations retransmit. */
#define ISAKMP_TICKETS_SEEN_MS	(5 * 60 * 1000)
/*
 * A response shorter than this has no room for an SA, two traffic selectors and
 * what protects them, so it is a refusal. Refusals with 65 bytes were seen, and
 * successes with 213 and more.
 */
#define ISAKMP_REFUSAL_LEN	120

/**
 * enum isakmp_ticket_events - what a message did, bits
 * @ISAKMP_TICKET_OPENED: it has opened a ticket
 * @ISAKMP_TICKET_CANCELLED: tickets were cancelled, or dropped for a newer one
 * @ISAKMP_TICKET_REDATED: it has dated an open ticket anew
 * @ISAKMP_TICKET_DUPLICATE: it repeats a message of an exchange that has
 *	counted, or is a further one of it
 * @ISAKMP_FLOATED: the client's child exchange is on port 4500, its ESP
 *	will come in UDP and the session is no candidate for raw ESP
 * @ISAKMP_RAW: the client's child exchange is on port 500, or on 4500 though
 *	its ESP is known to be raw
 */
enum isakmp_ticket_events {
	ISAKMP_TICKET_OPENED	= 0x01,
	ISAKMP_TICKET_CANCELLED	= 0x02,
	ISAKMP_TICKET_REDATED	= 0x04,
	ISAKMP_TICKET_DUPLICATE	= 0x08,
	ISAKMP_FLOATED		= 0x10,
	ISAKMP_RAW		= 0x20,
};

/**
 * struct isakmp_pair - cookie pair that the client uses
 * @hash: of the cookies, 0 if none
 * @rekey: key of its newest CREATE_CHILD_SA exchange, perhaps the one that
 *	made the next pair
 * @informed: its last exchange was an INFORMATIONAL one, perhaps a DELETE
 * @rekeyed: the exchange @rekey of the pair before it has made it
 */
struct isakmp_pair {
	u32 hash;
	u32 rekey;
	bool informed;
	bool rekeyed;
};

/**
 * struct isakmp_pair_change - what a message shows of the client's pairs
 * @gone: hash of a pair that was deleted, 0 if none
 * @made: key of an exchange that has made a pair rather than a child, 0 if none
 * @fresh: a new IKE SA has begun
 */
struct isakmp_pair_change {
	u32 gone;
	u32 made;
	bool fresh;
};

/**
 * isakmp_pair_hash - hash the cookies of a message
 * @m: message
 *
 * Return: hash, never 0
 */
static inline u32 isakmp_pair_hash(const struct isakmp_message *m)
{
	const u64 golden_ratio = 0x9e3779b97f4a7c15ULL;
	u64 init = (__force u64)m->init_cookie;
	u64 resp = (__force u64)m->resp_cookie;
	u32 hash = (init * golden_ratio ^ resp) * golden_ratio >> 32;

	return hash ? hash : 1;
}

/* isakmp/pair.c */
u32 isakmp_exchange_hash(u32 pair, const struct isakmp_message *m,
			 bool outbound);
struct isakmp_pair_change isakmp_pair_message(struct isakmp_pair pair[2],
					      const struct isakmp_message *m,
					      bool outbound, u32 hash);
u32 isakmp_pair_maker(const struct isakmp_pair pair[2]);
void isakmp_pair_child(struct isakmp_pair pair[2], u32 hash, u32 key);

/* Unit of &isakmp_tickets.seen_date: milliseconds. */
#define ISAKMP_SEEN_TICK_MS	1024

/**
 * struct isakmp_tickets - tickets of one session, and what made them
 * @pair: the client's present cookie pair, and the one before it
 * @list: open ones
 * @seen_key: hashes of exchanges that have counted, 0 in unused entries
 * @seen_date: when they were last seen, in units of %ISAKMP_SEEN_TICK_MS
 * @seen_next: entry of @seen_key that is overwritten next
 *
 * Zeroed memory is a valid state. All calls are serialized by the caller.
 * Hashes need no secret key, since a collision harms only the session itself.
 */
struct isakmp_tickets {
	struct isakmp_pair pair[2];
	struct nf_vpn_tickets list;
	u32 seen_key[ISAKMP_TICKETS_SEEN];
	u16 seen_date[ISAKMP_TICKETS_SEEN];
	u8 seen_next;
};

/* isakmp/ticket.c */
void isakmp_tickets_init(struct isakmp_tickets *t);
unsigned int __isakmp_tickets_message(struct isakmp_tickets *t,
				      const struct isakmp_message *m,
				      bool outbound, bool natt, u32 now);
bool isakmp_tickets_agreed(struct isakmp_tickets *t,
			   const struct isakmp_message *m);
void isakmp_tickets_udp_esp(struct isakmp_tickets *t);
void isakmp_tickets_expire(struct isakmp_tickets *t, u32 now);

/*
 * Does the message leave everything as it is? Most do: they are under the
 * present pair, are no child exchange, and no ticket is open that may have
 * failed.
 */
static inline bool isakmp_tickets_stay(const struct isakmp_tickets *t,
				       const struct isakmp_message *m)
{
	return !t->list.n && !isakmp_is_child(m) &&
	       t->pair[0].hash == isakmp_pair_hash(m) &&
	       t->pair[0].informed == isakmp_is_informational(m);
}

/**
 * isakmp_tickets_message - open, date and cancel tickets by a message
 * @t: tickets of its session
 * @m: message for which isakmp_parse() returned %ISAKMP_OK
 * @outbound: it is from the client
 * @natt: it is on port 4500
 * @now: milliseconds of any clock
 *
 * Return: &enum isakmp_ticket_events
 */
static inline unsigned int
isakmp_tickets_message(struct isakmp_tickets *t, const struct isakmp_message *m,
		       bool outbound, bool natt, u32 now)
{
	if (isakmp_tickets_stay(t, m))
		return 0;
	return __isakmp_tickets_message(t, m, outbound, natt, now);
}

#endif /* _NF_ISAKMP_TICKET_H */
