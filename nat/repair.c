// SPDX-License-Identifier: GPL-2.0-only
/*
 * An outbound SPI that is sent on and not answered: its partner may have been
 * given to a sibling.
 *
 * Which outbound and inbound SPIs are partners isn't known, but their numbers are:
 * a session that lately sent on more SPIs than it received on lacks one. That one
 * has received meanwhile, and appeared after the session was last served or since
 * the unanswered SPI did; or else it is an SPI of a sibling that receives on more
 * than it sends on, as one does whose host has moved to another address. Inferred
 * and guessed owners are then asked again, and those that were the only one when
 * the SPI came: it is undecided between both, gets to both, and evidence decides.
 * Where nothing is copied it changes hands.
 */
#include "core/clock.h"
#include "core/net.h"
#include "core/packet.h"
#include "core/scan.h"
#include "core/session.h"
#include "esp/spi.h"
#include "esp/times.h"
#include "esp/undecided.h"
#include "nat/nat.h"

/*
 * An SPI is doubted so often, the most that its field holds. A host that is
 * simply not answered must not keep its siblings undecided.
 */
#define NF_NAT_ESP_REPAIRS	3
/* It changes hands without evidence so often: from its owner and back to it. */
#define NF_NAT_ESP_MOVES	2
/* At most one search per remote host in this time. */
#define NF_NAT_ESP_REPAIR	(HZ / 10)
/* SPIs that one search makes undecided; others wait for the next. */
#define NF_NAT_ESP_REOPENED	8
/* Clocks in seconds, and packets on their way, differ by so much. */
#define NF_NAT_ESP_SLACK	2

/**
 * struct nf_nat_esp_search - who has what a session lacks?
 * @vn: netns, its lock held
 * @starved: the session
 * @spi: its outbound SPI that isn't answered
 * @since: low half of jiffies when it was first sent on in vain
 * @guess: nf_conntrack_esp_guess
 * @left: SPIs that may still be made undecided, or be moved
 */
struct nf_nat_esp_search {
	struct nf_vpn_net *vn;
	struct nf_vpn_session *starved;
	const struct nf_esp_spi *spi;
	u32 since;
	int guess;
	unsigned int left;
};

static bool nf_nat_esp_is_since(u32 stamp, u32 since)
{
	return (s32)(stamp - since) >= 0;
}

/* Has an SPI been used since? */
static bool nf_nat_esp_active(const struct nf_esp_spi *spi, u32 since)
{
	return nf_nat_esp_is_since(READ_ONCE(spi->last), since);
}

/*
 * Has an outbound SPI been sent on so early since then that the answer would be
 * here?
 */
static bool nf_nat_esp_asks(const struct nf_esp_spi *spi, u32 since)
{
	u32 first = READ_ONCE(spi->asked.since);

	return READ_ONCE(spi->asked.n) && nf_nat_esp_is_since(first, since) &&
	       nf_vpn_since_low(first) >=
	       msecs_to_jiffies(ESP_STARVED_SILENCE_MS);
}

/* Inbound SPIs of a session that have received since, undecided ones included. */
static int nf_nat_esp_answers(const struct nf_vpn_session *s, u32 since)
{
	const struct nf_esp_undecided *u;
	const struct nf_esp_spi *spi;
	int n = 0;

	hlist_for_each_entry(spi, &s->spis, by_session)
		n += spi->dir == NF_CT_VPN_DIR_IN && spi->proven &&
		     nf_nat_esp_active(spi, since);
	list_for_each_entry(u, &s->remote->undecided, by_remote)
		n += nf_nat_esp_active(&u->spi, since) &&
		     nf_esp_undecided_index(u, s) >= 0;
	return n;
}

/* Does the session get answers on fewer SPIs than it asks on? */
static bool nf_nat_esp_lacks(const struct nf_nat_esp_search *search)
{
	const struct nf_esp_spi *spi;
	int asked = 1;

	hlist_for_each_entry(spi, &search->starved->spis, by_session)
		asked += spi != search->spi && spi->dir == NF_CT_VPN_DIR_OUT &&
			 nf_nat_esp_asks(spi, search->since);
	return asked > nf_nat_esp_answers(search->starved, search->since);
}

/*
 * Did an SPI appear when the session was served last, or later? Or when its
 * unanswered SPI did, if that has never had a partner?
 */
static bool nf_nat_esp_later(const struct nf_nat_esp_search *search,
			     const struct nf_esp_spi *spi)
{
	unsigned long last_in = READ_ONCE(search->starved->last_in);
	u32 age = (u32)ktime_get_seconds() - spi->first;

	if (age <= nf_vpn_since(last_in) / HZ + NF_NAT_ESP_SLACK)
		return true;
	return !search->spi->paired &&
	       (s32)(spi->first + NF_NAT_ESP_SLACK - search->spi->first) >= 0;
}

/* Does its owner receive on more SPIs than it sends on? */
static bool nf_nat_esp_spare(const struct nf_nat_esp_search *search,
			     const struct nf_esp_spi *spi)
{
	const struct nf_esp_spi *other;
	int asked = 0, got = 0;

	hlist_for_each_entry(other, &spi->session->spis, by_session) {
		if (!nf_nat_esp_active(other, search->since))
			continue;
		if (other->dir == NF_CT_VPN_DIR_OUT)
			asked++;
		else
			got++;
	}
	return got > asked;
}

static bool nf_nat_esp_doubtful(const struct nf_nat_esp_search *search,
				const struct nf_esp_spi *spi)
{
	return spi->dir == NF_CT_VPN_DIR_IN &&
	       (spi->conf == NF_CT_VPN_CONF_GUESSED ||
		spi->conf == NF_CT_VPN_CONF_INFERRED ||
		spi->conf == NF_CT_VPN_CONF_SOLE) &&
	       !spi->hold && spi->repairs < NF_NAT_ESP_REPAIRS &&
	       nf_nat_esp_active(spi, search->since) &&
	       nf_nat_esp_uses(search->starved, &spi->gw);
}

/* The packet that an SPI's next entry is made for. */
static struct nf_vpn_pkt nf_nat_esp_pkt(const struct nf_esp_spi *spi)
{
	const struct nf_vpn_host *remote = &spi->session->remote->host;

	return (struct nf_vpn_pkt){
		.src = *remote,
		.dst = { .addr = spi->gw, .l3num = remote->l3num },
		.spi = spi->spi,
		.seq = READ_ONCE(spi->seq),
	};
}

/* Its owner loses an SPI, and waits for another one instead. */
static void nf_nat_esp_take(struct nf_vpn_net *vn, struct nf_esp_spi *spi)
{
	struct nf_vpn_session *s = spi->session;
	bool proven = spi->proven, partner = !s->ahead;

	/* If room has to be made, others yield. */
	nf_vpn_session_protect(vn, s);
	nf_esp_event_spi(vn, NF_CT_VPN_EVENT_REBOUND, spi);
	nf_esp_spi_free(vn, spi);
	/* One that was seen but once has been paired with nothing. */
	if (proven)
		nf_esp_session_unpair(vn, s, partner);
}

/* Its new entry goes on where the old one was, doubted once more. */
static void nf_nat_esp_go_on(struct nf_esp_spi *spi,
			     const struct nf_nat_esp_history *history, u32 last)
{
	nf_nat_esp_history_add(spi, history);
	spi->last = last;
	spi->repairs++;
}

/* Both are candidates from now on. */
static void nf_nat_esp_reopen(struct nf_nat_esp_search *search,
			      struct nf_esp_spi *spi)
{
	const struct nf_nat_esp_history history = nf_nat_esp_history_get(spi);
	const struct nf_vpn_pkt pkt = nf_nat_esp_pkt(spi);
	struct nf_vpn_session *s = spi->session;
	u32 last = READ_ONCE(spi->last);
	struct nf_vpn_net *vn = search->vn;
	struct nf_esp_undecided *u;

	nf_nat_esp_take(vn, spi);
	u = nf_esp_undecided_add(vn, s->remote, &pkt);
	if (!u)
		return;
	nf_nat_esp_go_on(&u->spi, &history, last);
	nf_esp_undecided_admit(vn, u, search->starved, false);
	nf_esp_undecided_admit(vn, u, s, false);
}

/* It is the starved session's, until it turns out to be wrong. */
static void nf_nat_esp_move(struct nf_nat_esp_search *search,
			    struct nf_esp_spi *spi)
{
	const struct nf_nat_esp_history history = nf_nat_esp_history_get(spi);
	const struct nf_vpn_pkt pkt = nf_nat_esp_pkt(spi);
	u32 last = READ_ONCE(spi->last);

	nf_nat_esp_take(search->vn, spi);
	spi = nf_esp_spi_bind(search->vn, search->starved, &pkt,
			      NF_CT_VPN_CONF_GUESSED);
	if (!spi)
		return;
	nf_nat_esp_go_on(spi, &history, last);
	nf_esp_spi_prove(spi);
}

typedef bool nf_nat_esp_fits(const struct nf_nat_esp_search *search,
			     const struct nf_esp_spi *spi);

static void nf_nat_esp_search_session(struct nf_nat_esp_search *search,
				      struct nf_vpn_session *s,
				      nf_nat_esp_fits *fits)
{
	struct hlist_node *next;
	struct nf_esp_spi *spi;

	hlist_for_each_entry_safe(spi, next, &s->spis, by_session) {
		if (!search->left)
			return;
		if (!nf_nat_esp_doubtful(search, spi) || !fits(search, spi))
			continue;
		if (search->guess > 1) {
			nf_nat_esp_reopen(search, spi);
		} else if (spi->repairs < NF_NAT_ESP_MOVES &&
			   nf_nat_esp_spare(search, spi)) {
			nf_nat_esp_move(search, spi);
		} else {
			continue;
		}
		search->left--;
	}
}

/* Returns whether something was found. */
static bool nf_nat_esp_search(struct nf_nat_esp_search *search,
			      nf_nat_esp_fits *fits)
{
	unsigned int left = search->left;
	struct nf_vpn_session *s;

	nf_vpn_for_each_session(s, search->starved->remote)
		if (s != search->starved)
			nf_nat_esp_search_session(search, s, fits);
	return search->left < left;
}

/* The session joins the candidates of what others are undecided about. */
static bool nf_nat_esp_join(struct nf_nat_esp_search *search)
{
	struct nf_vpn_session *s = search->starved;
	struct nf_esp_undecided *u;
	bool any = false;

	list_for_each_entry(u, &s->remote->undecided, by_remote) {
		if (!nf_nat_esp_active(&u->spi, search->since) ||
		    u->spi.repairs >= NF_NAT_ESP_REPAIRS ||
		    !nf_nat_esp_later(search, &u->spi) ||
		    !nf_nat_esp_uses(s, &u->spi.gw) ||
		    nf_esp_undecided_index(u, s) >= 0)
			continue;
		u->spi.repairs++;
		/* It has as good a claim as those that had just begun. */
		nf_esp_undecided_admit(search->vn, u, s, true);
		any = true;
	}
	return any;
}

static bool nf_nat_esp_may_search(const struct nf_nat_esp_search *search)
{
	const struct nf_vpn_session *s = search->starved;

	return search->guess && !search->spi->dead &&
	       !test_bit(NF_VPN_SESSION_DEAD, &s->flags) &&
	       !test_bit(NF_VPN_SESSION_LOCAL, &s->flags) &&
	       s->remote->nsessions > 1 &&
	       !time_before(jiffies, s->remote->repaired + NF_NAT_ESP_REPAIR) &&
	       nf_nat_esp_lacks(search);
}

/**
 * nf_nat_esp_starved - an outbound SPI may be unanswered
 * @vn: netns, its lock not held
 * @spi: SPI of a session, under RCU
 * @since: low half of jiffies when it was first sent on in vain
 */
void nf_nat_esp_starved(struct nf_vpn_net *vn, const struct nf_esp_spi *spi,
			u32 since)
{
	struct nf_nat_esp_search search = {
		.vn = vn,
		.starved = spi->session,
		.spi = spi,
		.since = since,
		.guess = READ_ONCE(vn->set.esp_guess),
	};
	bool found;

	search.left = search.guess > 1 ? NF_NAT_ESP_REOPENED : 1;
	spin_lock_bh(&vn->lock);
	if (nf_nat_esp_may_search(&search)) {
		search.starved->remote->repaired = jiffies;
		found = nf_nat_esp_join(&search);
		found |= nf_nat_esp_search(&search, nf_nat_esp_later);
		if (!found)
			nf_nat_esp_search(&search, nf_nat_esp_spare);
	}
	spin_unlock_bh(&vn->lock);
}
