/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ISAKMP (IKEv1, IKEv2) as a passive observer sees it.
 *
 * The functions read bytes, and allocate nothing. They are built in userspace
 * as well, for unit tests and fuzzing.
 */
#ifndef _NF_ISAKMP_MESSAGE_H
#define _NF_ISAKMP_MESSAGE_H

#include <linux/types.h>

#include "core/ports.h"

/* RFC 3948 section 2.2: the non-ESP marker, before the header on that port */
#define ISAKMP_NATT_MARKER	4
/* Most bytes of a datagram that are looked at. */
#define ISAKMP_PEEK		2048
/* Most INVALID_SPI notifies of one message that are remembered. */
#define ISAKMP_INVALID_SPIS	4

/**
 * enum isakmp_exchange - exchange types; those below 34 are of IKEv1
 * @ISAKMP_V1_MAIN: Identity Protection (RFC 2408 section 3.1), as Main Mode
 * @ISAKMP_V1_AGGRESSIVE: Aggressive (RFC 2408 section 3.1)
 * @ISAKMP_V1_INFORMATIONAL: Informational (RFC 2408 section 3.1)
 * @ISAKMP_V1_TRANSACTION: draft-ietf-ipsec-isakmp-mode-cfg
 * @ISAKMP_V1_QUICK: Quick Mode (RFC 2409 appendix A)
 * @ISAKMP_V1_NEW_GROUP: New Group Mode (RFC 2409 appendix A)
 * @ISAKMP_V2_INIT: IKE_SA_INIT (RFC 7296 section 3.1)
 * @ISAKMP_V2_AUTH: IKE_AUTH (RFC 7296 section 3.1)
 * @ISAKMP_V2_CHILD: CREATE_CHILD_SA (RFC 7296 section 3.1)
 * @ISAKMP_V2_INFORMATIONAL: INFORMATIONAL (RFC 7296 section 3.1)
 * @ISAKMP_V2_RESUME: IKE_SESSION_RESUME (RFC 5723 section 6.2)
 * @ISAKMP_V2_INTERMEDIATE: IKE_INTERMEDIATE (RFC 9242 section 4)
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
 * @ISAKMP_TRUNCATED: it is shorter than the header
 * @ISAKMP_NOT_IKE: its initiator cookie is zero, so it is something else that
 *	shares the port
 * @ISAKMP_BAD_VERSION: its version is neither 1 nor 2
 * @ISAKMP_BAD_LENGTH: it claims to be longer than the datagram, or shorter than
 *	the header
 * @ISAKMP_UDP_ESP: it is ESP in UDP, of a host that doesn't float to port 4500
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
 * struct isakmp_message - what is in clear in a message
 * @init_cookie: initiator's cookie, in messages of either direction
 * @resp_cookie: responder's cookie
 * @msgid: message ID
 * @length: of the message, without a non-ESP marker
 * @fragment: number of this fragment, from 1; 0 if it is none
 * @invalid_spi: INVALID_SPI notifies in clear with an ESP SPI
 * @major: 1 or 2
 * @exchange: &enum isakmp_exchange
 * @flags: &enum isakmp_flags
 * @next: type of the first payload
 * @ninvalid: used entries of @invalid_spi
 * @encrypted: the payloads, or the rest of them, are encrypted
 * @malformed: a payload or the length is malformed; no payload was believed
 * @natt: the sender supports NAT traversal, which it need not use
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
	__be32 invalid_spi[ISAKMP_INVALID_SPIS];
	u8 major;
	u8 exchange;
	u8 flags;
	u8 next;
	u8 ninvalid;
	bool encrypted;
	bool malformed;
	bool natt;
};

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
 * Is it a child exchange, one that can make SAs for ESP? In IKEv1 these have a
 * message ID (RFC 2409 section 5.5), which some senders leave out in all but
 * the first fragment.
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

/* Is it of the exchange that deletes an IKE SA, among other things? */
static inline bool isakmp_is_informational(const struct isakmp_message *m)
{
	return m->exchange == (m->major == 1 ? ISAKMP_V1_INFORMATIONAL :
					       ISAKMP_V2_INFORMATIONAL);
}

/**
 * isakmp_natt_is_ike - tell IKE on port 4500 from ESP and keepalives
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

#endif /* _NF_ISAKMP_MESSAGE_H */
