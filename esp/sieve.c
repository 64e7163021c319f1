// SPDX-License-Identifier: GPL-2.0-only
/* Inbound SPIs that have come lately. */
#include <linux/bitmap.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "core/net.h"
#include "core/packet.h"
#include "core/session.h"
#include "esp/sieve.h"
#include "esp/spi.h"

/*
 * Take a new SPI out of a remote host's token bucket. Returns false if it is
 * empty.
 */
static bool nf_esp_is_few(struct nf_vpn_remote *remote)
{
	unsigned long now = jiffies, idle = now - remote->counted;
	u32 fill = min_t(unsigned long, idle, HZ) * NF_ESP_NEW_SPIS / HZ;

	if (fill) {
		remote->news = min(remote->news + fill, (u32)NF_ESP_NEW_SPIS);
		remote->counted = now;
	}
	if (!remote->news)
		return false;
	remote->news--;
	return true;
}

static void nf_esp_sieve_release(struct nf_esp_sieve *sieve)
{
	bitmap_free(sieve->bits[0]);
	bitmap_free(sieve->bits[1]);
	kfree(sieve);
}

/* Returns NULL if memory is short; all SPIs get an entry then. */
static struct nf_esp_sieve *nf_esp_sieve_alloc(void)
{
	const gfp_t gfp = GFP_ATOMIC | __GFP_NOWARN;
	struct nf_esp_sieve *sieve = kzalloc(sizeof(*sieve), gfp);

	if (!sieve)
		return NULL;
	get_random_bytes(&sieve->key, sizeof(sieve->key));
	sieve->turned = jiffies;
	sieve->bits[0] = bitmap_zalloc(NF_ESP_SIEVE_BITS, gfp);
	sieve->bits[1] = bitmap_zalloc(NF_ESP_SIEVE_BITS, gfp);
	if (sieve->bits[0] && sieve->bits[1])
		return sieve;
	nf_esp_sieve_release(sieve);
	return NULL;
}

/* Forget the SPIs of the older part, if it is time. */
static void nf_esp_sieve_turn(struct nf_esp_sieve *sieve)
{
	if (time_before(jiffies, sieve->turned + NF_ESP_SIEVE_TIME))
		return;
	swap(sieve->bits[0], sieve->bits[1]);
	bitmap_zero(sieve->bits[0], NF_ESP_SIEVE_BITS);
	sieve->turned = jiffies;
}

static u64 nf_esp_sieve_hash(const struct nf_esp_sieve *sieve,
			     const struct nf_vpn_pkt *pkt)
{
	struct {
		union nf_inet_addr src;
		union nf_inet_addr dst;
		__be32 spi;
	} words = { pkt->src.addr, pkt->dst.addr, pkt->spi };

	BUILD_BUG_ON(sizeof(words) != 36);
	return siphash(&words, sizeof(words), &sieve->key);
}

/* Note an SPI. Returns whether it was noted before. */
static bool nf_esp_sieve_note(struct nf_esp_sieve *sieve,
			      const struct nf_vpn_pkt *pkt)
{
	u64 hash = nf_esp_sieve_hash(sieve, pkt);
	bool newer = true, older = true;
	unsigned int i, bit;

	BUILD_BUG_ON_NOT_POWER_OF_2(NF_ESP_SIEVE_BITS);
	BUILD_BUG_ON(NF_ESP_SIEVE_HASHES * ilog2(NF_ESP_SIEVE_BITS) > 64);
	nf_esp_sieve_turn(sieve);
	sieve->used = jiffies;
	for (i = 0; i < NF_ESP_SIEVE_HASHES; i++) {
		bit = hash % NF_ESP_SIEVE_BITS;
		hash /= NF_ESP_SIEVE_BITS;
		newer &= __test_and_set_bit(bit, sieve->bits[0]);
		older &= test_bit(bit, sieve->bits[1]);
	}
	return newer || older;
}

/**
 * nf_esp_sieve_stops - tell whether a new inbound SPI is one of a flood
 * @vn: netns, its lock held
 * @remote: sender
 * @pkt: packet of an SPI that isn't in the tables
 *
 * An SPI that came without an entry some seconds ago, too, isn't new: where hosts
 * have more SPIs than there is room for, each makes another one's entry yield
 * again and again. An SPI whose entry was there for longer is new once more: its
 * packets weren't noted meanwhile.
 *
 * Return: true if too many SPIs have come lately, and this one comes for the
 * first time.
 */
bool nf_esp_sieve_stops(struct nf_vpn_net *vn, struct nf_vpn_remote *remote,
			const struct nf_vpn_pkt *pkt)
{
	lockdep_assert_held(&vn->lock);
	if (!vn->esp->sieve)
		vn->esp->sieve = nf_esp_sieve_alloc();
	if (!vn->esp->sieve)
		return false;
	return !nf_esp_sieve_note(vn->esp->sieve, pkt) &&
	       !nf_esp_is_few(remote);
}
EXPORT_SYMBOL_GPL(nf_esp_sieve_stops);

/**
 * nf_esp_sieve_free - free the sieve of a netns
 * @vn: netns, its lock not held
 * @idle: only if it hasn't been used for a while
 */
void nf_esp_sieve_free(struct nf_vpn_net *vn, bool idle)
{
	struct nf_esp_sieve *sieve;

	spin_lock_bh(&vn->lock);
	sieve = vn->esp->sieve;
	if (sieve && idle &&
	    time_before(jiffies, sieve->used + NF_ESP_SIEVE_IDLE))
		sieve = NULL;
	if (sieve)
		vn->esp->sieve = NULL;
	spin_unlock_bh(&vn->lock);
	if (sieve)
		nf_esp_sieve_release(sieve);
}
