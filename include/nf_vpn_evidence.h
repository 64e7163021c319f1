/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Evidence for the owner of an inbound SPI: decisions that are functions of
 * numbers alone, built in userspace for unit tests as well.
 *
 * Times are microseconds of any clock and wrap after 71 minutes; each is
 * compared with others of the same seconds.
 */
#ifndef _NF_VPN_EVIDENCE_H
#define _NF_VPN_EVIDENCE_H

#include <linux/types.h>

/* Outbound packets of a session that are remembered. */
#define ESP_TIMES		16
/* A packet after so much silence is a request, or an answer, of its own. */
#define ESP_SILENCE_US		(80 * 1000)
/* Packets of one SPI that come closer together are one event. */
#define ESP_TRIAL_US		(20 * 1000)
/* An answer may come so much later than a round trip after its request. */
#define ESP_QUEUE_US		(50 * 1000)
/*
 * Answers come a round trip later, give or take this, or a part of it; but so
 * little that one request never fits two packets that are judged.
 */
#define ESP_JITTER_US		(3 * 1000)
#define ESP_JITTER_PART		10
#define ESP_JITTER_MAX_US	(ESP_TRIAL_US / 2 - 1)
/* Hits that a decision needs; if all trials are hits of one, fewer. */
#define ESP_HITS		3
#define ESP_HITS_ALONE		2
/* What is said of round trips is forgotten after this time. */
#define ESP_RTT_AGE_US		(60 * 1000 * 1000)
/* A longer one was measured across a pause. */
#define ESP_RTT_MAX_US		(5 * 1000 * 1000)

/* An SPI that isn't answered has sent so many packets in more than this time. */
#define ESP_STARVED_PACKETS	3
#define ESP_STARVED_MS		1000
/* Both directions of a tunnel in use are never silent together for so long. */
#define ESP_STARVED_SILENCE_MS	250
/* Outbound SPIs between which a client changes in this time are in use together. */
#define ESP_MIXED_MS		30000

/**
 * struct esp_times - when a session's last packets went out
 * @us: times
 * @n: how many there were, wraps at 2 * %ESP_TIMES to %ESP_TIMES
 */
struct esp_times {
	u32 us[ESP_TIMES];
	u32 n;
};

/**
 * struct esp_rtt - round trip to a remote host
 * @us: the shortest seen lately, 0 if none
 * @date: when
 */
struct esp_rtt {
	u32 us;
	u32 date;
};

/* Is it the first, the shortest, or was the shortest long ago? */
static inline bool esp_rtt_is_news(const struct esp_rtt *r, u32 us, u32 now)
{
	return !r->us || us <= r->us || now - r->date >= ESP_RTT_AGE_US;
}

void esp_times_add(struct esp_times *t, u32 now);
bool esp_times_clean(const struct esp_times *t, u32 from, u32 to);
bool esp_is_answer(const struct esp_times *t, u32 arrival, u32 rtt);
bool esp_has_asked(const struct esp_times *t, u32 arrival, u32 rtt);
int esp_winner(const u8 *hits, unsigned int n, unsigned int trials);
void esp_rtt_sample(struct esp_rtt *r, u32 us, u32 now);

#endif /* _NF_VPN_EVIDENCE_H */
