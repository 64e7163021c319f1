// SPDX-License-Identifier: GPL-2.0-only
/*
 * protocol - what the probes of trace look like
 *
 * Each is well-formed and belongs to nothing, so that hops treat it as the
 * real thing and the target makes no state for it.
 */
#include <arpa/inet.h>
#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "probe.h"

static size_t put16(uint8_t *buf, uint16_t value)
{
	buf[0] = value >> 8;
	buf[1] = value;
	return 2;
}

static uint16_t get16(const uint8_t *buf)
{
	return buf[0] << 8 | buf[1];
}

/*
 * RFC 4303 2: SPI, sequence number, data. An SPI that no peer will have:
 * daemons choose them at random.
 */
#define ESP_SPI 0x7674 /* its upper half, "vt" */
#define ESP_SIZE 64

static size_t build_esp(uint8_t *buf, uint16_t n, bool v6)
{
	(void)v6;
	memset(buf, 0, ESP_SIZE);
	put16(buf, ESP_SPI);
	put16(buf + 2, getpid());
	put16(buf + 6, n);
	return ESP_SIZE;
}

static bool quoted_esp(const uint8_t *buf, size_t len, uint16_t n)
{
	return len >= 8 && get16(buf) == ESP_SPI &&
	       get16(buf + 2) == (uint16_t)getpid() && get16(buf + 6) == n;
}

/* What comes from a peer in ESP and GRE is of its tunnels, no answer. */
static bool no_reply(const uint8_t *buf, size_t len, uint16_t n)
{
	(void)buf;
	(void)len;
	(void)n;
	return false;
}

const struct protocol protocol_esp = {
	.name = "esp",
	.title = "ESP (protocol 50)",
	.ipproto = { IPPROTO_ESP, IPPROTO_ESP },
	.build = build_esp,
	.quoted = quoted_esp,
	.reply = no_reply,
};

/*
 * RFC 2637 4.1: GRE as PPTP has it, with a key (payload length, Call-ID) and a
 * sequence number. No PPTP peer is asked for such a call.
 */
#define GRE_SIZE 16

static size_t build_gre(uint8_t *buf, uint16_t n, bool v6)
{
	(void)v6;
	memset(buf, 0, GRE_SIZE);
	put16(buf, 0x3001); /* key, sequence number, version 1 */
	put16(buf + 2, 0x880b);
	put16(buf + 4, GRE_SIZE - 12);
	put16(buf + 6, n);
	put16(buf + 10, n);
	return GRE_SIZE;
}

static bool quoted_gre(const uint8_t *buf, size_t len, uint16_t n)
{
	return len >= 8 && get16(buf) == 0x3001 && get16(buf + 6) == n;
}

const struct protocol protocol_gre = {
	.name = "gre",
	.title = "GRE (protocol 47)",
	.ipproto = { IPPROTO_GRE, IPPROTO_GRE },
	.build = build_gre,
	.quoted = quoted_gre,
	.reply = no_reply,
};

/*
 * An IKE_SA_INIT (RFC 7296 1.2) that proposes only what is forbidden since RFC
 * 8247: single DES and a group of 768 bits. A server refuses it at once,
 * without a half-open SA.
 */
static const uint8_t isakmp_sa[] = {
	34, 0, 0, 44, /* SA; KE follows */
	0, 0, 0, 40, 1, 1, 0, 4, /* one proposal, for IKE, 4 transforms */
	3, 0, 0, 8, 1, 0, 0, 2, /* ENCR_DES */
	3, 0, 0, 8, 2, 0, 0, 1, /* PRF_HMAC_MD5 */
	3, 0, 0, 8, 3, 0, 0, 1, /* AUTH_HMAC_MD5_96 */
	0, 0, 0, 8, 4, 0, 0, 1, /* 768-bit MODP group */
};

#define ISAKMP_HEADER 28
#define ISAKMP_KE (8 + 96)
#define ISAKMP_NONCE (4 + 32)
#define ISAKMP_SIZE \
	(ISAKMP_HEADER + sizeof(isakmp_sa) + ISAKMP_KE + ISAKMP_NONCE)

/* The number is in the initiator's SPI, which an answer returns. */
static size_t build_isakmp(uint8_t *buf, uint16_t n, bool v6)
{
	uint8_t *ke = buf + ISAKMP_HEADER + sizeof(isakmp_sa);
	uint8_t *nonce = ke + ISAKMP_KE;

	(void)v6;
	memset(buf, 0x5a, ISAKMP_SIZE);
	put16(buf + 2, getpid());
	put16(buf + 6, n);
	memset(buf + 8, 0, 8); /* responder's SPI */
	memcpy(buf + 16, "\x21\x20\x22\x08", 4); /* SA, 2.0, type, initiator */
	memset(buf + 20, 0, 4);
	put16(buf + 24, 0);
	put16(buf + 26, ISAKMP_SIZE);
	memcpy(buf + ISAKMP_HEADER, isakmp_sa, sizeof(isakmp_sa));
	memcpy(ke, "\x28\0\0\x68\0\x01\0\0", 8); /* nonce follows, group 1 */
	memcpy(nonce, "\0\0\0\x24", 4);
	return ISAKMP_SIZE;
}

static bool reply_isakmp(const uint8_t *buf, size_t len, uint16_t n)
{
	return len >= ISAKMP_HEADER && get16(buf + 2) == (uint16_t)getpid() &&
	       get16(buf + 6) == n;
}

/* A hop need not quote more than the UDP header (RFC 792). */
static bool quoted_isakmp(const uint8_t *buf, size_t len, uint16_t n)
{
	return len < 8 || (get16(buf + 2) == (uint16_t)getpid() &&
			   get16(buf + 6) == n);
}

const struct protocol protocol_isakmp = {
	.name = "isakmp",
	.title = "IKE (UDP port 500)",
	.ipproto = { IPPROTO_UDP, IPPROTO_UDP },
	.port = 500,
	.build = build_isakmp,
	.quoted = quoted_isakmp,
	.reply = reply_isakmp,
};

#define ECHO_SIZE 64

/* RFC 1071 */
static uint16_t checksum(const uint8_t *buf, size_t len)
{
	uint32_t sum = 0;
	size_t i;

	for (i = 0; i < len; i += 2)
		sum += get16(buf + i);
	sum = (sum >> 16) + (sum & 0xffff);
	return ~(sum + (sum >> 16));
}

static size_t build_echo(uint8_t *buf, uint16_t n, bool v6)
{
	memset(buf, 0, ECHO_SIZE);
	buf[0] = v6 ? ICMP6_ECHO_REQUEST : ICMP_ECHO;
	put16(buf + 4, getpid());
	put16(buf + 6, n);
	if (!v6) /* the kernel does it for IPv6 */
		put16(buf + 2, checksum(buf, ECHO_SIZE));
	return ECHO_SIZE;
}

static bool is_echo(const uint8_t *buf, size_t len, uint16_t n)
{
	return len >= 8 && get16(buf + 4) == (uint16_t)getpid() &&
	       get16(buf + 6) == n;
}

const struct protocol protocol_echo = {
	.name = "echo",
	.title = "ICMP echo",
	.ipproto = { IPPROTO_ICMP, IPPROTO_ICMPV6 },
	.build = build_echo,
	.quoted = is_echo,
	.reply = is_echo,
};
