/* SPDX-License-Identifier: GPL-2.0-only */
/* Undecided SPIs: inbound ones that several sessions may own. */
#ifndef _NF_ESP_UNDECIDED_H
#define _NF_ESP_UNDECIDED_H

#include "core/session.h"
#include "esp/spi.h"

/* Most sessions that an undecided SPI is copied to. */
#define NF_ESP_CANDIDATES	32

/* Most undecided SPIs per remote host and per netns. */
#define NF_ESP_UNDECIDED_REMOTE	64
#define NF_ESP_UNDECIDED	1024

/**
 * struct nf_esp_undecided - inbound SPI that several sessions may own
 * @spi: entry in the tables; its &nf_esp_spi.session is NULL
 * @by_remote: in &nf_vpn_remote.undecided
 * @by_net: in &nf_esp_net.undecided
 * @first: jiffies of the first packet
 * @arrived: nf_vpn_now_us() of the last packet
 * @expecting: the candidates were waiting for a new SPI
 * @stock: the receiver that stock conntrack has is a candidate, too
 * @fresh: bit i: candidate i had just begun to wait
 * @claimed: bit i: candidate i has claimed the SPI by netlink
 * @gone: jiffies when a candidate's session or its flow last went away. That is
 *	no evidence for the others, since it may come back.
 * @trials: packets that were judged by their times
 * @over: packets for which the budget of copies was too small
 * @n: number of candidates in @cand
 * @hits: packets that spoke for each candidate
 * @copies: packets that each candidate got
 * @bytes: their bytes
 * @cand: candidates, longest waiting first
 *
 * All but @spi is protected by &nf_vpn_net.lock.
 */
struct nf_esp_undecided {
	struct nf_esp_spi spi;
	struct list_head by_remote;
	struct list_head by_net;
	unsigned long first;
	u32 arrived;
	bool expecting;
	bool stock;
	u32 fresh;
	u32 claimed;
	unsigned long gone;
	u8 trials;
	u8 over;
	u8 n;
	u8 hits[NF_ESP_CANDIDATES];
	u32 copies[NF_ESP_CANDIDATES];
	u64 bytes[NF_ESP_CANDIDATES];
	struct nf_vpn_session *cand[NF_ESP_CANDIDATES];
};

struct nf_esp_undecided *nf_esp_undecided_add(struct nf_vpn_net *vn,
					      struct nf_vpn_remote *remote,
					      const struct nf_vpn_pkt *pkt);
void nf_esp_undecided_free(struct nf_vpn_net *vn, struct nf_esp_undecided *u);
void nf_esp_undecided_admit(struct nf_vpn_net *vn, struct nf_esp_undecided *u,
			    struct nf_vpn_session *s, bool fresh);
void nf_esp_undecided_drop(struct nf_esp_undecided *u, unsigned int i);
int nf_esp_undecided_index(const struct nf_esp_undecided *u,
			   const struct nf_vpn_session *s);
bool nf_esp_spi_refused(struct nf_vpn_net *vn, const struct nf_vpn_pkt *pkt);
void nf_esp_undecided_purge(struct nf_vpn_net *vn, struct nf_vpn_session *s);
void nf_esp_undecided_gc(struct nf_vpn_net *vn, u32 idle);
void nf_esp_undecided_end(struct nf_vpn_net *vn, struct nf_vpn_remote *remote);

static inline struct nf_esp_undecided *
nf_esp_spi_undecided(const struct nf_esp_spi *spi)
{
	return container_of(spi, struct nf_esp_undecided, spi);
}

#endif /* _NF_ESP_UNDECIDED_H */
