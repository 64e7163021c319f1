/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Times of outbound packets. Built in userspace as well, for unit tests.
 *
 * Times are microseconds of any clock. They wrap after 71 minutes, which
 * doesn't matter: only times that are seconds apart are compared.
 */
#ifndef _NF_ESP_TIMES_H
#define _NF_ESP_TIMES_H

#include <linux/types.h>

/* Outbound packets of a session that are remembered. */
#define ESP_TIMES		16

/*
 * An outbound SPI is unanswered after so many packets in more than this time.
 */
#define ESP_STARVED_PACKETS	3
#define ESP_STARVED_MS		1000
/* Both directions of a tunnel in use are never silent together for so long. */
#define ESP_STARVED_SILENCE_MS	250
/*
 * A client that changes back and forth in this time uses several outbound SPIs.
 */
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
 * esp_times_add - note that a packet goes out
 * @t: times
 * @now: time
 *
 * It may race with itself and with readers, which costs a piece of evidence.
 */
static inline void esp_times_add(struct esp_times *t, u32 now)
{
	u32 n = t->n;

	t->us[n % ESP_TIMES] = now;
	t->n = n + 1 < 2 * ESP_TIMES ? n + 1 : ESP_TIMES;
}

#endif /* _NF_ESP_TIMES_H */
