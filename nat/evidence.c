// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whose packets answer whom? Decided by their times.
 *
 * An inbound packet is compared with what each candidate has sent. It speaks
 * for one that sent a packet a round trip before, if that packet came out of a
 * silence: in the middle of a stream something always fits. And only if no
 * other candidate has asked anything since: hosts that send in step fit each
 * other's answers as soon as one of those is late. What fits by chance fits
 * once, so several packets, apart from each other, have to agree, and nobody
 * else may come near.
 *
 * Reactions of hosts to what they receive were tried and are unsound: the
 * answer to a ping causes none, and two flows of one period stay in step.
 */
#include <linux/types.h>

#include "esp/times.h"
#include "nat/evidence.h"

static bool esp_is_before(u32 a, u32 b)
{
	return (s32)(a - b) < 0;
}

/**
 * esp_times_clean - was there a packet after a silence?
 * @t: times
 * @from: not before
 * @to: not after
 *
 * Return: whether the first packet of that time came %ESP_SILENCE_US or more
 * after the one before it.
 */
bool esp_times_clean(const struct esp_times *t, u32 from, u32 to)
{
	u32 n = t->n, held = n < ESP_TIMES ? n : ESP_TIMES, first = 0, us, i;
	bool hit = false;

	for (i = 1; i <= held; i++) {
		us = t->us[(n - i) % ESP_TIMES];
		if (esp_is_before(to, us))
			continue;
		if (esp_is_before(us, from))
			return hit && first - us >= ESP_SILENCE_US;
		hit = true;
		first = us;
	}
	/* Nothing before it, or nothing that is still known. */
	return hit && held < ESP_TIMES;
}

/**
 * esp_is_answer - does a packet arrive a round trip after a request?
 * @t: when the candidate's packets went out
 * @arrival: when it arrived
 * @rtt: round trip, 0 if not known
 */
bool esp_is_answer(const struct esp_times *t, u32 arrival, u32 rtt)
{
	u32 part = rtt / ESP_JITTER_PART;
	u32 jitter = part > ESP_JITTER_US ? part : ESP_JITTER_US;
	u32 sent = arrival - rtt;

	if (jitter > ESP_JITTER_MAX_US)
		jitter = ESP_JITTER_MAX_US;
	return rtt && esp_times_clean(t, sent - jitter, sent + jitter);
}

/**
 * esp_has_asked - can a packet be the answer to a candidate's?
 * @t: when the candidate's packets went out
 * @arrival: when it arrived
 * @rtt: round trip, not 0; rather too long
 *
 * An answer may have waited somewhere, and the round trip may be shorter than
 * we know.
 */
bool esp_has_asked(const struct esp_times *t, u32 arrival, u32 rtt)
{
	return esp_times_clean(t, arrival - rtt - ESP_QUEUE_US, arrival);
}

/**
 * esp_winner - who is the owner?
 * @hits: hits of each candidate
 * @n: number of candidates
 * @trials: packets that were judged
 *
 * Return: its index, or -1: %ESP_HITS hits and %ESP_HITS_PERCENT of the trials,
 * while nobody else has more than one part in %ESP_RIVAL_PART; or the first
 * %ESP_HITS_ALONE trials.
 */
int esp_winner(const u8 *hits, unsigned int n, unsigned int trials)
{
	unsigned int i, best = 0, second = 0;
	int winner = -1;

	for (i = 0; i < n; i++) {
		if (winner < 0 || hits[i] > best) {
			second = best;
			best = hits[i];
			winner = i;
		} else if (hits[i] > second) {
			second = hits[i];
		}
	}
	if (best * 100 < trials * ESP_HITS_PERCENT ||
	    second * ESP_RIVAL_PART > trials)
		return -1;
	if (best == trials && best >= ESP_HITS_ALONE)
		return winner;
	return best < ESP_HITS ? -1 : winner;
}
