// SPDX-License-Identifier: GPL-2.0-only
/* Candidates that are taken by other undecided SPIs. */
#include "core/session.h"
#include "esp/spi.h"
#include "esp/undecided.h"
#include "nat/nat.h"

/*
 * Which of our candidates (@c) are candidates of an older undecided SPI, too?
 * The index of the last one; -1 if there is none, or if a session that isn't
 * one of ours may own that SPI.
 */
static int nf_nat_esp_last(const struct nf_nat_esp_choice *c,
			   const struct nf_esp_undecided *u,
			   const struct nf_vpn_pkt *pkt)
{
	int i, index, last = -1;

	if (u->stock || !u->expecting ||
	    !nf_inet_addr_cmp(&u->spi.gw, &pkt->dst.addr) ||
	    nf_nat_esp_is_forged(u))
		return -1;
	/* A short cut for floods, whose SPIs have the same candidates. */
	if (u->n == c->n && !memcmp(u->cand, c->s, u->n * sizeof(c->s[0])))
		return c->n - 1;
	for (i = 0; i < u->n; i++) {
		index = nf_nat_esp_index(c, u->cand[i]);
		if (index < 0 && nf_nat_esp_awaited(u->cand[i]) > 0)
			return -1;
		last = max(last, index);
	}
	return last;
}

/*
 * How many of the first candidates are taken? If k undecided SPIs can only
 * belong to the k sessions that have waited longest, then none of these owns
 * yet another one. Without this rule, two hosts that start together would make
 * every later SPI ambiguous.
 */
static unsigned int nf_nat_esp_taken(struct nf_nat_esp_choice *c,
				     const struct nf_vpn_remote *remote,
				     const struct nf_vpn_pkt *pkt)
{
	unsigned int i, taken = 0;
	int spis = 0, awaited = 0;
	u8 count[NF_ESP_CANDIDATES] = {};
	struct nf_esp_undecided *u;

	for (i = 0; i < c->n; i++)
		c->s[i]->order = i;
	list_for_each_entry(u, &remote->undecided, by_remote) {
		int last = nf_nat_esp_last(c, u, pkt);

		if (last >= 0)
			count[last]++;
	}
	for (i = 0; i < c->n; i++) {
		spis += count[i];
		awaited += max(nf_nat_esp_awaited(c->s[i]), 0);
		if (spis >= awaited)
			taken = i + 1;
	}
	return taken;
}

/**
 * nf_nat_esp_drop_taken - drop candidates that are taken by other SPIs
 * @c: candidates, which wait for an SPI; at least one of them stays
 * @remote: sender, lock of its netns held
 * @pkt: first packet of an SPI
 */
void nf_nat_esp_drop_taken(struct nf_nat_esp_choice *c,
			   const struct nf_vpn_remote *remote,
			   const struct nf_vpn_pkt *pkt)
{
	unsigned int taken = nf_nat_esp_taken(c, remote, pkt);

	/* If all are taken, a session has made another SA unseen. */
	if (taken == c->n)
		return;
	c->n -= taken;
	memmove(c->s, c->s + taken, c->n * sizeof(c->s[0]));
}

/**
 * nf_nat_esp_mark_answered - mark sessions that must own an undecided SPI
 * @c: candidates, which wait for an SPI
 * @remote: sender
 * @pkt: its packet, noted as undecided
 *
 * If k undecided SPIs can only belong to the first k sessions, each of these
 * has been answered, though it isn't known yet on which SPI.
 */
void nf_nat_esp_mark_answered(struct nf_nat_esp_choice *c,
			      const struct nf_vpn_remote *remote,
			      const struct nf_vpn_pkt *pkt)
{
	unsigned int i, taken = nf_nat_esp_taken(c, remote, pkt);

	for (i = 0; i < taken; i++)
		set_bit(NF_VPN_SESSION_REPLIED, &c->s[i]->flags);
}
