// SPDX-License-Identifier: GPL-2.0-only
/*
 * ESP SPIs.
 *
 * An SPI is chosen by its receiver and unique there (RFC 4303 section 2.1).
 * Packets find it in one table by both addresses and the SPI as they arrive at
 * the gateway, whichever direction they go. ICMP errors quote packets that have
 * been translated: a second table, by remote host, SPI and direction, leaves
 * the client's or gateway's address to the comparison.
 */
#include <linux/jhash.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "core/client.h"
#include "core/event.h"
#include "core/expect.h"
#include "core/flow.h"
#include "core/id.h"
#include "core/net.h"
#include "core/packet.h"
#include "core/session.h"
#include "esp/esp.h"
#include "esp/spi.h"

static inline u32 nf_vpn_spi_hash(const union nf_inet_addr *src,
				  const union nf_inet_addr *dst, __be32 spi,
				  u32 l3num, u32 seed)
{
	if (l3num == AF_INET)
		return jhash_3words((__force u32)src->ip, (__force u32)dst->ip,
				    (__force u32)spi, seed);
	seed = jhash2((__force const u32 *)src->ip6, 4,
		      seed ^ (__force u32)spi);
	return jhash2((__force const u32 *)dst->ip6, 4, seed);
}

static inline u32 nf_vpn_spi_pkt_hashfn(const void *data, u32 len, u32 seed)
{
	const struct nf_vpn_pkt *pkt = data;

	return nf_vpn_spi_hash(&pkt->src.addr, &pkt->dst.addr, pkt->spi,
			       pkt->src.l3num, seed);
}

static inline u32 nf_vpn_spi_obj_hashfn(const void *data, u32 len, u32 seed)
{
	const struct nf_vpn_spi *spi = data;
	const struct nf_vpn_host *remote = &spi->remote->host;

	if (spi->dir == NF_CT_VPN_DIR_IN)
		return nf_vpn_spi_hash(&remote->addr, &spi->gw, spi->spi,
				       remote->l3num, seed);
	return nf_vpn_spi_hash(&spi->session->client->host.addr, &remote->addr,
			       spi->spi, remote->l3num, seed);
}

static inline bool nf_vpn_spi_is_out(const struct nf_vpn_spi *spi,
				     const struct nf_vpn_pkt *pkt)
{
	return spi->dir == NF_CT_VPN_DIR_OUT && spi->spi == pkt->spi &&
	       nf_vpn_host_equal(&spi->session->client->host, &pkt->src) &&
	       nf_inet_addr_cmp(&spi->session->remote->host.addr,
				&pkt->dst.addr);
}

static inline bool nf_vpn_spi_is_in(const struct nf_vpn_spi *spi,
				    const struct nf_vpn_pkt *pkt)
{
	return spi->dir == NF_CT_VPN_DIR_IN && spi->spi == pkt->spi &&
	       nf_inet_addr_cmp(&spi->gw, &pkt->dst.addr) &&
	       nf_vpn_host_equal(&spi->remote->host, &pkt->src);
}

static inline int nf_vpn_spi_cmp_out(struct rhashtable_compare_arg *arg,
				     const void *obj)
{
	return !nf_vpn_spi_is_out(obj, arg->key);
}

static inline int nf_vpn_spi_cmp_in(struct rhashtable_compare_arg *arg,
				    const void *obj)
{
	return !nf_vpn_spi_is_in(obj, arg->key);
}

static inline int nf_vpn_spi_cmp(struct rhashtable_compare_arg *arg,
				 const void *obj)
{
	return !nf_vpn_spi_is_out(obj, arg->key) &&
	       !nf_vpn_spi_is_in(obj, arg->key);
}

/* One table, several ways to compare: only the look-up depends on .obj_cmpfn */
#define NF_VPN_SPI_PARAMS(cmp) {					\
	.head_offset		= offsetof(struct nf_vpn_spi, node),	\
	.key_len		= sizeof(struct nf_vpn_pkt),		\
	.hashfn			= nf_vpn_spi_pkt_hashfn,		\
	.obj_hashfn		= nf_vpn_spi_obj_hashfn,		\
	.obj_cmpfn		= (cmp),				\
	.automatic_shrinking	= true,					\
}

static const struct rhashtable_params nf_vpn_spi_params =
	NF_VPN_SPI_PARAMS(nf_vpn_spi_cmp);
static const struct rhashtable_params nf_vpn_spi_params_out =
	NF_VPN_SPI_PARAMS(nf_vpn_spi_cmp_out);
static const struct rhashtable_params nf_vpn_spi_params_in =
	NF_VPN_SPI_PARAMS(nf_vpn_spi_cmp_in);

/**
 * nf_vpn_spi_find - SPI of a packet, whichever direction it goes
 * @vn: netns, under RCU
 * @pkt: packet before its addresses are translated
 */
struct nf_vpn_spi *nf_vpn_spi_find(struct nf_vpn_net *vn,
				   const struct nf_vpn_pkt *pkt)
{
	return rhashtable_lookup(&vn->esp->spis, pkt, nf_vpn_spi_params);
}

/**
 * nf_vpn_spi_find_out - SPI of a packet from a client
 * @vn: netns, under RCU
 * @pkt: packet as the client sent it
 */
struct nf_vpn_spi *nf_vpn_spi_find_out(struct nf_vpn_net *vn,
				       const struct nf_vpn_pkt *pkt)
{
	return rhashtable_lookup(&vn->esp->spis, pkt, nf_vpn_spi_params_out);
}

/**
 * nf_vpn_spi_find_in - SPI of a packet from a remote host
 * @vn: netns, under RCU
 * @pkt: packet before its destination is translated back
 */
struct nf_vpn_spi *nf_vpn_spi_find_in(struct nf_vpn_net *vn,
				      const struct nf_vpn_pkt *pkt)
{
	return rhashtable_lookup(&vn->esp->spis, pkt, nf_vpn_spi_params_in);
}
EXPORT_SYMBOL_GPL(nf_vpn_spi_find_in);

struct nf_vpn_quoted_key {
	const struct nf_vpn_host *remote;
	__be32 spi;
	u32 dir;
};

/*
 * Entries that differ in the client's or gateway's address only. A receiver
 * never gives one SPI to two senders, so more than a few are made up, and every
 * look-up would have to walk them.
 */
#define NF_VPN_SAME_SPI_MAX	8

static u32 nf_vpn_quoted_hash(const struct nf_vpn_host *remote, __be32 spi,
			      u32 dir, u32 seed)
{
	if (remote->l3num == AF_INET)
		return jhash_3words((__force u32)remote->addr.ip,
				    (__force u32)spi, dir, seed);
	return jhash2((__force const u32 *)remote->addr.ip6, 4,
		      seed ^ (__force u32)spi ^ dir);
}

static u32 nf_vpn_quoted_key_hashfn(const void *data, u32 len, u32 seed)
{
	const struct nf_vpn_quoted_key *key = data;

	return nf_vpn_quoted_hash(key->remote, key->spi, key->dir, seed);
}

static u32 nf_vpn_quoted_obj_hashfn(const void *data, u32 len, u32 seed)
{
	const struct nf_vpn_spi *spi = data;

	return nf_vpn_quoted_hash(&spi->remote->host, spi->spi,
				  spi->dir, seed);
}

static int nf_vpn_quoted_cmpfn(struct rhashtable_compare_arg *arg,
			       const void *obj)
{
	const struct nf_vpn_quoted_key *key = arg->key;
	const struct nf_vpn_spi *spi = obj;

	return spi->spi != key->spi || spi->dir != key->dir ||
	       !nf_vpn_host_equal(key->remote, &spi->remote->host);
}

static const struct rhashtable_params nf_vpn_quoted_params = {
	.head_offset		= offsetof(struct nf_vpn_spi, quoted),
	.key_len		= sizeof(struct nf_vpn_quoted_key),
	.hashfn			= nf_vpn_quoted_key_hashfn,
	.obj_hashfn		= nf_vpn_quoted_obj_hashfn,
	.obj_cmpfn		= nf_vpn_quoted_cmpfn,
	.automatic_shrinking	= true,
};

/* SPIs of a remote host and a direction, whatever the other address; under RCU. */
static struct rhlist_head *nf_vpn_quoted_find(struct nf_vpn_net *vn,
					      const struct nf_vpn_host *remote,
					      __be32 spi, u32 dir)
{
	struct nf_vpn_quoted_key key = {
		.remote	= remote,
		.spi	= spi,
		.dir	= dir,
	};

	return rhltable_lookup(&vn->esp->quoted, &key, nf_vpn_quoted_params);
}

/**
 * nf_vpn_spi_find_in_any - SPI of a remote host, whatever address it is sent to
 * @vn: netns, under RCU
 * @pkt: packet; its destination doesn't matter
 */
struct nf_vpn_spi *nf_vpn_spi_find_in_any(struct nf_vpn_net *vn,
					  const struct nf_vpn_pkt *pkt)
{
	struct nf_vpn_spi *spi = NULL;
	struct rhlist_head *list;

	rcu_read_lock();
	list = nf_vpn_quoted_find(vn, &pkt->src, pkt->spi, NF_CT_VPN_DIR_IN);
	if (list)
		spi = container_of(list, struct nf_vpn_spi, quoted);
	rcu_read_unlock();
	return spi;
}

/**
 * nf_vpn_spi_find_wire - SPI of an outbound packet as seen behind the gateway
 * @vn: netns, under RCU
 * @pkt: packet with its source translated
 */
struct nf_vpn_spi *nf_vpn_spi_find_wire(struct nf_vpn_net *vn,
					const struct nf_vpn_pkt *pkt)
{
	struct rhlist_head *list, *pos;
	struct nf_vpn_spi *spi;

	list = nf_vpn_quoted_find(vn, &pkt->dst, pkt->spi, NF_CT_VPN_DIR_OUT);
	/* Its source is translated. */
	rhl_for_each_entry_rcu(spi, pos, list, quoted)
		if (nf_vpn_flow_has_masq(&spi->session->flow[NF_VPN_FLOW_ESP],
					 &pkt->src.addr))
			return spi;
	return NULL;
}

static unsigned int nf_vpn_spi_count(struct nf_vpn_net *vn,
				     const struct nf_vpn_spi *spi)
{
	struct rhlist_head *list;
	unsigned int n = 0;

	rcu_read_lock();
	list = nf_vpn_quoted_find(vn, &spi->remote->host, spi->spi, spi->dir);
	for (; list; list = rcu_dereference(list->next))
		n++;
	rcu_read_unlock();
	return n;
}

int nf_vpn_spis_init(struct nf_esp_net *en)
{
	int err;

	INIT_LIST_HEAD(&en->undecided);
	err = rhashtable_init(&en->spis, &nf_vpn_spi_params);
	if (err)
		return err;
	err = rhltable_init(&en->quoted, &nf_vpn_quoted_params);
	if (err)
		rhashtable_destroy(&en->spis);
	return err;
}

void nf_vpn_spis_exit(struct nf_esp_net *en)
{
	rhltable_destroy(&en->quoted);
	rhashtable_destroy(&en->spis);
}

/**
 * nf_vpn_event_spi - something happened to an SPI
 * @vn: netns, its lock held
 * @event: what
 * @spi: SPI
 */
void nf_vpn_event_spi(struct nf_vpn_net *vn, enum nf_ct_vpn_event event,
		      struct nf_vpn_spi *spi)
{
	if (spi->session)
		nf_vpn_trace_spi(vn, event, spi->session, spi->spi, spi->conf);
	nf_vpn_event(vn, event, NF_CT_VPN_KIND_ESP, spi);
}
EXPORT_SYMBOL_GPL(nf_vpn_event_spi);

/*
 * Publish: all fields that a look-up reads are set. If that fails half-way,
 * others may have seen @spi already, and hold it until a grace period is over.
 */
static int nf_vpn_spi_insert(struct nf_vpn_net *vn, struct nf_vpn_spi *spi)
{
	const struct nf_vpn_quoted_key key = {
		.remote	= &spi->remote->host,
		.spi	= spi->spi,
		.dir	= spi->dir,
	};
	int err;

	err = rhltable_insert_key(&vn->esp->quoted, &key, &spi->quoted,
				  nf_vpn_quoted_params);
	if (err)
		return err;
	err = rhashtable_insert_fast(&vn->esp->spis, &spi->node, nf_vpn_spi_params);
	if (err)
		goto err_quoted;
	err = nf_vpn_id_get(vn, NF_CT_VPN_KIND_ESP, &spi->id, spi);
	if (!err)
		return 0;
	rhashtable_remove_fast(&vn->esp->spis, &spi->node, nf_vpn_spi_params);
err_quoted:
	rhltable_remove(&vn->esp->quoted, &spi->quoted, nf_vpn_quoted_params);
	spi->dead = true;
	return err;
}

/* What goes wrong is counted. */
int nf_vpn_spi_link(struct nf_vpn_net *vn, struct nf_vpn_spi *spi)
{
	int err;

	if (nf_vpn_spi_count(vn, spi) >= NF_VPN_SAME_SPI_MAX) {
		nf_vpn_stat_inc(vn, TWINS);
		return -EEXIST;
	}
	err = nf_vpn_spi_insert(vn, spi);
	if (err)
		nf_vpn_stat_inc(vn, NO_MEMORY);
	return err;
}

void nf_vpn_spi_unlink(struct nf_vpn_net *vn, struct nf_vpn_spi *spi)
{
	nf_vpn_id_put(vn, NF_CT_VPN_KIND_ESP, spi->id);
	rhashtable_remove_fast(&vn->esp->spis, &spi->node, nf_vpn_spi_params);
	rhltable_remove(&vn->esp->quoted, &spi->quoted, nf_vpn_quoted_params);
}

static void nf_vpn_spi_init(struct nf_vpn_spi *spi,
			    const struct nf_vpn_pkt *pkt)
{
	spi->spi = pkt->spi;
	spi->seq = pkt->seq;
	spi->first = (u32)ktime_get_seconds();
	spi->last = (u32)jiffies;
}

/**
 * nf_vpn_spi_init_in - fill in an inbound SPI that has no owner yet
 * @spi: zeroed part of a &struct nf_vpn_undecided
 * @pkt: its first packet
 */
void nf_vpn_spi_init_in(struct nf_vpn_spi *spi, const struct nf_vpn_pkt *pkt)
{
	nf_vpn_spi_init(spi, pkt);
	spi->dir = NF_CT_VPN_DIR_IN;
	spi->gw = pkt->dst.addr;
}

/* An inbound SPI was seen once, or a second time (-1). */
static void nf_vpn_session_reserve(struct nf_vpn_session *s, int n)
{
	s->reserved += n;
	s->remote->nreserved += n;
}

/**
 * nf_vpn_spi_hold - keep an SPI although no flow does, or no longer
 * @spi: SPI of a session, lock of its netns held
 * @hold: how long
 */
void nf_vpn_spi_hold(struct nf_vpn_spi *spi, enum nf_vpn_hold hold)
{
	spi->session->held += !!hold - !!spi->hold;
	spi->hold = hold;
}

/**
 * nf_vpn_spi_free - unlink an SPI of a session, free it after RCU
 * @vn: netns, its lock held
 * @spi: SPI
 */
void nf_vpn_spi_free(struct nf_vpn_net *vn, struct nf_vpn_spi *spi)
{
	struct nf_vpn_session *s = spi->session;

	lockdep_assert_held(&vn->lock);
	nf_vpn_spi_unlink(vn, spi);
	nf_vpn_spi_hold(spi, NF_VPN_HOLD_NONE);
	spi->dead = true;
	hlist_del(&spi->by_session);
	s->nspis[spi->dir]--;
	if (spi->dir == NF_CT_VPN_DIR_IN)
		nf_vpn_session_reserve(s, -!spi->paired);
	else
		s->unpaired -= !spi->paired;
	if (spi->paired)
		nf_vpn_session_parted(s, spi->dir);
	nf_vpn_session_settle(s);
	nf_vpn_uncharge(vn, s->client);
	kfree_rcu(spi, rcu);
}
EXPORT_SYMBOL_GPL(nf_vpn_spi_free);

/*
 * So many inbound SPIs of a session that may be made up are made up: fewer are
 * children that the remote host has just begun or rekeyed.
 */
#define NF_VPN_SPI_MADE_UP	(NF_VPN_SESSION_SPIS / 4)

/*
 * Outbound ones are the client's own affair, and preloaded ones come from the
 * admin.
 */
static bool nf_vpn_spi_may_be_made_up(const struct nf_vpn_spi *spi)
{
	return spi->dir == NF_CT_VPN_DIR_IN && !spi->hold &&
	       !nf_vpn_spi_is_proven(spi);
}

/* Which of a session's SPIs yield to a new one, the first of these first. */
enum nf_vpn_spi_rank {
	NF_VPN_SPI_FLOOD,
	NF_VPN_SPI_IDLE,
	NF_VPN_SPI_UNPROVEN,
	NF_VPN_SPI_OUT,
	NF_VPN_SPI_STAYS,
};

/*
 * What was proven and is in use never yields to what was seen once, or else a
 * few made-up packets would end a tunnel.
 */
static enum nf_vpn_spi_rank nf_vpn_spi_rank(const struct nf_vpn_spi *spi,
					    bool flood, u32 idle)
{
	if (spi->hold == NF_VPN_HOLD_PIN)
		return NF_VPN_SPI_STAYS;
	if (flood && nf_vpn_spi_may_be_made_up(spi))
		return NF_VPN_SPI_FLOOD;
	if (nf_vpn_spi_idle(spi) >= idle)
		return NF_VPN_SPI_IDLE;
	if (nf_vpn_spi_may_be_made_up(spi))
		return NF_VPN_SPI_UNPROVEN;
	return spi->dir == NF_CT_VPN_DIR_OUT ? NF_VPN_SPI_OUT :
					       NF_VPN_SPI_STAYS;
}

static bool nf_vpn_spi_is_flood(const struct nf_vpn_session *s)
{
	const struct nf_vpn_spi *spi;
	unsigned int n = 0;

	hlist_for_each_entry(spi, &s->spis, by_session)
		n += nf_vpn_spi_may_be_made_up(spi);
	return n >= NF_VPN_SPI_MADE_UP;
}

/* The SPI that yields, the least recently seen of its rank; NULL if all stay. */
static struct nf_vpn_spi *nf_vpn_spi_last(const struct nf_vpn_net *vn,
					  const struct nf_vpn_session *s,
					  u8 dir)
{
	u32 timeout = HZ * (u32)READ_ONCE(vn->set.esp_timeout);
	enum nf_vpn_spi_rank rank, best = NF_VPN_SPI_STAYS;
	bool flood = nf_vpn_spi_is_flood(s);
	struct nf_vpn_spi *spi, *last = NULL;

	hlist_for_each_entry(spi, &s->spis, by_session) {
		if (spi->dir != dir)
			continue;
		rank = nf_vpn_spi_rank(spi, flood, timeout);
		if (rank > best || rank == NF_VPN_SPI_STAYS)
			continue;
		if (rank == best &&
		    nf_vpn_spi_idle(spi) < nf_vpn_spi_idle(last))
			continue;
		best = rank;
		last = spi;
	}
	return last;
}

/* A session keeps a bounded number of SPIs. Returns whether there is room. */
static bool nf_vpn_spi_recycle(struct nf_vpn_net *vn, struct nf_vpn_session *s,
			       u8 dir)
{
	struct nf_vpn_spi *spi;

	if (s->nspis[dir] < NF_VPN_SESSION_SPIS)
		return true;
	spi = nf_vpn_spi_last(vn, s, dir);
	if (!spi)
		return false;
	if (dir == NF_CT_VPN_DIR_IN && nf_vpn_spi_is_proven(spi))
		s->lost = (u32)jiffies;
	nf_vpn_stat_inc(vn, SPI_RECYCLED);
	nf_vpn_event_spi(vn, NF_CT_VPN_EVENT_EXPIRED, spi);
	nf_vpn_spi_free(vn, spi);
	return true;
}

static struct nf_vpn_spi *nf_vpn_spi_alloc(struct nf_vpn_net *vn,
					   struct nf_vpn_session *s,
					   const struct nf_vpn_pkt *pkt, u8 dir)
{
	struct nf_vpn_spi *spi = NULL;

	lockdep_assert_held(&vn->lock);
	/* Others may have to make room for this SPI, not its own session. */
	nf_vpn_session_wake(vn, s);
	if (!nf_vpn_spi_recycle(vn, s, dir)) {
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
	nf_vpn_spi_init(spi, pkt);
	spi->dir = dir;
out:
	nf_vpn_session_doze(vn, s);
	return spi;
}

static struct nf_vpn_spi *nf_vpn_spi_publish(struct nf_vpn_net *vn,
					     struct nf_vpn_spi *spi)
{
	struct nf_vpn_session *s = spi->session;

	if (nf_vpn_spi_link(vn, spi)) {
		nf_vpn_uncharge(vn, s->client);
		kfree_rcu(spi, rcu);
		return NULL;
	}
	hlist_add_head(&spi->by_session, &s->spis);
	s->nspis[spi->dir]++;
	nf_vpn_stat_inc(vn, SPI_NEW);
	return spi;
}

/**
 * nf_vpn_spi_add_out - learn an outbound SPI
 * @vn: netns, its lock held
 * @s: session of the sender
 * @pkt: first packet
 *
 * The session waits for an inbound SPI from now on.
 *
 * Return: the SPI, an older one if another CPU was faster, NULL if there is no
 * room: the session works without.
 */
struct nf_vpn_spi *nf_vpn_spi_add_out(struct nf_vpn_net *vn,
				      struct nf_vpn_session *s,
				      const struct nf_vpn_pkt *pkt)
{
	struct nf_vpn_spi *spi = nf_vpn_spi_find_out(vn, pkt);

	if (spi)
		return spi;
	spi = nf_vpn_spi_alloc(vn, s, pkt, NF_CT_VPN_DIR_OUT);
	if (!spi)
		return NULL;
	spi = nf_vpn_spi_publish(vn, spi);
	if (!spi)
		return NULL;
	nf_vpn_event_spi(vn, NF_CT_VPN_EVENT_NEW, spi);
	/* A rekeyed child changes to it; who goes back has several. */
	WRITE_ONCE(s->spi_out, spi->spi);
	if (!nf_vpn_session_asks(s, spi))
		return spi;
	if (s->unpaired == 1 || esp_seq_is_new(pkt->seq))
		s->pending_old = !esp_seq_is_new(pkt->seq);
	s->pending_since = (u32)jiffies;
	nf_vpn_session_expect(vn, s);
	return spi;
}

/**
 * nf_vpn_spi_bind - an inbound SPI belongs to this session
 * @vn: netns, its lock held
 * @s: owner
 * @pkt: a packet with that SPI, which no entry exists for
 * @conf: how sure it is
 *
 * Return: the SPI or NULL if there is no room.
 */
struct nf_vpn_spi *nf_vpn_spi_bind(struct nf_vpn_net *vn,
				   struct nf_vpn_session *s,
				   const struct nf_vpn_pkt *pkt,
				   enum nf_ct_vpn_conf conf)
{
	struct nf_vpn_spi *spi;

	spi = nf_vpn_spi_alloc(vn, s, pkt, NF_CT_VPN_DIR_IN);
	if (!spi)
		return NULL;
	spi->gw = pkt->dst.addr;
	spi->conf = conf;
	spi->old = !esp_seq_is_new(pkt->seq);
	spi = nf_vpn_spi_publish(vn, spi);
	if (!spi)
		return NULL;
	nf_vpn_stat_inc(vn, BOUND);
	nf_vpn_event_spi(vn, NF_CT_VPN_EVENT_BOUND, spi);
	nf_vpn_session_reserve(s, 1);
	return spi;
}
EXPORT_SYMBOL_GPL(nf_vpn_spi_bind);

/**
 * nf_vpn_spi_pair - an inbound SPI is its session's beyond doubt
 * @spi: SPI of a session, lock of its netns held
 */
void nf_vpn_spi_pair(struct nf_vpn_spi *spi)
{
	struct nf_vpn_session *s = spi->session;

	if (spi->paired || spi->dead)
		return;
	nf_vpn_session_reserve(s, -1);
	WRITE_ONCE(spi->paired, true);
	nf_vpn_session_paired(s);
	if (!spi->old)
		nf_vpn_expect_spend(s);
	nf_vpn_session_settle(s);
}
EXPORT_SYMBOL_GPL(nf_vpn_spi_pair);

/**
 * nf_vpn_spi_prove - an inbound SPI is seen again
 * @vn: netns, its lock not held
 * @spi: SPI of a session, under RCU
 *
 * Only now its session has what it waited for. A flood of made-up numbers,
 * each sent once, must not make it look served.
 */
void nf_vpn_spi_prove(struct nf_vpn_net *vn, struct nf_vpn_spi *spi)
{
	spin_lock_bh(&vn->lock);
	nf_vpn_spi_pair(spi);
	spin_unlock_bh(&vn->lock);
}
