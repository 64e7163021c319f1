// SPDX-License-Identifier: GPL-2.0-only
/* ESP SPIs: how they begin and end, and which of them yields to a new one. */
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "core/client.h"
#include "core/event.h"
#include "core/expect.h"
#include "core/fast.h"
#include "core/net.h"
#include "core/packet.h"
#include "core/session.h"
#include "esp/esp.h"
#include "esp/spi.h"

/**
 * nf_esp_event_spi - tell listeners and tracers what happened to an SPI
 * @vn: netns, its lock held
 * @event: what happened
 * @spi: SPI
 */
void nf_esp_event_spi(struct nf_vpn_net *vn, enum nf_ct_vpn_event_type event,
		      struct nf_esp_spi *spi)
{
	if (spi->session)
		nf_vpn_trace_spi(vn, event, spi->session, spi->spi, spi->conf);
	nf_vpn_event(vn, event, NF_CT_VPN_KIND_ESP, spi);
}
EXPORT_SYMBOL_GPL(nf_esp_event_spi);

static void nf_esp_spi_init(struct nf_esp_spi *spi,
			    const struct nf_vpn_pkt *pkt)
{
	spi->spi = pkt->spi;
	spi->seq = pkt->seq;
	spi->first = (u32)ktime_get_seconds();
	spi->last = (u32)jiffies;
}

/**
 * nf_esp_spi_init_in - fill in an inbound SPI that is undecided
 * @spi: zeroed part of a &struct nf_esp_undecided
 * @pkt: its first packet
 */
void nf_esp_spi_init_in(struct nf_esp_spi *spi, const struct nf_vpn_pkt *pkt)
{
	nf_esp_spi_init(spi, pkt);
	spi->dir = NF_CT_VPN_DIR_IN;
	spi->gw = pkt->dst.addr;
}

/* A session has one unproven inbound SPI more, or one less (@n -1). */
static void nf_esp_session_count_unproven(struct nf_vpn_session *s, int n)
{
	s->unproven += n;
	s->remote->nunproven += n;
}

/**
 * nf_esp_spi_hold - say what keeps an SPI that no flow keeps
 * @spi: SPI of a session, lock of its netns held
 * @hold: what keeps it
 */
void nf_esp_spi_hold(struct nf_esp_spi *spi, enum nf_esp_hold hold)
{
	spi->session->held += !!hold - !!spi->hold;
	spi->hold = hold;
}

/**
 * nf_esp_spi_free - unlink an SPI of a session, free it after RCU
 * @vn: netns, its lock held
 * @spi: SPI
 */
void nf_esp_spi_free(struct nf_vpn_net *vn, struct nf_esp_spi *spi)
{
	struct nf_vpn_session *s = spi->session;

	lockdep_assert_held(&vn->lock);
	nf_esp_spi_unlink(vn, spi);
	nf_esp_spi_hold(spi, NF_ESP_HOLD_NONE);
	spi->dead = true;
	hlist_del(&spi->by_session);
	s->nspis[spi->dir]--;
	if (spi->dir == NF_CT_VPN_DIR_IN && !spi->proven)
		nf_esp_session_count_unproven(s, -1);
	else if (spi->dir == NF_CT_VPN_DIR_OUT && !spi->paired)
		s->unpaired--;
	else
		nf_esp_session_part(s, spi->dir);
	nf_esp_session_end_wait(s);
	nf_vpn_uncharge(vn, s->client);
	nf_vpn_fast_end(vn, &spi->fast);
	kfree_rcu(spi, rcu);
}
EXPORT_SYMBOL_GPL(nf_esp_spi_free);

/*
 * If a session has so many inbound SPIs that aren't trusted, they are a flood
 * of forged ones. Fewer may be child SAs that the remote host has just made.
 */
#define NF_ESP_SPI_MADE_UP	(NF_ESP_SESSION_SPIS / 4)

/*
 * May the SPI be forged? An outbound one is the client's own, and one that is
 * held comes from the admin.
 */
static bool nf_esp_spi_may_be_made_up(const struct nf_esp_spi *spi)
{
	return spi->dir == NF_CT_VPN_DIR_IN && !spi->hold &&
	       !nf_esp_spi_is_trusted(spi);
}

/*
 * The order in which a session's SPIs yield to a new one. An inbound SPI that
 * is trusted and in use stays, or else a few forged packets could end a tunnel.
 */
enum nf_esp_spi_rank {
	NF_ESP_SPI_FLOOD,
	NF_ESP_SPI_IDLE,
	NF_ESP_SPI_UNTRUSTED,
	NF_ESP_SPI_OUT,
	NF_ESP_SPI_STAYS,
};

static enum nf_esp_spi_rank nf_esp_spi_rank(const struct nf_esp_spi *spi,
					    bool flood, u32 idle)
{
	if (spi->hold == NF_ESP_HOLD_PIN)
		return NF_ESP_SPI_STAYS;
	if (flood && nf_esp_spi_may_be_made_up(spi))
		return NF_ESP_SPI_FLOOD;
	if (nf_esp_spi_idle(spi) >= idle)
		return NF_ESP_SPI_IDLE;
	if (nf_esp_spi_may_be_made_up(spi))
		return NF_ESP_SPI_UNTRUSTED;
	return spi->dir == NF_CT_VPN_DIR_OUT ? NF_ESP_SPI_OUT :
					       NF_ESP_SPI_STAYS;
}

static bool nf_esp_spi_is_flood(const struct nf_vpn_session *s)
{
	const struct nf_esp_spi *spi;
	unsigned int n = 0;

	hlist_for_each_entry(spi, &s->spis, by_session)
		n += nf_esp_spi_may_be_made_up(spi);
	return n >= NF_ESP_SPI_MADE_UP;
}

/*
 * The SPI that yields: of the lowest rank the one seen least recently, or NULL.
 */
static struct nf_esp_spi *nf_esp_spi_last(const struct nf_vpn_net *vn,
					  const struct nf_vpn_session *s,
					  u8 dir)
{
	u32 timeout = HZ * (u32)READ_ONCE(vn->set.esp_timeout);
	enum nf_esp_spi_rank rank, best = NF_ESP_SPI_STAYS;
	bool flood = nf_esp_spi_is_flood(s);
	struct nf_esp_spi *spi, *last = NULL;

	hlist_for_each_entry(spi, &s->spis, by_session) {
		if (spi->dir != dir)
			continue;
		rank = nf_esp_spi_rank(spi, flood, timeout);
		if (rank > best || rank == NF_ESP_SPI_STAYS)
			continue;
		if (rank == best &&
		    nf_esp_spi_idle(spi) < nf_esp_spi_idle(last))
			continue;
		best = rank;
		last = spi;
	}
	return last;
}

/* Make room for one SPI more. Returns false if none of the session's yields. */
static bool nf_esp_spi_recycle(struct nf_vpn_net *vn, struct nf_vpn_session *s,
			       u8 dir)
{
	struct nf_esp_spi *spi;

	if (s->nspis[dir] < NF_ESP_SESSION_SPIS)
		return true;
	spi = nf_esp_spi_last(vn, s, dir);
	if (!spi)
		return false;
	if (dir == NF_CT_VPN_DIR_IN && nf_esp_spi_is_trusted(spi))
		s->lost = (u32)jiffies;
	nf_vpn_stat_inc(vn, SPI_RECYCLED);
	nf_esp_event_spi(vn, NF_CT_VPN_EVENT_EXPIRED, spi);
	nf_esp_spi_free(vn, spi);
	return true;
}

static struct nf_esp_spi *nf_esp_spi_alloc(struct nf_vpn_net *vn,
					   struct nf_vpn_session *s,
					   const struct nf_vpn_pkt *pkt, u8 dir)
{
	struct nf_esp_spi *spi = NULL;

	lockdep_assert_held(&vn->lock);
	/*
	 * Other sessions may have to make room for this SPI, but not its own.
	 */
	nf_vpn_session_protect(vn, s);
	if (!nf_esp_spi_recycle(vn, s, dir)) {
		s->lost = (u32)jiffies;
		goto out;
	}
	if (nf_vpn_charge(vn, s->client))
		goto out;
	spi = kzalloc(sizeof(*spi), GFP_ATOMIC);
	if (!spi) {
		nf_vpn_stat_inc(vn, NO_MEMORY);
		nf_vpn_uncharge(vn, s->client);
		goto out;
	}
	spi->session = s;
	spi->remote = s->remote;
	nf_esp_spi_init(spi, pkt);
	spi->dir = dir;
out:
	nf_vpn_session_unprotect(vn, s);
	return spi;
}

static struct nf_esp_spi *nf_esp_spi_publish(struct nf_vpn_net *vn,
					     struct nf_esp_spi *spi)
{
	struct nf_vpn_session *s = spi->session;

	if (nf_esp_spi_link(vn, spi)) {
		nf_vpn_uncharge(vn, s->client);
		nf_vpn_fast_end(vn, &spi->fast);
		kfree_rcu(spi, rcu);
		return NULL;
	}
	hlist_add_head(&spi->by_session, &s->spis);
	s->nspis[spi->dir]++;
	nf_vpn_stat_inc(vn, SPI_NEW);
	return spi;
}

/**
 * nf_esp_spi_add_out - learn an outbound SPI
 * @vn: netns, its lock held
 * @s: session of the sender
 * @pkt: first packet
 *
 * The session waits for an inbound SPI from now on, unless it has one already.
 * A reserved SPI isn't learnt, since it has no partner.
 *
 * Return: the SPI, which another CPU may have added just before; NULL if it is
 * reserved or there is no room. The session works without.
 */
struct nf_esp_spi *nf_esp_spi_add_out(struct nf_vpn_net *vn,
				      struct nf_vpn_session *s,
				      const struct nf_vpn_pkt *pkt)
{
	struct nf_esp_spi *spi = nf_esp_spi_find_out(vn, pkt);

	if (spi)
		return spi;
	if (nf_esp_spi_is_reserved(pkt->spi)) {
		WRITE_ONCE(s->spi_out, pkt->spi);
		return NULL;
	}
	spi = nf_esp_spi_alloc(vn, s, pkt, NF_CT_VPN_DIR_OUT);
	if (!spi)
		return NULL;
	spi = nf_esp_spi_publish(vn, spi);
	if (!spi)
		return NULL;
	nf_esp_event_spi(vn, NF_CT_VPN_EVENT_NEW, spi);
	/* A new SPI is no change back and forth, see esp_note_mixed(). */
	WRITE_ONCE(s->spi_out, spi->spi);
	if (!nf_esp_session_asks(s, spi))
		return spi;
	if (s->unpaired == 1 || esp_seq_is_new(pkt->seq))
		s->pending_old = !esp_seq_is_new(pkt->seq);
	s->pending_since = (u32)jiffies;
	nf_esp_session_expect(vn, s);
	return spi;
}

/**
 * nf_esp_spi_bind - make a session the owner of an inbound SPI
 * @vn: netns, its lock held
 * @s: owner
 * @pkt: a packet with the SPI, for which no entry exists
 * @conf: how sure it is
 *
 * A reserved SPI isn't bound, since other hosts are answered on it, too.
 *
 * Return: the SPI; NULL if it is reserved or there is no room.
 */
struct nf_esp_spi *nf_esp_spi_bind(struct nf_vpn_net *vn,
				   struct nf_vpn_session *s,
				   const struct nf_vpn_pkt *pkt,
				   enum nf_ct_vpn_conf conf)
{
	struct nf_esp_spi *spi;

	if (nf_esp_spi_is_reserved(pkt->spi))
		return NULL;
	spi = nf_esp_spi_alloc(vn, s, pkt, NF_CT_VPN_DIR_IN);
	if (!spi)
		return NULL;
	spi->gw = pkt->dst.addr;
	spi->conf = conf;
	spi->old = !esp_seq_is_new(pkt->seq);
	spi = nf_esp_spi_publish(vn, spi);
	if (!spi)
		return NULL;
	nf_vpn_stat_inc(vn, BOUND);
	nf_esp_event_spi(vn, NF_CT_VPN_EVENT_BOUND, spi);
	nf_esp_session_count_unproven(s, 1);
	return spi;
}
EXPORT_SYMBOL_GPL(nf_esp_spi_bind);

/**
 * nf_esp_spi_prove - count an inbound SPI as one that its session waited for
 * @spi: SPI of a session, lock of its netns held
 *
 * It gets a partner and spends a ticket. An SPI that was seen once doesn't: a
 * flood of forged ones, each sent once, must not make the session look served.
 */
void nf_esp_spi_prove(struct nf_esp_spi *spi)
{
	struct nf_vpn_session *s = spi->session;

	if (spi->proven || spi->dead)
		return;
	nf_esp_session_count_unproven(s, -1);
	WRITE_ONCE(spi->proven, true);
	nf_esp_session_pair(s);
	if (!spi->old)
		nf_vpn_expect_spend(s);
	nf_esp_session_end_wait(s);
}
EXPORT_SYMBOL_GPL(nf_esp_spi_prove);

/**
 * nf_esp_spi_give_back - make a session the owner of an inbound SPI that it had
 * before, together with a partner
 * @vn: netns, its lock held
 * @s: owner
 * @pkt: addresses and SPI of its packets
 * @conf: how sure it was
 *
 * Return: as nf_esp_spi_bind().
 */
struct nf_esp_spi *nf_esp_spi_give_back(struct nf_vpn_net *vn,
					struct nf_vpn_session *s,
					const struct nf_vpn_pkt *pkt,
					enum nf_ct_vpn_conf conf)
{
	struct nf_esp_spi *spi = nf_esp_spi_bind(vn, s, pkt, conf);

	if (!spi)
		return NULL;
	/* What the session waits for now is another one. */
	nf_esp_session_count_unproven(s, -1);
	WRITE_ONCE(spi->proven, true);
	return spi;
}

/**
 * nf_esp_spi_seen_again - prove an inbound SPI by its second packet
 * @vn: netns, its lock not held
 * @spi: SPI of a session, under RCU
 */
void nf_esp_spi_seen_again(struct nf_vpn_net *vn, struct nf_esp_spi *spi)
{
	spin_lock_bh(&vn->lock);
	nf_esp_spi_prove(spi);
	spin_unlock_bh(&vn->lock);
}
