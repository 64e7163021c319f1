// SPDX-License-Identifier: GPL-2.0-only
/* pptpsim: sockets in several namespaces, PPTP messages, enhanced GRE */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "pptpsim.h"

unsigned int wait_ms = 10000;

static const uint8_t lengths[TYPES] = {
	0, 156, 156, 16, 16, 16, 20, 168, 32, 220, 24, 28, 16, 148, 40, 24,
};

void die(const char *what)
{
	perror(what);
	exit(2);
}

static void put16(uint8_t *p, uint16_t v)
{
	p[0] = v >> 8;
	p[1] = v;
}

static uint16_t get16(const uint8_t *p)
{
	return p[0] << 8 | p[1];
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v);
}

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)get16(p) << 16 | get16(p + 2);
}

static void enter(const struct host *h)
{
	if (setns(h->ns, CLONE_NEWNET))
		die("setns");
}

int host_socket(const struct host *h, int domain, int type, int protocol)
{
	int fd;

	enter(h);
	fd = socket(domain, type, protocol);
	if (fd < 0)
		die("socket");
	return fd;
}

/* @name: NAMESPACE or NAMESPACE@ADDRESS */
void host_open(struct host *h, const char *name)
{
	const char *at = strchr(name, '@');
	char path[256];

	snprintf(path, sizeof(path), "/run/netns/%.*s",
		 at ? (int)(at - name) : (int)strlen(name), name);
	h->name = name;
	h->addr.sin_family = AF_INET;
	if (at && inet_pton(AF_INET, at + 1, &h->addr.sin_addr) != 1)
		die(name);
	h->listener = -1;
	h->ns = open(path, O_RDONLY | O_CLOEXEC);
	if (h->ns < 0)
		die(path);
	h->gre = host_socket(h, AF_INET, SOCK_RAW, IPPROTO_GRE);
	if (bind(h->gre, (void *)&h->addr, sizeof(h->addr)))
		die("raw socket");
	h->icmp = host_socket(h, AF_INET, SOCK_RAW, IPPROTO_ICMP);
}

void host_listen(struct host *h, uint16_t port)
{
	struct sockaddr_in a = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
	};
	int on = 1;

	h->listener = host_socket(h, AF_INET, SOCK_STREAM, 0);
	setsockopt(h->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(h->listener, (void *)&a, sizeof(a)) ||
	    listen(h->listener, 1024))
		die("listen");
}

/* One end only: @to has a server of its own. */
void conn_dial(struct conn *c, struct host *from, struct host *to,
	       const char *addr, uint16_t port)
{
	struct sockaddr_in a = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
	};
	int on = 1;

	memset(c, 0, sizeof(*c));
	c->host[0] = from;
	c->host[1] = to;
	inet_pton(AF_INET, addr, &a.sin_addr);
	c->peer[0] = a.sin_addr;
	c->fd[1] = -1;
	c->fd[0] = host_socket(from, AF_INET, SOCK_STREAM, 0);
	if (bind(c->fd[0], (void *)&from->addr, sizeof(from->addr)) ||
	    connect(c->fd[0], (void *)&a, sizeof(a)))
		die("connect");
	setsockopt(c->fd[0], IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

void conn_open(struct conn *c, struct host *from, struct host *to,
	       const char *addr, uint16_t port)
{
	struct sockaddr_in a;
	socklen_t len = sizeof(a);
	int on = 1;

	conn_dial(c, from, to, addr, port);
	c->fd[1] = accept(to->listener, (void *)&a, &len);
	if (c->fd[1] < 0)
		die("accept");
	c->peer[1] = a.sin_addr;
	setsockopt(c->fd[1], IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

void conn_close(struct conn *c)
{
	close(c->fd[0]);
	close(c->fd[1]);
}

/* An end's own address */
struct in_addr conn_address(const struct conn *c, int end)
{
	struct sockaddr_in a;
	socklen_t len = sizeof(a);

	if (getsockname(c->fd[end], (void *)&a, &len))
		die("getsockname");
	return a.sin_addr;
}

void message_make(struct message *m, int type, uint16_t id, uint16_t peer,
		  uint8_t result)
{
	memset(m, 0, sizeof(*m));
	m->type = type;
	m->id = id;
	m->peer = peer;
	m->result = result;
	m->len = lengths[type];
	put16(m->bytes, m->len);
	put16(m->bytes + 2, 1);
	put32(m->bytes + 4, 0x1a2b3c4d);
	put16(m->bytes + 8, type);
	if (type < OUT_REQUEST)
		return;
	put16(m->bytes + 12, id);
	if (type == OUT_REPLY || type == IN_REPLY) {
		put16(m->bytes + 14, peer);
		m->bytes[16] = result;
	}
}

void bytes_send(struct conn *c, int end, const uint8_t *data, size_t len)
{
	size_t i, step = c->split ? 1 : len;

	for (i = 0; i < len; i += step)
		if (send(c->fd[end], data + i, step, MSG_NOSIGNAL) < 0)
			die("send");
}

void message_send(struct conn *c, int end, const struct message *m)
{
	bytes_send(c, end, m->bytes, m->len);
}

static bool receive(int fd, uint8_t *data, size_t len)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	ssize_t n;

	while (len) {
		if (poll(&p, 1, wait_ms) <= 0)
			return false;
		n = recv(fd, data, len, 0);
		if (n <= 0)
			return false;
		data += n;
		len -= n;
	}
	return true;
}

bool message_receive(struct conn *c, int end, struct message *m)
{
	memset(m, 0, sizeof(*m));
	if (!receive(c->fd[end], m->bytes, 12))
		return false;
	m->len = get16(m->bytes);
	if (m->len < 12 || m->len > MAX_MESSAGE ||
	    !receive(c->fd[end], m->bytes + 12, m->len - 12))
		return false;
	m->type = get16(m->bytes + 8);
	m->id = get16(m->bytes + 12);
	m->peer = get16(m->bytes + 14);
	m->result = m->bytes[16];
	return true;
}

/*
 * RFC 2637 section 4.1; without a sequence number it is only an acknowledgment.
 * Returns its length.
 */
size_t gre_make(uint8_t *data, uint16_t id, uint32_t mark, bool ack_only)
{
	size_t len = ack_only ? 12 : 16;

	put16(data, ack_only ? 0x2081 : 0x3001);
	put16(data + 2, 0x880b);
	put16(data + 4, ack_only ? 0 : 4);
	put16(data + 6, id);
	put32(data + 8, 0);
	put32(data + len - 4, mark);
	return len;
}

void gre_send(const struct conn *c, int end, uint16_t id, uint32_t mark,
	      bool ack_only)
{
	struct sockaddr_in a = {
		.sin_family = AF_INET,
		.sin_addr = c->peer[end],
	};
	uint8_t data[16];
	size_t len = gre_make(data, id, mark, ack_only);

	if (sendto(c->host[end]->gre, data, len, 0, (void *)&a, sizeof(a)) < 0)
		die("send GRE");
}

bool gre_receive(struct host *h, unsigned int ms, uint16_t *id, uint32_t *mark)
{
	struct pollfd p = { .fd = h->gre, .events = POLLIN };
	const uint8_t *gre;
	uint8_t data[256];
	ssize_t n;

	if (poll(&p, 1, ms) <= 0)
		return false;
	n = recv(h->gre, data, sizeof(data), 0);
	if (n < (ssize_t)sizeof(struct iphdr) + 12)
		return false;
	gre = data + (data[0] & 15) * 4;
	*id = get16(gre + 6);
	*mark = get32(data + n - 4);
	return true;
}

uint16_t checksum(const uint8_t *p, size_t len)
{
	uint32_t sum = 0;

	for (; len > 1; p += 2, len -= 2)
		sum += get16(p);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

/*
 * "Fragmentation needed" from one end, about a packet that went from @src to
 * @dst with Call-ID @id; only eight bytes of it are quoted (RFC 792).
 */
void icmp_send(const struct conn *c, int end, struct in_addr src,
	       struct in_addr dst, uint16_t id, uint16_t mtu)
{
	struct sockaddr_in a = {
		.sin_family = AF_INET,
		.sin_addr = c->peer[end],
	};
	uint8_t data[8 + 20 + 8] = { ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED };
	uint8_t *ip = data + 8, *gre = ip + 20;

	put16(data + 6, mtu);
	ip[0] = 0x45;
	put16(ip + 2, 1400);
	put16(ip + 6, 0x4000);
	ip[8] = 60;
	ip[9] = IPPROTO_GRE;
	memcpy(ip + 12, &src, 4);
	memcpy(ip + 16, &dst, 4);
	put16(ip + 10, checksum(ip, 20));
	put16(gre, 0x3001);
	put16(gre + 2, 0x880b);
	put16(gre + 4, 1380);
	put16(gre + 6, id);
	put16(data + 2, checksum(data, sizeof(data)));
	if (sendto(c->host[end]->icmp, data, sizeof(data), 0, (void *)&a,
		   sizeof(a)) < 0)
		die("send ICMP");
}

/* What the next error about GRE quotes. */
bool icmp_receive(struct host *h, unsigned int ms, struct in_addr *src,
		  struct in_addr *dst, uint16_t *id)
{
	struct pollfd p = { .fd = h->icmp, .events = POLLIN };
	uint8_t data[576], *icmp, *ip;
	ssize_t n;

	while (poll(&p, 1, ms) > 0) {
		n = recv(h->icmp, data, sizeof(data), 0);
		if (n < 20 + 8 + 20 + 8)
			continue;
		icmp = data + (data[0] & 15) * 4;
		ip = icmp + 8;
		if (icmp[0] != ICMP_DEST_UNREACH || ip[9] != IPPROTO_GRE)
			continue;
		memcpy(src, ip + 12, 4);
		memcpy(dst, ip + 16, 4);
		*id = get16(ip + 20 + 6);
		return true;
	}
	return false;
}
