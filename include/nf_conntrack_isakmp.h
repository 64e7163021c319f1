/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ISAKMP (IKEv1, IKEv2) as a passive observer sees it: the parser and the rule
 * that says when a host may be expected to receive ESP on a new SPI.
 *
 * What is declared here is pure: functions on bytes and on their own state,
 * without allocation, locks or clock. It is built in userspace as well, for
 * unit tests and fuzzing.
 */
#ifndef _NF_CONNTRACK_ISAKMP_H
#define _NF_CONNTRACK_ISAKMP_H

#include <linux/types.h>

#define ISAKMP_PORT		500
/* RFC 3947 section 4, RFC 7296 section 2.23 */
#define ISAKMP_NATT_PORT	4500
/* RFC 3948 section 2.2: the non-ESP marker, before the header on that port */
#define ISAKMP_NATT_MARKER	4
/* RFC 2408 section 3.1, RFC 7296 section 3.1 */
#define ISAKMP_HEADER_LEN	28
/* As much of a datagram as is ever looked at. */
#define ISAKMP_PEEK		2048
/* INVALID_SPI notifies that one message can tell of */
#define ISAKMP_INVALID_SPIS	4

/**
 * enum isakmp_exchange - exchange types
 *
 * RFC 2408 section 3.1, RFC 2409 appendix A, draft-ietf-ipsec-isakmp-mode-cfg
 * and RFC 7296 section 3.1, RFC 5723 section 6.2, RFC 9242 section 4. Numbers
 * below 34 are IKEv1's.
 */
enum isakmp_exchange {
	ISAKMP_V1_MAIN		= 2,
	ISAKMP_V1_AGGRESSIVE	= 4,
	ISAKMP_V1_INFORMATIONAL	= 5,
	ISAKMP_V1_TRANSACTION	= 6,
	ISAKMP_V1_QUICK		= 32,
	ISAKMP_V1_NEW_GROUP	= 33,
	ISAKMP_V2_INIT		= 34,
	ISAKMP_V2_AUTH		= 35,
	ISAKMP_V2_CHILD		= 36,
	ISAKMP_V2_INFORMATIONAL	= 37,
	ISAKMP_V2_RESUME	= 38,
	ISAKMP_V2_INTERMEDIATE	= 43,
};

/**
 * enum isakmp_flags - flags of the header
 * @ISAKMP_V1_ENCRYPTED: RFC 2408 section 3.1
 * @ISAKMP_V1_COMMIT: RFC 2408 section 3.1
 * @ISAKMP_V2_INITIATOR: sent by the original initiator of the IKE SA, which
 *	is no direction: after a rekey the other side may be it
 * @ISAKMP_V2_RESPONSE: RFC 7296 section 3.1
 */
enum isakmp_flags {
	ISAKMP_V1_ENCRYPTED	= 0x01,
	ISAKMP_V1_COMMIT	= 0x02,
	ISAKMP_V2_INITIATOR	= 0x08,
	ISAKMP_V2_RESPONSE	= 0x20,
};

/**
 * enum isakmp_reason - why a datagram is no ISAKMP message to us
 * @ISAKMP_OK: it is one
 * @ISAKMP_TRUNCATED: shorter than the header
 * @ISAKMP_NOT_IKE: zero initiator cookie, so not ISAKMP but what else shares
 *	the port
 * @ISAKMP_BAD_VERSION: neither version 1 nor 2
 * @ISAKMP_BAD_LENGTH: the length in the header isn't one that the datagram has
 *	room for, or that a header has
 * @ISAKMP_UDP_ESP: likewise zero, and ESP behind it: hosts that don't float to
 *	port 4500
 */
enum isakmp_reason {
	ISAKMP_OK		= 0,
	ISAKMP_TRUNCATED	= -1,
	ISAKMP_NOT_IKE		= -2,
	ISAKMP_BAD_VERSION	= -3,
	ISAKMP_BAD_LENGTH	= -4,
	ISAKMP_UDP_ESP		= -5,
};

/**
 * struct isakmp_header - as on the wire, at any alignment
 * @init_cookie: initiator's cookie (IKEv2: SPI), never zero
 * @resp_cookie: responder's, zero in the first message
 * @next: type of the first payload
 * @version: major version in the upper half
 * @exchange: &enum isakmp_exchange
 * @flags: &enum isakmp_flags
 * @msgid: message ID
 * @length: of header and payloads
 */
struct isakmp_header {
	__be64 init_cookie;
	__be64 resp_cookie;
	u8 next;
	u8 version;
	u8 exchange;
	u8 flags;
	__be32 msgid;
	__be32 length;
} __packed;

/**
 * struct isakmp_message - what is in clear
 * @init_cookie: initiator's cookie, the order doesn't depend on direction
 * @resp_cookie: responder's cookie
 * @msgid: message ID
 * @length: of the message, without a non-ESP marker
 * @fragment: number of this fragment, from 1; 0 if it is none
 * @fragments: number of all; 0 where unknown (IKEv1 marks only the last one)
 * @invalid_spi: INVALID_SPI notifies in clear with an ESP SPI
 * @major: 1 or 2
 * @exchange: &enum isakmp_exchange
 * @flags: &enum isakmp_flags
 * @next: type of the first payload
 * @ninvalid: used entries of @invalid_spi
 * @encrypted: the payloads, or from some point on, are encrypted
 * @malformed: the payload chain, or the length, lies; nothing was learnt from it
 * @natt: sender supports NAT traversal. That it will be used isn't said.
 * @cookie: IKEv2 COOKIE notify: no answer, the request is to be repeated
 * @invalid_ke: IKEv2 INVALID_KE_PAYLOAD notify, likewise
 *
 * The first fragment of an IKEv1 message quotes the header of the whole: then
 * @msgid, @exchange and @flags are those of the quoted one, since some senders
 * leave other values in the header of a fragment.
 */
struct isakmp_message {
	__be64 init_cookie;
	__be64 resp_cookie;
	u32 msgid;
	u32 length;
	u16 fragment;
	u16 fragments;
	__be32 invalid_spi[ISAKMP_INVALID_SPIS];
	u8 major;
	u8 exchange;
	u8 flags;
	u8 next;
	u8 ninvalid;
	bool encrypted;
	bool malformed;
	bool natt;
	bool cookie;
	bool invalid_ke;
};

/* core/isakmp_message.c */
int isakmp_parse(struct isakmp_message *m, const void *data, size_t len,
		 size_t udp_payload_len);

static inline bool isakmp_is_response(const struct isakmp_message *m)
{
	/* In IKEv1 nothing but the order of messages tells. */
	return m->major == 2 && m->flags & ISAKMP_V2_RESPONSE;
}

static inline bool isakmp_is_fragment(const struct isakmp_message *m)
{
	return m->fragment;
}

/*
 * Exchanges that can make an SA pair for ESP. In IKEv1 they have a message ID
 * (RFC 2409 section 5.5), but later fragments of some senders don't.
 */
static inline bool isakmp_is_child(const struct isakmp_message *m)
{
	if (m->major == 1)
		return m->exchange == ISAKMP_V1_QUICK && m->msgid;
	return m->exchange == ISAKMP_V2_AUTH || m->exchange == ISAKMP_V2_CHILD;
}

static inline bool isakmp_is_auth(const struct isakmp_message *m)
{
	return m->major == 2 && m->exchange == ISAKMP_V2_AUTH;
}

/* Exchanges that begin with a cookie pair of their own. */
static inline bool isakmp_is_init(const struct isakmp_message *m)
{
	if (m->major == 1)
		return m->exchange == ISAKMP_V1_MAIN ||
		       m->exchange == ISAKMP_V1_AGGRESSIVE;
	return m->exchange == ISAKMP_V2_INIT || m->exchange == ISAKMP_V2_RESUME;
}

/* The exchange that an IKE SA is deleted by, among other things. */
static inline bool isakmp_is_bye(u8 major, u8 exchange)
{
	return exchange == (major == 1 ? ISAKMP_V1_INFORMATIONAL :
					 ISAKMP_V2_INFORMATIONAL);
}

static inline bool isakmp_is_informational(const struct isakmp_message *m)
{
	return isakmp_is_bye(m->major, m->exchange);
}

/**
 * isakmp_natt_is_ike - IKE on port 4500, or ESP or a keepalive?
 * @data: UDP payload
 * @len: length of @data
 *
 * Return: true if the non-ESP marker is there; ISAKMP follows it.
 */
static inline bool isakmp_natt_is_ike(const void *data, size_t len)
{
	const u8 *p = data;

	return len >= ISAKMP_NATT_MARKER && !(p[0] | p[1] | p[2] | p[3]);
}

/*
 * Open tickets that one session can have: children that are set up together, as
 * one for each processor of the client (RFC 9611). What children that are renewed
 * but never used leave behind is less, since their tickets are older than
 * ISAKMP_TICKETS_BURST_MS by then: milliseconds, more than tunnels take to come up,
 * and less than the lifetime of an SA.
 */
#define ISAKMP_TICKETS		32
#define ISAKMP_TICKETS_KEPT	8
#define ISAKMP_TICKETS_BURST_MS	(10 * 60 * 1000)
/* Exchanges that a session remembers, so that repetitions don't count. */
#define ISAKMP_TICKETS_SEEN	16
/* For so long: the time that implementations retransmit, and some. */
#define ISAKMP_TICKETS_SEEN_MS	(5 * 60 * 1000)
/* A request that has no response after this time has failed. */
#define ISAKMP_TICKETS_ANSWER_MS	(60 * 1000)
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
 * struct isakmp_ticket - the remote host may use a new SPI from now on
 * @pair: hash of the cookie pair
 * @key: hash of pair, requester and message ID: the exchange that opened it
 * @date: milliseconds, when the message went out
 * @answered: no response is due any more
 * @auth: of the first exchange of an IKE SA, which may have several rounds
 */
struct isakmp_ticket {
	u32 pair;
	u32 key;
	u32 date;
	bool answered;
	bool auth;
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

/* core/isakmp_pair.c */
u32 isakmp_pair_hash(const struct isakmp_message *m);
u32 isakmp_exchange_hash(u32 pair, const struct isakmp_message *m,
			 bool outbound);
struct isakmp_pair_change isakmp_pair_message(struct isakmp_pair pair[2],
					      const struct isakmp_message *m,
					      bool outbound, u32 hash);
void isakmp_pair_child(struct isakmp_pair pair[2], u32 hash, u32 key);

/**
 * struct isakmp_tickets - tickets of one session
 * @ticket: open ones, oldest first
 * @seen_key: hashes of exchanges that have counted, 0 in unused entries
 * @seen_date: when they were last seen, in units of 1024 ms
 * @pair: the client's present cookie pair, and the one before it
 * @n: used entries of @ticket
 * @seen_next: entry of @seen_key that is overwritten next
 * @floated: no candidate for raw ESP
 * @raw_esp: raw ESP has been seen since the IKE SA began
 *
 * Zeroed memory is a valid state. All calls are serialized by the caller.
 * Hashes needn't be keyed: who finds a collision has spoilt his own session.
 */
struct isakmp_tickets {
	struct isakmp_ticket ticket[ISAKMP_TICKETS];
	u32 seen_key[ISAKMP_TICKETS_SEEN];
	u16 seen_date[ISAKMP_TICKETS_SEEN];
	struct isakmp_pair pair[2];
	u8 n;
	u8 seen_next;
	bool floated;
	bool raw_esp;
};

/* core/isakmp_ticket.c */
void isakmp_tickets_init(struct isakmp_tickets *t);
unsigned int isakmp_tickets_message(struct isakmp_tickets *t,
				    const struct isakmp_message *m,
				    bool outbound, bool natt, u32 now);
void isakmp_tickets_raw_esp(struct isakmp_tickets *t);
void isakmp_tickets_udp_esp(struct isakmp_tickets *t);
unsigned int isakmp_tickets_open(const struct isakmp_tickets *t, u32 now);
u32 isakmp_tickets_newest(const struct isakmp_tickets *t);
bool isakmp_tickets_spend(struct isakmp_tickets *t, u32 now);
void isakmp_tickets_reopen(struct isakmp_tickets *t, u32 now);
void isakmp_tickets_expire(struct isakmp_tickets *t, u32 now);

static inline bool isakmp_tickets_floated(const struct isakmp_tickets *t)
{
	return t->floated;
}

#endif /* _NF_CONNTRACK_ISAKMP_H */
