// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which candidates of an undecided SPI can't be its owner, or are so unlikely to
 * be it that they are left out?
 *
 * Where a remote host begins to use an SPI on its own, for a host that has waited
 * for long, the SPI looks like that of another host which has just begun. One
 * packet doesn't tell these apart. But who has just begun has an SPI of its own:
 * as long as there may be one for each of them, and no more, those that have
 * waited for long own none.
 */
#include <linux/bitops.h>
#include <linux/log2.h>

#include "core/packet.h"
#include "core/session.h"
#include "esp/spi.h"
#include "esp/undecided.h"
#include "nat/nat.h"

/* Packets of the old and the new SPI overtake each other by so much. */
#define NF_NAT_ESP_HANDOVER	max(HZ / 100, 1)
/*
 * From this packet on, candidates that have waited for long may be left out:
 * somebody's first packets may have been lost.
 */
#define NF_NAT_ESP_NARROW	8
/* And not before an SPI of whoever has just begun would have shown up. */
#define NF_NAT_ESP_LATE		(HZ / 2)
/* Who sends on an SPI and isn't answered does so again in this time. */
#define NF_NAT_ESP_ASKING	(3 * HZ)

/* An SPI that has received so lately is in use. */
#define NF_NAT_ESP_IN_USE	(2 * HZ)

/* Has the session one child SA only, as far as it is in use? */
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
 * Has the session become an unlikely owner since @u began? Not while it sends on
 * an SPI whose partner is missing, whatever its other children get.
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

/* May another undecided SPI be the session's, too? */
static bool nf_nat_esp_has_choice(const struct nf_esp_undecided *u,
				  const struct nf_vpn_session *s)
{
	const struct nf_esp_undecided *other;

	list_for_each_entry(other, &u->spi.remote->undecided, by_remote)
		if (other != u && nf_esp_undecided_index(other, s) >= 0)
			return true;
	return false;
}

/* Does it send on an SPI whose partner is missing, and can only be this one? */
static bool nf_nat_esp_is_asking(const struct nf_esp_undecided *u,
				 const struct nf_vpn_session *s)
{
	return s->unpaired &&
	       time_before(jiffies,
			   READ_ONCE(s->last_out) + NF_NAT_ESP_ASKING) &&
	       !nf_nat_esp_has_choice(u, s);
}

/* Had candidate @i just begun to wait, if any of them had? */
static bool nf_nat_esp_claims(const struct nf_esp_undecided *u, unsigned int i)
{
	return !u->fresh || u->fresh & BIT(i);
}

/* Not if it was seen once where many are: that is made up. */
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

/* Those that had just begun when @u did. Returns false if they are too many. */
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
 * Is there an undecided SPI for each of those that had just begun, and no more?
 * Those that share one with them count as well, with theirs.
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

/* Only who had just begun stays, who asks in vain and who was answered. */
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
 * nf_nat_esp_narrow - drop who can't be the owner; of those who might, not the last
 * @u: entry, lock of its netns held
 * @pkt: packet that has arrived
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
	/* Seldom, since it looks at all undecided SPIs of the remote host. */
	if (packets >= NF_NAT_ESP_NARROW && is_power_of_2(packets))
		nf_nat_esp_narrow_late(u);
}
