/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Evidence for the owner of an inbound SPI: decisions that are functions of
 * numbers alone, built in userspace for unit tests as well.
 *
 * Times are microseconds of any clock and wrap after 71 minutes; each is
 * compared with others of the same seconds.
 */
#ifndef _NF_NAT_ESP_EVIDENCE_H
#define _NF_NAT_ESP_EVIDENCE_H

#include <linux/types.h>

#include "core/rtt.h"
#include "esp/times.h"

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
/* And it is so many per cent of the trials, while no other has a third of them. */
#define ESP_HITS_PERCENT	60
#define ESP_RIVAL_PART		3

bool esp_times_clean(const struct esp_times *t, u32 from, u32 to);
bool esp_is_answer(const struct esp_times *t, u32 arrival, u32 rtt);
bool esp_has_asked(const struct esp_times *t, u32 arrival, u32 rtt);
int esp_winner(const u8 *hits, unsigned int n, unsigned int trials);

#endif /* _NF_NAT_ESP_EVIDENCE_H */
