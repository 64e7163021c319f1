// SPDX-License-Identifier: GPL-2.0-only
/* pptpsim: what setting up a call, carrying a packet and a message cost */
#include <arpa/inet.h>
#include <net/ethernet.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netpacket/packet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "pptpsim.h"

#define BENCH_PACKETS	2000
/* The best of them counts: work that is due at some time meets some. */
#define BENCH_ROUNDS	3
/* From one call to the next: where one stands in a list is to even out. */
#define BENCH_STEP	7919
/* Messages that are written together, and how often. */
#define BENCH_CLEARS	64
#define BENCH_WRITES	64

/* An end's packet socket: its own network stack is not to be measured. */
struct wire {
	int fd;
	struct sockaddr_ll gateway;
};

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

/* One call in each control connection, as the kernel's helper can do it. */
static bool bench_call(struct call *call, struct conn *c, unsigned int i)
{
	struct message m;

	message_make(&m, START_REQUEST, 0, 0, 0);
	message_send(c, 0, &m);
	if (!message_receive(c, 1, &m))
		return false;
	message_make(&m, START_REPLY, 0, 0, 0);
	m.bytes[14] = 1;
	message_send(c, 1, &m);
	if (!message_receive(c, 0, &m))
		return false;
	*call = (struct call) { .conn = c, .id = { i, i } };
	message_make(&m, OUT_REQUEST, i, 0, 0);
	message_send(c, 0, &m);
	if (!message_receive(c, 1, &m))
		return false;
	call->seen[0] = m.id;
	message_make(&m, OUT_REPLY, i, m.id, 1);
	message_send(c, 1, &m);
	if (!message_receive(c, 0, &m))
		return false;
	call->seen[1] = m.id;
	return true;
}

static void first_packets(const struct call *call)
{
	int end;

	for (end = 0; end < 2; end++)
		gre_send(call->conn, end, call->seen[!end], 0, false);
}

/* Where the packets of @call's other end come from is the gateway. */
static void wire_open(struct wire *w, const struct call *call, int end)
{
	struct host *h = call->conn->host[end];
	socklen_t len = sizeof(w->gateway);
	uint8_t data[64];
	/* All protocols: they are seen before anything drops them. */
	int fd = host_socket(h, AF_PACKET, SOCK_DGRAM, htons(ETH_P_ALL));

	gre_send(call->conn, !end, call->seen[end], 0, false);
	do {
		if (recvfrom(fd, data, sizeof(data), 0, (void *)&w->gateway,
			     &len) < 0)
			die("packet socket");
	} while (w->gateway.sll_pkttype != PACKET_HOST ||
		 w->gateway.sll_protocol != htons(ETH_P_IP));
	close(fd);
	/* This one receives nothing. */
	w->fd = host_socket(h, AF_PACKET, SOCK_DGRAM, 0);
}

static void wire_send(const struct wire *w, const struct call *call, int end,
		      struct in_addr src)
{
	struct {
		struct iphdr ip;
		uint8_t gre[16];
	} packet = {
		.ip = {
			.version	= 4,
			.ihl		= 5,
			.tot_len	= htons(sizeof(packet)),
			.ttl		= 64,
			.protocol	= IPPROTO_GRE,
			.saddr		= src.s_addr,
			.daddr		= call->conn->peer[end].s_addr,
		},
	};

	gre_make(packet.gre, call->seen[!end], 0, false);
	packet.ip.check = htons(checksum((void *)&packet.ip,
					 sizeof(packet.ip)));
	if (sendto(w->fd, &packet, sizeof(packet), 0, (void *)&w->gateway,
		   sizeof(w->gateway)) < 0)
		die("send");
}

static double bench_packets(const struct call *call, unsigned int n, int end)
{
	struct in_addr src = conn_address(call->conn, end);
	double start, cost, best = 0;
	unsigned int i, round;
	struct wire w;

	wire_open(&w, call, end);
	for (round = 0; round < BENCH_ROUNDS; round++) {
		/* late ACKs */
		sleep(1);
		start = now_ns();
		for (i = 0; i < BENCH_PACKETS; i++)
			wire_send(&w, &call[i * BENCH_STEP % n], end, src);
		cost = (now_ns() - start) / BENCH_PACKETS;
		if (!round || cost < best)
			best = cost;
	}
	close(w.fd);
	return best;
}

/* @routed: GRE of the server goes to the client's own address */
void bench(struct host *client, struct host *server, const char *address,
	   uint16_t port, unsigned int n, bool routed)
{
	struct conn *c = calloc(n, sizeof(*c));
	struct call *call = calloc(n, sizeof(*call));
	double start, setup;
	unsigned int i;

	if (!c || !call)
		die("calloc");
	start = now_ns();
	for (i = 0; i < n; i++) {
		conn_open(&c[i], client, server, address, port);
		if (!bench_call(&call[i], &c[i], i))
			die("call");
		if (routed)
			c[i].peer[1] = conn_address(&c[i], 0);
		/* Some make entries only now. */
		first_packets(&call[i]);
	}
	setup = (now_ns() - start) / n;
	printf("setup=%.0f", setup);
	printf(" out=%.0f", bench_packets(call, n, 0));
	printf(" in=%.0f\n", bench_packets(call, n, 1));
	for (i = 0; i < n; i++)
		conn_close(&c[i]);
	free(call);
	free(c);
}

static void bench_swallow(int fd, size_t len)
{
	static uint8_t data[65536];
	ssize_t n;

	while (len) {
		n = recv(fd, data, len < sizeof(data) ? len : sizeof(data), 0);
		if (n <= 0)
			die("recv");
		len -= n;
	}
}

/* Call-Clear-Requests, many in one write, about no call */
static double bench_clears(struct conn *c, unsigned int n)
{
	uint8_t data[BENCH_CLEARS * sizeof(((struct message *)0)->bytes)];
	struct message m;
	double begin;
	size_t len = 0;
	unsigned int i;

	message_make(&m, CLEAR, 0xffff, 0, 0);
	for (i = 0; i < BENCH_CLEARS; i++, len += m.len)
		memcpy(data + len, m.bytes, m.len);
	begin = now_ns();
	for (i = 0; i < n; i++)
		bytes_send(c, 0, data, len);
	bench_swallow(c->fd[1], n * len);
	return (now_ns() - begin) / (n * BENCH_CLEARS);
}

/* What such a message costs, without a call and with many. */
void bench_clear(void)
{
	struct call call;
	struct conn c;
	unsigned int i;

	dial_up(&c, 0);
	bench_clears(&c, 1);
	printf("none=%.0f", bench_clears(&c, BENCH_WRITES));
	for (i = 0; i < scene.number; i++)
		if (!call_out(&call, &c, i, i))
			die("call");
	bench_clears(&c, 1);
	printf(" many=%.0f\n", bench_clears(&c, BENCH_WRITES));
	conn_close(&c);
}
