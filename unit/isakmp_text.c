// SPDX-License-Identifier: GPL-2.0-only
/* isakmp_text - messages that tests write as text, and what is found in them */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "isakmp_text.h"

#define HEADER_LEN	sizeof(struct isakmp_header)

void put_be32(uint8_t *p, uint32_t value)
{
	p[0] = value >> 24;
	p[1] = value >> 16;
	p[2] = value >> 8;
	p[3] = value;
}

size_t from_hex(uint8_t *p, const char *hex)
{
	unsigned int byte;
	size_t n = 0;

	for (; *hex; hex += 2) {
		while (*hex == ' ')
			hex++;
		if (sscanf(hex, "%2x", &byte) != 1)
			abort();
		p[n++] = byte;
	}
	return n;
}

/* What a message says, in words. */
const char *describe(const struct isakmp_message *m)
{
	static char buf[256];
	uint8_t spi[4];
	int n, i;

	n = snprintf(buf, sizeof(buf), "%s%s%s",
		     m->encrypted ? "encrypted " : "", m->natt ? "natt " : "",
		     m->malformed ? "malformed " : "");
	if (m->fragment)
		n += snprintf(buf + n, sizeof(buf) - n, "fragment %u ",
			      m->fragment);
	for (i = 0; i < m->ninvalid; i++) {
		memcpy(spi, &m->invalid_spi[i], sizeof(spi));
		n += snprintf(buf + n, sizeof(buf) - n, "spi %02x%02x%02x%02x ",
			      spi[0], spi[1], spi[2], spi[3]);
	}
	if (n)
		buf[n - 1] = 0;
	return buf;
}

/* Parses a copy that ends where @len does. */
int parse(struct isakmp_message *m, const uint8_t *data, size_t len,
	  size_t udp_payload_len)
{
	uint8_t *copy = malloc(len ? len : 1);
	int reason;

	memcpy(copy, data, len);
	memset(m, 0, sizeof(*m));
	reason = isakmp_parse(m, copy, len, udp_payload_len);
	free(copy);
	return reason;
}

/* The visible part of a message tells nothing that the whole doesn't. */
static bool is_part(const struct isakmp_message *part,
		    const struct isakmp_message *whole)
{
	return !part->malformed && part->init_cookie == whole->init_cookie &&
	       part->resp_cookie == whole->resp_cookie &&
	       part->natt <= whole->natt &&
	       part->ninvalid <= whole->ninvalid &&
	       (!part->fragment || part->fragment == whole->fragment);
}

/* A message that doesn't lie, cut off everywhere. */
bool cut(const uint8_t *data, size_t full)
{
	struct isakmp_message whole, part;
	size_t len;
	int reason;

	if (parse(&whole, data, full, full) != ISAKMP_OK || whole.malformed)
		return false;
	for (len = 0; len < full; len++) {
		reason = parse(&part, data, len, len);
		if (reason != (len < HEADER_LEN ? ISAKMP_TRUNCATED :
						  ISAKMP_BAD_LENGTH))
			return false;
		reason = parse(&part, data, len, full);
		if (reason != (len < HEADER_LEN ? ISAKMP_TRUNCATED :
						  ISAKMP_OK))
			return false;
		if (reason == ISAKMP_OK && !is_part(&part, &whole))
			return false;
	}
	return true;
}
