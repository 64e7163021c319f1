/* SPDX-License-Identifier: GPL-2.0-only */
/* Captures as text, see captures/README. */
#ifndef CAPTURE_H
#define CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CAPTURE_CLIENTS	8

enum packet_type { PACKET_IKE, PACKET_NATT_IKE, PACKET_ESP };

struct packet {
	uint32_t ms;
	unsigned int client;
	bool out;
	enum packet_type type;
	uint32_t spi, seq;
	size_t len;
	uint8_t *data;
};

struct capture {
	size_t n;
	struct packet *packet;
};

bool capture_read(struct capture *c, const char *file);
void capture_free(struct capture *c);

#endif
