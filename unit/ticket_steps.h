/* SPDX-License-Identifier: GPL-2.0-only */
/* ticket_steps - a case of the ticket rule, as packets and moments */
#ifndef TICKET_STEPS_H
#define TICKET_STEPS_H

#include <stddef.h>
#include <stdint.h>

#include "isakmp/ticket.h"
#include "tap.h"

enum op { OUT, IN, SPEND, EXPIRE, ESP };

#define RESPONSE	0x01
#define NATT		0x02
#define FRAGMENT	0x04
#define CLEAR		0x08
#define MALFORMED	0x10
#define V1		0x20

#define OPENED		ISAKMP_TICKET_OPENED
#define CANCELLED	ISAKMP_TICKET_CANCELLED
#define REDATED		ISAKMP_TICKET_REDATED
#define AGAIN		ISAKMP_TICKET_DUPLICATE
#define FLOATED		ISAKMP_FLOATED
#define RAW		ISAKMP_RAW

#define INIT		ISAKMP_V2_INIT
#define AUTH		ISAKMP_V2_AUTH
#define CHILD		ISAKMP_V2_CHILD
#define INFO		ISAKMP_V2_INFORMATIONAL
#define QUICK		ISAKMP_V1_QUICK
#define INFO1		ISAKMP_V1_INFORMATIONAL

/*
 * struct step - one packet or moment
 * @ms: since the one before
 * @pair: names the cookie pair; 0: there is no responder's yet
 * @events: wanted. SPEND: 1 if there is a ticket
 * @open: number of open tickets, wanted afterwards
 */
struct step {
	uint32_t ms;
	enum op op;
	uint8_t pair, exchange, msgid;
	uint16_t len;
	uint8_t flags;
	unsigned int events, open;
};

static inline struct isakmp_message make_message(const struct step *s)
{
	struct isakmp_message m = {
		.init_cookie = 0x0101010101010101ULL * (s->pair + 1),
		.resp_cookie = 0x0202020202020202ULL * s->pair,
		.msgid = s->msgid,
		.length = s->len,
		.major = s->flags & V1 ? 1 : 2,
		.exchange = s->exchange,
		.flags = s->flags & RESPONSE ? ISAKMP_V2_RESPONSE : 0,
		.fragment = s->flags & FRAGMENT ? 1 : 0,
		.encrypted = !(s->flags & CLEAR),
		.malformed = s->flags & MALFORMED,
	};
	return m;
}

static inline unsigned int do_step(struct isakmp_tickets *t,
				   const struct step *s, uint32_t now)
{
	unsigned int open = nf_vpn_tickets_open(&t->list, now);
	struct isakmp_message m;

	switch (s->op) {
	case SPEND:
		nf_vpn_tickets_spend(&t->list, now);
		return open > 0;
	case EXPIRE:
		isakmp_tickets_expire(t, now);
		return 0;
	case ESP:
		nf_vpn_tickets_raw_esp(&t->list);
		return 0;
	default:
		m = make_message(s);
		return isakmp_tickets_message(t, &m, s->op == OUT,
					      s->flags & NATT, now);
	}
}

/* One assertion: all of @steps, the first of them @now ms after boot. */
static inline void run(const char *text, const struct step *steps, size_t n,
		       uint32_t now)
{
	struct isakmp_tickets t;
	unsigned int events, open;
	size_t i;

	isakmp_tickets_init(&t);
	for (i = 0; i < n; i++) {
		now += steps[i].ms;
		events = do_step(&t, &steps[i], now);
		open = nf_vpn_tickets_open(&t.list, now);
		if (events == steps[i].events && open == steps[i].open)
			continue;
		ok(false, text);
		printf("# step %zu: events %#x, want %#x; open %u, want %u\n",
		       i + 1, events, steps[i].events, open, steps[i].open);
		return;
	}
	ok(true, text);
}

#define RUN_AT(now, text, ...)						\
	do {								\
		static const struct step steps[] = { __VA_ARGS__ };	\
		run(text, steps, sizeof(steps) / sizeof(steps[0]), now);\
	} while (0)

#define RUN(text, ...)	RUN_AT(1000, text, __VA_ARGS__)

#endif
