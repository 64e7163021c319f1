// SPDX-License-Identifier: GPL-2.0-only
/*
 * A session that sends and hears nothing: what it waits for may have been given
 * to a sibling.
 *
 * That SPI has received while the session was silent, and appeared after it was
 * last served. Inferred and guessed owners are then asked again: the SPI is
 * undecided between both, gets to both, and evidence decides.
 */
#include "nf_nat_esp.h"

/*
 * An SPI changes hands so often, the most that its field holds. A host that is
 * simply not answered must not keep its siblings undecided.
 */
#define NF_NAT_ESP_REPAIRS	3
/* At most one search per remote host in this time. */
#define NF_NAT_ESP_REPAIR	(HZ / 10)
/* Clocks in seconds, and packets on their way, differ by so much. */
#define NF_NAT_ESP_SLACK	2

/* Has an SPI received since the session got no answer? */
static bool nf_nat_esp_active(const struct nf_vpn_spi *spi,
			      const struct nf_vpn_session *starved)
{
	return (s32)(READ_ONCE(spi->last) -
		     READ_ONCE(starved->unanswered_since)) >= 0;
}

/* Did it appear when the session was served last, or later? */
static bool nf_nat_esp_later(const struct nf_vpn_spi *spi,
			     const struct nf_vpn_session *starved)
{
	u32 age = (u32)ktime_get_seconds() - spi->first;
	unsigned long silence = nf_vpn_since(READ_ONCE(starved->last_in)) / HZ;

	return age <= silence + NF_NAT_ESP_SLACK;
}

static bool nf_nat_esp_doubtful(const struct nf_vpn_spi *spi,
				const struct nf_vpn_session *starved)
{
	return spi->dir == NF_CT_VPN_DIR_IN &&
	       (spi->conf == NF_CT_VPN_CONF_GUESSED ||
		spi->conf == NF_CT_VPN_CONF_INFERRED) &&
	       !spi->hold && spi->repairs < NF_NAT_ESP_REPAIRS &&
	       nf_nat_esp_active(spi, starved) &&
	       nf_nat_esp_later(spi, starved) &&
	       nf_nat_esp_uses(starved, &spi->gw);
}

/* Both are candidates from now on. */
static void nf_nat_esp_reopen(struct nf_vpn_net *vn, struct nf_vpn_spi *spi,
			      struct nf_vpn_session *starved)
{
	struct nf_vpn_session *s = spi->session;
	struct nf_vpn_pkt pkt = {
		.src = s->remote->host,
		.dst = { .addr = spi->gw, .l3num = s->remote->host.l3num },
		.spi = spi->spi,
		.seq = READ_ONCE(spi->seq),
	};
	const struct nf_nat_esp_past past = nf_nat_esp_past(spi);
	u32 last = READ_ONCE(spi->last);
	bool paired = spi->paired;
	struct nf_vpn_undecided *u;

	/* If room has to be made, others yield. */
	nf_vpn_session_wake(vn, s);
	nf_vpn_event_spi(vn, NF_CT_VPN_EVENT_REBOUND, spi);
	nf_vpn_spi_free(vn, spi);
	/* One that was seen but once has been paired with nothing. */
	if (paired)
		nf_vpn_session_unpair(vn, s);
	u = nf_vpn_undecided_add(vn, s->remote, &pkt);
	if (!u)
		return;
	nf_nat_esp_take_over(&u->spi, &past);
	u->spi.last = last;
	u->spi.repairs++;
	nf_vpn_undecided_admit(vn, u, starved);
	nf_vpn_undecided_admit(vn, u, s);
}

static void nf_nat_esp_reopen_all(struct nf_vpn_net *vn,
				  struct nf_vpn_session *s,
				  struct nf_vpn_session *starved)
{
	struct hlist_node *next;
	struct nf_vpn_spi *spi;

	hlist_for_each_entry_safe(spi, next, &s->spis, by_session)
		if (nf_nat_esp_doubtful(spi, starved))
			nf_nat_esp_reopen(vn, spi, starved);
}

/*
 * Is one of the SPIs that are undecided its own, perhaps? Then it is served by
 * copies, which don't show here.
 */
static bool nf_nat_esp_is_candidate(const struct nf_vpn_session *s)
{
	struct nf_vpn_undecided *u;

	list_for_each_entry(u, &s->remote->undecided, by_remote)
		if (nf_vpn_undecided_has(u, s) && nf_nat_esp_active(&u->spi, s))
			return true;
	return false;
}

/* The session joins the candidates of what others are undecided about. */
static void nf_nat_esp_join(struct nf_vpn_net *vn, struct nf_vpn_session *s)
{
	struct nf_vpn_undecided *u;

	list_for_each_entry(u, &s->remote->undecided, by_remote) {
		if (!nf_nat_esp_active(&u->spi, s) ||
		    u->spi.repairs >= NF_NAT_ESP_REPAIRS ||
		    !nf_nat_esp_later(&u->spi, s) ||
		    !nf_nat_esp_uses(s, &u->spi.gw) ||
		    nf_vpn_undecided_has(u, s))
			continue;
		u->spi.repairs++;
		nf_vpn_undecided_admit(vn, u, s);
	}
}

/**
 * nf_nat_esp_starved - a session's packets stay unanswered
 * @vn: netns, its lock not held
 * @s: session, under RCU
 */
void nf_nat_esp_starved(struct nf_vpn_net *vn, struct nf_vpn_session *s)
{
	unsigned int scan = NF_NAT_ESP_SCAN;
	struct nf_vpn_session *sibling;

	spin_lock_bh(&vn->lock);
	if (test_bit(NF_VPN_SESSION_DEAD, &s->flags) ||
	    test_bit(NF_VPN_SESSION_LOCAL, &s->flags) ||
	    READ_ONCE(vn->set.esp_guess) < 2 || nf_nat_esp_is_candidate(s) ||
	    time_before(jiffies, s->remote->repaired + NF_NAT_ESP_REPAIR))
		goto unlock;
	s->remote->repaired = jiffies;
	nf_nat_esp_join(vn, s);
	hlist_for_each_entry(sibling, &s->remote->sessions, by_remote) {
		if (sibling != s)
			nf_nat_esp_reopen_all(vn, sibling, s);
		if (!--scan)
			break;
	}
unlock:
	spin_unlock_bh(&vn->lock);
}
EXPORT_SYMBOL_GPL(nf_nat_esp_starved);
