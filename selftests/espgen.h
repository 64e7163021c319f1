/* SPDX-License-Identifier: GPL-2.0-only */
/* espgen - sends, answers and counts ESP packets for the selftests */
#ifndef ESPGEN_H
#define ESPGEN_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PACKET_MAX	2048
#define EXTHDR_MAX	32

/* RFC 4303 section 2: what is in clear at the head of an ESP packet */
struct esp_head {
	uint32_t spi;
	uint32_t seq;
};

/* RFC 7296 section 3.1: the head of an ISAKMP message, its words unaligned */
struct isakmp_head {
	uint32_t init_cookie[2];
	uint32_t resp_cookie[2];
	uint8_t next;
	uint8_t version;
	uint8_t exchange;
	uint8_t flags;
	uint32_t msgid;
	uint32_t length;
};

struct addr {
	int family;
	union {
		struct in_addr v4;
		struct in6_addr v6;
	};
};

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
void die(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));
int64_t now_ms(void);
void sleep_ms(unsigned int ms);

/* espgen_addr.c */
bool addr_parse(struct addr *a, const char *text);
struct addr addr_nth(const struct addr *a, uint32_t n);
bool addr_equal(const struct addr *a, const struct addr *b);
const char *addr_text(const struct addr *a, char *buf, size_t len);
struct addr host_src(const struct options *o, unsigned int host);
struct addr host_dst(const struct options *o, unsigned int host);
socklen_t addr_sockaddr(const struct addr *a, struct sockaddr_storage *ss);

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
