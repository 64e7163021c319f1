// SPDX-License-Identifier: GPL-2.0-only
/* Graves, see esp/grave.h. Protected by &nf_vpn_net.lock. */
#include <linux/sched.h>
#include <linux/slab.h>

#include "core/clock.h"
#include "core/net.h"
#include "core/packet.h"
#include "core/session.h"
#include "esp/grave.h"
#include "esp/spi.h"
#include "esp/undecided.h"

/* Most of them; the oldest yields. A host has two at least. */
#define NF_ESP_GRAVES		8192
/* So many are freed while the lock is held. */
#define NF_ESP_GRAVE_CHUNK	256
/*
 * So long nobody else is taken for the owner of an inbound SPI, since its host
 * may be about to send.
 */
#define NF_ESP_GRAVE_KEEPS	(10 * HZ)

/**
 * struct nf_esp_grave - an SPI of a session whose entry was deleted
 * @node: in &nf_esp_net.grave_table, if @found
 * @list: in &nf_esp_net.graves
 * @ring: those of the same session
 * @pkt: addresses and SPI of its packets as they arrive at the gateway, and the
 *	highest sequence number
 * @client: client of the session
 * @packets: packets seen
 * @first: &nf_esp_spi.first
 * @since: low half of jiffies
 * @dir: &enum nf_ct_vpn_dir
 * @conf: &enum nf_ct_vpn_conf
 * @repairs: how often its owner was doubted
 * @paired: outbound: it had a partner
 * @undecided: inbound: the session was a candidate
 * @expecting: of an undecided one: the candidates were waiting for a new SPI
 * @found: a look-up finds it; not if another candidate's grave was there first
 */
struct nf_esp_grave {
	struct rhash_head node;
	struct list_head list;
	struct list_head ring;
	struct nf_vpn_pkt pkt;
	struct nf_vpn_host client;
	s64 packets;
	u32 first;
	u32 since;
	u8 dir;
	u8 conf;
	u8 repairs;
	bool paired;
	bool undecided;
	bool expecting;
	bool found;
};

/* Unused bytes of an address are zero, so keys are compared as they are. */
static const struct rhashtable_params nf_esp_grave_params = {
	.head_offset		= offsetof(struct nf_esp_grave, node),
	.key_offset		= offsetof(struct nf_esp_grave, pkt),
	.key_len		= offsetof(struct nf_vpn_pkt, seq),
	.automatic_shrinking	= true,
};

int nf_esp_graves_init(struct nf_esp_net *en)
{
	INIT_LIST_HEAD(&en->graves);
	return rhashtable_init(&en->grave_table, &nf_esp_grave_params);
}

void nf_esp_graves_exit(struct nf_esp_net *en)
{
	rhashtable_destroy(&en->grave_table);
}

static struct nf_esp_grave *nf_esp_grave_find(struct nf_vpn_net *vn,
					      const struct nf_vpn_pkt *pkt)
{
	lockdep_assert_held(&vn->lock);
	if (list_empty(&vn->esp->graves))
		return NULL;
	return rhashtable_lookup_fast(&vn->esp->grave_table, pkt,
				      nf_esp_grave_params);
}

static void nf_esp_grave_free(struct nf_vpn_net *vn, struct nf_esp_grave *g)
{
	if (g->found)
		rhashtable_remove_fast(&vn->esp->grave_table, &g->node,
				       nf_esp_grave_params);
	list_del(&g->list);
	list_del(&g->ring);
	vn->esp->ngraves--;
	kfree(g);
}

static struct nf_esp_grave *nf_esp_grave_make(const struct nf_vpn_session *s,
					      const struct nf_esp_spi *spi)
{
	const struct nf_vpn_host *client = &s->client->host;
	const struct nf_vpn_host *remote = &s->remote->host;
	struct nf_esp_grave *g = kzalloc(sizeof(*g), GFP_ATOMIC);

	if (!g)
		return NULL;
	g->client = *client;
	g->pkt.spi = spi->spi;
	g->pkt.seq = READ_ONCE(spi->seq);
	g->packets = atomic64_read(&spi->packets);
	g->first = spi->first;
	g->since = (u32)jiffies;
	g->dir = spi->dir;
	g->conf = spi->conf;
	g->repairs = spi->repairs;
	if (spi->dir == NF_CT_VPN_DIR_OUT) {
		g->pkt.src = *client;
		g->pkt.dst = *remote;
		g->paired = spi->paired;
		return g;
	}
	g->undecided = !spi->session;
	g->pkt.src = *remote;
	g->pkt.dst.addr = spi->gw;
	g->pkt.dst.l3num = remote->l3num;
	return g;
}

/* Returns the grave, or NULL if memory is short. */
static struct nf_esp_grave *nf_esp_spi_bury(struct nf_vpn_net *vn,
					    const struct nf_vpn_session *s,
					    const struct nf_esp_spi *spi,
					    struct list_head *ring)
{
	struct nf_esp_net *en = vn->esp;
	struct nf_esp_grave *old, *g = nf_esp_grave_make(s, spi);

	if (!g)
		return NULL;
	old = nf_esp_grave_find(vn, &g->pkt);
	if (old && !g->undecided)
		nf_esp_grave_free(vn, old);
	if (en->ngraves >= NF_ESP_GRAVES)
		nf_esp_grave_free(vn, list_first_entry(&en->graves,
						       struct nf_esp_grave,
						       list));
	g->found = !rhashtable_insert_fast(&en->grave_table, &g->node,
					   nf_esp_grave_params);
	list_add_tail(&g->list, &en->graves);
	list_add_tail(&g->ring, ring);
	en->ngraves++;
	return g;
}

/* A candidate remembers for which SPIs it was one. */
static void nf_esp_undecided_bury(struct nf_vpn_net *vn,
				  struct nf_vpn_session *s,
				  struct list_head *ring)
{
	struct nf_esp_undecided *u;
	struct nf_esp_grave *g;

	list_for_each_entry(u, &s->remote->undecided, by_remote) {
		if (nf_esp_undecided_index(u, s) < 0)
			continue;
		g = nf_esp_spi_bury(vn, s, &u->spi, ring);
		if (g)
			g->expecting = u->expecting;
	}
}

/**
 * nf_esp_session_bury - remember the SPIs of a session whose entry was deleted
 * @vn: netns, its lock held
 * @s: session that is about to forget them
 */
void nf_esp_session_bury(struct nf_vpn_net *vn, struct nf_vpn_session *s)
{
	struct nf_esp_spi *spi;
	LIST_HEAD(ring);

	lockdep_assert_held(&vn->lock);
	if (!s->nspis[NF_CT_VPN_DIR_OUT])
		return;
	hlist_for_each_entry(spi, &s->spis, by_session)
		if (!spi->hold &&
		    (spi->dir == NF_CT_VPN_DIR_OUT || spi->proven))
			nf_esp_spi_bury(vn, s, spi, &ring);
	nf_esp_undecided_bury(vn, s, &ring);
	/* The ring goes on without its head. */
	list_del(&ring);
}

/* All candidates of an undecided SPI were deleted: it is undecided again. */
static struct nf_esp_undecided *
nf_esp_undecided_reopen(struct nf_vpn_net *vn, struct nf_vpn_session *s,
			const struct nf_esp_grave *g)
{
	struct nf_esp_undecided *u = nf_esp_undecided_add(vn, s->remote,
							  &g->pkt);

	if (!u)
		return NULL;
	u->expecting = g->expecting;
	u->spi.first = g->first;
	u->spi.repairs = g->repairs;
	atomic64_set(&u->spi.packets, g->packets);
	return u;
}

/*
 * Give an inbound SPI back. If it is another session's by now, that is doubted
 * as any owner is, should this one miss it.
 */
static void nf_esp_grave_open(struct nf_vpn_net *vn, struct nf_vpn_session *s,
			      const struct nf_esp_grave *g)
{
	struct nf_esp_spi *spi = nf_esp_spi_find_in(vn, &g->pkt);
	struct nf_esp_undecided *u;

	if (spi && spi->session)
		return;
	if (!spi && !g->undecided) {
		spi = nf_esp_spi_give_back(vn, s, &g->pkt, g->conf);
		if (spi) {
			spi->first = g->first;
			spi->repairs = g->repairs;
		}
		return;
	}
	u = spi ? nf_esp_spi_undecided(spi) : nf_esp_undecided_reopen(vn, s, g);
	if (!u || nf_esp_undecided_index(u, s) >= 0)
		return;
	nf_esp_undecided_admit(vn, u, s, true);
	/* Others may be on their way back. */
	u->gone = jiffies;
}

/**
 * nf_esp_session_returns - give a session the inbound SPIs back that it had
 * @vn: netns, its lock held
 * @s: session that sends
 * @pkt: packet on an outbound SPI that is new to it
 *
 * Return: whether the SPI is one that it had, together with a partner.
 */
bool nf_esp_session_returns(struct nf_vpn_net *vn, struct nf_vpn_session *s,
			    const struct nf_vpn_pkt *pkt)
{
	struct nf_esp_grave *g, *other, *next;
	bool paired;

	g = nf_esp_grave_find(vn, pkt);
	if (!g || g->dir != NF_CT_VPN_DIR_OUT)
		return false;
	list_for_each_entry_safe(other, next, &g->ring, ring) {
		if (other->dir != NF_CT_VPN_DIR_IN)
			continue;
		/*
		 * Others may have to make room, but not this session. An SPI
		 * that it has been given lets it yield again.
		 */
		nf_vpn_session_protect(vn, s);
		nf_esp_grave_open(vn, s, other);
		nf_esp_grave_free(vn, other);
	}
	nf_vpn_session_unprotect(vn, s);
	paired = g->paired;
	nf_esp_grave_free(vn, g);
	return paired;
}

/**
 * nf_esp_grave_keeps - tell whether an inbound SPI is one of a host that may be
 * about to return
 * @vn: netns, its lock held
 * @pkt: packet with an SPI for which no entry exists
 *
 * Return: true if nobody else is to be taken for its owner.
 */
bool nf_esp_grave_keeps(struct nf_vpn_net *vn, const struct nf_vpn_pkt *pkt)
{
	const struct nf_esp_grave *g = nf_esp_grave_find(vn, pkt);
	const struct nf_vpn_session *s;

	if (!g || g->dir != NF_CT_VPN_DIR_IN ||
	    nf_vpn_since_low(g->since) > NF_ESP_GRAVE_KEEPS)
		return false;
	/* If it has returned with other SAs, it is one host among others. */
	s = nf_vpn_session_find(vn, &g->client, &pkt->src);
	return !s || !READ_ONCE(s->flow[NF_VPN_FLOW_ESP].seen);
}
EXPORT_SYMBOL_GPL(nf_esp_grave_keeps);

/* Returns whether there may be more to forget. */
static bool nf_esp_graves_forget(struct nf_vpn_net *vn, u32 age)
{
	unsigned int n = NF_ESP_GRAVE_CHUNK;
	struct nf_esp_grave *g;

	while (n--) {
		g = list_first_entry_or_null(&vn->esp->graves,
					     struct nf_esp_grave, list);
		if (!g || nf_vpn_since_low(g->since) < age)
			return false;
		nf_esp_grave_free(vn, g);
	}
	return true;
}

/**
 * nf_esp_graves_gc - forget SPIs whose host hasn't returned
 * @vn: netns
 * @age: jiffies; 0 for all
 *
 * May sleep.
 */
void nf_esp_graves_gc(struct nf_vpn_net *vn, u32 age)
{
	bool more;

	do {
		spin_lock_bh(&vn->lock);
		more = nf_esp_graves_forget(vn, age);
		spin_unlock_bh(&vn->lock);
		cond_resched();
	} while (more);
}
