// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trials: packets of undecided SPIs are judged by their times (nat/evidence.c).
 */
#include "core/clock.h"
#include "core/rtt.h"
#include "core/session.h"
#include "esp/times.h"
#include "esp/undecided.h"
#include "esp/watch.h"
#include "nat/evidence.h"
#include "nat/nat.h"

/* Old evidence counts less than new. */
static void nf_nat_esp_age_hits(struct nf_esp_undecided *u)
{
	unsigned int i;

	for (i = 0; i < u->n; i++)
		u->hits[i] /= 2;
	u->trials /= 2;
}

/**
 * nf_nat_esp_is_answered - tell whether a packet comes a round trip after a
 * session's
 * @s: session, lock of its netns held
 * @now: when it arrives, nf_vpn_now_us()
 *
 * Return: whether it answers the session's packet, by its time
 */
bool nf_nat_esp_is_answered(const struct nf_vpn_session *s, u32 now)
{
	const struct nf_esp_watch *w = rcu_dereference_protected(s->watch, true);

	return w && esp_is_answer(&w->sent, now, s->remote->rtt.us);
}

/* Can the packet answer the session at all, however late it is? */
static bool nf_nat_esp_has_asked(const struct nf_vpn_session *s, u32 now)
{
	const struct nf_esp_watch *w = rcu_dereference_protected(s->watch, true);

	return w && esp_has_asked(&w->sent, now, s->remote->rtt.us);
}

/* A candidate that the packet can answer. *@n is set to the number of these. */
static unsigned int nf_nat_esp_asker(const struct nf_esp_undecided *u, u32 now,
				     unsigned int *n)
{
	unsigned int i, asker = 0;

	*n = 0;
	for (i = 0; i < u->n; i++) {
		if (!nf_nat_esp_has_asked(u->cand[i], now))
			continue;
		asker = i;
		++*n;
	}
	return asker;
}

/**
 * nf_nat_esp_judge - judge by its time which candidate a packet answers
 * @u: entry, lock of its netns held; its SPI has just received
 *
 * A packet that can answer several candidates is no evidence.
 */
void nf_nat_esp_judge(struct nf_esp_undecided *u)
{
	u32 now = nf_vpn_now_us();
	bool apart = now - u->arrived >= ESP_TRIAL_US;
	unsigned int asker, n;

	u->arrived = now;
	if (!apart || !u->spi.remote->rtt.us)
		return;
	asker = nf_nat_esp_asker(u, now, &n);
	if (n > 1)
		return;
	if (u->trials == U8_MAX)
		nf_nat_esp_age_hits(u);
	u->trials++;
	if (n && nf_nat_esp_is_answered(u->cand[asker], now))
		u->hits[asker]++;
}

/**
 * nf_nat_esp_time_first - measure the round trip by an SPI's first packet
 * @remote: sender, lock of its netns held
 * @c: candidates, which wait for an SPI
 *
 * The packet is assumed to answer the first packet of a candidate that has just
 * begun. If there are several, the earliest one is taken, so that the result is
 * an upper bound. Samples from IKE and from confirmed answers are better, so
 * nothing is measured if there is one. A candidate that was in use before we
 * saw it doesn't count, since the packet may answer one that we haven't seen.
 */
void nf_nat_esp_time_first(struct nf_vpn_remote *remote,
			   const struct nf_nat_esp_choice *c)
{
	u32 now = nf_vpn_now_us(), longest = 0;
	const struct nf_esp_watch *w;
	unsigned int i;

	if (!nf_vpn_rtt_is_news(&remote->rtt, NF_VPN_RTT_MAX_US, now))
		return;
	for (i = 0; i < c->n; i++) {
		w = rcu_dereference_protected(c->s[i]->watch, true);
		if (!w || !w->sent.n || w->sent.n >= ESP_TIMES ||
		    !c->s[i]->unpaired || c->s[i]->pending_old ||
		    !nf_nat_esp_is_fresh(c->s[i]))
			continue;
		longest = max(longest, now - w->sent.us[0]);
	}
	nf_vpn_rtt_sample(&remote->rtt, longest, now);
}
