/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * isakmp_text - messages that tests write as text, and what is found in them
 */
#ifndef ISAKMP_TEXT_H
#define ISAKMP_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "isakmp/message.h"

#define DATAGRAM_MAX	65507
#define COOKIES		"11121314151617182122232425262728"

void put_be32(uint8_t *p, uint32_t value);

/* Returns how many bytes it has written. */
size_t from_hex(uint8_t *p, const char *hex);

/* What a message says, in words; the next call overwrites it. */
const char *describe(const struct isakmp_message *m);

/* Parses a copy that ends where @len does. */
int parse(struct isakmp_message *m, const uint8_t *data, size_t len,
	  size_t udp_payload_len);

/* Is a message that doesn't lie, cut off anywhere, found to be just that? */
bool cut(const uint8_t *data, size_t full);

#endif
