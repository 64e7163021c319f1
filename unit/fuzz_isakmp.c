// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzer of the ISAKMP parser and the ticket rule, for libFuzzer.
 *
 * An input is a sequence of steps, for one session:
 *
 *	byte	0x03: a message, a new SPI, time passes, raw ESP; 0x04: outbound;
 *		0x08: on port 4500
 *	byte	time since the step before, 0 to 17 minutes
 *	byte	bits cut off the visible part of a message, in 16 bytes
 *	byte	length that UDP claims beyond the message
 *	2 bytes	length of the message, which follows
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "isakmp/ticket.h"

#define STEP_LEN	6

struct step {
	unsigned int op, cut, extra;
	bool outbound, natt;
	uint32_t pause;
	size_t len;
	const uint8_t *data;
};

/* Returns the length of the step, 0 if there is none. */
static size_t next_step(struct step *s, const uint8_t *data, size_t size)
{
	if (size < STEP_LEN)
		return 0;
	s->op = data[0] & 3;
	s->outbound = data[0] & 4;
	s->natt = data[0] & 8;
	s->pause = data[1] * data[1] * 16;
	s->cut = data[2] * 16;
	s->extra = data[3];
	s->len = data[4] | data[5] << 8;
	s->data = data + STEP_LEN;
	if (s->len > size - STEP_LEN)
		s->len = size - STEP_LEN;
	return STEP_LEN + s->len;
}

static void expect(bool good)
{
	if (!good)
		abort();
}

static void check_message(const struct isakmp_message *m, int reason)
{
	static const struct isakmp_message zero;

	expect(reason <= ISAKMP_OK && reason >= ISAKMP_UDP_ESP);
	expect(m->ninvalid <= ISAKMP_INVALID_SPIS);
	if (reason == ISAKMP_BAD_LENGTH)
		expect(m->malformed);
	else if (reason != ISAKMP_OK && reason != ISAKMP_NOT_IKE)
		expect(!memcmp(m, &zero, sizeof(zero)));
	if (reason != ISAKMP_OK && reason != ISAKMP_BAD_LENGTH)
		return;
	expect(m->init_cookie);
	expect(m->major == 1 || m->major == 2);
	if (m->malformed)
		expect(!m->natt && !m->ninvalid && !m->fragment);
}

/* A copy of its own, so that AddressSanitizer sees where it ends. */
static int parse(struct isakmp_message *m, const struct step *s)
{
	size_t len = s->len > s->cut ? s->len - s->cut : 0;
	uint8_t *copy = malloc(len ? len : 1);
	int reason;

	if (!copy)
		return ISAKMP_TRUNCATED;
	memcpy(copy, s->data, len);
	memset(m, 0, sizeof(*m));
	reason = isakmp_parse(m, copy, len, s->len + s->extra);
	free(copy);
	check_message(m, reason);
	return reason;
}

static void check_tickets(const struct isakmp_tickets *t, uint32_t now)
{
	unsigned int i, j;

	expect(t->list.n <= ISAKMP_TICKETS);
	expect(t->seen_next < ISAKMP_TICKETS_SEEN);
	expect(nf_vpn_tickets_open(&t->list, now) <= t->list.n);
	expect(!t->list.floated || !t->list.raw_esp);
	for (i = 1; i < t->list.n; i++) {
		expect((int32_t)(t->list.ticket[i].date - t->list.ticket[i - 1].date) >=
		       0);
		for (j = 0; j < i; j++)
			expect(t->list.ticket[i].key != t->list.ticket[j].key);
	}
}

/* What a message may do, by what it is. */
static void check_events(const struct isakmp_message *m, bool outbound,
			 unsigned int events)
{
	unsigned int out = ISAKMP_TICKET_OPENED | ISAKMP_TICKET_REDATED |
			   ISAKMP_TICKET_DUPLICATE | ISAKMP_FLOATED |
			   ISAKMP_RAW;

	if (!outbound || !isakmp_is_child(m))
		expect(!(events & out));
	expect(!(events & ISAKMP_TICKET_OPENED) ||
	       !(events & (ISAKMP_TICKET_REDATED | ISAKMP_TICKET_DUPLICATE)));
	expect((events & (ISAKMP_FLOATED | ISAKMP_RAW)) !=
	       (ISAKMP_FLOATED | ISAKMP_RAW));
}

/* What isakmp_tickets_message() leaves out would have done nothing. */
static void check_stay(const struct isakmp_tickets *t,
		       const struct isakmp_message *m, const struct step *s,
		       uint32_t now)
{
	struct isakmp_tickets copy;

	if (!isakmp_tickets_stay(t, m))
		return;
	memcpy(&copy, t, sizeof(copy));
	expect(!__isakmp_tickets_message(&copy, m, s->outbound, s->natt, now));
	expect(!memcmp(&copy, t, sizeof(copy)));
}

static void message(struct isakmp_tickets *t, const struct step *s,
		    uint32_t now)
{
	struct isakmp_tickets again;
	struct isakmp_message m;
	unsigned int events;

	if (parse(&m, s) != ISAKMP_OK)
		return;
	check_stay(t, &m, s, now);
	events = isakmp_tickets_message(t, &m, s->outbound, s->natt, now);
	check_events(&m, s->outbound, events);
	if (!(events & ISAKMP_TICKET_OPENED))
		return;
	again = *t;
	events = isakmp_tickets_message(&again, &m, s->outbound, s->natt, now);
	expect(!(events & ISAKMP_TICKET_OPENED) && again.list.n == t->list.n);
}

static void spend(struct isakmp_tickets *t, uint32_t now)
{
	unsigned int n = nf_vpn_tickets_open(&t->list, now);

	nf_vpn_tickets_spend(&t->list, now);
	expect(nf_vpn_tickets_open(&t->list, now) == n - (n > 0));
}

int fuzz_one_input(const uint8_t *data, size_t size);

/* The Makefile gives it the name that libFuzzer wants. */
int fuzz_one_input(const uint8_t *data, size_t size)
{
	struct isakmp_tickets t;
	/* soon after the beginning the clock wraps */
	uint32_t now = -10000;
	struct step s;
	size_t len;

	isakmp_tickets_init(&t);
	while ((len = next_step(&s, data, size))) {
		data += len;
		size -= len;
		now += s.pause;
		if (s.op == 0)
			message(&t, &s, now);
		else if (s.op == 1)
			spend(&t, now);
		else if (s.op == 2)
			isakmp_tickets_expire(&t, now);
		else
			nf_vpn_tickets_raw_esp(&t.list);
		check_tickets(&t, now);
	}
	return 0;
}
