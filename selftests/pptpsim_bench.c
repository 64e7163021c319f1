// SPDX-License-Identifier: GPL-2.0-only
/* pptpsim: what setting up a call and carrying a packet costs */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "pptpsim.h"

#define BENCH_PACKETS	4000

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

static double bench_packets(const struct call *call, unsigned int n, int end)
{
	unsigned int i;
	double start;

	/* The first packet of each is another matter, and so are late ACKs. */
	for (i = 0; i < n; i++)
		gre_send(call[i].conn, end, call[i].seen[!end], 0, false);
	sleep(1);
	start = now_ns();
	for (i = 0; i < BENCH_PACKETS; i++)
		gre_send(call[i % n].conn, end, call[i % n].seen[!end], 0,
			 false);
	return (now_ns() - start) / BENCH_PACKETS;
}

/* @routed: GRE of the server goes to the client's own address */
void bench(struct host *client, struct host *server, const char *address,
	   uint16_t port, unsigned int n, bool routed)
{
	struct conn *c = calloc(n, sizeof(*c));
	struct call *call = calloc(n, sizeof(*call));
	struct sockaddr_in a;
	socklen_t len = sizeof(a);
	double start, setup;
	unsigned int i;

	if (!c || !call)
		die("calloc");
	start = now_ns();
	for (i = 0; i < n; i++) {
		conn_open(&c[i], client, server, address, port);
		if (!bench_call(&call[i], &c[i], i))
			die("call");
	}
	setup = (now_ns() - start) / n;
	if (routed) {
		getsockname(c[0].fd[0], (void *)&a, &len);
		c[0].peer[1] = a.sin_addr;
	}
	printf("setup=%.0f", setup);
	printf(" out=%.0f", bench_packets(call, n, 0));
	printf(" in=%.0f\n", bench_packets(call, n, 1));
	for (i = 0; i < n; i++)
		conn_close(&c[i]);
	free(call);
	free(c);
}
