// SPDX-License-Identifier: GPL-2.0-only
/*
 * What nobody uses any more goes away.
 *
 * One pass over the sessions every NF_VPN_GC_INTERVAL, in process context and
 * in chunks, as conntrack's own worker does. Nothing depends on its pace: a
 * packet looks at its flow itself.
 */
#include <linux/sched.h>
#include <net/netfilter/nf_conntrack.h>

#include "nf_conntrack_vpn.h"

#define NF_VPN_GC_INTERVAL	(5 * HZ)
/* Sessions looked at between two chances to schedule. */
#define NF_VPN_GC_CHUNK		128

/**
 * nf_vpn_gc_kick - there is something that will expire
 * @vn: netns
 */
void nf_vpn_gc_kick(struct nf_vpn_net *vn)
{
	queue_delayed_work(system_power_efficient_wq, &vn->gc,
			   NF_VPN_GC_INTERVAL);
}

/* How long an SPI may be silent, in jiffies. */
static u32 nf_vpn_spi_limit(const struct nf_vpn_net *vn,
			    const struct nf_vpn_spi *spi)
{
	if (spi->dir == NF_CT_VPN_DIR_IN)
		return NF_VPN_REMEMBER;
	return HZ * (u32)(spi->paired ? READ_ONCE(vn->set.esp_timeout) :
			  READ_ONCE(vn->set.esp_timeout_unreplied));
}

static void nf_vpn_gc_spis(struct nf_vpn_net *vn, struct nf_vpn_session *s)
{
	struct hlist_node *next;
	struct nf_vpn_spi *spi;

	hlist_for_each_entry_safe(spi, next, &s->spis, by_session) {
		if (nf_vpn_spi_idle(spi) < nf_vpn_spi_limit(vn, spi))
			continue;
		nf_vpn_stat_inc(vn, EXPIRED);
		nf_vpn_spi_free(vn, spi);
	}
}

static void nf_vpn_gc_expire(struct nf_vpn_net *vn, struct nf_vpn_session *s)
{
	nf_vpn_stat_inc(vn, EXPIRED);
	nf_vpn_session_free(vn, s);
}

/* Sessions without flow live on for the inbound SPIs they are known by. */
static void nf_vpn_gc_idle(struct nf_vpn_net *vn, struct nf_vpn_session *s)
{
	struct hlist_node *next;
	struct nf_vpn_spi *spi;

	hlist_for_each_entry_safe(spi, next, &s->spis, by_session)
		if (spi->dir == NF_CT_VPN_DIR_OUT)
			nf_vpn_spi_free(vn, spi);
	nf_vpn_gc_spis(vn, s);
	if (hlist_empty(&s->spis))
		nf_vpn_gc_expire(vn, s);
	else
		nf_vpn_session_remember(vn, s);
}

static void nf_vpn_gc_session(struct nf_vpn_net *vn, struct nf_vpn_session *s)
{
	unsigned long idle = jiffies - READ_ONCE(s->last_out);
	unsigned long due = READ_ONCE(s->esp.due);
	enum nf_vpn_flow_state state;

	state = nf_vpn_flow_state(vn, s, NF_VPN_FLOW_ESP);
	spin_lock_bh(&vn->lock);
	/* A packet that came meanwhile knows better. */
	if (test_bit(NF_VPN_SESSION_DEAD, &s->flags) ||
	    READ_ONCE(s->esp.due) != due)
		goto unlock;
	switch (state) {
	case NF_VPN_FLOW_LIVE:
		nf_vpn_gc_spis(vn, s);
		break;
	case NF_VPN_FLOW_NEW:
		/* Its first packet was dropped by the ruleset, or still waits. */
		if (idle > HZ * (unsigned long)
			   READ_ONCE(vn->set.esp_timeout_unreplied))
			nf_vpn_gc_expire(vn, s);
		break;
	case NF_VPN_FLOW_DELETED:
		nf_vpn_session_forget(vn, s);
		nf_vpn_session_free(vn, s);
		break;
	case NF_VPN_FLOW_IDLE:
		nf_vpn_gc_idle(vn, s);
		break;
	}
unlock:
	spin_unlock_bh(&vn->lock);
}

/* Call @fn for each session; one may be met twice while the table grows. */
static void nf_vpn_walk_sessions(struct nf_vpn_net *vn,
				 void (*fn)(struct nf_vpn_net *vn,
					    struct nf_vpn_session *s))
{
	struct rhashtable_iter iter;
	struct nf_vpn_session *s;
	unsigned int n = 0;

	rhashtable_walk_enter(&vn->sessions, &iter);
	rhashtable_walk_start(&iter);
	while ((s = rhashtable_walk_next(&iter))) {
		if (IS_ERR(s))
			continue;
		fn(vn, s);
		if (++n % NF_VPN_GC_CHUNK)
			continue;
		rhashtable_walk_stop(&iter);
		cond_resched();
		rhashtable_walk_start(&iter);
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
}

/**
 * nf_vpn_gc_work - one pass
 * @work: &nf_vpn_net.gc
 */
void nf_vpn_gc_work(struct work_struct *work)
{
	struct nf_vpn_net *vn = container_of(to_delayed_work(work),
					     struct nf_vpn_net, gc);

	nf_vpn_undecided_gc(vn, HZ * (u32)
			    READ_ONCE(vn->set.esp_timeout_unreplied));
	nf_vpn_walk_sessions(vn, nf_vpn_gc_session);
	nf_vpn_client_gc(vn, false);
	if (READ_ONCE(vn->nsessions) || !list_empty_careful(&vn->idle_clients))
		nf_vpn_gc_kick(vn);
}

static void nf_vpn_flush_session(struct nf_vpn_net *vn,
				 struct nf_vpn_session *s)
{
	spin_lock_bh(&vn->lock);
	nf_vpn_session_free(vn, s);
	spin_unlock_bh(&vn->lock);
}

/**
 * nf_vpn_flush - forget all sessions and what belongs to them
 * @vn: netns
 *
 * May sleep. Zones stay in quarantine.
 */
void nf_vpn_flush(struct nf_vpn_net *vn)
{
	/* A resize can hide an entry from a walk: go on until none is left. */
	while (READ_ONCE(vn->nsessions)) {
		nf_vpn_walk_sessions(vn, nf_vpn_flush_session);
		cond_resched();
	}
}
EXPORT_SYMBOL_GPL(nf_vpn_flush);
