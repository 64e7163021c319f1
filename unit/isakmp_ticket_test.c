// SPDX-License-Identifier: GPL-2.0-only
/* isakmp_ticket_test - the ticket rule: what opens, spends and ends tickets */
#include "ticket_steps.h"

static void test_ikev2_auth(void)
{
	RUN("v2: IKE_AUTH opens a ticket once, a new SPI spends it",
	    { 0, OUT, 0, INIT, 0, 400, CLEAR, 0, 0 },
	    { 9, IN, 1, INIT, 0, 400, RESPONSE | CLEAR, 0, 0 },
	    { 9, OUT, 1, AUTH, 1, 430, 0, OPENED | RAW, 1 },
	    { 500, OUT, 1, AUTH, 1, 430, 0, AGAIN | REDATED | RAW, 1 },
	    { 99, IN, 1, AUTH, 1, 224, RESPONSE, 0, 1 },
	    { 99, OUT, 1, AUTH, 1, 430, 0, AGAIN | RAW, 1 },
	    { 0, SPEND, .events = 1, .open = 0 },
	    { 0, SPEND, .events = 0, .open = 0 },
	    { 9, OUT, 1, AUTH, 1, 430, 0, AGAIN | RAW, 0 });
	RUN("v2: EAP rounds share a ticket, the last one dates it",
	    { 0, OUT, 1, AUTH, 1, 400, 0, OPENED | RAW, 1 },
	    { 9, IN, 1, AUTH, 1, 150, RESPONSE, 0, 1 },
	    { 90000, OUT, 1, AUTH, 2, 90, 0, REDATED | RAW, 1 },
	    { 59000, IN, 1, AUTH, 2, 150, RESPONSE, 0, 1 },
	    { 90000, OUT, 1, AUTH, 3, 90, 0, REDATED | RAW, 1 },
	    { 60001, EXPIRE, .open = 0 });
	RUN("v2: a short round takes the ticket back, the next opens it again",
	    { 0, OUT, 1, AUTH, 1, 400, 0, OPENED | RAW, 1 },
	    { 9, IN, 1, AUTH, 1, 80, RESPONSE, CANCELLED, 0 },
	    { 9, OUT, 1, AUTH, 2, 80, 0, OPENED | RAW, 1 },
	    { 9, IN, 1, AUTH, 2, 208, RESPONSE, 0, 1 });
	RUN("v2: a server that began IKE: the client's AUTH response",
	    { 0, IN, 1, AUTH, 1, 400, 0, 0, 0 },
	    { 9, OUT, 1, AUTH, 1, 208, RESPONSE, OPENED | RAW, 1 },
	    { 90000, EXPIRE, .open = 1 });
}

static void test_ikev2_child(void)
{
	RUN("v2: CREATE_CHILD_SA of both sides with the same ID",
	    { 0, OUT, 1, CHILD, 0, 269, 0, OPENED | RAW, 1 },
	    { 9, IN, 1, CHILD, 0, 269, 0, 0, 1 },
	    { 9, OUT, 1, CHILD, 0, 257, RESPONSE, OPENED | RAW, 2 },
	    { 9, IN, 1, CHILD, 0, 257, RESPONSE, 0, 2 },
	    { 99, OUT, 1, CHILD, 0, 257, RESPONSE, AGAIN | REDATED | RAW, 2 },
	    { 90000, EXPIRE, .open = 2 });
	RUN("v2: the server asks again: now it hears the response",
	    { 0, IN, 1, CHILD, 0, 269, 0, 0, 0 },
	    { 9, OUT, 1, CHILD, 0, 257, RESPONSE, OPENED | RAW, 1 },
	    { 1000, IN, 1, CHILD, 0, 269, 0, 0, 1 },
	    { 9, OUT, 1, CHILD, 0, 257, RESPONSE, AGAIN | REDATED | RAW, 1 },
	    { 0, SPEND, .events = 1, .open = 0 },
	    { 9, OUT, 1, CHILD, 0, 257, RESPONSE, AGAIN | RAW, 0 });
}

static void test_ikev2_refused(void)
{
	RUN("v2: the client refuses, no ticket",
	    { 0, IN, 1, CHILD, 0, 269, 0, 0, 0 },
	    { 9, OUT, 1, CHILD, 0, 65, RESPONSE, RAW, 0 });
	RUN("v2: the server refuses with less than 120 bytes",
	    { 0, OUT, 1, CHILD, 2, 485, 0, OPENED | RAW, 1 },
	    { 9, IN, 1, CHILD, 2, 119, RESPONSE, CANCELLED, 0 },
	    { 9, IN, 1, CHILD, 2, 119, RESPONSE, 0, 0 },
	    { 9, OUT, 1, CHILD, 2, 485, 0, AGAIN | RAW, 0 },
	    { 9, OUT, 1, CHILD, 3, 485, 0, OPENED | RAW, 1 },
	    { 9, IN, 1, CHILD, 3, 120, RESPONSE, 0, 1 },
	    { 9, IN, 1, CHILD, 3, 65, RESPONSE, 0, 1 });
	RUN("v2: refusals of somebody else's requests change nothing",
	    { 0, OUT, 1, CHILD, 2, 485, 0, OPENED | RAW, 1 },
	    { 9, IN, 1, CHILD, 3, 65, RESPONSE, 0, 1 },
	    { 9, IN, 2, CHILD, 2, 65, RESPONSE, 0, 1 },
	    { 9, IN, 1, CHILD, 2, 65, 0, 0, 1 });
	RUN("v2: fragments count once and are no refusals",
	    { 0, OUT, 1, AUTH, 1, 90, FRAGMENT, OPENED | RAW, 1 },
	    { 0, OUT, 1, AUTH, 1, 80, FRAGMENT, AGAIN | REDATED | RAW, 1 },
	    { 9, IN, 1, AUTH, 1, 80, FRAGMENT | RESPONSE, 0, 1 },
	    { 9, IN, 1, CHILD, 0, 90, FRAGMENT, 0, 1 },
	    { 9, OUT, 1, CHILD, 0, 90, FRAGMENT | RESPONSE, OPENED | RAW, 2 },
	    { 0, OUT, 1, CHILD, 0, 80, FRAGMENT | RESPONSE, AGAIN | REDATED | RAW, 2 });
	RUN("v2: INVALID_KE: the request is refused and made again",
	    { 0, OUT, 1, CHILD, 4, 400, 0, OPENED | RAW, 1 },
	    { 9, IN, 1, CHILD, 4, 67, RESPONSE, CANCELLED, 0 },
	    { 9, OUT, 1, CHILD, 5, 480, 0, OPENED | RAW, 1 },
	    { 9, IN, 1, CHILD, 5, 480, RESPONSE, 0, 1 });
}

static void test_ikev1(void)
{
	RUN("v1: the client begins Quick Mode, its first message counts",
	    { 0, OUT, 1, QUICK, 7, 748, V1, OPENED | RAW, 1 },
	    { 9, IN, 1, QUICK, 7, 460, V1, 0, 1 },
	    { 9, OUT, 1, QUICK, 7, 76, V1, AGAIN | RAW, 1 },
	    { 0, SPEND, .events = 1, .open = 0 },
	    { 9, OUT, 1, QUICK, 7, 76, V1, AGAIN | RAW, 0 });
	RUN("v1: the server begins, the client's answer counts",
	    { 0, IN, 1, QUICK, 7, 460, V1, 0, 0 },
	    { 9, OUT, 1, QUICK, 7, 460, V1, OPENED | RAW, 1 },
	    { 9, IN, 1, QUICK, 7, 76, V1, 0, 1 },
	    { 90000, EXPIRE, .open = 1 });
	RUN("v1: the commit bit's fourth messages count nothing",
	    { 0, OUT, 1, QUICK, 7, 748, V1, OPENED | RAW, 1 },
	    { 9, IN, 1, QUICK, 7, 460, V1, 0, 1 },
	    { 9, OUT, 1, QUICK, 7, 76, V1, AGAIN | RAW, 1 },
	    { 9, IN, 1, QUICK, 7, 76, V1, 0, 1 },
	    { 9, OUT, 1, QUICK, 7, 76, V1, AGAIN | RAW, 1 },
	    { 9, OUT, 1, INFO1, 7, 76, V1, 0, 1 });
	RUN("v1: fragments without a message ID say nothing",
	    { 0, OUT, 1, QUICK, 0, 300, V1 | FRAGMENT, 0, 0 },
	    { 0, OUT, 1, QUICK, 7, 300, V1 | FRAGMENT, OPENED | RAW, 1 },
	    { 0, OUT, 1, QUICK, 0, 300, V1 | FRAGMENT, 0, 1 });
}

static void test_nothing(void)
{
	RUN("all other exchanges open nothing",
	    { 0, OUT, 1, 2, 1, 400, V1, 0, 0 },
	    { 0, OUT, 1, 4, 1, 400, V1, 0, 0 },
	    { 0, OUT, 1, 5, 1, 400, V1, 0, 0 },
	    { 0, OUT, 1, 6, 1, 400, V1, 0, 0 },
	    { 0, OUT, 1, 33, 1, 400, V1, 0, 0 },
	    { 0, OUT, 1, 35, 1, 400, V1, 0, 0 },
	    { 0, OUT, 1, 36, 1, 400, V1, 0, 0 },
	    { 0, OUT, 1, 32, 1, 400, 0, 0, 0 },
	    { 0, OUT, 1, 34, 1, 400, 0, 0, 0 },
	    { 0, OUT, 1, 37, 1, 400, 0, 0, 0 },
	    { 0, OUT, 1, 38, 1, 400, 0, 0, 0 },
	    { 0, OUT, 1, 43, 1, 400, 0, 0, 0 });
	RUN("nothing is learnt from lies and without a responder",
	    { 0, OUT, 1, AUTH, 1, 400, MALFORMED, 0, 0 },
	    { 0, OUT, 0, AUTH, 1, 400, 0, 0, 0 },
	    { 0, OUT, 0, QUICK, 1, 400, V1, 0, 0 });
	RUN("what comes from outside opens nothing",
	    { 0, IN, 1, AUTH, 1, 400, 0, 0, 0 },
	    { 0, IN, 1, AUTH, 1, 400, RESPONSE, 0, 0 },
	    { 0, IN, 1, CHILD, 1, 400, 0, 0, 0 },
	    { 0, IN, 1, CHILD, 1, 400, RESPONSE, 0, 0 },
	    { 0, IN, 1, QUICK, 1, 400, V1, 0, 0 });
}

static void test_time(void)
{
	RUN("no response in 60 s cancels; who still asks gets another",
	    { 0, OUT, 1, CHILD, 1, 269, 0, OPENED | RAW, 1 },
	    { 60000, EXPIRE, .open = 1 },
	    { 1, EXPIRE, .open = 0 },
	    { 29000, OUT, 1, CHILD, 1, 269, 0, OPENED | RAW, 1 },
	    { 9, IN, 1, CHILD, 1, 257, RESPONSE, 0, 1 },
	    { 0, SPEND, .events = 1, .open = 0 });
	RUN("a retransmission begins the 60 s anew",
	    { 0, OUT, 1, CHILD, 1, 269, 0, OPENED | RAW, 1 },
	    { 42000, OUT, 1, CHILD, 1, 269, 0, AGAIN | REDATED | RAW, 1 },
	    { 59000, IN, 1, CHILD, 1, 257, RESPONSE, 0, 1 });
	RUN("the next message tells of tickets that ended in between",
	    { 0, OUT, 1, CHILD, 1, 269, 0, OPENED | RAW, 1 },
	    { 60001, OUT, 1, INFO, 2, 57, 0, CANCELLED, 0 });
	RUN("an answered ticket doesn't age",
	    { 0, OUT, 1, AUTH, 1, 400, 0, OPENED | RAW, 1 },
	    { 9, IN, 1, AUTH, 1, 224, RESPONSE, 0, 1 },
	    { 86400000, EXPIRE, .open = 1 },
	    { 0, SPEND, .events = 1, .open = 0 });
	RUN("exchanges are remembered for five minutes",
	    { 0, OUT, 1, AUTH, 1, 400, 0, OPENED | RAW, 1 },
	    { 9, IN, 1, AUTH, 1, 224, RESPONSE, 0, 1 },
	    { 0, SPEND, .events = 1, .open = 0 },
	    { 290000, OUT, 1, AUTH, 1, 400, 0, AGAIN | RAW, 0 },
	    { 290000, OUT, 1, AUTH, 1, 400, 0, AGAIN | RAW, 0 },
	    { 310000, EXPIRE, .open = 0 },
	    { 0, OUT, 1, AUTH, 1, 400, 0, OPENED | RAW, 1 });
	RUN("what was forgotten isn't remembered again",
	    { 0, OUT, 1, AUTH, 1, 400, 0, OPENED | RAW, 1 },
	    { 9, IN, 1, AUTH, 1, 224, RESPONSE, 0, 1 },
	    { 0, SPEND, .events = 1, .open = 0 },
	    { 21600000, EXPIRE, .open = 0 },
	    { 14400000, OUT, 1, AUTH, 1, 400, 0, OPENED | RAW, 1 });
	RUN_AT(-5000, "the clock may wrap",
	       { 0, OUT, 1, CHILD, 1, 269, 0, OPENED | RAW, 1 },
	       { 4000, OUT, 1, CHILD, 1, 269, 0, AGAIN | REDATED | RAW, 1 },
	       { 59000, OUT, 1, CHILD, 1, 269, 0, AGAIN | REDATED | RAW, 1 },
	       { 60001, EXPIRE, .open = 0 });
	RUN("who repeats as often as he likes isn't dated anew each time",
	    { 0, OUT, 1, CHILD, 1, 269, 0, OPENED | RAW, 1 },
	    { 400, OUT, 1, CHILD, 1, 269, 0, AGAIN | REDATED | RAW, 1 },
	    { 400, OUT, 1, CHILD, 1, 269, 0, AGAIN | REDATED | RAW, 1 },
	    { 399, OUT, 1, CHILD, 1, 269, 0, AGAIN | RAW, 1 },
	    { 400, OUT, 1, CHILD, 1, 269, 0, AGAIN | REDATED | RAW, 1 },
	    { 400, OUT, 1, CHILD, 1, 269, 0, AGAIN | RAW, 1 },
	    { 400, OUT, 1, CHILD, 1, 269, 0, AGAIN | REDATED | RAW, 1 });
	RUN("another CPU's clock may be a moment behind",
	    { 0, OUT, 1, CHILD, 1, 269, 0, OPENED | RAW, 1 },
	    { -5, IN, 1, INFO, 9, 57, 0, 0, 1 },
	    { 0, EXPIRE, .open = 1 });
}

static void test_limits(void)
{
	RUN("children that are set up together have a ticket each",
	    { 0, OUT, 1, AUTH, 1, 400, 0, OPENED | RAW, 1 },
	    { 9, OUT, 1, CHILD, 2, 269, 0, OPENED | RAW, 2 },
	    { 9, OUT, 1, CHILD, 3, 269, 0, OPENED | RAW, 3 },
	    { 9, OUT, 1, CHILD, 4, 269, 0, OPENED | RAW, 4 },
	    { 9, IN, 1, CHILD, 2, 65, RESPONSE, CANCELLED, 3 },
	    { 9, IN, 1, CHILD, 3, 65, RESPONSE, CANCELLED, 2 },
	    { 9, IN, 1, CHILD, 4, 65, RESPONSE, CANCELLED, 1 });
	RUN("v1: so have Quick Modes",
	    { 0, OUT, 1, QUICK, 1, 460, V1, OPENED | RAW, 1 },
	    { 9, OUT, 1, QUICK, 2, 460, V1, OPENED | RAW, 2 },
	    { 9, OUT, 1, QUICK, 3, 460, V1, OPENED | RAW, 3 });
}

/* @n child exchanges, answered, @ms apart; returns the tickets that are open. */
static unsigned int children(unsigned int n, unsigned int ms)
{
	struct isakmp_tickets t;
	struct isakmp_message m = {
		.init_cookie = 1, .resp_cookie = 2, .length = 300, .major = 2,
		.exchange = CHILD, .encrypted = true,
	};
	uint32_t now = 0;

	isakmp_tickets_init(&t);
	for (m.msgid = 0; m.msgid < n; m.msgid++) {
		m.flags = 0;
		isakmp_tickets_message(&t, &m, true, false, now);
		m.flags = ISAKMP_V2_RESPONSE;
		isakmp_tickets_message(&t, &m, false, false, now);
		now += ms;
	}
	return nf_vpn_tickets_open(&t.list, now);
}

static void test_many(void)
{
	ok(children(20, 10) == 20, "20 children at once: 20 tickets");
	ok(children(100, 10) == ISAKMP_TICKETS, "100 at once: as many as fit");
	ok(children(100, 3600 * 1000) == ISAKMP_TICKETS_KEPT,
	   "an idle child that is renewed 100 times leaves a few");
	ok(children(5, 3600 * 1000) == 5, "five idle ones keep theirs");
}

static void test_natt(void)
{
	RUN("a child exchange on port 4500: no candidate",
	    { 0, OUT, 1, AUTH, 1, 400, NATT, OPENED | FLOATED, 0 },
	    { 9, IN, 1, AUTH, 1, 224, RESPONSE | NATT, 0, 0 },
	    { 0, SPEND, .events = 0, .open = 0 });
	RUN("an outbound raw ESP packet overrides, rekeys or not",
	    { 0, OUT, 1, AUTH, 1, 400, NATT, OPENED | FLOATED, 0 },
	    { 9, IN, 1, AUTH, 1, 224, RESPONSE | NATT, 0, 0 },
	    { 9, ESP, .open = 1 },
	    { 0, SPEND, .events = 1, .open = 0 },
	    { 9, OUT, 1, CHILD, 2, 269, NATT, OPENED | RAW, 1 },
	    { 9, OUT, 2, CHILD, 0, 269, NATT, OPENED | RAW, 2 });
	RUN("until a new IKE SA",
	    { 0, ESP, .open = 0 },
	    { 0, OUT, 1, CHILD, 1, 269, NATT, OPENED | RAW, 1 },
	    { 9, OUT, 2, AUTH, 1, 400, NATT, OPENED | FLOATED, 0 },
	    { 9, OUT, 3, AUTH, 1, 400, 0, OPENED | RAW, 3 });
	RUN("v1: likewise",
	    { 0, OUT, 1, QUICK, 7, 460, V1 | NATT, OPENED | FLOATED, 0 },
	    { 9, ESP, .open = 1 },
	    { 9, OUT, 1, QUICK, 8, 460, V1 | NATT, OPENED | RAW, 2 },
	    { 9, OUT, 2, QUICK, 9, 460, V1 | NATT, OPENED | FLOATED, 0 });
}

static void test_ring(void)
{
	struct isakmp_tickets t;
	struct isakmp_message m = {
		.init_cookie = 1, .resp_cookie = 2, .length = 300, .major = 2,
		.exchange = CHILD, .encrypted = true,
		.flags = ISAKMP_V2_RESPONSE,
	};
	unsigned int i, opened = 0;

	isakmp_tickets_init(&t);
	for (i = 0; i < 100000; i++) {
		m.msgid = i;
		opened += isakmp_tickets_message(&t, &m, true, false, i) &
			  OPENED;
		if (nf_vpn_tickets_open(&t.list, i) > ISAKMP_TICKETS)
			break;
	}
	ok(opened == 100000 && nf_vpn_tickets_newest(&t.list) == i - 1,
	   "100000 exchanges: the newest dates the tickets");
}

/* Requests of one pair, each @ms after the one before, of which none is answered */
static void test_unanswered(void)
{
	struct isakmp_tickets t;
	struct isakmp_message m = {
		.init_cookie = 1, .resp_cookie = 2, .length = 300, .major = 2,
		.exchange = CHILD, .encrypted = true,
	};

	isakmp_tickets_init(&t);
	for (m.msgid = 0; m.msgid < 5; m.msgid++)
		isakmp_tickets_message(&t, &m, true, false, 400 * m.msgid);
	ok(nf_vpn_tickets_open(&t.list, 1600) == 5 &&
	   nf_vpn_tickets_newest(&t.list) == 0,
	   "unanswered: further requests are dated like the first");
	ok(!nf_vpn_tickets_answered(&t.list), "none is answered");
	m.msgid = 3;
	m.flags = ISAKMP_V2_RESPONSE;
	isakmp_tickets_message(&t, &m, false, false, 2000);
	ok(nf_vpn_tickets_newest(&t.list) == 2000 &&
	   nf_vpn_tickets_answered(&t.list), "what is answered counts from then");
}

/* So many other exchanges that the ring has forgotten the one of the ticket */
static void test_forgotten(void)
{
	struct isakmp_tickets t;
	struct isakmp_message m = {
		.init_cookie = 1, .resp_cookie = 2, .length = 300, .major = 2,
		.exchange = CHILD, .encrypted = true,
	};
	unsigned int events;

	isakmp_tickets_init(&t);
	for (m.msgid = 0; m.msgid < 2 * ISAKMP_TICKETS_SEEN; m.msgid++) {
		m.flags = 0;
		m.length = 300;
		isakmp_tickets_message(&t, &m, true, false, 0);
		if (m.msgid == 0)
			continue;
		m.flags = ISAKMP_V2_RESPONSE;
		m.length = 65;
		isakmp_tickets_message(&t, &m, false, false, 0);
	}
	m.msgid = 0;
	m.flags = 0;
	m.length = 300;
	events = isakmp_tickets_message(&t, &m, true, false, 0);
	ok(events & AGAIN && nf_vpn_tickets_open(&t.list, 0) == 1,
	   "an exchange whose ticket is open doesn't count again");
}

/* tickets of 1000 and 1500 ms, in the order of their dates */
static void test_younger(void)
{
	struct nf_vpn_tickets t = {
		.n = 2,
		.ticket = {
			{ .date = 1000, .answered = true },
			{ .date = 1500, .answered = true },
		},
	};

	ok(nf_vpn_tickets_younger(&t, 499, 2000) == 0 &&
	   nf_vpn_tickets_younger(&t, 500, 2000) == 1 &&
	   nf_vpn_tickets_younger(&t, 1000, 2000) == 2,
	   "tickets that aren't older than that are counted");
	ok(nf_vpn_tickets_younger(&t, 0, 1499) == 1,
	   "so is one that another CPU has just dated");
	t.ticket[0].date = -500;
	ok(nf_vpn_tickets_younger(&t, 2000, 1500) == 2,
	   "also when the clock wraps between");
	t.floated = true;
	ok(nf_vpn_tickets_younger(&t, 2000, 1500) == 0,
	   "none where ESP comes in UDP");
}

int main(void)
{
	setlinebuf(stdout);
	ok(sizeof(struct isakmp_tickets) <= 644, "644 bytes at most");
	test_ikev2_auth();
	test_ikev2_child();
	test_ikev2_refused();
	test_ikev1();
	test_nothing();
	test_time();
	test_limits();
	test_many();
	test_natt();
	test_ring();
	test_unanswered();
	test_forgotten();
	test_younger();
	return done_testing();
}
