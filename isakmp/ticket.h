/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * When a host may be expected to receive ESP on a new SPI.
 *
 * What is declared here is pure: functions on messages and on their own state,
 * without allocation, locks or clock. It is built in userspace as well, for
 * unit tests and fuzzing.
 */
#ifndef _NF_ISAKMP_TICKET_H
#define _NF_ISAKMP_TICKET_H

#include <linux/types.h>

#include "core/ticket.h"
#include "isakmp/message.h"

/*
 * Open tickets that one session can have. What children that are renewed but
 * never used leave behind is less, since their tickets are older than
 * ISAKMP_TICKETS_BURST_MS by then: milliseconds, more than tunnels take to come up,
 * and less than the lifetime of an SA.
 */
#define ISAKMP_TICKETS		NF_VPN_TICKETS
#define ISAKMP_TICKETS_KEPT	8
#define ISAKMP_TICKETS_BURST_MS	(10 * 60 * 1000)
/* Exchanges that a session remembers, so that repetitions don't count. */
#define ISAKMP_TICKETS_SEEN	16
/* For so long: the time that implementations retransmit, and some. */
#define ISAKMP_TICKETS_SEEN_MS	(5 * 60 * 1000)
#define ISAKMP_TICKETS_ANSWER_MS	NF_VPN_TICKETS_ANSWER_MS
/*
 * A response shorter than this has no room for an SA, two traffic selectors
 * and what protects them: it is a refusal. 65 bytes were seen, and 213 or more
 * for a success.
 */
#define ISAKMP_REFUSAL_LEN	120

/**
 * enum isakmp_ticket_events - what a message did, bits
 * @ISAKMP_TICKET_OPENED: a ticket more
 * @ISAKMP_TICKET_CANCELLED: one or more were withdrawn, or yielded to a newer
 * @ISAKMP_TICKET_REDATED: an open one is fresh again
 * @ISAKMP_TICKET_DUPLICATE: a repetition or a further part of an exchange that
 *	has counted
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
 * @informed: the last exchange was an INFORMATIONAL one, perhaps a DELETE
 * @rekeyed: it was made by the one before it, whose @rekey says how
 */
struct isakmp_pair {
	u32 hash;
	u32 rekey;
	bool informed;
	bool rekeyed;
};

/**
 * struct isakmp_pair_change - what a message says of the client's pairs
 * @gone: hash of a pair that is no more, 0 if none
 * @made: key of an exchange that turned out to have made a pair and so no
 *	child, 0 if none
 * @fresh: a new IKE SA has begun
 */
struct isakmp_pair_change {
	u32 gone;
	u32 made;
	bool fresh;
};

/* isakmp/pair.c */
u32 isakmp_pair_hash(const struct isakmp_message *m);
u32 isakmp_exchange_hash(u32 pair, const struct isakmp_message *m,
			 bool outbound);
struct isakmp_pair_change isakmp_pair_message(struct isakmp_pair pair[2],
					      const struct isakmp_message *m,
					      bool outbound, u32 hash);
void isakmp_pair_child(struct isakmp_pair pair[2], u32 hash, u32 key);

/* What dates exchanges that have counted: milliseconds. */
#define ISAKMP_SEEN_TICK_MS	1024

/**
 * struct isakmp_tickets - tickets of one session, and what made them
 * @list: open ones
 * @seen_key: hashes of exchanges that have counted, 0 in unused entries
 * @seen_date: when they were last seen, in units of %ISAKMP_SEEN_TICK_MS
 * @pair: the client's present cookie pair, and the one before it
 * @seen_next: entry of @seen_key that is overwritten next
 *
 * Zeroed memory is a valid state. All calls are serialized by the caller.
 * Hashes needn't be keyed: who finds a collision has spoilt his own session.
 */
struct isakmp_tickets {
	struct nf_vpn_tickets list;
	u32 seen_key[ISAKMP_TICKETS_SEEN];
	u16 seen_date[ISAKMP_TICKETS_SEEN];
	struct isakmp_pair pair[2];
	u8 seen_next;
};

/* isakmp/ticket.c */
void isakmp_tickets_init(struct isakmp_tickets *t);
unsigned int isakmp_tickets_message(struct isakmp_tickets *t,
				    const struct isakmp_message *m,
				    bool outbound, bool natt, u32 now);
void isakmp_tickets_udp_esp(struct isakmp_tickets *t);
void isakmp_tickets_expire(struct isakmp_tickets *t, u32 now);

#endif /* _NF_ISAKMP_TICKET_H */
