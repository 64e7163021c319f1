// SPDX-License-Identifier: GPL-2.0-only
/*
 * pptp_message_test - the parser of PPTP's control streams: each type, each cut,
 * retransmissions, gaps, garbage
 */
#include <stdio.h>
#include <stdlib.h>

#include "pptp_model.h"
#include "tap.h"

#define BASE	0xfffffff0u	/* so that sequence numbers wrap soon */

/* All types, several times over */
#define MESSAGES	45
static u8 in[MESSAGES * 220], out[MESSAGES * 220], got[MESSAGES * 220];
static size_t total;

static void make_stream(void)
{
	int i;

	for (i = 0, total = 0; i < MESSAGES; i++)
		total += make(in + total, out + total, 1 + i % 15, 0x4200 + i,
			      0xfe00 + i);
}

/* Does it get through? */
static bool send_part(struct pptp_stream *s, struct model *m, size_t from,
		      size_t to)
{
	/* Of its own, so that a sanitizer sees what is beyond. */
	u8 *copy = malloc(to - from);
	bool passes;

	memcpy(copy, in + from, to - from);
	passes = model_segment(s, m, BASE + from, copy, to - from);
	if (passes)
		memcpy(got + from, copy, to - from);
	free(copy);
	return passes;
}

static bool is_right(const char *what, size_t n)
{
	size_t i;

	if (!memcmp(got, out, total))
		return true;
	for (i = 0; got[i] == out[i]; i++)
		;
	printf("# %s %zu: byte %zu is %02x, not %02x\n", what, n, i, got[i],
	       out[i]);
	return false;
}

static void test_sizes(void)
{
	size_t size, at;
	bool good = true, all = true;

	make_stream();
	for (size = 1; size <= total && good; size++) {
		struct pptp_stream s = {};
		struct model m = {};

		for (at = 0; at < total; at += size)
			send_part(&s, &m, at,
				  at + size < total ? at + size : total);
		good = is_right("size", size);
		all &= m.messages[PPTP_TYPE_OUT_CALL_REQUEST] == MESSAGES / 15 &&
		       m.messages[PPTP_TYPE_SET_LINK_INFO] == MESSAGES / 15 &&
		       !m.lost;
	}
	ok(good, "segments of each size: all Call-IDs are replaced");
	ok(all, "each message is told once, nothing is lost");
}

static void test_cuts(void)
{
	bool good = true;
	size_t at;

	for (at = 1; at < total && good; at++) {
		struct pptp_stream s = {};
		struct model m = {};

		send_part(&s, &m, 0, at);
		send_part(&s, &m, at, total);
		good = is_right("cut", at);
	}
	ok(good, "cut in two at each byte");
}

/* Parts of what was sent before, cut elsewhere */
static void test_retransmissions(void)
{
	size_t limit = 10 * 220, at, from, to;
	struct pptp_stream s = {};
	struct model m = {};
	unsigned int once;
	bool good = true;
	int i;

	for (at = 0; at < limit; at += 50)
		send_part(&s, &m, at, at + 50);
	once = m.translated;
	for (i = 0; i < 20000 && good; i++) {
		from = random() % limit;
		to = from + 1 + random() % (limit - from);
		send_part(&s, &m, from, to);
		good = !memcmp(got + from, out + from, to - from);
	}
	ok(good, "retransmissions, cut anywhere, are replaced alike");
	ok(m.translated == once, "and not asked about again");
}

/* One segment arrives late */
static void test_gaps(void)
{
	size_t step, hole, at, end;
	bool good = true;

	for (step = 60; step < 400 && good; step += 7)
		for (hole = step; hole < 3000 && good; hole += step) {
			struct pptp_stream s = {};
			struct model m = {};

			/* A gap ends where a message begins. */
			for (at = 0; at + step < hole; at += step)
				send_part(&s, &m, at, at + step);
			for (end = 0; end <= at; )
				end += get16(in + end);
			send_part(&s, &m, end, end + step);
			send_part(&s, &m, end + step, total);
			send_part(&s, &m, at, end);
			if (at)
				send_part(&s, &m, 0, at);
			good = is_right("gap", hole);
		}
	ok(good, "a gap that is filled later");
}

/* All segments of a stream in any order, as long as it takes */
static bool deliver(size_t step, unsigned int window, struct model *m)
{
	struct pptp_stream s = {};
	size_t at[MESSAGES * 220], n = 0, i, base, t;
	unsigned int rounds;

	/* Of the first message nothing is known before it has begun. */
	send_part(&s, m, 0, model_types[1].len);
	for (i = model_types[1].len; i < total; i += step)
		at[n++] = i;
	for (base = 0; base < n; base += window) {
		size_t left = n - base < window ? n - base : window;

		for (i = left; i-- > 1; ) {
			size_t j = random() % (i + 1);

			t = at[base + i];
			at[base + i] = at[base + j];
			at[base + j] = t;
		}
		/* What is dropped comes again, the rest doesn't. */
		for (rounds = 0; left && rounds < window; rounds++) {
			size_t kept = 0;

			for (i = 0; i < left; i++) {
				size_t from = at[base + i], to = from + step;

				if (!send_part(&s, m, from,
					       to < total ? to : total))
					at[base + kept++] = from;
			}
			left = kept;
		}
		if (left)
			return false;
	}
	return true;
}

/*
 * Segments overtake each other, wherever messages are cut: three at a time, as
 * many as there may be gaps.
 */
static void test_reordering(void)
{
	bool good = true, once = true, through = true;
	size_t step;
	int i, run;

	for (step = 1; step < 600 && good; step++)
		for (run = 0; run < 5 && good; run++) {
			struct model m = {};

			through &= deliver(step, 3, &m);
			good = is_right("step", step);
			for (i = 1; i < PPTP_TYPES; i++)
				once &= m.messages[i] == MESSAGES / 15;
			once &= !m.lost;
		}
	ok(through, "reordered segments: what is dropped passes later");
	ok(good, "all Call-IDs are replaced");
	ok(once, "each message is told once, nothing is lost");
}

/* What comes before an early segment has gone another way. */
static void test_never(void)
{
	struct pptp_stream s = {};
	struct model m = {};
	unsigned int tries = 0;

	send_part(&s, &m, 0, 8);
	while (++tries < 100 && !send_part(&s, &m, 25, 200))
		send_part(&s, &m, 200, 210);
	ok(tries == PPTP_REFUSALS + 1,
	   "what never comes is waited for no longer");
	ok(send_part(&s, &m, 200, total), "what follows passes");
}

/* Where message @n of the stream begins */
static size_t offset(unsigned int n)
{
	size_t at = 0;

	while (n--)
		at += get16(in + at);
	return at;
}

/*
 * Segments that come between two gaps, and once more with what was missing;
 * the last ones fill the gaps one by one.
 */
static void test_between(void)
{
	size_t at[8], i;
	struct pptp_stream s = {};
	struct model m = {};
	bool once = true;

	for (i = 0; i < 8; i++)
		at[i] = i < 7 ? offset(i * 6) : total;
	send_part(&s, &m, at[0], at[1]);
	send_part(&s, &m, at[6], at[7]);
	send_part(&s, &m, at[2], at[3]);
	send_part(&s, &m, at[4], at[5]);
	send_part(&s, &m, at[1], at[4]);
	send_part(&s, &m, at[5], at[6]);
	ok(is_right("between", 0), "segments between gaps");
	for (i = 1; i < PPTP_TYPES; i++)
		once &= m.messages[i] == MESSAGES / 15;
	ok(once && !m.lost, "are parsed once");
}

/* More gaps than are followed: of what passed, nothing is parsed again. */
static void test_many_gaps(void)
{
	struct pptp_stream s = {};
	struct model m = {};
	unsigned int before, i;
	bool once = true;

	for (i = 0; i < MESSAGES; i += 2)
		send_part(&s, &m, offset(i), offset(i + 1));
	before = m.translated;
	for (i = 0; i < MESSAGES; i += 2)
		send_part(&s, &m, offset(i), offset(i + 1));
	ok(before == m.translated, "many gaps: nothing is parsed twice");
	send_part(&s, &m, offset(1), total);
	for (i = 1; i < PPTP_TYPES; i++)
		once &= m.messages[i] <= MESSAGES / 15;
	ok(once, "nor when all comes again");
}

/* More Call-IDs in one segment than are remembered */
static void test_large(void)
{
	static u8 data[4000 * 16], want[4000 * 16];
	struct pptp_stream s = {};
	struct model m = {};
	size_t len = 0;

	while (len < sizeof(data))
		len += make(data + len, want + len,
			    PPTP_TYPE_CALL_CLEAR_REQUEST, len / 16, 0);
	model_segment(&s, &m, BASE, data, len);
	ok(!memcmp(data, want, len), "4000 Call-IDs in one segment");
}

/* A gap that is never filled, and garbage: the next message is found. */
static void test_resync(void)
{
	struct pptp_stream s = {};
	struct model m = {};
	size_t i, first;

	for (first = 0, i = 0; i < 7; i++)
		first += get16(in + first);
	send_part(&s, &m, 0, 10);
	/* in the middle of a message */
	while (!send_part(&s, &m, 200, total))
		;
	memcpy(got, out, first);
	ok(is_right("resync", 0), "after a gap the next message is found");
	ok(m.lost > 0 && m.lost < 220, "what was passed over is counted");
}

static void test_garbage(void)
{
	static u8 data[4096], copy[4096];
	struct pptp_stream s = {};
	struct model m = {};
	u8 good[220], want[220];
	u32 seq = BASE;
	size_t len, i;
	int round;

	for (round = 0; round < 200; round++) {
		len = 1 + random() % sizeof(data);
		for (i = 0; i < len; i++)
			data[i] = random();
		memcpy(copy, data, len);
		model_segment(&s, &m, seq, data, len);
		seq += len;
		if (memcmp(copy, data, len))
			break;
	}
	ok(round == 200, "garbage passes unchanged");
	len = make(good, want, PPTP_TYPE_OUT_CALL_REQUEST, 5, 0);
	model_segment(&s, &m, seq, good, len);
	ok(!memcmp(good, want, len), "a message after it is understood");
}

/* Whatever is wrong in a stream, no more can be lost than there is. */
static void test_changed(void)
{
	static u8 saved[sizeof(in)];
	bool good = true;
	size_t at, end;
	int round, n;

	memcpy(saved, in, total);
	for (round = 0; round < 5000 && good; round++) {
		struct pptp_stream s = {};
		struct model m = {};

		for (n = 1 + random() % 8; n--; )
			in[random() % total] = random();
		for (at = 0; at < total; at = end) {
			end = at + 1 + random() % 600;
			if (end > total)
				end = total;
			send_part(&s, &m, at, end);
		}
		good = m.lost <= total;
		memcpy(in, saved, total);
	}
	ok(good, "streams with changed bytes, cut anywhere");
}

/* Of these nothing may be read. */
static void test_invalid(void)
{
	static const struct {
		size_t at;
		u16 value;
		const char *text;
	} cases[] = {
		{ 0, 0, "length 0" },
		{ 0, 11, "length 11: no room for a type" },
		{ 0, 13, "length 13: shorter than its type" },
		{ 0, 167, "a byte shorter than its type" },
		{ 0, 1025, "longer than any message" },
		{ 0, 0xffff, "length 65535" },
		{ 2, 2, "a management message" },
		{ 4, 0, "wrong magic number" },
		{ 8, 0, "type 0" },
		{ 8, 16, "type 16" },
		{ 8, 0x0700, "type 7 in the wrong byte order" },
	};
	u8 data[220], want[220], copy[220];
	char text[80];
	size_t i, len;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pptp_stream s = {};
		struct model m = {};

		len = make(data, want, PPTP_TYPE_OUT_CALL_REQUEST, 5, 0);
		/* no magic number by chance */
		memset(data + 14, 0, len - 14);
		put16(data + cases[i].at, cases[i].value);
		memcpy(copy, data, len);
		model_segment(&s, &m, BASE, data, len);
		snprintf(text, sizeof(text), "%s: unchanged", cases[i].text);
		ok(!memcmp(data, copy, len) && !m.translated, text);
	}
}

/* The high byte of a Call-ID goes before the low one is known. */
static bool seen_fixed;

static u16 fixed_translate(void *priv, const struct pptp_message *m,
			   enum pptp_whose whose, u16 id, bool fixed)
{
	(void)priv;
	(void)m;
	(void)whose;
	seen_fixed |= fixed;
	return id;
}

static void test_fixed(void)
{
	static const struct pptp_ops ops = {
		.translate	= fixed_translate,
		.message	= model_message,
		.lost		= model_lost,
		.put		= model_put,
	};
	u8 data[220], want[220];
	bool good = true;
	size_t at, len;

	len = make(data, want, PPTP_TYPE_OUT_CALL_REPLY, 5, 6);
	for (at = 1; at < len; at++) {
		struct pptp_stream s = {};
		struct model m = {};

		seen_fixed = false;
		pptp_stream_segment(&s, BASE, data, at, &ops, &m);
		pptp_stream_segment(&s, BASE + at, data + at, len - at, &ops,
				    &m);
		good &= seen_fixed == (at == 13 || at == 15);
	}
	ok(good, "a high byte that is gone is told of");
}

int main(void)
{
	srandom(1);
	test_sizes();
	test_cuts();
	test_retransmissions();
	test_gaps();
	test_reordering();
	test_never();
	test_between();
	test_many_gaps();
	test_large();
	test_resync();
	test_garbage();
	test_changed();
	test_invalid();
	test_fixed();
	return done_testing();
}
