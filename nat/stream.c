// SPDX-License-Identifier: GPL-2.0-only
/* Streams: may an inbound SPI carry on one that came on another? */
#include <linux/jiffies.h>
#include <linux/minmax.h>

#include "core/session.h"
#include "esp/undecided.h"
#include "nat/nat.h"

/* Packets of a stream are no farther apart than this. */
#define NF_NAT_ESP_STREAM	(HZ / 5)
/*
 * Packets of an old SPI may come for so long after the first one of a new SPI.
 */
#define NF_NAT_ESP_HANDOVER	max(HZ / 100, 1)

/**
 * nf_nat_esp_went_over - tell whether an SPI may carry on a stream of a session
 * @u: entry, lock of its netns held
 * @s: session
 *
 * Return: whether the session got packets on a bound SPI just before this one
 * appeared, and none since
 */
bool nf_nat_esp_went_over(const struct nf_esp_undecided *u,
			  const struct nf_vpn_session *s)
{
	unsigned long last_in = READ_ONCE(s->last_in);

	return time_after(last_in + NF_NAT_ESP_STREAM, u->first) &&
	       !time_after(last_in, u->first + NF_NAT_ESP_HANDOVER);
}
