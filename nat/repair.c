// SPDX-License-Identifier: GPL-2.0-only
/*
 * Repair: an outbound SPI is sent on and not answered, perhaps because its
 * partner was bound to another session of the same remote host, a sibling.
 *
 * The true partners aren't visible, but their number is: a session that lately
 * has sent on more SPIs than it has received on lacks one. The SPI that it
 * lacks has received meanwhile. It appeared after the session was last served,
 * or together with the unanswered SPI. If there is no such SPI, it may be one
 * of a sibling that receives on more SPIs than it sends on, as a session does
 * whose client has moved to another address.
 *
 * An owner is doubted if it was guessed or inferred, or was the only session
 * when the SPI came. Then the SPI is undecided between both sessions, both get
 * its packets, and evidence decides. If packets aren't copied, the SPI changes
 * hands.
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
 * Most times that the owner of an SPI is doubted (nf_esp_spi.repairs has two
 * bits). Without a limit, a client whose server is down would make its
 * siblings' SPIs undecided again and again.
 */
#define NF_NAT_ESP_REPAIRS	3
/* Most times that an SPI changes hands without evidence: once, and back. */
#define NF_NAT_ESP_MOVES	2
/* Time between two searches among the sessions of one remote host. */
#define NF_NAT_ESP_REPAIR	(HZ / 10)
/* Most SPIs that one search makes undecided. */
#define NF_NAT_ESP_REOPENED	8
/* Tolerance of comparisons, in seconds, for rounding and packets in flight. */
#define NF_NAT_ESP_SLACK	2

/**
 * struct nf_nat_esp_search - a search for the SPI that a session lacks
 * @vn: netns, its lock held
 * @starved: the session
 * @spi: its outbound SPI that isn't answered
 * @since: low half of jiffies when that was first sent on in vain
 * @guess: nf_conntrack_esp_guess
 * @left: number of SPIs that may still be made undecided, or be moved
 * @moved: its client has come from another address, which is no doubt about the
 *	owner and doesn't count as one
 */
struct nf_nat_esp_search {
	struct nf_vpn_net *vn;
	struct nf_vpn_session *starved;
	const struct nf_esp_spi *spi;
	u32 since;
	int guess;
	unsigned int left;
	bool moved;
};

/* Is @stamp not before @since? Both are low halves of jiffies. */
static bool nf_nat_esp_is_since(u32 stamp, u32 since)
{
	return (s32)(stamp - since) >= 0;
}

/* Has an SPI been used since then? */
static bool nf_nat_esp_active(const struct nf_esp_spi *spi, u32 since)
{
	return nf_nat_esp_is_since(READ_ONCE(spi->last), since);
}

/*
 * Has an outbound SPI been sent on since then, and so early that an answer
 * would have come by now?
 */
static bool nf_nat_esp_asks(const struct nf_esp_spi *spi, u32 since)
{
	u32 first = READ_ONCE(spi->asked.since);

	return READ_ONCE(spi->asked.n) && nf_nat_esp_is_since(first, since) &&
	       nf_vpn_since_low(first) >=
	       msecs_to_jiffies(ESP_STARVED_SILENCE_MS);
}

/*
 * Count a session's inbound SPIs that have received since, with undecided ones
 * that it may own, or is likely to.
 */
static int nf_nat_esp_answers(const struct nf_vpn_session *s, u32 since,
			      bool likely)
{
	const struct nf_esp_undecided *u;
	const struct nf_esp_spi *spi;
	int n = 0;

	hlist_for_each_entry(spi, &s->spis, by_session)
		n += spi->dir == NF_CT_VPN_DIR_IN && spi->proven &&
		     nf_nat_esp_active(spi, since);
	list_for_each_entry(u, &s->remote->undecided, by_remote)
		n += nf_nat_esp_active(&u->spi, since) &&
		     (likely ? nf_nat_esp_is_likely(u, s) :
			       nf_esp_undecided_index(u, s) >= 0);
	return n;
}

/*
 * Does the session receive on fewer SPIs than it sends on? Where many are
 * undecided it gets packets on SPIs of others, which only @likely tells apart.
 */
static bool nf_nat_esp_lacks(const struct nf_nat_esp_search *search,
			     bool likely)
{
	const struct nf_esp_spi *spi;
	int asked = 1;

	hlist_for_each_entry(spi, &search->starved->spis, by_session)
		asked += spi != search->spi && spi->dir == NF_CT_VPN_DIR_OUT &&
			 nf_nat_esp_asks(spi, search->since);
	return asked > nf_nat_esp_answers(search->starved, search->since,
					  likely);
}

/*
 * Did an SPI appear after the session was last served? Or after its unanswered
 * SPI, if that is unpaired?
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

/* Does the owner of an SPI receive on more SPIs than it sends on? */
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

/* Is it open to doubt who owns an inbound SPI? */
static bool nf_nat_esp_may_doubt(const struct nf_esp_spi *spi)
{
	return spi->dir == NF_CT_VPN_DIR_IN &&
	       (spi->conf == NF_CT_VPN_CONF_GUESSED ||
		spi->conf == NF_CT_VPN_CONF_INFERRED ||
		spi->conf == NF_CT_VPN_CONF_SOLE) &&
	       !spi->hold;
}

/*
 * May the SPI be the one that the session lacks, so far as its owner is
 * doubtful?
 */
static bool nf_nat_esp_doubtful(const struct nf_nat_esp_search *search,
				const struct nf_esp_spi *spi)
{
	return nf_nat_esp_may_doubt(spi) && spi->repairs < NF_NAT_ESP_REPAIRS &&
	       nf_nat_esp_active(spi, search->since) &&
	       nf_nat_esp_uses(search->starved, &spi->gw);
}

/* Addresses and SPI of an SPI's packets, for which its new entry is made. */
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

/* Take an SPI from its owner, which waits for another one instead. */
static void nf_nat_esp_take(struct nf_vpn_net *vn, struct nf_esp_spi *spi)
{
	struct nf_vpn_session *s = spi->session;
	bool proven = spi->proven, partner = !s->ahead;

	/* The owner must not be freed if room has to be made. */
	nf_vpn_session_protect(vn, s);
	nf_esp_event_spi(vn, NF_CT_VPN_EVENT_REBOUND, spi);
	nf_esp_spi_free(vn, spi);
	/* An unproven SPI has had no partner. */
	if (proven)
		nf_esp_session_unpair(vn, s, partner);
}

/* Let the SPI's new entry go on where the old one was, doubted once more. */
static void nf_nat_esp_go_on(struct nf_esp_spi *spi,
			     const struct nf_nat_esp_history *history, u32 last)
{
	nf_nat_esp_history_add(spi, history);
	spi->last = last;
	spi->repairs++;
}

/* Make an SPI undecided between its owner and the session. */
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
	u->spi.repairs -= search->moved;
	nf_esp_undecided_admit(vn, u, search->starved, false);
	nf_esp_undecided_admit(vn, u, s, false);
}

/* Bind an SPI to the session instead of its owner. */
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

/* Search the siblings for SPIs that fit. Returns whether one was found. */
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

/*
 * Make the session a candidate of undecided SPIs. Returns whether there is one.
 */
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
		/* It counts as much as those that had just begun to wait. */
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
	       nf_nat_esp_lacks(search, true);
}

/*
 * Look for the SPI among those that are undecided, where the session costs no
 * more than copies. If it lacks one for certain, then among siblings' as well.
 */
static void nf_nat_esp_find(struct nf_nat_esp_search *search)
{
	bool certain = nf_nat_esp_lacks(search, false);
	bool found = nf_nat_esp_join(search);

	if (found || certain)
		search->starved->remote->repaired = jiffies;
	if (!certain)
		return;
	found |= nf_nat_esp_search(search, nf_nat_esp_later);
	if (!found)
		nf_nat_esp_search(search, nf_nat_esp_spare);
}

/**
 * nf_nat_esp_starved - look for the answers of an outbound SPI among siblings
 * @vn: netns, its lock not held
 * @spi: SPI of a session, under RCU
 * @since: low half of jiffies when it was first sent on, perhaps in vain
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

	search.left = search.guess > 1 ? NF_NAT_ESP_REOPENED : 1;
	spin_lock_bh(&vn->lock);
	if (nf_nat_esp_may_search(&search)) {
		/* Others may have to make room, but not this session. */
		nf_vpn_session_protect(vn, search.starved);
		nf_nat_esp_find(&search);
		nf_vpn_session_unprotect(vn, search.starved);
	}
	spin_unlock_bh(&vn->lock);
}

/**
 * nf_nat_esp_moved - offer a session the inbound SPIs of another one
 * @vn: netns, its lock held
 * @s: session that sends on an outbound SPI of @from
 * @from: session of the same remote host
 *
 * Its host may have moved to another address with its SAs. But anybody could
 * repeat a packet of a sibling, so it is no more than a candidate. If packets
 * aren't copied, it has to ask in vain first.
 */
void nf_nat_esp_moved(struct nf_vpn_net *vn, struct nf_vpn_session *s,
		      struct nf_vpn_session *from)
{
	struct nf_nat_esp_search search = {
		.vn	= vn,
		.starved = s,
		.moved	= true,
	};
	struct nf_esp_undecided *u;
	struct hlist_node *next;
	struct nf_esp_spi *spi;

	if (READ_ONCE(vn->set.esp_guess) < 2 || s->remote != from->remote ||
	    test_bit(NF_VPN_SESSION_LOCAL, &s->flags) ||
	    test_bit(NF_VPN_SESSION_LOCAL, &from->flags))
		return;
	nf_vpn_session_protect(vn, s);
	list_for_each_entry(u, &s->remote->undecided, by_remote)
		if (nf_esp_undecided_index(u, from) >= 0 &&
		    nf_esp_undecided_index(u, s) < 0)
			nf_esp_undecided_admit(vn, u, s, true);
	hlist_for_each_entry_safe(spi, next, &from->spis, by_session)
		if (nf_nat_esp_may_doubt(spi))
			nf_nat_esp_reopen(&search, spi);
	nf_vpn_session_unprotect(vn, s);
}
