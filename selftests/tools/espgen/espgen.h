/* SPDX-License-Identifier: GPL-2.0-only */
/* espgen - sends, answers and counts ESP packets for the selftests */
#ifndef ESPGEN_H
#define ESPGEN_H

#include "endpoint.h"

#define EXTHDR_MAX	32

/* which of a host's addresses grows with the number of the host */
#define SPREAD_SRC	1
#define SPREAD_DST	2

enum {
	FRAGMENT_NONE,
	FRAGMENT_ALL,
	FRAGMENT_FIRST,
	FRAGMENT_LAST,
};

struct options {
	struct addr src;
	struct addr dst;
	unsigned int hosts;
	unsigned int spread;		/* SPREAD_* */
	unsigned int proto;

	uint32_t spi;
	bool random_spi;
	uint32_t seq;
	unsigned int count;
	unsigned int interval;		/* ms between packets of a host */
	unsigned int stagger;		/* ms between the starts of hosts */

	uint32_t udp;			/* port of ISAKMP instead of ESP */
	bool response;
	uint32_t msgid;			/* 0: the sequence number */

	unsigned int size;		/* bytes after SPI and sequence */
	int cut;			/* bytes after the IP headers, -1: all */
	int claim;			/* payload length to claim, -1: true */
	unsigned int fragments;		/* FRAGMENT_* */
	unsigned int split;		/* where the second fragment begins */
	char exthdr[EXTHDR_MAX + 1];	/* initials of their names */

	const char *dev;
	unsigned char mac[6];

	const char *server;		/* network namespace that answers */
	uint32_t answer_spi;
	unsigned int delay;		/* ms until the server answers */
	bool lockstep;
	bool verbose;

	unsigned int wait;		/* ms to wait for what may still come */
	const char *ready;		/* file to create when listening */

	unsigned int type;
	unsigned int code;
	unsigned int mtu;
	struct addr quote_src;
	struct addr quote_dst;
};

/* espgen.c */
int64_t now_ms(void);
void sleep_ms(unsigned int ms);
struct addr host_src(const struct options *o, unsigned int host);
struct addr host_dst(const struct options *o, unsigned int host);

/* espgen_packet.c */
size_t packet_ip_header(unsigned char *p, const struct addr *src,
			const struct addr *dst, uint8_t proto, size_t payload);
size_t packet_build(const struct options *o, unsigned int host, uint32_t spi,
		    uint32_t seq, unsigned char *p);
size_t packet_build_fragment(const struct options *o, unsigned int host,
			     uint32_t spi, uint32_t seq, bool last,
			     unsigned char *p);
size_t packet_build_icmp(const struct options *o, unsigned char *p);

/* One function per command; each returns the exit status. */
int cmd_send(const struct options *o);
int cmd_flood(const struct options *o);
int cmd_icmp(const struct options *o);
int cmd_recv(const struct options *o);
int cmd_hosts(const struct options *o);

#endif
