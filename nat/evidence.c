// SPDX-License-Identifier: GPL-2.0-only
/*
 * Evidence from times: whose packets does an inbound SPI answer?
 *
 * The time of an inbound packet is compared with those of each candidate's
 * packets. It speaks for a candidate that has sent a packet a round trip
 * before, on two conditions. That packet must have come after a silence, since
 * in the middle of a stream some packet always fits. And no other candidate may
 * have sent one since, or else hosts that send in step would fit each other's
 * answers whenever one of these is late. A packet may fit by chance, but hardly
 * twice: so several packets, apart from each other, have to agree, and no other
 * candidate may come near.
 *
 * The reactions of hosts to what they receive are no evidence: the answer to a
 * ping causes none, and two flows of the same period stay in step.
 */
#include <linux/types.h>

#include "esp/times.h"
#include "nat/evidence.h"

static bool esp_is_before(u32 a, u32 b)
{
	return (s32)(a - b) < 0;
}

/**
 * esp_times_clean - tell whether a packet went out after a silence
 * @t: times of a candidate's packets
 * @from: beginning of the time that is looked at
 * @to: its end
 *
 * Return: whether the first packet in that time went out %ESP_SILENCE_US or
 * more after the one before it.
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
	/* It was the first one, unless earlier times have been overwritten. */
	return hit && held < ESP_TIMES;
}

/**
 * esp_is_answer - tell whether a packet arrives a round trip after a request
 * @t: times of the candidate's packets
 * @arrival: when it arrives
 * @rtt: round trip, 0 if not known
 *
 * Return: whether it does; false if the round trip isn't known
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
 * esp_has_asked - tell whether a packet can be an answer at all
 * @t: times of the candidate's packets
 * @arrival: when it arrives
 * @rtt: upper bound of the round trip, not 0
 *
 * An answer may be late, since it has waited in a queue, or early, since the
 * round trip is shorter than its upper bound.
 *
 * Return: whether the candidate may have asked for it
 */
bool esp_has_asked(const struct esp_times *t, u32 arrival, u32 rtt)
{
	return esp_times_clean(t, arrival - rtt - ESP_QUEUE_US, arrival);
}

/**
 * esp_winner - choose the owner by evidence
 * @hits: hits of each candidate
 * @n: number of candidates
 * @trials: packets that were judged
 *
 * The owner has %ESP_HITS hits, or %ESP_HITS_ALONE if all trials were hits of
 * its own. These are %ESP_HITS_PERCENT of the trials, and no other candidate
 * has more than one in %ESP_RIVAL_PART of them.
 *
 * Return: its index, -1 if there is no such candidate
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
