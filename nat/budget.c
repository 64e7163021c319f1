// SPDX-License-Identifier: GPL-2.0-only
/* The budget: how many sessions get an inbound packet. */
#include "core/net.h"
#include "core/session.h"
#include "esp/undecided.h"
#include "nat/nat.h"

/*
 * Copies per second and remote host, and as a burst. Twenty hosts that start at
 * the same moment with mixed traffic need 6000 (selftests/sim).
 */
#define NF_NAT_ESP_COPIES	8192
/* More of them for the likeliest candidates, if that doesn't suffice for all. */
#define NF_NAT_ESP_RESERVE	2048
/* Most candidates that get copies if the budget doesn't suffice for all. */
#define NF_NAT_ESP_FEW		8U

/* Fill the token bucket of a remote host as far as time has passed. */
static void nf_nat_esp_fill(struct nf_vpn_remote *remote)
{
	unsigned long now = jiffies, idle = now - remote->filled;
	u32 fill = min_t(unsigned long, idle, HZ) * NF_NAT_ESP_COPIES / HZ;

	if (!fill)
		return;
	remote->tokens = min(remote->tokens + fill,
			     (u32)NF_NAT_ESP_COPIES + NF_NAT_ESP_RESERVE);
	remote->filled = now;
}

/* Take @n copies out of a remote host's token bucket, or none: @keep stay. */
static bool nf_nat_esp_may_spend(struct nf_vpn_remote *remote, unsigned int n,
				 u32 keep)
{
	nf_nat_esp_fill(remote);
	if (remote->tokens < n + keep)
		return false;
	remote->tokens -= n;
	return true;
}

/**
 * nf_nat_esp_may_spare - take copies for packets that are probably made up
 * @remote: sender, lock of its netns held
 * @n: number of copies
 *
 * Half of the budget is kept for others.
 *
 * Return: whether they were taken out of the budget.
 */
bool nf_nat_esp_may_spare(struct nf_vpn_remote *remote, unsigned int n)
{
	return nf_nat_esp_may_spend(remote, n, NF_NAT_ESP_RESERVE +
				    NF_NAT_ESP_COPIES / 2);
}

/*
 * How much speaks for a candidate? Where many SPIs are undecided most sessions
 * have one without a partner, so that counts least.
 */
static unsigned int nf_nat_esp_rank(const struct nf_esp_undecided *u,
				    unsigned int i)
{
	const struct nf_vpn_session *s = u->cand[i];

	return 8 * u->hits[i] + 4 * nf_nat_esp_went_over(u, s) +
	       2 * !!(u->fresh & BIT(i)) + !!s->unpaired;
}

/*
 * Sort candidates: the likeliest first, among equals the one waiting longest.
 */
static void nf_nat_esp_sort(struct nf_nat_esp_choice *c,
			    const struct nf_esp_undecided *u)
{
	unsigned int rank[NF_ESP_CANDIDATES];
	unsigned int i, k;

	for (i = 0; i < u->n; i++) {
		unsigned int r = nf_nat_esp_rank(u, i);

		for (k = i; k && rank[k - 1] < r; k--) {
			rank[k] = rank[k - 1];
			c->s[k] = c->s[k - 1];
		}
		rank[k] = r;
		c->s[k] = u->cand[i];
	}
}

/*
 * Take copies for the likeliest few candidates out of the reserve. The less is left
 * of it, the fewer these are, so that each undecided SPI gets some.
 */
static void nf_nat_esp_spend_few(struct nf_vpn_remote *remote,
				 struct nf_nat_esp_choice *c)
{
	const u32 part = NF_NAT_ESP_RESERVE / (2 * NF_NAT_ESP_FEW);

	for (c->n = min(c->n, NF_NAT_ESP_FEW); c->n > 1; c->n /= 2)
		if (nf_nat_esp_may_spend(remote, c->n - 1 + c->stock,
					 c->n * part))
			return;
	if (c->stock && !nf_nat_esp_may_spend(remote, 1, 0))
		c->n = 0;
}

/**
 * nf_nat_esp_budget - take copies out of the budget
 * @vn: netns, its lock held
 * @remote: sender
 * @c: candidates, at least one; reduced to those that get the packet
 * @u: what is known of them, NULL if nothing
 *
 * If the budget doesn't suffice, the likeliest few get the packet, out of a
 * reserve. If that doesn't suffice for two, stock conntrack's receiver gets it,
 * which was there first, or else the likeliest candidate.
 *
 * Return: whether the budget allowed for one receiver only.
 */
bool nf_nat_esp_budget(struct nf_vpn_net *vn, struct nf_vpn_remote *remote,
		       struct nf_nat_esp_choice *c,
		       const struct nf_esp_undecided *u)
{
	unsigned int copies = c->n - 1 + c->stock;

	if (!copies || nf_nat_esp_may_spend(remote, copies, NF_NAT_ESP_RESERVE))
		return false;
	nf_vpn_stat_inc(vn, COPY_LIMIT);
	if (u)
		nf_nat_esp_sort(c, u);
	nf_nat_esp_spend_few(remote, c);
	return c->n + c->stock == 1;
}

/**
 * nf_nat_esp_leave_one - choose one receiver, since packets aren't copied
 * @c: candidates, reduced to the likeliest one; to none if stock conntrack has a
 *	receiver, which was there first
 * @is_likelier: tells whether its first argument is likelier than the second
 */
void nf_nat_esp_leave_one(struct nf_nat_esp_choice *c,
			  bool (*is_likelier)(const struct nf_vpn_session *a,
					      const struct nf_vpn_session *b))
{
	unsigned int i, best = 0;

	if (c->stock)
		c->n = 0;
	if (c->n < 2)
		return;
	for (i = 1; i < c->n; i++)
		if (is_likelier(c->s[i], c->s[best]))
			best = i;
	c->s[0] = c->s[best];
	c->n = 1;
}
