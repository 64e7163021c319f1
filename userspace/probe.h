/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * probe - one packet with a small TTL, and what comes back for it
 */
#ifndef VPNCT_PROBE_H
#define VPNCT_PROBE_H

#include <sys/socket.h>

#include "record.h"

#define PROBE_MAX 256 /* bytes of a probe behind the IP header */

enum answer_kind {
	ANSWER_NONE,
	ANSWER_TRANSIT, /* a hop: its TTL ran out */
	ANSWER_REFUSED, /* ICMP unreachable */
	ANSWER_TARGET, /* the target itself answered in the protocol */
};

struct answer {
	enum answer_kind kind;
	struct addr from;
	double ms;
	uint8_t type, code; /* of the ICMP error */
};

/**
 * struct protocol - what a probe is made of
 * @name: the word for it
 * @title: how messages call it
 * @ipproto: IP protocol number, of IPv4 and of IPv6
 * @port: UDP port, 0 for raw protocols
 * @build: writes probe number @n, returns its length
 * @quoted: does an ICMP error quote probe number @n? Gets what follows the IP
 *	header, or the UDP header.
 * @reply: is that an answer to probe number @n? NULL: any packet is
 */
struct protocol {
	const char *name;
	const char *title;
	int ipproto[2];
	uint16_t port;
	size_t (*build)(uint8_t *buf, uint16_t n, bool v6);
	bool (*quoted)(const uint8_t *buf, size_t len, uint16_t n);
	bool (*reply)(const uint8_t *buf, size_t len, uint16_t n);
};

extern const struct protocol protocol_esp, protocol_gre, protocol_isakmp,
	protocol_echo;

struct target {
	struct sockaddr_storage sa;
	socklen_t len;
	struct addr addr;
};

struct prober {
	const struct protocol *protocol;
	const struct target *target;
	bool v6;
	bool other_port; /* 500 belongs to a daemon here */
	uint16_t n; /* of the last probe */
	int fd;
};

/* Returns 0 or a negative errno. */
int prober_open(struct prober *p, const struct protocol *protocol,
		const struct target *target);
void prober_close(struct prober *p);

/* Sends one probe and waits up to @wait_ms; 0 or a negative errno. */
int probe(struct prober *p, int ttl, int wait_ms, struct answer *answer);

#endif
