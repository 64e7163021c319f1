// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pairing: which sessions wait for an inbound SPI, and which of their outbound
 * SPIs have got one for a partner. The true partners aren't visible; only their
 * number matters here.
 */
#include "core/expect.h"
#include "core/net.h"
#include "core/session.h"
#include "esp/spi.h"
#include "esp/watch.h"

/*
 * The outbound SPI that has waited longest for a partner; NULL if none waits.
 */
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
 * nf_esp_session_pair - give a new inbound SPI a partner
 * @s: session, lock of its netns held
 *
 * The outbound SPI that has waited longest is taken for the partner. If none
 * waits, the remote host has sent first, and the next outbound one will be it.
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
 * nf_esp_spi_has_partner - note that an outbound SPI waits for none
 * @spi: SPI, lock of its netns held
 */
void nf_esp_spi_has_partner(struct nf_esp_spi *spi)
{
	if (spi->paired)
		return;
	WRITE_ONCE(spi->paired, true);
	spi->session->unpaired--;
	nf_esp_session_end_wait(spi->session);
}

/**
 * nf_esp_session_part - note that an SPI goes whose partner stays
 * @s: session, lock of its netns held
 * @dir: direction of the SPI that goes, &enum nf_ct_vpn_dir
 *
 * If both are idle the outbound one goes first; should it come back, it has a
 * partner already.
 */
void nf_esp_session_part(struct nf_vpn_session *s, u8 dir)
{
	if (dir == NF_CT_VPN_DIR_OUT)
		s->ahead += s->ahead < U8_MAX;
	else
		s->ahead -= s->ahead > 0;
}

/**
 * nf_esp_session_asks - tell whether a new outbound SPI waits for a partner
 * @s: session, lock of its netns held
 * @spi: the SPI
 *
 * An inbound SPI that came first is the partner, but only if IKE is visible:
 * then there is a ticket for each inbound SPI that is still to come.
 *
 * Return: false if the SPI is paired.
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
 * nf_esp_session_expect - let a session wait for an inbound SPI
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
 * nf_esp_session_end_wait - let a session wait no longer, if nothing is due
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
 * nf_esp_session_unpair - take back that an inbound SPI was the session's
 * @vn: netns, its lock held
 * @s: session, which waits for another SPI instead
 * @partner: the SPI was the partner of an outbound one; the newest of these is
 *	unpaired again
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
