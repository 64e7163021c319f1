// SPDX-License-Identifier: GPL-2.0-only
/* Inbound SPIs whose owner is one of several candidates. */
#include <linux/slab.h>

#include "nf_conntrack_vpn.h"

/**
 * nf_vpn_undecided_free - the SPI is decided or out of date
 * @vn: netns, its lock held
 * @u: entry, freed after RCU
 */
void nf_vpn_undecided_free(struct nf_vpn_net *vn, struct nf_vpn_undecided *u)
{
	lockdep_assert_held(&vn->lock);
	nf_vpn_spi_unlink(vn, &u->spi);
	u->spi.dead = true;
	list_del(&u->by_remote);
	list_del(&u->by_net);
	u->remote->nundecided--;
	vn->nundecided--;
	nf_vpn_uncharge(vn, NULL);
	kfree_rcu(u, spi.rcu);
}
EXPORT_SYMBOL_GPL(nf_vpn_undecided_free);

/* A flood of made-up SPIs replaces itself; what is bound stays. */
static void nf_vpn_undecided_recycle(struct nf_vpn_net *vn,
				     struct nf_vpn_remote *remote)
{
	struct nf_vpn_undecided *oldest;

	if (remote->nundecided >= NF_VPN_UNDECIDED_REMOTE)
		oldest = list_first_entry(&remote->undecided,
					  struct nf_vpn_undecided, by_remote);
	else if (vn->nundecided >= NF_VPN_UNDECIDED)
		oldest = list_first_entry(&vn->undecided,
					  struct nf_vpn_undecided, by_net);
	else
		return;
	nf_vpn_stat_inc(vn, SPI_RECYCLED);
	nf_vpn_event_spi(vn, NF_CT_VPN_EVENT_EXPIRED, &oldest->spi);
	nf_vpn_undecided_free(vn, oldest);
}

/**
 * nf_vpn_undecided_add - note an inbound SPI with several candidates
 * @vn: netns, its lock held
 * @remote: sender
 * @pkt: first packet
 *
 * Return: entry without candidates, or NULL if there is no room.
 */
struct nf_vpn_undecided *nf_vpn_undecided_add(struct nf_vpn_net *vn,
					      struct nf_vpn_remote *remote,
					      const struct nf_vpn_pkt *pkt)
{
	struct nf_vpn_undecided *u;

	lockdep_assert_held(&vn->lock);
	nf_vpn_undecided_recycle(vn, remote);
	if (nf_vpn_charge(vn, NULL))
		return NULL;
	u = kzalloc(sizeof(*u), GFP_ATOMIC);
	if (!u)
		goto err_charge;
	u->remote = remote;
	nf_vpn_spi_init_in(&u->spi, pkt);
	u->first = jiffies;
	if (nf_vpn_spi_link(vn, &u->spi))
		goto err_free;
	list_add_tail(&u->by_remote, &remote->undecided);
	list_add_tail(&u->by_net, &vn->undecided);
	remote->nundecided++;
	vn->nundecided++;
	nf_vpn_stat_inc(vn, SPI_NEW);
	nf_vpn_stat_inc(vn, UNDECIDED);
	nf_vpn_event_spi(vn, NF_CT_VPN_EVENT_NEW, &u->spi);
	return u;

err_free:
	kfree(u);
err_charge:
	nf_vpn_stat_inc(vn, NO_MEMORY);
	nf_vpn_uncharge(vn, NULL);
	return NULL;
}
EXPORT_SYMBOL_GPL(nf_vpn_undecided_add);

/**
 * nf_vpn_undecided_drop - a session is no candidate any more
 * @u: entry, lock of its netns held
 * @i: index of the candidate
 */
void nf_vpn_undecided_drop(struct nf_vpn_undecided *u, unsigned int i)
{
	u32 below = BIT(i) - 1;

	u->n--;
	memmove(&u->cand[i], &u->cand[i + 1],
		(u->n - i) * sizeof(u->cand[0]));
	u->fresh = (u->fresh & below) | ((u->fresh >> 1) & ~below);
}
EXPORT_SYMBOL_GPL(nf_vpn_undecided_drop);

/**
 * nf_vpn_undecided_has - is this session a candidate?
 * @u: entry, lock of its netns held
 * @s: session
 */
bool nf_vpn_undecided_has(const struct nf_vpn_undecided *u,
			  const struct nf_vpn_session *s)
{
	unsigned int i;

	for (i = 0; i < u->n; i++)
		if (u->cand[i] == s)
			return true;
	return false;
}
EXPORT_SYMBOL_GPL(nf_vpn_undecided_has);

/**
 * nf_vpn_undecided_purge - a session, or its flow, goes away
 * @vn: netns, its lock held
 * @s: session
 *
 * The next packet of such an SPI starts over with the candidates of then.
 */
void nf_vpn_undecided_purge(struct nf_vpn_net *vn, struct nf_vpn_session *s)
{
	struct nf_vpn_undecided *u, *next;

	list_for_each_entry_safe(u, next, &s->remote->undecided, by_remote)
		if (nf_vpn_undecided_has(u, s))
			nf_vpn_undecided_free(vn, u);
}

/**
 * nf_vpn_undecided_gc - drop what has been silent for a while
 * @vn: netns
 * @idle: jiffies
 */
void nf_vpn_undecided_gc(struct nf_vpn_net *vn, u32 idle)
{
	struct nf_vpn_undecided *u, *next;

	spin_lock_bh(&vn->lock);
	list_for_each_entry_safe(u, next, &vn->undecided, by_net) {
		if (nf_vpn_spi_idle(&u->spi) < idle)
			continue;
		nf_vpn_stat_inc(vn, EXPIRED);
		nf_vpn_event_spi(vn, NF_CT_VPN_EVENT_EXPIRED, &u->spi);
		nf_vpn_undecided_free(vn, u);
	}
	spin_unlock_bh(&vn->lock);
}
