/* SPDX-License-Identifier: GPL-2.0-only */
/* endpoint - addresses and sockets of hosts that test programs act for */
#ifndef ENDPOINT_H
#define ENDPOINT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PACKET_MAX	2048

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

/**
 * struct arrival - a packet that has come
 * @src: its sender
 * @dst: which of the addresses here it is for
 * @port: from which port, of UDP
 * @stamp: when the kernel got it, in ns of CLOCK_REALTIME
 * @dropped: packets that found no room at this socket so far
 * @data: what follows the IP (raw socket) or UDP header
 * @len: length of @data
 * @buf: room for it
 */
struct arrival {
	struct addr src;
	struct addr dst;
	uint16_t port;
	int64_t stamp;
	uint32_t dropped;
	unsigned char *data;
	size_t len;
	unsigned char buf[PACKET_MAX];
};

void die(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* addr.c */
bool addr_parse(struct addr *a, const char *text);
struct addr addr_nth(const struct addr *a, uint32_t n);
bool addr_equal(const struct addr *a, const struct addr *b);
const char *addr_text(const struct addr *a, char *buf, size_t len);
socklen_t addr_sockaddr(const struct addr *a, uint16_t port,
			struct sockaddr_storage *ss);
uint16_t addr_from(struct addr *a, const struct sockaddr_storage *ss);
const unsigned char *ip_parse(const unsigned char *p, size_t len,
			      struct addr *src, struct addr *dst,
			      uint8_t *proto);

/* socket.c; netns NULL: this one */
int netns_enter(const char *netns);
void netns_leave(int here);
int socket_open_raw(int family, int proto, const char *netns);
int socket_open_udp(int family, uint16_t port, const char *netns);
int socket_open_tap(int family, const char *dev, const char *netns);
int socket_put(int fd, const struct addr *src, const struct addr *dst,
	       uint16_t port, const void *data, size_t len);
bool socket_get(int fd, struct arrival *a);

#endif
