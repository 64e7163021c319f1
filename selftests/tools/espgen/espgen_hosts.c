// SPDX-License-Identifier: GPL-2.0-only
/*
 * hosts: many hosts that talk to one server, and the server, in one process
 *
 * Host i has the addresses host_src(i), host_dst(i) and sends with the SPI
 * o->spi + i. The server, in another network namespace, answers to wherever a
 * packet came from, with the SPI o->answer_spi + i. So an SPI tells whose
 * answer arrives, and the destination address who got it.
 *
 * Protocols other than ESP work too: the same eight bytes then travel inside
 * of whatever the XFRM policies of the two namespaces make of them.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "espgen.h"

#define GRACE_MS	100	/* for copies that arrive after the answers */

struct host {
	unsigned int sent;
	unsigned int arrived;	/* at the server */
	unsigned int answered;
	unsigned int own;	/* answers to this host that reached it */
	unsigned int repeated;
	unsigned int foreign;	/* answers to others that reached it */
	uint32_t last_seq;
	struct addr seen_as;
};

struct answer {
	int64_t due;
	unsigned int host;
	struct addr src;
	struct addr dst;
};

struct event {
	int64_t due;
	unsigned int round;
	unsigned int host;
};

struct run {
	const struct options *o;
	struct host *hosts;
	struct event *events;
	unsigned long n_events;
	unsigned long next;
	struct answer *answers;		/* all of a run, in order */
	unsigned long n_answers;
	unsigned long answers_sent;
	unsigned long own;
	unsigned long strange;		/* packets that nobody here sent */
	bool unanswered;		/* the last packet is */
	int64_t last_sent;
	int64_t last_change;
	int client;
	int server;
};

static int put(const struct options *o, int fd, const struct addr *src,
	       const struct addr *dst, uint32_t spi, uint32_t seq)
{
	struct esp_head h = { htonl(spi), htonl(seq) };
	unsigned char data[PACKET_MAX] = {};

	memcpy(data, &h, sizeof(h));
	return socket_put(fd, src, dst, 0, data, sizeof(h) + o->size);
}

/* false: nothing (complete) there */
static bool get(int fd, struct addr *src, struct addr *dst,
		struct esp_head *head)
{
	struct arrival a;

	if (!socket_get(fd, &a) || a.len < sizeof(*head))
		return false;
	*src = a.src;
	*dst = a.dst;
	memcpy(head, a.data, sizeof(*head));
	head->spi = ntohl(head->spi);
	head->seq = ntohl(head->seq);
	return true;
}

static void server_got(struct run *r, const struct addr *src,
		       const struct addr *dst, const struct esp_head *head)
{
	unsigned int i = head->spi - r->o->spi;
	struct host *h;

	if (i >= r->o->hosts) {
		r->strange++;
		return;
	}
	h = &r->hosts[i];
	h->arrived++;
	h->seen_as = *src;
	if (r->n_answers < r->n_events)
		r->answers[r->n_answers++] = (struct answer){
			.due = now_ms() + r->o->delay,
			.host = i,
			.src = *dst,
			.dst = *src,
		};
}

static void server_answer(struct run *r)
{
	const struct answer *a = &r->answers[r->answers_sent++];
	struct host *h = &r->hosts[a->host];

	if (!put(r->o, r->server, &a->src, &a->dst,
		 r->o->answer_spi + a->host, r->o->seq + h->answered))
		h->answered++;
}

static void client_got(struct run *r, const struct addr *dst,
		       const struct esp_head *head)
{
	unsigned int owner = head->spi - r->o->answer_spi, i;
	uint32_t last = r->o->spread & SPREAD_SRC ?
			r->o->hosts - 1 : 0;
	struct addr owner_addr;
	struct host *h;

	if (owner >= r->o->hosts) {
		r->strange++;
		return;
	}
	owner_addr = host_src(r->o, owner);
	if (addr_equal(dst, &owner_addr)) {
		h = &r->hosts[owner];
		if (h->own && head->seq <= h->last_seq) {
			h->repeated++;
			return;
		}
		h->own++;
		h->last_seq = head->seq;
		r->own++;
		r->unanswered = false;
		r->last_change = now_ms();
		return;
	}
	for (i = 0; i <= last; i++) {
		owner_addr = host_src(r->o, i);
		if (addr_equal(dst, &owner_addr))
			r->hosts[i].foreign++;
	}
}

static void drain(struct run *r)
{
	struct addr src, dst;
	struct esp_head head;

	while (get(r->server, &src, &dst, &head))
		server_got(r, &src, &dst, &head);
	while (r->answers_sent < r->n_answers &&
	       r->answers[r->answers_sent].due <= now_ms())
		server_answer(r);
	while (get(r->client, &src, &dst, &head))
		client_got(r, &dst, &head);
}

static int event_compare(const void *a, const void *b)
{
	const struct event *x = a, *y = b;

	if (x->due != y->due)
		return x->due < y->due ? -1 : 1;
	if (x->round != y->round)
		return x->round < y->round ? -1 : 1;
	return x->host < y->host ? -1 : x->host > y->host;
}

static void schedule(struct run *r)
{
	const struct options *o = r->o;
	unsigned int host, round;
	struct event *e = r->events;
	int64_t start = now_ms();

	for (host = 0; host < o->hosts; host++)
		for (round = 0; round < o->count; round++)
			*e++ = (struct event){
				.due = start + (int64_t)host * o->stagger +
				       (int64_t)round * o->interval,
				.round = round,
				.host = host,
			};
	qsort(r->events, r->n_events, sizeof(*e), event_compare);
}

/* in lockstep, the next packet waits for the answer to the one before */
static bool may_send(const struct run *r)
{
	if (r->next == r->n_events || r->events[r->next].due > now_ms())
		return false;
	return !r->o->lockstep || !r->unanswered ||
	       now_ms() - r->last_sent > r->o->wait;
}

static void client_send(struct run *r)
{
	const struct event *e = &r->events[r->next++];
	struct addr src = host_src(r->o, e->host);
	struct addr dst = host_dst(r->o, e->host);
	int err = put(r->o, r->client, &src, &dst, r->o->spi + e->host,
		      r->o->seq + e->round);

	/* a ruleset may forbid it; anything else is a mistake of the test */
	if (err && err != -EPERM)
		die("send: %s", strerror(-err));
	if (!err) {
		r->hosts[e->host].sent++;
		r->unanswered = true;
	}
	r->last_sent = now_ms();
	r->last_change = r->last_sent;
}

static bool done(const struct run *r)
{
	if (r->next < r->n_events || r->answers_sent < r->n_answers)
		return false;
	return now_ms() - r->last_change >
	       (r->own == r->n_events ? GRACE_MS : r->o->wait);
}

static void run_loop(struct run *r)
{
	struct pollfd pfd[2] = {
		{ .fd = r->client, .events = POLLIN },
		{ .fd = r->server, .events = POLLIN },
	};

	schedule(r);
	while (!done(r)) {
		drain(r);
		if (may_send(r))
			client_send(r);
		else
			poll(pfd, 2, 1);
	}
	drain(r);
}

static void report_host(const struct options *o, unsigned int i,
			const struct host *h)
{
	char a[INET6_ADDRSTRLEN], b[INET6_ADDRSTRLEN] = "-";
	struct addr src = host_src(o, i);

	if (h->arrived)
		addr_text(&h->seen_as, b, sizeof(b));
	printf("host=%u addr=%s as=%s sent=%u arrived=%u answered=%u own=%u repeated=%u foreign=%u\n",
	       i, addr_text(&src, a, sizeof(a)), b, h->sent, h->arrived,
	       h->answered, h->own, h->repeated, h->foreign);
}

static void report(const struct run *r)
{
	unsigned int i, silent = 0, lossy = 0, disturbed = 0;
	struct host sum = {};

	for (i = 0; i < r->o->hosts; i++) {
		const struct host *h = &r->hosts[i];

		if (r->o->verbose)
			report_host(r->o, i, h);
		sum.sent += h->sent;
		sum.arrived += h->arrived;
		sum.answered += h->answered;
		sum.own += h->own;
		sum.repeated += h->repeated;
		sum.foreign += h->foreign;
		silent += !h->own;
		lossy += h->own < r->o->count;
		disturbed += !!h->foreign;
	}
	printf("hosts=%u sent=%u arrived=%u answered=%u own=%u repeated=%u foreign=%u silent=%u lossy=%u disturbed=%u strange=%lu\n",
	       r->o->hosts, sum.sent, sum.arrived, sum.answered, sum.own,
	       sum.repeated, sum.foreign, silent, lossy, disturbed,
	       r->strange);
}

int cmd_hosts(const struct options *o)
{
	struct run r = {
		.o = o,
		.n_events = (unsigned long)o->hosts * o->count,
	};

	if (!o->server)
		die("hosts needs --server");
	r.hosts = calloc(o->hosts, sizeof(*r.hosts));
	r.events = calloc(r.n_events, sizeof(*r.events));
	r.answers = calloc(r.n_events, sizeof(*r.answers));
	if (!r.hosts || !r.events || !r.answers)
		die("no memory for %u hosts", o->hosts);
	r.client = socket_open_raw(o->src.family, o->proto, NULL);
	r.server = socket_open_raw(o->src.family, o->proto, o->server);
	run_loop(&r);
	report(&r);
	close(r.client);
	close(r.server);
	free(r.hosts);
	free(r.events);
	free(r.answers);
	return 0;
}
