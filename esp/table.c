// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tables of ESP SPIs.
 *
 * An SPI is chosen by its receiver and unique there (RFC 4303 section 2.1). In
 * one table, packets of both directions find their SPI by both addresses and
 * the SPI, as they arrive at the gateway. ICMP errors quote packets that have
 * been translated, so these are found in a second table, by remote host, SPI
 * and direction; the client's or gateway's address is compared afterwards.
 */
#include <linux/jhash.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "core/flow.h"
#include "core/id.h"
#include "core/net.h"
#include "core/packet.h"
#include "esp/spi.h"

static inline u32 nf_esp_spi_hash(const union nf_inet_addr *src,
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

static inline u32 nf_esp_spi_pkt_hashfn(const void *data, u32 len, u32 seed)
{
	const struct nf_vpn_pkt *pkt = data;

	return nf_esp_spi_hash(&pkt->src.addr, &pkt->dst.addr, pkt->spi,
			       pkt->src.l3num, seed);
}

static inline u32 nf_esp_spi_obj_hashfn(const void *data, u32 len, u32 seed)
{
	const struct nf_esp_spi *spi = data;
	const struct nf_vpn_host *remote = &spi->remote->host;

	if (spi->dir == NF_CT_VPN_DIR_IN)
		return nf_esp_spi_hash(&remote->addr, &spi->gw, spi->spi,
				       remote->l3num, seed);
	return nf_esp_spi_hash(&spi->session->client->host.addr, &remote->addr,
			       spi->spi, remote->l3num, seed);
}

static inline bool nf_esp_spi_is_out(const struct nf_esp_spi *spi,
				     const struct nf_vpn_pkt *pkt)
{
	return spi->dir == NF_CT_VPN_DIR_OUT && spi->spi == pkt->spi &&
	       nf_vpn_host_equal(&spi->session->client->host, &pkt->src) &&
	       nf_inet_addr_cmp(&spi->session->remote->host.addr,
				&pkt->dst.addr);
}

static inline bool nf_esp_spi_is_in(const struct nf_esp_spi *spi,
				    const struct nf_vpn_pkt *pkt)
{
	return spi->dir == NF_CT_VPN_DIR_IN && spi->spi == pkt->spi &&
	       nf_inet_addr_cmp(&spi->gw, &pkt->dst.addr) &&
	       nf_vpn_host_equal(&spi->remote->host, &pkt->src);
}

static inline int nf_esp_spi_cmp_out(struct rhashtable_compare_arg *arg,
				     const void *obj)
{
	return !nf_esp_spi_is_out(obj, arg->key);
}

static inline int nf_esp_spi_cmp_in(struct rhashtable_compare_arg *arg,
				    const void *obj)
{
	return !nf_esp_spi_is_in(obj, arg->key);
}

static inline int nf_esp_spi_cmp(struct rhashtable_compare_arg *arg,
				 const void *obj)
{
	return !nf_esp_spi_is_out(obj, arg->key) &&
	       !nf_esp_spi_is_in(obj, arg->key);
}

/*
 * One table with three ways to compare: only a look-up depends on .obj_cmpfn.
 */
#define NF_ESP_SPI_PARAMS(cmp) {					\
	.head_offset		= offsetof(struct nf_esp_spi, node),	\
	.key_len		= sizeof(struct nf_vpn_pkt),		\
	.hashfn			= nf_esp_spi_pkt_hashfn,		\
	.obj_hashfn		= nf_esp_spi_obj_hashfn,		\
	.obj_cmpfn		= (cmp),				\
	.automatic_shrinking	= true,					\
}

static const struct rhashtable_params nf_esp_spi_params =
	NF_ESP_SPI_PARAMS(nf_esp_spi_cmp);
static const struct rhashtable_params nf_esp_spi_params_out =
	NF_ESP_SPI_PARAMS(nf_esp_spi_cmp_out);
static const struct rhashtable_params nf_esp_spi_params_in =
	NF_ESP_SPI_PARAMS(nf_esp_spi_cmp_in);

/**
 * nf_esp_spi_find - find the SPI of a packet of either direction
 * @vn: netns, under RCU
 * @pkt: packet before its addresses are translated
 *
 * Return: SPI or NULL
 */
struct nf_esp_spi *nf_esp_spi_find(struct nf_vpn_net *vn,
				   const struct nf_vpn_pkt *pkt)
{
	return rhashtable_lookup(&vn->esp->spis, pkt, nf_esp_spi_params);
}

/**
 * nf_esp_spi_find_out - find the SPI of a packet from a client
 * @vn: netns, under RCU
 * @pkt: packet as the client sent it
 *
 * Return: outbound SPI or NULL
 */
struct nf_esp_spi *nf_esp_spi_find_out(struct nf_vpn_net *vn,
				       const struct nf_vpn_pkt *pkt)
{
	return rhashtable_lookup(&vn->esp->spis, pkt, nf_esp_spi_params_out);
}

/**
 * nf_esp_spi_find_in - find the SPI of a packet from a remote host
 * @vn: netns, under RCU
 * @pkt: packet before its destination is translated back
 *
 * Return: inbound SPI, which may be undecided, or NULL
 */
struct nf_esp_spi *nf_esp_spi_find_in(struct nf_vpn_net *vn,
				      const struct nf_vpn_pkt *pkt)
{
	return rhashtable_lookup(&vn->esp->spis, pkt, nf_esp_spi_params_in);
}
EXPORT_SYMBOL_GPL(nf_esp_spi_find_in);

struct nf_esp_quoted_key {
	const struct nf_vpn_host *remote;
	__be32 spi;
	u32 dir;
};

/*
 * Most entries that differ in the client's or gateway's address only. Each
 * look-up walks them. A receiver doesn't give one SPI to two senders, so more
 * than a few are forged.
 */
#define NF_ESP_SAME_SPI_MAX	8

static u32 nf_esp_quoted_hash(const struct nf_vpn_host *remote, __be32 spi,
			      u32 dir, u32 seed)
{
	if (remote->l3num == AF_INET)
		return jhash_3words((__force u32)remote->addr.ip,
				    (__force u32)spi, dir, seed);
	return jhash2((__force const u32 *)remote->addr.ip6, 4,
		      seed ^ (__force u32)spi ^ dir);
}

static u32 nf_esp_quoted_key_hashfn(const void *data, u32 len, u32 seed)
{
	const struct nf_esp_quoted_key *key = data;

	return nf_esp_quoted_hash(key->remote, key->spi, key->dir, seed);
}

static u32 nf_esp_quoted_obj_hashfn(const void *data, u32 len, u32 seed)
{
	const struct nf_esp_spi *spi = data;

	return nf_esp_quoted_hash(&spi->remote->host, spi->spi,
				  spi->dir, seed);
}

static int nf_esp_quoted_cmpfn(struct rhashtable_compare_arg *arg,
			       const void *obj)
{
	const struct nf_esp_quoted_key *key = arg->key;
	const struct nf_esp_spi *spi = obj;

	return spi->spi != key->spi || spi->dir != key->dir ||
	       !nf_vpn_host_equal(key->remote, &spi->remote->host);
}

static const struct rhashtable_params nf_esp_quoted_params = {
	.head_offset		= offsetof(struct nf_esp_spi, quoted),
	.key_len		= sizeof(struct nf_esp_quoted_key),
	.hashfn			= nf_esp_quoted_key_hashfn,
	.obj_hashfn		= nf_esp_quoted_obj_hashfn,
	.obj_cmpfn		= nf_esp_quoted_cmpfn,
	.automatic_shrinking	= true,
};

/* The list of entries that differ in the other address only; under RCU. */
static struct rhlist_head *nf_esp_quoted_find(struct nf_vpn_net *vn,
					      const struct nf_vpn_host *remote,
					      __be32 spi, u32 dir)
{
	struct nf_esp_quoted_key key = {
		.remote	= remote,
		.spi	= spi,
		.dir	= dir,
	};

	return rhltable_lookup(&vn->esp->quoted, &key, nf_esp_quoted_params);
}

/**
 * nf_esp_spi_find_in_any - find an inbound SPI, whatever address it is sent to
 * @vn: netns, under RCU or its lock
 * @pkt: packet; its destination doesn't matter
 *
 * Return: inbound SPI, which may be undecided, or NULL
 */
struct nf_esp_spi *nf_esp_spi_find_in_any(struct nf_vpn_net *vn,
					  const struct nf_vpn_pkt *pkt)
{
	struct nf_esp_spi *spi = NULL;
	struct rhlist_head *list;

	rcu_read_lock();
	list = nf_esp_quoted_find(vn, &pkt->src, pkt->spi, NF_CT_VPN_DIR_IN);
	if (list)
		spi = container_of(list, struct nf_esp_spi, quoted);
	rcu_read_unlock();
	return spi;
}

/**
 * nf_esp_spi_find_wire - find the SPI of an outbound packet as it left
 * @vn: netns, under RCU
 * @pkt: packet with its source translated
 *
 * Return: outbound SPI or NULL
 */
struct nf_esp_spi *nf_esp_spi_find_wire(struct nf_vpn_net *vn,
					const struct nf_vpn_pkt *pkt)
{
	struct rhlist_head *list, *pos;
	struct nf_esp_spi *spi;

	list = nf_esp_quoted_find(vn, &pkt->dst, pkt->spi, NF_CT_VPN_DIR_OUT);
	rhl_for_each_entry_rcu(spi, pos, list, quoted)
		if (nf_vpn_flow_has_masq(&spi->session->flow[NF_VPN_FLOW_ESP],
					 &pkt->src.addr))
			return spi;
	return NULL;
}

/**
 * nf_esp_spi_find_former - find the same outbound SPI of another client
 * @vn: netns, its lock held
 * @spi: outbound SPI
 *
 * Its receiver has chosen it for one SA: who goes on with it is the same host.
 *
 * Return: SPI with a lower sequence number, or NULL
 */
struct nf_esp_spi *nf_esp_spi_find_former(struct nf_vpn_net *vn,
					  const struct nf_esp_spi *spi)
{
	struct nf_esp_spi *other, *former = NULL;
	struct rhlist_head *list, *pos;

	rcu_read_lock();
	list = nf_esp_quoted_find(vn, &spi->remote->host, spi->spi,
				  NF_CT_VPN_DIR_OUT);
	rhl_for_each_entry_rcu(other, pos, list, quoted)
		if (other->session != spi->session &&
		    (s32)(spi->seq - READ_ONCE(other->seq)) > 0)
			former = other;
	rcu_read_unlock();
	return former;
}

static unsigned int nf_esp_spi_count(struct nf_vpn_net *vn,
				     const struct nf_esp_spi *spi)
{
	struct rhlist_head *list;
	unsigned int n = 0;

	rcu_read_lock();
	list = nf_esp_quoted_find(vn, &spi->remote->host, spi->spi, spi->dir);
	for (; list; list = rcu_dereference(list->next))
		n++;
	rcu_read_unlock();
	return n;
}

int nf_esp_spis_init(struct nf_esp_net *en)
{
	int err;

	INIT_LIST_HEAD(&en->undecided);
	err = rhashtable_init(&en->spis, &nf_esp_spi_params);
	if (err)
		return err;
	err = rhltable_init(&en->quoted, &nf_esp_quoted_params);
	if (err)
		rhashtable_destroy(&en->spis);
	return err;
}

void nf_esp_spis_exit(struct nf_esp_net *en)
{
	rhltable_destroy(&en->quoted);
	rhashtable_destroy(&en->spis);
}

/*
 * Insert an SPI into both tables and number it. All fields that readers use
 * must be set. If it fails, readers may have found @spi already, so it must not
 * be freed before a grace period is over.
 */
static int nf_esp_spi_insert(struct nf_vpn_net *vn, struct nf_esp_spi *spi)
{
	const struct nf_esp_quoted_key key = {
		.remote	= &spi->remote->host,
		.spi	= spi->spi,
		.dir	= spi->dir,
	};
	int err;

	err = rhltable_insert_key(&vn->esp->quoted, &key, &spi->quoted,
				  nf_esp_quoted_params);
	if (err)
		return err;
	err = rhashtable_insert_fast(&vn->esp->spis, &spi->node, nf_esp_spi_params);
	if (err)
		goto err_quoted;
	err = nf_vpn_id_get(vn, NF_CT_VPN_KIND_ESP, &spi->id, spi);
	if (!err)
		return 0;
	rhashtable_remove_fast(&vn->esp->spis, &spi->node, nf_esp_spi_params);
err_quoted:
	rhltable_remove(&vn->esp->quoted, &spi->quoted, nf_esp_quoted_params);
	spi->dead = true;
	return err;
}

/**
 * nf_esp_spi_link - let readers find an SPI
 * @vn: netns, its lock held
 * @spi: SPI, complete; to be freed after RCU even on failure
 *
 * Return: 0, -EEXIST if there are too many entries like it, -ENOMEM. Failures
 * are counted.
 */
int nf_esp_spi_link(struct nf_vpn_net *vn, struct nf_esp_spi *spi)
{
	int err;

	if (nf_esp_spi_count(vn, spi) >= NF_ESP_SAME_SPI_MAX) {
		nf_vpn_stat_inc(vn, TWINS);
		return -EEXIST;
	}
	err = nf_esp_spi_insert(vn, spi);
	if (err)
		nf_vpn_stat_inc(vn, NO_MEMORY);
	return err;
}

void nf_esp_spi_unlink(struct nf_vpn_net *vn, struct nf_esp_spi *spi)
{
	nf_vpn_id_put(vn, NF_CT_VPN_KIND_ESP, spi->id);
	rhashtable_remove_fast(&vn->esp->spis, &spi->node, nf_esp_spi_params);
	rhltable_remove(&vn->esp->quoted, &spi->quoted, nf_esp_quoted_params);
}
