/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inbound SPIs that have come lately.
 *
 * An attacker who sends packets with forged SPIs in a server's name uses each
 * SPI once, while one that is in use comes again. A packet of an SPI without an
 * entry leaves a few bits here. If more new SPIs come than hosts can have, only
 * the second packet of one makes an entry in the tables.
 */
#ifndef _NF_ESP_SIEVE_H
#define _NF_ESP_SIEVE_H

#include <linux/bits.h>
#include <linux/siphash.h>
#include <linux/types.h>

struct nf_vpn_net;
struct nf_vpn_pkt;
struct nf_vpn_remote;

/*
 * New SPIs of a remote host that get an entry by their first packet, per second
 * and as a burst.
 */
#define NF_ESP_NEW_SPIS		256

/*
 * A Bloom filter in two parts, of which the older is cleared in turn: at 5000
 * new SPIs per second, six per cent of them seem to have come before.
 */
#define NF_ESP_SIEVE_BITS	(128 * 1024)
#define NF_ESP_SIEVE_HASHES	3
/* An SPI that was noted and comes again within this time is recognised. */
#define NF_ESP_SIEVE_TIME	(4 * HZ)
/* It is freed after so long without a new SPI. */
#define NF_ESP_SIEVE_IDLE	(60 * HZ)

/**
 * struct nf_esp_sieve - SPIs that have come lately
 * @key: key of the hash, so that an attacker can't set the bits of other SPIs
 * @turned: jiffies when the older part was last cleared
 * @used: jiffies when an SPI was last noted
 * @bits: both parts, the newer one first
 *
 * It is made by the first new SPI of a netns, and freed by the garbage collector
 * or with the netns. &nf_vpn_net.lock protects it.
 */
struct nf_esp_sieve {
	siphash_key_t key;
	unsigned long turned;
	unsigned long used;
	unsigned long *bits[2];
};

bool nf_esp_sieve_stops(struct nf_vpn_net *vn, struct nf_vpn_remote *remote,
			const struct nf_vpn_pkt *pkt);
void nf_esp_sieve_free(struct nf_vpn_net *vn, bool idle);

#endif /* _NF_ESP_SIEVE_H */
