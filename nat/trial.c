// SPDX-License-Identifier: GPL-2.0-only
/* Times of packets as evidence (nat/evidence.c) for undecided SPIs. */
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
 * nf_nat_esp_is_answered - is a packet the answer to what a session has sent?
 * @s: session, lock of its netns held
 * @now: when it arrived, of nf_vpn_now_us()
 */
bool nf_nat_esp_is_answered(const struct nf_vpn_session *s, u32 now)
{
	const struct nf_esp_watch *w = rcu_dereference_protected(s->watch, true);

	return w && esp_is_answer(&w->sent, now, s->remote->rtt.us);
}

/* Can the session have asked for a packet at all, however late it is? */
static bool nf_nat_esp_has_asked(const struct nf_vpn_session *s, u32 now)
{
	const struct nf_esp_watch *w = rcu_dereference_protected(s->watch, true);

	return w && esp_has_asked(&w->sent, now, s->remote->rtt.us);
}

/* The only candidate that can have asked; @n is how many can. */
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
 * nf_nat_esp_judge - whom does this packet answer?
 * @u: entry, lock of its netns held; its SPI has just received
 *
 * Where several can have asked it says nothing.
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
 * It answers the first request of one that has just begun; of several the
 * earliest, so that the round trip is rather too long. What IKE and confirmed
 * answers have said is better. One that was in use before we saw it may be
 * answered for what we haven't seen.
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
