/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Evidence for the owner of an inbound SPI. The functions compute with numbers
 * alone, and are built in userspace as well, for unit tests.
 *
 * Times are microseconds of any clock. They wrap after 71 minutes, which
 * doesn't matter: only times that are seconds apart are compared.
 */
#ifndef _NF_NAT_ESP_EVIDENCE_H
#define _NF_NAT_ESP_EVIDENCE_H

#include <linux/types.h>

#include "core/rtt.h"
#include "esp/times.h"

/* A packet that goes out after so long a silence is a request. */
#define ESP_SILENCE_US		(80 * 1000)
/* Packets on one SPI that come closer together than this are judged as one. */
#define ESP_TRIAL_US		(20 * 1000)
/* An answer may wait in queues for so long, in addition to the round trip. */
#define ESP_QUEUE_US		(50 * 1000)
/*
 * An answer comes a round trip after its request, give or take ESP_JITTER_US,
 * or one part in ESP_JITTER_PART of the round trip if that is more. The maximum
 * is such that one request never fits two packets that are judged.
 */
#define ESP_JITTER_US		(3 * 1000)
#define ESP_JITTER_PART		10
#define ESP_JITTER_MAX_US	(ESP_TRIAL_US / 2 - 1)
/*
 * Hits that a decision needs, and fewer if all trials were hits of one
 * candidate.
 */
#define ESP_HITS		3
#define ESP_HITS_ALONE		2
/*
 * Per cent of the trials that it needs; others have one in ESP_RIVAL_PART at
 * most.
 */
#define ESP_HITS_PERCENT	60
#define ESP_RIVAL_PART		3

bool esp_times_clean(const struct esp_times *t, u32 from, u32 to);
bool esp_is_answer(const struct esp_times *t, u32 arrival, u32 rtt);
bool esp_has_asked(const struct esp_times *t, u32 arrival, u32 rtt);
int esp_winner(const u8 *hits, unsigned int n, unsigned int trials);

#endif /* _NF_NAT_ESP_EVIDENCE_H */
