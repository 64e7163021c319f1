// SPDX-License-Identifier: GPL-2.0-only
/* How many inbound SPIs a session waits for. */
#include <linux/ktime.h>
#include <linux/minmax.h>

#include "core/expect.h"
#include "core/remote.h"
#include "core/session.h"
#include "esp/spi.h"
#include "nat/nat.h"

/* Count a session's preloaded inbound SPIs that are unproven. */
static int nf_nat_esp_preloaded(const struct nf_vpn_session *s)
{
	const struct nf_esp_spi *spi;
	int n = 0;

	hlist_for_each_entry(spi, &s->spis, by_session)
		n += spi->dir == NF_CT_VPN_DIR_IN && !spi->proven &&
		     spi->conf == NF_CT_VPN_CONF_PRELOADED;
	return n;
}

/*
 * How many of the SPIs that a session waits for may have come already, since it
 * has so many unproven ones? Under a flood only preloaded SPIs count: forged
 * ones must not make the session look served, and so exclude it.
 */
static int nf_nat_esp_unproven(const struct nf_vpn_session *s)
{
	return s->remote->flooded && s->unproven ? nf_nat_esp_preloaded(s) :
						   s->unproven;
}

/*
 * How many new inbound SPIs is a session to get? As many as its IKE has
 * announced, or as it has unpaired outbound SPIs, if these are more. If its IKE
 * isn't visible (-1), only the latter are known.
 */
static int nf_nat_esp_due(const struct nf_vpn_session *s)
{
	int need = nf_vpn_expect_need(s);

	if (need >= 0 && s->pending_old)
		return need;
	return max_t(int, need, s->unpaired);
}

/**
 * nf_nat_esp_awaited - count the new inbound SPIs that a session waits for
 * @s: session, lock of its netns held
 *
 * Return: their number; 0 or less if it waits for none
 */
int nf_nat_esp_awaited(const struct nf_vpn_session *s)
{
	return nf_nat_esp_due(s) - nf_nat_esp_unproven(s);
}

/* Count a session's unpaired outbound SPIs that appeared within so many s. */
static int nf_nat_esp_asked(const struct nf_vpn_session *s, u32 seconds)
{
	u32 now = (u32)ktime_get_seconds();
	const struct nf_esp_spi *spi;
	int n = 0;

	if (!s->unpaired)
		return 0;
	hlist_for_each_entry(spi, &s->spis, by_session)
		n += spi->dir == NF_CT_VPN_DIR_OUT && !spi->paired &&
		     now - spi->first <= seconds;
	return n;
}

/**
 * nf_nat_esp_begun - count the new inbound SPIs that a session has begun to wait
 * for lately
 * @s: session, lock of its netns held
 * @age: milliseconds that are lately
 *
 * A session with many children may wait for many SPIs, and have begun lately to
 * wait for one of them.
 *
 * Return: their number, which is never more than all that it waits for; 0 or less
 * if there are none
 */
int nf_nat_esp_begun(const struct nf_vpn_session *s, u32 age)
{
	int begun = max(nf_vpn_expect_younger(s, age),
			nf_nat_esp_asked(s, age / MSEC_PER_SEC + 1));

	return min(begun - nf_nat_esp_unproven(s), nf_nat_esp_awaited(s));
}

/**
 * nf_nat_esp_waits - tell whether a session waits for an inbound SPI
 * @s: session, lock of its netns held
 * @old: for one that was in use before, instead of a new one
 *
 * Return: whether it does
 */
bool nf_nat_esp_waits(const struct nf_vpn_session *s, bool old)
{
	if (old)
		return s->pending_old &&
		       s->unpaired > nf_nat_esp_unproven(s);
	if (nf_vpn_expect_need(s) < 0 && s->pending_old)
		return false;
	return nf_nat_esp_awaited(s) > 0;
}
