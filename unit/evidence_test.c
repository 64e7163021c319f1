// SPDX-License-Identifier: GPL-2.0-only
/* evidence_test - evidence for the owner of an SPI, case by case */
#include <stdint.h>

#include "nat/evidence.h"
#include "tap.h"

#define MS	1000u
#define RTT	(50 * MS)
/* The clock wraps within the tests. */
#define T0	(0xffffffffu - 500 * MS)

static struct esp_times sent(unsigned int n, const uint32_t *ms)
{
	struct esp_times t = {};
	unsigned int i;

	for (i = 0; i < n; i++)
		esp_times_add(&t, T0 + ms[i] * MS);
	return t;
}

#define SENT(...) ({ const uint32_t _ms[] = { __VA_ARGS__ }; \
		     sent(sizeof(_ms) / sizeof(_ms[0]), _ms); })

static void answers(void)
{
	struct esp_times t = SENT(0, 1000, 2000);
	struct esp_times none = {};
	struct esp_times stream = SENT(0, 20, 40, 60, 80, 100);

	ok(esp_is_answer(&t, T0 + 1050 * MS, RTT), "a round trip after a request");
	ok(esp_is_answer(&t, T0 + 1047 * MS, RTT), "or a little less");
	ok(esp_is_answer(&t, T0 + 1055 * MS, RTT), "or a little more");
	ok(!esp_is_answer(&t, T0 + 1062 * MS, RTT), "but not later");
	ok(!esp_is_answer(&t, T0 + 1040 * MS, RTT), "nor earlier");
	ok(esp_is_answer(&t, T0 + 50 * MS, RTT),
	   "the first packet comes out of a silence");
	ok(!esp_is_answer(&t, T0 + 1050 * MS, 0), "the round trip must be known");
	ok(!esp_is_answer(&none, T0, RTT), "nothing answers nobody");
	ok(esp_is_answer(&stream, T0 + 50 * MS, RTT), "the first of a stream");
	ok(!esp_is_answer(&stream, T0 + 110 * MS, RTT),
	   "in a stream something always fits, and says nothing");
}

static void once(void)
{
	struct esp_times t = SENT(0, 1000);

	ok(esp_is_answer(&t, T0 + 1400 * MS, 400 * MS), "far away");
	ok(!esp_is_answer(&t, T0 + 1420 * MS, 405 * MS) ||
	   !esp_is_answer(&t, T0 + 1400 * MS, 405 * MS),
	   "one request doesn't fit two packets that are judged");
}

static void rings(void)
{
	struct esp_times t = {};
	unsigned int i;

	for (i = 0; i < 100; i++) {
		esp_times_add(&t, T0 + i * 100 * MS);
		if (!esp_is_answer(&t, T0 + i * 100 * MS + RTT, RTT))
			break;
	}
	ok(i == 100, "every request out of a silence, however many");
	ok(esp_times_clean(&t, T0 + 8500 * MS, T0 + 8505 * MS),
	   "the oldest but one that is remembered");
	ok(!esp_times_clean(&t, T0 + 8400 * MS, T0 + 8405 * MS),
	   "not the oldest: what was before is forgotten");
	ok(!esp_times_clean(&t, T0 + 1000 * MS, T0 + 1005 * MS),
	   "nor one that is forgotten");
}

static void askers(void)
{
	struct esp_times t = SENT(0, 1000);
	struct esp_times stream = SENT(0, 20, 40, 60, 80, 100);

	ok(esp_has_asked(&t, T0 + 1001 * MS, RTT), "answered at once, perhaps");
	ok(esp_has_asked(&t, T0 + 1050 * MS, RTT), "or a round trip later");
	ok(esp_has_asked(&t, T0 + 1099 * MS, RTT), "or late");
	ok(!esp_has_asked(&t, T0 + 1101 * MS, RTT), "but not for ever");
	ok(!esp_has_asked(&t, T0 + 999 * MS, RTT), "nor before it was sent");
	ok(!esp_has_asked(&stream, T0 + 120 * MS, RTT),
	   "a stream asks for nothing");
}

static void winners(void)
{
	const struct {
		const char *text;
		uint8_t hits[4];
		unsigned int n, trials;
		int winner;
	} cases[] = {
		{ "nobody hit", { 0, 0 }, 2, 9, -1 },
		{ "one hit is too few", { 1, 0 }, 2, 1, -1 },
		{ "two answers", { 2, 0 }, 2, 2, 0 },
		{ "two of three", { 2, 0 }, 2, 3, -1 },
		{ "three of three", { 0, 3 }, 2, 3, 1 },
		{ "three of five", { 3, 0, 1 }, 3, 5, 0 },
		{ "three of six are too few", { 3, 0, 0 }, 3, 6, -1 },
		{ "another has one of three", { 1, 3 }, 2, 3, 1 },
		{ "another has two of four", { 2, 4 }, 2, 4, -1 },
		{ "another has two of five", { 2, 5 }, 2, 5, -1 },
		{ "both the same", { 5, 5 }, 2, 5, -1 },
		{ "the last of four", { 0, 1, 1, 9 }, 4, 9, 3 },
		{ "alone, against stock", { 4 }, 1, 4, 0 },
		{ "no candidates", { 0 }, 0, 4, -1 },
	};
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ok(esp_winner(cases[i].hits, cases[i].n, cases[i].trials) == cases[i].winner,
		   cases[i].text);
}

static void round_trips(void)
{
	struct nf_vpn_rtt r = {};

	nf_vpn_rtt_sample(&r, 60 * MS, T0);
	ok(r.us == 60 * MS, "the first sample counts");
	nf_vpn_rtt_sample(&r, 80 * MS, T0 + 1000 * MS);
	ok(r.us == 60 * MS, "a longer one doesn't");
	nf_vpn_rtt_sample(&r, 50 * MS, T0 + 2000 * MS);
	ok(r.us == 50 * MS, "a shorter one does");
	nf_vpn_rtt_sample(&r, 90 * MS, T0 + 2000 * MS + NF_VPN_RTT_AGE_US);
	ok(r.us == 90 * MS, "and a longer one when that is old");
	nf_vpn_rtt_sample(&r, 0, T0 + 70000 * MS);
	nf_vpn_rtt_sample(&r, NF_VPN_RTT_MAX_US + 1, T0 + 700000 * MS);
	ok(r.us == 90 * MS, "nothing and a pause are no samples");
}

int main(void)
{
	answers();
	once();
	rings();
	askers();
	winners();
	round_trips();
	return done_testing();
}
