// SPDX-License-Identifier: GPL-2.0-only
/*
 * Elimination: which candidates of an undecided SPI can't be its owner, or are
 * so unlikely to be it that they are dropped.
 *
 * If a remote host begins to send to a client that has waited for long, its SPI
 * looks like that of another client which has just begun to wait. A packet
 * doesn't tell these apart, but the number of SPIs does. Each client that has
 * just begun gets an SPI of its own. If there are no more undecided SPIs than
 * these clients have just begun to wait for, they are all theirs, and a client
 * that has waited for long owns none. What a client with many children has
 * waited for since earlier doesn't count, so far as that can be told (the SPI of
 * its newest child may spend its oldest ticket), nor does anything if some SPIs
 * found no room among the undecided ones.
 */
#include <linux/bitops.h>
#include <linux/log2.h>

#include "core/clock.h"
#include "core/packet.h"
#include "core/session.h"
#include "esp/spi.h"
#include "esp/undecided.h"
#include "nat/nat.h"

/*
 * Packets of an old SPI may come for so long after the first one of a new SPI, if
 * a queue on the way empties or the path changes.
 */
#define NF_NAT_ESP_OVERTAKING	(HZ / 2)
/*
 * Candidates that have waited for long may be dropped from this packet on. The
 * first packets of another SPI may have been lost, so that it isn't known yet.
 */
#define NF_NAT_ESP_NARROW	8
/* Time after which the SPI of a client that had just begun is known. */
#define NF_NAT_ESP_LATE		(HZ / 2)
/* Milliseconds by which ESP overtakes the response that allows it. */
#define NF_NAT_ESP_OVERTAKEN	200
/* A client whose SPI isn't answered sends on it again within this time. */
#define NF_NAT_ESP_ASKING	(3 * HZ)

/* An inbound SPI that has received within this time is in use. */
#define NF_NAT_ESP_IN_USE	(2 * HZ)

/* Does the session use a single child SA only? */
static bool nf_nat_esp_single_child(const struct nf_vpn_session *s)
{
	const struct nf_esp_spi *spi;
	unsigned int n = 0;

	if (nf_esp_session_is_mixed(s))
		return false;
	hlist_for_each_entry(spi, &s->spis, by_session)
		if (spi->dir == NF_CT_VPN_DIR_IN && nf_esp_spi_idle(spi) < NF_NAT_ESP_IN_USE)
			n++;
	return n <= 1;
}

/*
 * Has the session become an unlikely owner since @u began, because it waits for
 * no SPI any more, or because its own SPI has received since? Not while it has
 * an unpaired outbound SPI, whatever its other child SAs receive.
 */
static bool nf_nat_esp_excluded(const struct nf_esp_undecided *u,
				const struct nf_vpn_session *s)
{
	if (s->unpaired)
		return false;
	if (u->expecting && nf_nat_esp_awaited(s) <= 0)
		return true;
	return time_after(READ_ONCE(s->last_in),
			  u->first + NF_NAT_ESP_OVERTAKING) &&
	       nf_nat_esp_single_child(s);
}

/**
 * nf_nat_esp_is_likely - tell whether a session is a likely owner
 * @u: entry, lock of its netns held
 * @s: session
 *
 * Return: whether it is a candidate that had just begun to wait when the SPI
 * appeared, or that evidence speaks for
 */
bool nf_nat_esp_is_likely(const struct nf_esp_undecided *u,
			  const struct nf_vpn_session *s)
{
	int i = nf_esp_undecided_index(u, s);

	return i >= 0 && (u->fresh & BIT(i) || u->hits[i]);
}

/* Is the session a likely owner of another undecided SPI that is in use? */
static bool nf_nat_esp_has_choice(const struct nf_esp_undecided *u,
				  const struct nf_vpn_session *s)
{
	const struct nf_esp_undecided *other;

	list_for_each_entry(other, &u->spi.remote->undecided, by_remote)
		if (other != u &&
		    nf_esp_spi_idle(&other->spi) < NF_NAT_ESP_IN_USE &&
		    nf_nat_esp_is_likely(other, s))
			return true;
	return false;
}

/* Does it send on an unpaired SPI, whose partner is most likely this one? */
static bool nf_nat_esp_is_asking(const struct nf_esp_undecided *u,
				 const struct nf_vpn_session *s)
{
	return s->unpaired &&
	       time_before(jiffies,
			   READ_ONCE(s->last_out) + NF_NAT_ESP_ASKING) &&
	       !nf_nat_esp_has_choice(u, s);
}

/* May candidate @i own @u, if those that had just begun to wait go first? */
static bool nf_nat_esp_claims(const struct nf_esp_undecided *u, unsigned int i)
{
	return !u->fresh || u->fresh & BIT(i);
}

/**
 * struct nf_nat_esp_beginners - clients that had just begun when SPIs appeared
 * @c: their sessions
 * @first: jiffies when the earliest of these SPIs appeared, for each of them
 */
struct nf_nat_esp_beginners {
	struct nf_nat_esp_choice c;
	unsigned long first[NF_ESP_CANDIDATES];
};

/* May an SPI have found no room? Forged ones make room. */
static bool nf_nat_esp_is_full(const struct nf_vpn_remote *remote)
{
	const struct nf_esp_undecided *u;
	unsigned int n = 0;

	list_for_each_entry(u, &remote->undecided, by_remote)
		n += !nf_nat_esp_is_forged(u);
	return n >= NF_ESP_UNDECIDED_REMOTE;
}

/* Is @u an SPI that one of @begun may own? */
static bool nf_nat_esp_is_claimed(const struct nf_esp_undecided *u,
				  const struct nf_nat_esp_choice *begun)
{
	unsigned int i;

	if (nf_nat_esp_is_forged(u))
		return false;
	for (i = 0; i < u->n; i++)
		if (nf_nat_esp_claims(u, i) &&
		    nf_nat_esp_index(begun, u->cand[i]) >= 0)
			return true;
	return false;
}

/*
 * Add the candidates to @begun that had just begun to wait when @u appeared.
 * Returns false if they are too many.
 */
static bool nf_nat_esp_add_begun(struct nf_nat_esp_beginners *begun,
				 const struct nf_esp_undecided *u)
{
	struct nf_nat_esp_choice *c = &begun->c;
	unsigned int i;

	for (i = 0; i < u->n; i++) {
		struct nf_vpn_session *s = u->cand[i];

		if (!(u->fresh & BIT(i)))
			continue;
		if (nf_nat_esp_index(c, s) >= 0) {
			if (time_before(u->first, begun->first[s->order]))
				begun->first[s->order] = u->first;
			continue;
		}
		if (c->n == ARRAY_SIZE(c->s))
			return false;
		s->order = c->n;
		begun->first[c->n] = u->first;
		c->s[c->n++] = s;
	}
	return true;
}

static int nf_nat_esp_total_begun(const struct nf_nat_esp_beginners *begun)
{
	unsigned int i;
	int total = 0;

	for (i = 0; i < begun->c.n; i++) {
		const struct nf_vpn_session *s = begun->c.s[i];
		u32 age = jiffies_to_msecs(nf_vpn_since(begun->first[i]));

		total += max(nf_nat_esp_begun(s, age + nf_nat_esp_fresh_ms(s)),
			     0);
	}
	return total;
}

/*
 * Who began to wait soon after @u appeared had just begun, too, beside others:
 * the remote host may use an SPI before IKE shows that it may. If nobody else
 * had, it is no reason to drop those that have waited for long.
 */
static void nf_nat_esp_note_late(struct nf_esp_undecided *u)
{
	u32 age = jiffies_to_msecs(nf_vpn_since(u->first)), waited;
	unsigned int i;

	if (!u->fresh)
		return;
	for (i = 0; i < u->n; i++) {
		if (u->fresh & BIT(i))
			continue;
		waited = nf_nat_esp_waiting_ms(u->cand[i]);
		if (waited <= age && age - waited <= NF_NAT_ESP_OVERTAKEN)
			u->fresh |= BIT(i);
	}
}

/*
 * Have the clients that had just begun to wait when @u appeared begun to wait
 * for as many SPIs as there are undecided ones that they may own? Clients that
 * may own one of these count as well, and so do the SPIs that they may own, and
 * so on.
 */
static bool nf_nat_esp_is_explained(const struct nf_esp_undecided *u)
{
	const struct nf_vpn_remote *remote = u->spi.remote;
	struct nf_nat_esp_beginners begun = {};
	const struct nf_esp_undecided *other;
	u64 claimed = 0, before;
	unsigned int i;

	BUILD_BUG_ON(BITS_PER_TYPE(claimed) < NF_ESP_UNDECIDED_REMOTE);
	if (nf_nat_esp_is_full(remote))
		return false;
	nf_nat_esp_add_begun(&begun, u);
	do {
		before = claimed;
		i = 0;
		list_for_each_entry(other, &remote->undecided, by_remote) {
			u64 bit = BIT_ULL(i++);

			if (claimed & bit ||
			    !nf_nat_esp_is_claimed(other, &begun.c))
				continue;
			claimed |= bit;
			if (!nf_nat_esp_add_begun(&begun, other))
				return false;
		}
	} while (claimed != before);
	return (int)hweight64(claimed) <= nf_nat_esp_total_begun(&begun);
}

/*
 * Drop candidates that had waited for long, unless evidence speaks for them,
 * they ask for this very SPI, or it may carry on their stream.
 */
static void nf_nat_esp_narrow_late(struct nf_esp_undecided *u)
{
	struct nf_esp_undecided *other;
	unsigned int i;

	if (!u->fresh || time_before(jiffies, u->first + NF_NAT_ESP_LATE))
		return;
	list_for_each_entry(other, &u->spi.remote->undecided, by_remote)
		nf_nat_esp_note_late(other);
	if (!nf_nat_esp_is_explained(u))
		return;
	for (i = u->n; i-- && u->n > 1; )
		if (!(u->fresh & BIT(i)) && !u->hits[i] &&
		    !nf_nat_esp_is_asking(u, u->cand[i]) &&
		    !nf_nat_esp_went_over(u, u->cand[i]))
			nf_esp_undecided_drop(u, i);
}

/**
 * nf_nat_esp_narrow - drop candidates that can't be the owner, or unlikely are
 * @u: entry, lock of its netns held
 * @pkt: packet that has arrived
 *
 * The last candidate that can be the owner stays, however unlikely it is.
 */
void nf_nat_esp_narrow(struct nf_esp_undecided *u,
		       const struct nf_vpn_pkt *pkt)
{
	unsigned long packets;
	unsigned int i;

	for (i = u->n; i--; )
		if (!nf_nat_esp_uses(u->cand[i], &pkt->dst.addr))
			nf_esp_undecided_drop(u, i);
	for (i = u->n; i-- && u->n + u->stock > 1; )
		if (nf_nat_esp_excluded(u, u->cand[i]))
			nf_esp_undecided_drop(u, i);
	packets = atomic64_read(&u->spi.packets) + 1;
	/*
	 * This looks at all undecided SPIs of the remote host, so it is rare.
	 */
	if (packets >= NF_NAT_ESP_NARROW && is_power_of_2(packets))
		nf_nat_esp_narrow_late(u);
}
