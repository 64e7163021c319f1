// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parser of ISAKMP messages: the header and the payloads that are in clear.
 *
 * Anybody may have sent what is read here. All reads go through a struct span,
 * so that they stay within what is visible of the datagram. If a payload claims
 * to be longer than the rest of its message, none of the payloads is believed.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/unaligned.h>

#include "isakmp/message.h"

/* Most payloads that are looked at. Real messages have about twenty at most. */
#define ISAKMP_MAX_PAYLOADS	64

/* Payload types: RFC 2408 section 3.1, RFC 7296 section 3.2, RFC 7383. */
#define ISAKMP_PAYLOAD_NONE	0
#define ISAKMP_V1_NOTIFY	11
#define ISAKMP_V1_VENDOR_ID	13
#define ISAKMP_V1_FRAGMENT	132	/* private use, [MS-IKEE] 2.2.2.1 */
#define ISAKMP_V2_NOTIFY	41
#define ISAKMP_V2_SK		46
#define ISAKMP_V2_SKF		53

/* RFC 7296 section 3.10.1, and RFC 2408 section 3.14.1 for the first */
#define ISAKMP_N_INVALID_SPI	11
#define ISAKMP_N_NATD_SOURCE	16388
#define ISAKMP_N_NATD_DEST	16389

/* The same number in RFC 2407 section 4.4.1 and RFC 7296 section 3.3.1 */
#define ISAKMP_PROTO_ESP	3

/* RFC 2408 section 3.2: next payload, reserved, length */
#define ISAKMP_GENERIC_LEN	4

/**
 * struct span - bytes of a message
 * @p: first byte
 * @len: number of bytes that may be read
 * @whole: number of bytes that there are, more than @len if only the beginning
 *	is visible
 */
struct span {
	const u8 *p;
	u32 len;
	u32 whole;
};

/* Move the beginning of @s; @n must not be more than @s->whole. */
static void span_advance(struct span *s, u32 n)
{
	u32 visible = n < s->len ? n : s->len;

	s->p += visible;
	s->len -= visible;
	s->whole -= n;
}

/* The first @n bytes of @s; @n must not be more than @s->whole. */
static struct span span_head(const struct span *s, u32 n)
{
	return (struct span){ s->p, n < s->len ? n : s->len, n };
}

/*
 * Vendor IDs by which IKEv1 peers announce NAT traversal: the MD5 hash of
 * "RFC 3947" (its section 3.1), and the hashes of the names of its drafts.
 */
static const u8 isakmp_natt_vendor[][16] = {
	/* RFC 3947 */
	{ 0x4a, 0x13, 0x1c, 0x81, 0x07, 0x03, 0x58, 0x45,
	  0x5c, 0x57, 0x28, 0xf2, 0x0e, 0x95, 0x45, 0x2f },
	/* draft-ietf-ipsec-nat-t-ike-00 */
	{ 0x44, 0x85, 0x15, 0x2d, 0x18, 0xb6, 0xbb, 0xcd,
	  0x0b, 0xe8, 0xa8, 0x46, 0x95, 0x79, 0xdd, 0xcc },
	/* draft-ietf-ipsec-nat-t-ike-01 */
	{ 0x16, 0xf6, 0xca, 0x16, 0xe4, 0xa4, 0x06, 0x6d,
	  0x83, 0x82, 0x1a, 0x0f, 0x0a, 0xea, 0xa8, 0x62 },
	/* draft-ietf-ipsec-nat-t-ike-02 */
	{ 0xcd, 0x60, 0x46, 0x43, 0x35, 0xdf, 0x21, 0xf8,
	  0x7c, 0xfd, 0xb2, 0xfc, 0x68, 0xb6, 0xa4, 0x48 },
	/* the same with a newline, which is the one that most peers send */
	{ 0x90, 0xcb, 0x80, 0x91, 0x3e, 0xbb, 0x69, 0x6e,
	  0x08, 0x63, 0x81, 0xb5, 0xec, 0x42, 0x7b, 0x1f },
	/* draft-ietf-ipsec-nat-t-ike-03 */
	{ 0x7d, 0x94, 0x19, 0xa6, 0x53, 0x10, 0xca, 0x6f,
	  0x2c, 0x17, 0x9d, 0x92, 0x15, 0x52, 0x9d, 0x56 },
	/* draft-ietf-ipsec-nat-t-ike-04 */
	{ 0x99, 0x09, 0xb6, 0x4e, 0xed, 0x93, 0x7c, 0x65,
	  0x73, 0xde, 0x52, 0xac, 0xe9, 0x52, 0xfa, 0x6b },
	/* draft-ietf-ipsec-nat-t-ike-05 */
	{ 0x80, 0xd0, 0xbb, 0x3d, 0xef, 0x54, 0x56, 0x5e,
	  0xe8, 0x46, 0x45, 0xd4, 0xc8, 0x5c, 0xe3, 0xee },
	/* draft-ietf-ipsec-nat-t-ike-06 */
	{ 0x4d, 0x1e, 0x0e, 0x13, 0x6d, 0xea, 0xfa, 0x34,
	  0xc4, 0xf3, 0xea, 0x9f, 0x02, 0xec, 0x72, 0x85 },
	/* draft-ietf-ipsec-nat-t-ike-07 */
	{ 0x43, 0x9b, 0x59, 0xf8, 0xba, 0x67, 0x6c, 0x4c,
	  0x77, 0x37, 0xae, 0x22, 0xea, 0xb8, 0xf5, 0x82 },
	/* draft-ietf-ipsec-nat-t-ike-08 */
	{ 0x8f, 0x8d, 0x83, 0x82, 0x6d, 0x24, 0x6b, 0x6f,
	  0xc7, 0xa8, 0xa6, 0xa4, 0x28, 0xc1, 0x1d, 0xe8 },
};

static void isakmp_vendor_id(struct isakmp_message *m, struct span body)
{
	size_t i;

	if (body.whole != sizeof(isakmp_natt_vendor[0]) ||
	    body.len != body.whole)
		return;
	for (i = 0; i < ARRAY_SIZE(isakmp_natt_vendor); i++)
		if (!memcmp(body.p, isakmp_natt_vendor[i], body.len))
			m->natt = true;
}

/*
 * The SPI is in the field of that name (RFC 2408 section 3.14). If that is
 * empty, it is in the data (RFC 7296 section 3.10.1), and its protocol isn't
 * given.
 */
static void isakmp_invalid_spi(struct isakmp_message *m, u8 protocol,
			       u8 spi_size, struct span body)
{
	__be32 spi;

	if (body.len < sizeof(spi) || m->ninvalid == ISAKMP_INVALID_SPIS)
		return;
	if (spi_size != sizeof(spi) && (spi_size || body.whole != sizeof(spi)))
		return;
	if (protocol != ISAKMP_PROTO_ESP && (protocol || spi_size))
		return;
	memcpy(&spi, body.p, sizeof(spi));
	m->invalid_spi[m->ninvalid++] = spi;
}

/* RFC 7296 section 3.10; RFC 2408 section 3.14 after the DOI */
static bool isakmp_notify(struct isakmp_message *m, struct span body)
{
	u8 protocol, spi_size;
	u16 type;

	if (body.whole < 4)
		return false;
	if (body.len < 4)
		return true;
	protocol = body.p[0];
	spi_size = body.p[1];
	type = get_unaligned_be16(body.p + 2);
	span_advance(&body, 4);
	if (spi_size > body.whole)
		return false;

	if (type == ISAKMP_N_INVALID_SPI)
		isakmp_invalid_spi(m, protocol, spi_size, body);
	if (m->major == 1)
		return true;
	m->natt |= type == ISAKMP_N_NATD_SOURCE || type == ISAKMP_N_NATD_DEST;
	return true;
}

static bool isakmp_v1_notify(struct isakmp_message *m, struct span body)
{
	if (body.whole < 4)
		return false;
	span_advance(&body, 4);
	return isakmp_notify(m, body);
}

/* RFC 7383 section 2.5 */
static bool isakmp_v2_fragment(struct isakmp_message *m, struct span body)
{
	u16 number, total;

	if (body.whole < 4)
		return false;
	if (body.len < 4)
		return true;
	number = get_unaligned_be16(body.p);
	total = get_unaligned_be16(body.p + 2);
	if (!number || number > total)
		return false;
	m->fragment = number;
	return true;
}

static bool isakmp_v1_is_encrypted(const struct isakmp_message *m)
{
	return m->major == 1 && m->flags & ISAKMP_V1_ENCRYPTED;
}

/* The first fragment contains the header of the whole message. */
static void isakmp_v1_quoted(struct isakmp_message *m, struct span body)
{
	const struct isakmp_header *h = (const void *)body.p;

	if (body.len < sizeof(*h) || h->version >> 4 != 1 ||
	    memcmp(&h->init_cookie, &m->init_cookie, sizeof(m->init_cookie)) ||
	    memcmp(&h->resp_cookie, &m->resp_cookie, sizeof(m->resp_cookie)))
		return;
	m->exchange = h->exchange;
	m->flags = h->flags;
	m->msgid = get_unaligned_be32(&h->msgid);
	m->encrypted = isakmp_v1_is_encrypted(m);
}

/* [MS-IKEE] 2.2.2.1: ID of the fragmented message, number, 1 if the last */
static bool isakmp_v1_fragment(struct isakmp_message *m, struct span body)
{
	if (body.whole < 4)
		return false;
	if (body.len < 4)
		return true;
	if (!body.p[2])
		return false;
	m->fragment = body.p[2];
	span_advance(&body, 4);
	if (m->fragment == 1)
		isakmp_v1_quoted(m, body);
	return true;
}

/* Returns false if the payload is malformed. */
static bool isakmp_payload(struct isakmp_message *m, u8 type, struct span body)
{
	if (m->major == 1) {
		if (type == ISAKMP_V1_VENDOR_ID)
			isakmp_vendor_id(m, body);
		return type != ISAKMP_V1_NOTIFY || isakmp_v1_notify(m, body);
	}
	return type != ISAKMP_V2_NOTIFY || isakmp_notify(m, body);
}

/* Is it a payload behind whose header nothing is in clear, or no payload is? */
static bool isakmp_is_opaque(const struct isakmp_message *m, u8 type)
{
	if (m->major == 1)
		return type == ISAKMP_V1_FRAGMENT;
	return type == ISAKMP_V2_SK || type == ISAKMP_V2_SKF;
}

static bool isakmp_opaque(struct isakmp_message *m, u8 type, struct span body)
{
	if (type == ISAKMP_V1_FRAGMENT)
		return isakmp_v1_fragment(m, body);
	m->encrypted = true;
	return type != ISAKMP_V2_SKF || isakmp_v2_fragment(m, body);
}

/*
 * Walk the payloads, each of which names the type of the next one and takes
 * four bytes or more. The walk ends early, without an error, at the end of what
 * is visible. Returns false if a payload is malformed.
 */
static bool isakmp_payloads(struct isakmp_message *m, struct span rest)
{
	u8 type = m->next, next;
	unsigned int n;
	struct span body;
	u16 len;

	for (n = 0; type != ISAKMP_PAYLOAD_NONE; n++) {
		if (n == ISAKMP_MAX_PAYLOADS || rest.whole < ISAKMP_GENERIC_LEN)
			return false;
		if (rest.len < ISAKMP_GENERIC_LEN)
			return true;
		next = rest.p[0];
		len = get_unaligned_be16(rest.p + 2);
		if (len < ISAKMP_GENERIC_LEN || len > rest.whole)
			return false;
		body = span_head(&rest, len);
		span_advance(&body, ISAKMP_GENERIC_LEN);
		if (isakmp_is_opaque(m, type))
			return isakmp_opaque(m, type, body);
		if (!isakmp_payload(m, type, body))
			return false;
		span_advance(&rest, len);
		type = next;
	}
	return true;
}

/* A payload is malformed: forget what the payloads before it said. */
static void isakmp_unlearn(struct isakmp_message *m)
{
	memset(m->invalid_spi, 0, sizeof(m->invalid_spi));
	m->ninvalid = 0;
	m->natt = false;
	m->encrypted = isakmp_v1_is_encrypted(m);
	m->malformed = true;
}

static void isakmp_walk(struct isakmp_message *m, struct span rest)
{
	m->encrypted = isakmp_v1_is_encrypted(m);
	/* Fragments are in clear, though some senders set the flag. */
	if (m->encrypted && m->next != ISAKMP_V1_FRAGMENT)
		return;
	if (!isakmp_payloads(m, rest))
		isakmp_unlearn(m);
}

/*
 * Is it ESP in UDP of draft-ietf-ipsec-udp-encaps-01 section 2.1: eight bytes
 * of zeros in place of an initiator cookie, and then an SPI, which isn't 0?
 */
static bool isakmp_is_udp_esp(const struct isakmp_header *h)
{
	return !h->init_cookie && get_unaligned_be32(&h->resp_cookie);
}

static enum isakmp_reason isakmp_header(struct isakmp_message *m,
					const struct isakmp_header *h,
					size_t udp_payload_len)
{
	if (isakmp_is_udp_esp(h))
		return ISAKMP_UDP_ESP;
	memcpy(&m->init_cookie, &h->init_cookie, sizeof(m->init_cookie));
	memcpy(&m->resp_cookie, &h->resp_cookie, sizeof(m->resp_cookie));
	m->next = h->next;
	m->major = h->version >> 4;
	m->exchange = h->exchange;
	m->flags = h->flags;
	m->msgid = get_unaligned_be32(&h->msgid);
	m->length = get_unaligned_be32(&h->length);

	if (m->major != 1 && m->major != 2)
		return m->init_cookie ? ISAKMP_BAD_VERSION : ISAKMP_NOT_IKE;
	if (m->length < sizeof(*h) || m->length > udp_payload_len)
		return m->init_cookie ? ISAKMP_BAD_LENGTH : ISAKMP_NOT_IKE;
	return ISAKMP_OK;
}

/**
 * isakmp_parse - parse what is in clear in a datagram
 * @m: zeroed by the caller; the result. Zeroes when the datagram is no message,
 *	but see below.
 * @data: beginning of the UDP payload; on port 4500, behind the non-ESP marker
 * @len: number of bytes that can be read, %ISAKMP_PEEK or all
 * @udp_payload_len: length of the UDP payload, without the marker
 *
 * If a payload is malformed, the message keeps its header, since the cookies
 * suffice to deliver it to a peer that may be able to read it. The same holds
 * if the length in the header is wrong, though %ISAKMP_BAD_LENGTH is returned.
 * Some senders append bytes to a message; these are ignored.
 *
 * An INVALID_SPI notify that isn't protected by an IKE SA may come with zero
 * cookies (RFC 7296 section 1.5). Then @m contains the SPI, though
 * %ISAKMP_NOT_IKE is returned.
 *
 * Return: %ISAKMP_OK or another &enum isakmp_reason, which are negative.
 */
int isakmp_parse(struct isakmp_message *m, const void *data, size_t len,
		 size_t udp_payload_len)
{
	enum isakmp_reason reason;
	struct span s;

	if (len > udp_payload_len)
		len = udp_payload_len;
	if (len < sizeof(struct isakmp_header))
		return ISAKMP_TRUNCATED;

	reason = isakmp_header(m, data, udp_payload_len);
	if (reason == ISAKMP_BAD_LENGTH) {
		isakmp_unlearn(m);
		return reason;
	}
	if (reason != ISAKMP_OK) {
		memset(m, 0, sizeof(*m));
		return reason;
	}
	s = (struct span){ data, len, udp_payload_len };
	s = span_head(&s, m->length);
	span_advance(&s, sizeof(struct isakmp_header));
	isakmp_walk(m, s);
	return m->init_cookie ? ISAKMP_OK : ISAKMP_NOT_IKE;
}
