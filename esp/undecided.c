// SPDX-License-Identifier: GPL-2.0-only
/* Undecided SPIs: inbound ones that several sessions may own. */
#include <linux/slab.h>

#include "core/client.h"
#include "core/clock.h"
#include "core/net.h"
#include "core/packet.h"
#include "core/session.h"
#include "esp/esp.h"
#include "esp/spi.h"
#include "esp/undecided.h"
#include "esp/watch.h"

/**
 * nf_esp_undecided_free - unlink an undecided SPI, free it after RCU
 * @vn: netns, its lock held
 * @u: entry
 */
void nf_esp_undecided_free(struct nf_vpn_net *vn, struct nf_esp_undecided *u)
{
	lockdep_assert_held(&vn->lock);
	while (u->n)
		nf_esp_undecided_drop(u, u->n - 1);
	nf_esp_spi_unlink(vn, &u->spi);
	u->spi.dead = true;
	list_del(&u->by_remote);
	list_del(&u->by_net);
	u->spi.remote->nundecided--;
	vn->esp->nundecided--;
	nf_vpn_uncharge(vn, NULL);
	kfree_rcu(u, spi.rcu);
}
EXPORT_SYMBOL_GPL(nf_esp_undecided_free);

/* Most entries that are looked at for one that yields. */
#define NF_ESP_UNDECIDED_SCAN	64

/* An entry that has been silent for so long may yield to a new one. */
#define NF_ESP_UNDECIDED_IDLE	(10 * HZ)

/* A second packet comes within this time, unless the first one was forged. */
#define NF_ESP_UNDECIDED_SECOND	HZ

static bool nf_esp_undecided_is_idle(const struct nf_esp_undecided *u)
{
	bool once = atomic64_read(&u->spi.packets) < 2;

	return nf_esp_spi_idle(&u->spi) >=
	       (once ? NF_ESP_UNDECIDED_SECOND : NF_ESP_UNDECIDED_IDLE);
}

/*
 * The entry of a remote host that yields: the oldest that isn't trusted and is
 * idle, else the oldest that is trusted and idle, as those are that were rekeyed,
 * else the oldest that isn't proven, or isn't trusted. If half of them aren't
 * trusted, these are forged, and one of them yields first. A trusted entry in
 * use stays, since its candidates and what speaks for each would be lost.
 */
static struct nf_esp_undecided *
nf_esp_undecided_oldest(const struct nf_vpn_remote *remote)
{
	struct nf_esp_undecided *u, *new = NULL, *untrusted = NULL, *idle = NULL;
	unsigned int n = 0;

	list_for_each_entry(u, &remote->undecided, by_remote) {
		bool trusted = nf_esp_spi_is_trusted(&u->spi);

		if (nf_esp_undecided_is_idle(u)) {
			if (!trusted)
				return u;
			idle = idle ?: u;
		}
		if (trusted)
			continue;
		n++;
		untrusted = untrusted ?: u;
		if (!new && atomic64_read(&u->spi.packets) < 2)
			new = u;
	}
	if (idle && n < NF_ESP_UNDECIDED_REMOTE / 2)
		return idle;
	return new ?: untrusted ?: idle;
}

/*
 * The same for all remote hosts; entries that stay go to the end of the list.
 */
static struct nf_esp_undecided *
nf_esp_undecided_oldest_of_all(struct nf_vpn_net *vn)
{
	unsigned int scan = NF_ESP_UNDECIDED_SCAN;
	struct nf_esp_undecided *u;

	while (scan--) {
		u = list_first_entry(&vn->esp->undecided, struct nf_esp_undecided,
				     by_net);
		if (!nf_esp_spi_is_trusted(&u->spi) ||
		    nf_esp_spi_idle(&u->spi) >= NF_ESP_UNDECIDED_IDLE)
			return u;
		list_move_tail(&u->by_net, &vn->esp->undecided);
	}
	return NULL;
}

/*
 * Make room for one entry more, so that a flood of forged SPIs replaces itself.
 * Returns false if none yields.
 */
static bool nf_esp_undecided_recycle(struct nf_vpn_net *vn,
				     struct nf_vpn_remote *remote)
{
	struct nf_esp_undecided *oldest;

	if (remote->nundecided >= NF_ESP_UNDECIDED_REMOTE)
		oldest = nf_esp_undecided_oldest(remote);
	else if (vn->esp->nundecided >= NF_ESP_UNDECIDED)
		oldest = nf_esp_undecided_oldest_of_all(vn);
	else
		return true;
	if (!oldest)
		return false;
	nf_vpn_stat_inc(vn, SPI_RECYCLED);
	nf_esp_event_spi(vn, NF_CT_VPN_EVENT_EXPIRED, &oldest->spi);
	nf_esp_undecided_free(vn, oldest);
	return true;
}

/**
 * nf_esp_undecided_add - make an entry for an SPI with several candidates
 * @vn: netns, its lock held
 * @remote: sender
 * @pkt: first packet
 *
 * Return: entry without candidates, or NULL if there is no room.
 */
struct nf_esp_undecided *nf_esp_undecided_add(struct nf_vpn_net *vn,
					      struct nf_vpn_remote *remote,
					      const struct nf_vpn_pkt *pkt)
{
	struct nf_esp_undecided *u;

	lockdep_assert_held(&vn->lock);
	if (!nf_esp_undecided_recycle(vn, remote) || nf_vpn_charge(vn, NULL))
		return NULL;
	u = kzalloc(sizeof(*u), GFP_ATOMIC);
	if (!u) {
		nf_vpn_stat_inc(vn, NO_MEMORY);
		goto err_charge;
	}
	u->spi.remote = remote;
	nf_esp_spi_init_in(&u->spi, pkt);
	u->spi.old = !esp_seq_is_new(pkt->seq);
	u->first = jiffies;
	u->gone = jiffies - NF_VPN_LONG_AGO;
	if (nf_esp_spi_link(vn, &u->spi))
		goto err_free;
	list_add_tail(&u->by_remote, &remote->undecided);
	list_add_tail(&u->by_net, &vn->esp->undecided);
	remote->nundecided++;
	vn->esp->nundecided++;
	nf_vpn_stat_inc(vn, SPI_NEW);
	nf_vpn_stat_inc(vn, UNDECIDED);
	nf_esp_event_spi(vn, NF_CT_VPN_EVENT_NEW, &u->spi);
	return u;

err_free:
	kfree_rcu(u, spi.rcu);
err_charge:
	nf_vpn_uncharge(vn, NULL);
	return NULL;
}
EXPORT_SYMBOL_GPL(nf_esp_undecided_add);

/**
 * nf_esp_undecided_admit - add a candidate
 * @vn: netns, its lock held
 * @u: entry; nothing happens if it is full
 * @s: session of its remote host
 * @fresh: it counts as one that had just begun to wait when the SPI appeared
 */
void nf_esp_undecided_admit(struct nf_vpn_net *vn, struct nf_esp_undecided *u,
			    struct nf_vpn_session *s, bool fresh)
{
	lockdep_assert_held(&vn->lock);
	if (u->n == NF_ESP_CANDIDATES)
		return;
	if (fresh)
		u->fresh |= BIT(u->n);
	u->hits[u->n] = 0;
	u->copies[u->n] = 0;
	u->bytes[u->n] = 0;
	u->cand[u->n++] = s;
	nf_esp_watch_get(s);
}
EXPORT_SYMBOL_GPL(nf_esp_undecided_admit);

/* Remove bit @i, and shift those above it down. */
static u32 nf_esp_undecided_cut(u32 bits, unsigned int i)
{
	u32 below = BIT(i) - 1;

	return (bits & below) | ((bits >> 1) & ~below);
}

/**
 * nf_esp_undecided_drop - remove a candidate
 * @u: entry, lock of its netns held
 * @i: index of the candidate
 */
void nf_esp_undecided_drop(struct nf_esp_undecided *u, unsigned int i)
{
	nf_esp_watch_put(u->cand[i]);
	u->n--;
	memmove(&u->cand[i], &u->cand[i + 1],
		(u->n - i) * sizeof(u->cand[0]));
	memmove(&u->hits[i], &u->hits[i + 1], u->n - i);
	memmove(&u->copies[i], &u->copies[i + 1],
		(u->n - i) * sizeof(u->copies[0]));
	memmove(&u->bytes[i], &u->bytes[i + 1],
		(u->n - i) * sizeof(u->bytes[0]));
	u->fresh = nf_esp_undecided_cut(u->fresh, i);
	u->claimed = nf_esp_undecided_cut(u->claimed, i);
}
EXPORT_SYMBOL_GPL(nf_esp_undecided_drop);

/**
 * nf_esp_undecided_index - look a session up among the candidates
 * @u: entry, lock of its netns held
 * @s: session
 *
 * Return: its index or -1.
 */
int nf_esp_undecided_index(const struct nf_esp_undecided *u,
			   const struct nf_vpn_session *s)
{
	unsigned int i;

	for (i = 0; i < u->n; i++)
		if (u->cand[i] == s)
			return i;
	return -1;
}
EXPORT_SYMBOL_GPL(nf_esp_undecided_index);

/* Remove the candidate with this client, unless it is the only one left. */
static void nf_esp_undecided_refuse(struct nf_esp_undecided *u,
				    const struct nf_vpn_host *client)
{
	unsigned int i;

	for (i = 0; i < u->n && u->n + u->stock > 1; i++)
		if (nf_vpn_host_equal(&u->cand[i]->client->host, client)) {
			nf_esp_undecided_drop(u, i);
			return;
		}
}

/**
 * nf_esp_spi_refused - note that a client doesn't know an inbound SPI
 * @vn: netns, its lock not held
 * @pkt: addresses and SPI of the packet that the client got
 *
 * If the SPI is undecided, the client is no candidate any more.
 *
 * Return: true if the client's message must not reach the remote host. The SPI
 * is another client's, or undecided, and some peers delete an SA on such a
 * message.
 */
bool nf_esp_spi_refused(struct nf_vpn_net *vn, const struct nf_vpn_pkt *pkt)
{
	const struct nf_vpn_host *client = &pkt->dst;
	struct nf_esp_spi *spi;
	bool foreign = false;

	spin_lock_bh(&vn->lock);
	spi = nf_esp_spi_find_in_any(vn, pkt);
	if (spi && !spi->session)
		nf_esp_undecided_refuse(nf_esp_spi_undecided(spi), client);
	if (spi)
		foreign = !spi->session ||
			  !nf_vpn_host_equal(&spi->session->client->host,
					     client);
	spin_unlock_bh(&vn->lock);
	return foreign;
}

/**
 * nf_esp_undecided_purge - remove a session from all lists of candidates
 * @vn: netns, its lock held
 * @s: session that goes away, or whose flow does
 *
 * An entry stays as long as it has other candidates.
 */
void nf_esp_undecided_purge(struct nf_vpn_net *vn, struct nf_vpn_session *s)
{
	struct nf_esp_undecided *u, *next;
	int i;

	list_for_each_entry_safe(u, next, &s->remote->undecided, by_remote) {
		i = nf_esp_undecided_index(u, s);
		if (i < 0)
			continue;
		nf_esp_undecided_drop(u, i);
		u->gone = jiffies;
		if (!u->n && !u->stock)
			nf_esp_undecided_free(vn, u);
	}
}

/**
 * nf_esp_undecided_gc - free undecided SPIs that have been silent for a while
 * @vn: netns
 * @idle: jiffies; 0 for all
 */
void nf_esp_undecided_gc(struct nf_vpn_net *vn, u32 idle)
{
	struct nf_esp_undecided *u, *next;

	spin_lock_bh(&vn->lock);
	list_for_each_entry_safe(u, next, &vn->esp->undecided, by_net) {
		if (nf_esp_spi_idle(&u->spi) < idle)
			continue;
		nf_vpn_stat_inc(vn, EXPIRED);
		nf_esp_event_spi(vn, NF_CT_VPN_EVENT_EXPIRED, &u->spi);
		nf_esp_undecided_free(vn, u);
	}
	spin_unlock_bh(&vn->lock);
}

/**
 * nf_esp_undecided_end - free the undecided SPIs of a remote host
 * @vn: netns, its lock held
 * @remote: remote host whose last session ends
 */
void nf_esp_undecided_end(struct nf_vpn_net *vn, struct nf_vpn_remote *remote)
{
	struct nf_esp_undecided *u, *next;

	list_for_each_entry_safe(u, next, &remote->undecided, by_remote)
		nf_esp_undecided_free(vn, u);
}
