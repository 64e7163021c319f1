/* SPDX-License-Identifier: GPL-2.0-only */
/* ESP SPIs. */
#ifndef _NF_ESP_SPI_H
#define _NF_ESP_SPI_H

#include <linux/atomic.h>
#include <linux/rhashtable.h>

#include "core/session.h"
#include "core/tracker.h"
#include "esp/times.h"

/*
 * Most SPIs of a session in one direction: a client may have a child SA for
 * each pair of networks or for each processor (RFC 9611), and twice as many
 * while they are rekeyed. enum nf_esp_spi_rank says which SPI yields to a new
 * one.
 */
#define NF_ESP_SESSION_SPIS	64

/*
 * Packets after which an inbound SPI is trusted to be in use rather than
 * forged. That only decides which SPI yields to a new one, so the count need
 * not be exact.
 */
#define NF_ESP_SPI_TRUSTED	8

struct nf_vpn_fast;

/**
 * struct nf_esp_net - what the module keeps of a netns
 * @spis: &struct nf_esp_spi by addresses and SPI of packets as they arrive at
 *	the gateway
 * @quoted: the same by remote address, SPI and direction, for packets that ICMP
 *	errors quote
 * @undecided: undecided SPIs of all remote hosts, oldest first
 * @nundecided: length of @undecided
 * @sieve: inbound SPIs that have come lately, NULL until one has
 * @grave_table: &struct nf_esp_grave by addresses and SPI
 * @graves: the same, oldest first
 * @ngraves: length of @graves
 */
struct nf_esp_net {
	struct rhashtable spis;
	struct rhltable quoted;
	struct list_head undecided;
	u32 nundecided;
	struct nf_esp_sieve *sieve;
	struct rhashtable grave_table;
	struct list_head graves;
	u32 ngraves;
};

/*
 * RFC 4303 section 2.1: SPIs up to this one are reserved, no SA has one. Hosts
 * that probe whether ESP gets through send and are answered on such an SPI, all
 * of them on the same.
 */
#define NF_ESP_SPI_RESERVED	255

static inline bool nf_esp_spi_is_reserved(__be32 spi)
{
	return ntohl(spi) <= NF_ESP_SPI_RESERVED;
}

/**
 * enum nf_esp_hold - what keeps an SPI that no flow keeps
 * @NF_ESP_HOLD_NONE: nothing
 * @NF_ESP_HOLD_IDLE: it was preloaded, and goes once it has been idle for
 *	nf_conntrack_esp_timeout
 * @NF_ESP_HOLD_PIN: it stays until it is deleted
 */
enum nf_esp_hold {
	NF_ESP_HOLD_NONE,
	NF_ESP_HOLD_IDLE,
	NF_ESP_HOLD_PIN,
};

/**
 * struct nf_esp_asked - packets on an outbound SPI that may be unanswered
 * @since: low half of jiffies at the first of them
 * @n: how many, no more than %ESP_STARVED_PACKETS
 *
 * Lockless: a count that is lost delays the search for the answers by a packet.
 */
struct nf_esp_asked {
	u32 since;
	u8 n;
};

/**
 * struct nf_esp_spi - one ESP SPI in one direction
 * @node: in &nf_esp_net.spis
 * @quoted: in &nf_esp_net.quoted
 * @session: owner; NULL for an inbound SPI that is undecided, which is a part
 *	of a &struct nf_esp_undecided then
 * @remote: sender or receiver
 * @gw: inbound: destination address on the wire
 * @asked: outbound: packets that may be unanswered
 * @spi: on the wire
 * @dir: &enum nf_ct_vpn_dir
 * @conf: &enum nf_ct_vpn_conf
 * @paired: outbound: an inbound SPI has been bound to the session since
 * @proven: inbound: at least two packets have carried it; a made-up SPI is
 *	usually seen once
 * @hold: &enum nf_esp_hold
 * @old: inbound: it was in use before we saw it (RFC 4303 section 3.3.3)
 * @dead: unlinked, to be freed
 * @repairs: how often its owner was doubted
 * @fast: how its packets take the fast path, core/fast.h
 * @packets: packets seen
 * @bytes: their bytes, from the IP header on
 * @first: seconds of the boot clock of the first packet
 * @last: low half of jiffies at the last packet
 * @seq: highest sequence number seen
 * @id: in &nf_vpn_net.ids
 * @by_session: in &nf_vpn_session.spis
 * @rcu: for freeing
 */
struct nf_esp_spi {
	struct rhash_head node;
	struct rhlist_head quoted;
	struct nf_vpn_session *session;
	struct nf_vpn_remote *remote;
	union {
		union nf_inet_addr gw;
		struct nf_esp_asked asked;
	};
	__be32 spi;
	u8 dir;
	u8 conf;
	union {
		u8 paired;
		u8 proven;
	};
	u8 hold:2;
	u8 old:1;
	u8 dead:1;
	u8 repairs:2;
	struct nf_vpn_fast __rcu *fast;
	atomic64_t packets;
	atomic64_t bytes;
	u32 first;
	u32 last;
	u32 seq;
	u32 id;
	union {
		struct hlist_node by_session;
		struct rcu_head rcu;
	};
};

/* Count a packet on an SPI. */
static inline void nf_esp_spi_seen(struct nf_esp_spi *spi,
				   const struct nf_vpn_pkt *pkt,
				   unsigned int len)
{
	u32 now = (u32)jiffies;

	atomic64_inc(&spi->packets);
	atomic64_add(len, &spi->bytes);
	if (READ_ONCE(spi->last) != now)
		WRITE_ONCE(spi->last, now);
	if ((s32)(pkt->seq - READ_ONCE(spi->seq)) > 0)
		WRITE_ONCE(spi->seq, pkt->seq);
}

/* Jiffies since the last packet of @spi. */
static inline u32 nf_esp_spi_idle(const struct nf_esp_spi *spi)
{
	return nf_vpn_since_low(READ_ONCE(spi->last));
}

/* Has so much been received on an inbound SPI that it can't be forged? */
static inline bool nf_esp_spi_is_trusted(const struct nf_esp_spi *spi)
{
	return atomic64_read(&spi->packets) >= NF_ESP_SPI_TRUSTED;
}

/* Does the session's client use several outbound SPIs by turns? */
static inline bool nf_esp_session_is_mixed(const struct nf_vpn_session *s)
{
	return nf_vpn_since_low(READ_ONCE(s->mixed)) <
	       msecs_to_jiffies(ESP_MIXED_MS);
}

/* esp/table.c */
int nf_esp_spis_init(struct nf_esp_net *en);
void nf_esp_spis_exit(struct nf_esp_net *en);
struct nf_esp_spi *nf_esp_spi_find(struct nf_vpn_net *vn,
				   const struct nf_vpn_pkt *pkt);
struct nf_esp_spi *nf_esp_spi_find_out(struct nf_vpn_net *vn,
				       const struct nf_vpn_pkt *pkt);
struct nf_esp_spi *nf_esp_spi_find_in(struct nf_vpn_net *vn,
				      const struct nf_vpn_pkt *pkt);
struct nf_esp_spi *nf_esp_spi_find_in_any(struct nf_vpn_net *vn,
					  const struct nf_vpn_pkt *pkt);
struct nf_esp_spi *nf_esp_spi_find_wire(struct nf_vpn_net *vn,
					const struct nf_vpn_pkt *pkt);
struct nf_esp_spi *nf_esp_spi_find_former(struct nf_vpn_net *vn,
					  const struct nf_esp_spi *spi);
int nf_esp_spi_link(struct nf_vpn_net *vn, struct nf_esp_spi *spi);
void nf_esp_spi_unlink(struct nf_vpn_net *vn, struct nf_esp_spi *spi);

/* esp/spi.c */
void nf_esp_event_spi(struct nf_vpn_net *vn, enum nf_ct_vpn_event_type event,
		      struct nf_esp_spi *spi);
struct nf_esp_spi *nf_esp_spi_add_out(struct nf_vpn_net *vn,
				      struct nf_vpn_session *s,
				      const struct nf_vpn_pkt *pkt);
struct nf_esp_spi *nf_esp_spi_bind(struct nf_vpn_net *vn,
				   struct nf_vpn_session *s,
				   const struct nf_vpn_pkt *pkt,
				   enum nf_ct_vpn_conf conf);
struct nf_esp_spi *nf_esp_spi_give_back(struct nf_vpn_net *vn,
					struct nf_vpn_session *s,
					const struct nf_vpn_pkt *pkt,
					enum nf_ct_vpn_conf conf);
void nf_esp_spi_seen_again(struct nf_vpn_net *vn, struct nf_esp_spi *spi);
void nf_esp_spi_prove(struct nf_esp_spi *spi);
void nf_esp_spi_hold(struct nf_esp_spi *spi, enum nf_esp_hold hold);
void nf_esp_spi_init_in(struct nf_esp_spi *spi, const struct nf_vpn_pkt *pkt);
void nf_esp_spi_free(struct nf_vpn_net *vn, struct nf_esp_spi *spi);

/* esp/pair.c */
void nf_esp_session_pair(struct nf_vpn_session *s);
void nf_esp_spi_has_partner(struct nf_esp_spi *spi);
void nf_esp_session_part(struct nf_vpn_session *s, u8 dir);
bool nf_esp_session_asks(struct nf_vpn_session *s, struct nf_esp_spi *spi);
void nf_esp_session_unpair(struct nf_vpn_net *vn, struct nf_vpn_session *s,
			   bool partner);
void nf_esp_session_expect(struct nf_vpn_net *vn, struct nf_vpn_session *s);
void nf_esp_session_end_wait(struct nf_vpn_session *s);

/* esp/gc.c */
void nf_esp_session_forget(struct nf_vpn_net *vn, struct nf_vpn_session *s);
void nf_esp_session_end_esp(struct nf_vpn_net *vn, struct nf_vpn_session *s);
bool nf_esp_gc(struct nf_vpn_net *vn, struct nf_vpn_session *s,
	       const struct nf_vpn_gc_view *v, u32 needs);
bool nf_esp_gc_net(struct nf_vpn_net *vn);
void nf_esp_end(struct nf_vpn_net *vn, struct nf_vpn_session *s);
void nf_esp_flush(struct nf_vpn_net *vn);
void nf_esp_load(struct nf_vpn_net *vn);

#endif /* _NF_ESP_SPI_H */
