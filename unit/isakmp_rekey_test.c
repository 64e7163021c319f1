// SPDX-License-Identifier: GPL-2.0-only
/*
 * isakmp_rekey_test - the ticket rule: a cookie pair that replaces another, and
 * one that doesn't
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

int main(void)
{
	setlinebuf(stdout);
	test_replaced();
	test_kept();
	return done_testing();
}
