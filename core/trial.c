// SPDX-License-Identifier: GPL-2.0-only
/* Times of packets as evidence (core/evidence.c) for undecided SPIs. */
#include "nf_nat_esp.h"

/* Old evidence counts less than new. */
static void nf_nat_esp_age_hits(struct nf_vpn_undecided *u)
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
	const struct nf_vpn_watch *w = rcu_dereference_protected(s->watch, true);

	return w && esp_is_answer(&w->sent, now, s->remote->rtt.us);
}
EXPORT_SYMBOL_GPL(nf_nat_esp_is_answered);

/**
 * nf_nat_esp_judge - whom does this packet answer, and who may react to it?
 * @u: entry, lock of its netns held; its SPI has just received
 */
void nf_nat_esp_judge(struct nf_vpn_undecided *u)
{
	u32 now = nf_vpn_now_us();
	bool apart = now - u->arrived >= ESP_TRIAL_US;
	struct nf_vpn_watch *w;
	unsigned int i;

	u->arrived = now;
	/*
	 * Reactions alone are unsound: hosts that ask in step seem to react to
	 * each other's answers. The owner is found by its round trip, too.
	 */
	if (!apart || !u->remote->rtt.us)
		return;
	if (u->trials == U8_MAX)
		nf_nat_esp_age_hits(u);
	u->trials++;
	u->judged = now;
	u->awaited = 0;
	for (i = 0; i < u->n; i++) {
		if (nf_nat_esp_is_answered(u->cand[i], now)) {
			u->hits[i]++;
			continue;
		}
		w = rcu_dereference_protected(u->cand[i]->watch, true);
		if (!w)
			continue;
		u->awaited |= BIT(i);
		WRITE_ONCE(w->trial, true);
	}
}
EXPORT_SYMBOL_GPL(nf_nat_esp_judge);

static void nf_nat_esp_react(struct nf_vpn_undecided *u,
			     const struct nf_vpn_session *s,
			     const struct nf_vpn_watch *w, u32 now)
{
	unsigned int i;

	for (i = 0; i < u->n; i++) {
		if (u->cand[i] != s || !(u->awaited & BIT(i)))
			continue;
		u->awaited &= ~BIT(i);
		if (!esp_is_reaction(&w->sent, u->judged, now))
			continue;
		u->hits[i]++;
		u->reacted |= BIT(i);
	}
}

/**
 * nf_nat_esp_reacted - a candidate sends, first since a packet was judged
 * @vn: netns, its lock not held
 * @s: session, under RCU
 */
void nf_nat_esp_reacted(struct nf_vpn_net *vn, struct nf_vpn_session *s)
{
	const struct nf_vpn_watch *w;
	struct nf_vpn_undecided *u;
	u32 now = nf_vpn_now_us();

	spin_lock_bh(&vn->lock);
	w = rcu_dereference_protected(s->watch, true);
	if (w && !test_bit(NF_VPN_SESSION_DEAD, &s->flags))
		list_for_each_entry(u, &s->remote->undecided, by_remote)
			nf_nat_esp_react(u, s, w, now);
	spin_unlock_bh(&vn->lock);
}
EXPORT_SYMBOL_GPL(nf_nat_esp_reacted);

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
	const struct nf_vpn_watch *w;
	unsigned int i;

	if (!esp_rtt_is_news(&remote->rtt, ESP_RTT_MAX_US, now))
		return;
	for (i = 0; i < c->n; i++) {
		w = rcu_dereference_protected(c->s[i]->watch, true);
		if (!w || !w->sent.n || w->sent.n >= ESP_TIMES ||
		    !c->s[i]->unpaired || c->s[i]->pending_old ||
		    !nf_nat_esp_is_fresh(c->s[i]))
			continue;
		longest = max(longest, now - w->sent.us[0]);
	}
	esp_rtt_sample(&remote->rtt, longest, now);
}
EXPORT_SYMBOL_GPL(nf_nat_esp_time_first);
