/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * When packets went out, built in userspace for unit tests as well.
 *
 * Times are microseconds of any clock and wrap after 71 minutes; each is
 * compared with others of the same seconds.
 */
#ifndef _NF_ESP_TIMES_H
#define _NF_ESP_TIMES_H

#include <linux/types.h>

/* Outbound packets of a session that are remembered. */
#define ESP_TIMES		16

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
 * esp_times_add - a packet has gone out
 * @t: times
 * @now: time
 *
 * May race with itself and with readers: what is lost or read too early is one
 * trial.
 */
static inline void esp_times_add(struct esp_times *t, u32 now)
{
	u32 n = t->n;

	t->us[n % ESP_TIMES] = now;
	t->n = n + 1 < 2 * ESP_TIMES ? n + 1 : ESP_TIMES;
}

#endif /* _NF_ESP_TIMES_H */
