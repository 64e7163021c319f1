// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which sessions wait for an inbound SPI, and which of their outbound ones have
 * got a partner.
 */
#include "core/expect.h"
#include "core/net.h"
#include "core/session.h"
#include "esp/spi.h"
#include "esp/watch.h"

static struct nf_esp_spi *
nf_esp_session_oldest_unpaired(struct nf_vpn_session *s)
{
	struct nf_esp_spi *spi, *oldest = NULL;

	/* New SPIs are added in front. */
	hlist_for_each_entry(spi, &s->spis, by_session)
		if (spi->dir == NF_CT_VPN_DIR_OUT && !spi->paired)
			oldest = spi;
	return oldest;
}

/**
 * nf_esp_session_pair - an inbound SPI was bound to the session
 * @s: session, lock of its netns held
 *
 * The outbound SPI that waited longest is taken for its partner, or the next one
 * that appears: the remote host may have been first.
 */
void nf_esp_session_pair(struct nf_vpn_session *s)
{
	struct nf_esp_spi *spi = nf_esp_session_oldest_unpaired(s);

	if (!spi) {
		s->ahead += s->ahead < U8_MAX;
		return;
	}
	WRITE_ONCE(spi->paired, true);
	s->unpaired--;
}

/**
 * nf_esp_session_part - an SPI that had a partner goes
 * @s: session, lock of its netns held
 * @dir: &enum nf_ct_vpn_dir
 *
 * An outbound one goes first when both are idle, and comes back.
 */
void nf_esp_session_part(struct nf_vpn_session *s, u8 dir)
{
	if (dir == NF_CT_VPN_DIR_OUT)
		s->ahead += s->ahead < U8_MAX;
	else
		s->ahead -= s->ahead > 0;
}

/**
 * nf_esp_session_asks - an outbound SPI has appeared
 * @s: session, lock of its netns held
 * @spi: SPI
 *
 * Return: whether it waits for a partner. Where IKE shows, it tells of all that
 * are to come, and one that came before is the partner.
 */
bool nf_esp_session_asks(struct nf_vpn_session *s, struct nf_esp_spi *spi)
{
	if (s->ahead && nf_vpn_expect_need(s) >= 0) {
		s->ahead--;
		WRITE_ONCE(spi->paired, true);
		return false;
	}
	s->unpaired++;
	return true;
}

/**
 * nf_esp_session_expect - a session waits for an inbound SPI from now on
 * @vn: netns, its lock held
 * @s: session
 */
void nf_esp_session_expect(struct nf_vpn_net *vn, struct nf_vpn_session *s)
{
	lockdep_assert_held(&vn->lock);
	if (test_bit(NF_VPN_SESSION_LOCAL, &s->flags) ||
	    test_bit(NF_VPN_SESSION_DEAD, &s->flags))
		return;
	if (list_empty(&s->pending))
		nf_esp_watch_get(s);
	list_move_tail(&s->pending, &s->remote->pending);
}

/**
 * nf_esp_session_end_wait - perhaps it waits no longer
 * @s: session, lock of its netns held
 */
void nf_esp_session_end_wait(struct nf_vpn_session *s)
{
	if (s->unpaired || nf_vpn_expect_need(s) > 0 || list_empty(&s->pending))
		return;
	list_del_init(&s->pending);
	nf_esp_watch_put(s);
}

/**
 * nf_esp_session_unpair - an inbound SPI turned out not to be the session's
 * @vn: netns, its lock held
 * @s: session
 * @partner: it was taken for the partner of an outbound one
 *
 * Then the most recent outbound SPI waits for a partner again.
 */
void nf_esp_session_unpair(struct nf_vpn_net *vn, struct nf_vpn_session *s,
			   bool partner)
{
	struct nf_esp_spi *spi;

	nf_vpn_expect_reopen(s);
	if (list_empty(&s->pending))
		nf_esp_session_expect(vn, s);
	if (!partner)
		return;
	hlist_for_each_entry(spi, &s->spis, by_session) {
		if (spi->dir != NF_CT_VPN_DIR_OUT || !spi->paired)
			continue;
		WRITE_ONCE(spi->paired, false);
		s->unpaired++;
		return;
	}
}
EXPORT_SYMBOL_GPL(nf_esp_session_unpair);
