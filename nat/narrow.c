// SPDX-License-Identifier: GPL-2.0-only
/*
 * Elimination: which candidates of an undecided SPI can't be its owner, or are
 * so unlikely to be it that they are dropped.
 *
 * If a remote host begins to send to a client that has waited for long, its SPI
 * looks like that of another client which has just begun to wait. A packet
 * doesn't tell these apart, but the number of SPIs does. Each client that has
 * just begun gets an SPI of its own. If there are no more undecided SPIs than
 * these clients wait for, they are all theirs, and a client that has waited for
 * long owns none.
 */
#include <linux/bitops.h>
#include <linux/log2.h>

#include "core/packet.h"
#include "core/session.h"
#include "esp/spi.h"
#include "esp/undecided.h"
#include "nat/nat.h"

/*
 * Packets of an old SPI may come for so long after the first one of a new SPI.
 */
#define NF_NAT_ESP_HANDOVER	max(HZ / 100, 1)
/*
 * Candidates that have waited for long may be dropped from this packet on. The
 * first packets of another SPI may have been lost, so that it isn't known yet.
 */
#define NF_NAT_ESP_NARROW	8
/* Time after which the SPI of a client that had just begun is known. */
#define NF_NAT_ESP_LATE		(HZ / 2)
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
			  u->first + NF_NAT_ESP_HANDOVER) &&
	       nf_nat_esp_single_child(s);
}

/* Is the session a candidate of another undecided SPI, too? */
static bool nf_nat_esp_has_choice(const struct nf_esp_undecided *u,
				  const struct nf_vpn_session *s)
{
	const struct nf_esp_undecided *other;

	list_for_each_entry(other, &u->spi.remote->undecided, by_remote)
		if (other != u && nf_esp_undecided_index(other, s) >= 0)
			return true;
	return false;
}

/* Does it send on an unpaired SPI, whose partner can only be this one? */
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

/*
 * Is @u an SPI that one of @begun may own? Under a flood an SPI that was seen
 * once is taken for forged.
 */
static bool nf_nat_esp_is_claimed(const struct nf_esp_undecided *u,
				  const struct nf_nat_esp_choice *begun)
{
	unsigned int i;

	if (u->spi.remote->flooded && atomic64_read(&u->spi.packets) < 2)
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
static bool nf_nat_esp_add_begun(struct nf_nat_esp_choice *begun,
				 const struct nf_esp_undecided *u)
{
	unsigned int i;

	for (i = 0; i < u->n; i++) {
		struct nf_vpn_session *s = u->cand[i];

		if (!(u->fresh & BIT(i)) || nf_nat_esp_index(begun, s) >= 0)
			continue;
		if (begun->n == ARRAY_SIZE(begun->s))
			return false;
		s->order = begun->n;
		begun->s[begun->n++] = s;
	}
	return true;
}

static int nf_nat_esp_total_awaited(const struct nf_nat_esp_choice *c)
{
	unsigned int i;
	int awaited = 0;

	for (i = 0; i < c->n; i++)
		awaited += max(nf_nat_esp_awaited(c->s[i]), 0);
	return awaited;
}

/*
 * Do the clients that had just begun to wait when @u appeared wait for as many
 * SPIs as there are undecided ones that they may own? Clients that may own one
 * of these count as well, and so do the SPIs that they may own, and so on.
 */
static bool nf_nat_esp_is_explained(const struct nf_esp_undecided *u)
{
	struct nf_nat_esp_choice begun = {};
	const struct nf_esp_undecided *other;
	u64 claimed = 0, before;
	unsigned int i;

	BUILD_BUG_ON(BITS_PER_TYPE(claimed) < NF_ESP_UNDECIDED_REMOTE);
	if (!u->fresh || time_before(jiffies, u->first + NF_NAT_ESP_LATE))
		return false;
	nf_nat_esp_add_begun(&begun, u);
	do {
		before = claimed;
		i = 0;
		list_for_each_entry(other, &u->spi.remote->undecided, by_remote) {
			u64 bit = BIT_ULL(i++);

			if (claimed & bit || !nf_nat_esp_is_claimed(other, &begun))
				continue;
			claimed |= bit;
			if (!nf_nat_esp_add_begun(&begun, other))
				return false;
		}
	} while (claimed != before);
	return (int)hweight64(claimed) <= nf_nat_esp_total_awaited(&begun);
}

/*
 * Drop candidates that had waited for long, unless evidence speaks for them or
 * they ask for this very SPI.
 */
static void nf_nat_esp_narrow_late(struct nf_esp_undecided *u)
{
	unsigned int i;

	if (!nf_nat_esp_is_explained(u))
		return;
	for (i = u->n; i-- && u->n > 1; )
		if (!(u->fresh & BIT(i)) && !u->hits[i] &&
		    !nf_nat_esp_is_asking(u, u->cand[i]))
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
