// SPDX-License-Identifier: GPL-2.0-only
/*
 * isakmp_rekey_test - the ticket rule: a cookie pair that replaces another, and
 * one that doesn't; one that the remote host hasn't used yet
 */
#include "ticket_steps.h"

static void test_replaced(void)
{
	RUN("an IKE rekey's ticket ends with the old pair",
	    { 0, OUT, 1, CHILD, 6, 213, 0, OPENED | RAW, 1 },
	    { 9, IN, 1, CHILD, 6, 213, RESPONSE, 0, 1 },
	    { 9, OUT, 1, INFO, 7, 65, 0, 0, 1 },
	    { 9, IN, 1, INFO, 7, 57, RESPONSE, 0, 1 },
	    { 9, OUT, 2, INFO, 0, 57, 0, CANCELLED, 0 });
	RUN("likewise if the new pair is seen before the DELETE",
	    { 0, IN, 1, CHILD, 6, 213, 0, 0, 0 },
	    { 9, OUT, 1, CHILD, 6, 213, RESPONSE, OPENED | RAW, 1 },
	    { 9, OUT, 2, INFO, 0, 57, 0, 0, 1 },
	    { 9, IN, 1, INFO, 7, 65, 0, CANCELLED, 0 });
	RUN("deleted and begun again: what was open is void",
	    { 0, OUT, 1, AUTH, 1, 400, 0, OPENED | RAW, 1 },
	    { 9, IN, 1, AUTH, 1, 224, RESPONSE, 0, 1 },
	    { 9, OUT, 1, INFO, 2, 65, 0, 0, 1 },
	    { 9, OUT, 2, AUTH, 1, 400, 0, CANCELLED | OPENED | RAW, 1 });
	RUN("an INFORMATIONAL exchange before the rekey was no DELETE",
	    { 0, OUT, 1, INFO, 4, 57, 0, 0, 0 },
	    { 0, OUT, 1, INFO, 5, 57, 0, 0, 0 },
	    { 9, OUT, 1, CHILD, 6, 213, 0, OPENED | RAW, 1 },
	    { 9, IN, 1, CHILD, 6, 213, RESPONSE, 0, 1 },
	    { 9, OUT, 2, INFO, 0, 57, 0, 0, 1 },
	    { 9, OUT, 1, INFO, 7, 65, 0, CANCELLED, 0 });
	RUN("a rekey while a newer IKE SA is there, too",
	    { 0, OUT, 1, CHILD, 1, 213, 0, OPENED | RAW, 1 },
	    { 9, IN, 1, CHILD, 1, 213, RESPONSE, 0, 1 },
	    { 9, OUT, 2, AUTH, 1, 400, 0, OPENED | RAW, 2 },
	    { 9, OUT, 1, INFO, 2, 65, 0, 0, 2 },
	    { 9, OUT, 3, INFO, 0, 65, 0, CANCELLED, 1 },
	    { 9, OUT, 2, CHILD, 2, 269, 0, OPENED | RAW, 2 });
}

static void test_kept(void)
{
	RUN("but the ticket of a child that was never used stays",
	    { 0, OUT, 1, AUTH, 1, 400, 0, OPENED | RAW, 1 },
	    { 9, OUT, 1, CHILD, 2, 213, 0, OPENED | RAW, 2 },
	    { 9, IN, 1, CHILD, 2, 213, RESPONSE, 0, 2 },
	    { 9, OUT, 1, INFO, 3, 65, 0, 0, 2 },
	    { 9, OUT, 2, INFO, 0, 57, 0, CANCELLED, 1 });
	RUN("and a child's own ticket stays",
	    { 0, OUT, 1, CHILD, 1, 269, 0, OPENED | RAW, 1 },
	    { 9, IN, 1, CHILD, 1, 257, RESPONSE, 0, 1 },
	    { 9, OUT, 1, CHILD, 2, 213, 0, OPENED | RAW, 2 },
	    { 9, IN, 1, CHILD, 2, 213, RESPONSE, 0, 2 },
	    { 9, OUT, 1, INFO, 3, 65, 0, 0, 2 },
	    { 9, OUT, 2, INFO, 0, 57, 0, CANCELLED, 1 });
	RUN("but not what is open under another pair",
	    { 0, OUT, 1, AUTH, 1, 400, 0, OPENED | RAW, 1 },
	    { 9, OUT, 2, AUTH, 1, 400, 0, OPENED | RAW, 2 },
	    { 9, OUT, 2, INFO, 2, 65, 0, 0, 2 },
	    { 9, OUT, 3, AUTH, 1, 400, 0, CANCELLED | OPENED | RAW, 2 });
	RUN("a second IKE SA beside a busy one changes nothing",
	    { 0, OUT, 1, AUTH, 1, 400, 0, OPENED | RAW, 1 },
	    { 9, IN, 1, AUTH, 1, 224, RESPONSE, 0, 1 },
	    { 9, OUT, 2, AUTH, 1, 400, 0, OPENED | RAW, 2 },
	    { 9, OUT, 1, INFO, 2, 57, 0, 0, 2 });
	RUN("the same with children that are being rekeyed",
	    { 0, OUT, 1, CHILD, 2, 269, 0, OPENED | RAW, 1 },
	    { 9, IN, 1, CHILD, 2, 257, RESPONSE, 0, 1 },
	    { 9, OUT, 2, AUTH, 1, 400, 0, OPENED | RAW, 2 },
	    { 9, OUT, 1, INFO, 3, 57, 0, 0, 2 });
	RUN("IKE_AUTH makes no other pair, its ticket stays",
	    { 0, OUT, 1, AUTH, 1, 400, 0, OPENED | RAW, 1 },
	    { 9, IN, 1, AUTH, 1, 224, RESPONSE, 0, 1 },
	    { 9, OUT, 1, INFO, 2, 57, 0, 0, 1 },
	    { 9, OUT, 2, INFO, 0, 57, 0, 0, 1 });
	RUN("an old pair that is deleted late is no successor",
	    { 0, OUT, 1, AUTH, 1, 400, 0, OPENED | RAW, 1 },
	    { 0, SPEND, .events = 1, .open = 0 },
	    { 9, OUT, 2, INFO, 1, 65, 0, 0, 0 },
	    { 9, OUT, 1, CHILD, 2, 269, 0, OPENED | RAW, 1 },
	    { 9, IN, 1, CHILD, 2, 257, RESPONSE, 0, 1 },
	    { 9, OUT, 1, INFO, 3, 69, 0, 0, 1 },
	    { 9, OUT, 3, INFO, 0, 57, 0, CANCELLED, 0 });
	RUN("a pair that makes another child wasn't replaced",
	    { 0, OUT, 1, CHILD, 1, 213, 0, OPENED | RAW, 1 },
	    { 9, IN, 1, CHILD, 1, 213, RESPONSE, 0, 1 },
	    { 9, OUT, 2, INFO, 0, 57, 0, 0, 1 },
	    { 9, OUT, 1, CHILD, 2, 269, 0, OPENED | RAW, 2 },
	    { 9, OUT, 1, INFO, 3, 69, 0, 0, 2 });
	RUN("pairs that only come from outside mean nothing",
	    { 0, OUT, 1, CHILD, 6, 213, 0, OPENED | RAW, 1 },
	    { 9, IN, 1, CHILD, 6, 213, RESPONSE, 0, 1 },
	    { 9, OUT, 1, INFO, 7, 65, 0, 0, 1 },
	    { 9, IN, 2, INFO, 0, 57, 0, 0, 1 },
	    { 9, IN, 3, CHILD, 0, 213, 0, 0, 1 },
	    { 9, OUT, 4, INFO1, 0, 57, V1 | CLEAR, 0, 1 });
}

#define MESSAGE(op, pair, exchange, flags)				\
	{ 0, op, pair, exchange, 6, 213, flags, 0, 0 }

/*
 * Has the remote host agreed to the pair of the last step? Before @steps are the
 * first @rekey messages of an exchange under pair 1.
 */
static bool agreed(size_t rekey, const struct step *steps, size_t n)
{
	static const struct step exchange[] = {
		MESSAGE(OUT, 1, CHILD, 0),
		MESSAGE(IN, 1, CHILD, RESPONSE),
	};
	struct isakmp_tickets t;
	struct isakmp_message m;
	size_t i;

	isakmp_tickets_init(&t);
	for (i = 0; i < rekey; i++)
		do_step(&t, &exchange[i], 1000 + i);
	for (i = 0; i < n - 1; i++)
		do_step(&t, &steps[i], 2000 + i);
	m = make_message(&steps[i]);
	return isakmp_tickets_agreed(&t, &m);
}

#define AGREED(rekey, ...)						\
	({								\
		static const struct step steps[] = { __VA_ARGS__ };	\
		agreed(rekey, steps, sizeof(steps) / sizeof(steps[0]));	\
	})

static void test_agreed(void)
{
	ok(AGREED(2, MESSAGE(OUT, 2, CHILD, 0)),
	   "an exchange may have made a pair");
	ok(AGREED(2, MESSAGE(OUT, 2, CHILD, 0), MESSAGE(OUT, 2, CHILD, 0)),
	   "the first message under that pair is repeated");
	ok(!AGREED(2, MESSAGE(OUT, 2, CHILD, 0), MESSAGE(OUT, 3, CHILD, 0)),
	   "it hasn't made yet another one");
	ok(!AGREED(2, MESSAGE(OUT, 2, INFO, 0), MESSAGE(OUT, 2, CHILD, 0)),
	   "nor if the first exchange under it says nothing of a child");
	ok(!AGREED(2, { 0, SPEND, 0, 0, 0, 0, 0, 0, 0 },
		   MESSAGE(OUT, 2, CHILD, 0)),
	   "nor one if an SPI has come of it");
	ok(!AGREED(1, MESSAGE(OUT, 2, CHILD, 0)),
	   "nor before it is answered");
	ok(!AGREED(2, MESSAGE(OUT, 2, AUTH, 0)),
	   "a pair that begins with IKE_AUTH is made by IKE_SA_INIT");
	ok(!AGREED(0, MESSAGE(OUT, 2, CHILD, 0)),
	   "nothing is known of a client's first pair");
}

int main(void)
{
	setlinebuf(stdout);
	test_replaced();
	test_kept();
	test_agreed();
	return done_testing();
}
