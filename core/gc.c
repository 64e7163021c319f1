// SPDX-License-Identifier: GPL-2.0-only
/*
 * What nobody uses any more goes away.
 *
 * One pass over the sessions every few seconds, in process context and
 * in chunks, as conntrack's own worker does. Nothing depends on its pace: a
 * packet looks at its flow itself.
 */
#include <linux/sched.h>
#include <net/netfilter/nf_conntrack.h>

#include "core/client.h"
#include "core/clock.h"
#include "core/event.h"
#include "core/flow.h"
#include "core/gc.h"
#include "core/net.h"
#include "core/session.h"
#include "esp/spi.h"
#include "esp/undecided.h"
#include "isakmp/cookie.h"
#include "pptp/call.h"

/* Sessions looked at between two chances to schedule. */
#define NF_VPN_GC_CHUNK		128

/*
 * How long an SPI that isn't pinned may be silent, in jiffies. IKE that is alive
 * keeps those that are in use: an idle one that came back must not look new.
 */
static u32 nf_vpn_spi_limit(const struct nf_vpn_net *vn,
			    const struct nf_vpn_spi *spi, bool ike)
{
	if (spi->hold == NF_VPN_HOLD_IDLE)
		return HZ * (u32)READ_ONCE(vn->set.esp_timeout);
	if (spi->dir == NF_CT_VPN_DIR_IN || (ike && spi->paired))
		return NF_VPN_REMEMBER;
	return HZ * (u32)(spi->paired ? READ_ONCE(vn->set.esp_timeout) :
			  READ_ONCE(vn->set.esp_timeout_unreplied));
}

static bool nf_vpn_spi_is_over(const struct nf_vpn_net *vn,
			       const struct nf_vpn_spi *spi, bool ike)
{
	return spi->hold != NF_VPN_HOLD_PIN &&
	       nf_vpn_spi_idle(spi) >= nf_vpn_spi_limit(vn, spi, ike);
}

static void nf_vpn_gc_spis(struct nf_vpn_net *vn, struct nf_vpn_session *s,
			   bool ike)
{
	struct hlist_node *next;
	struct nf_vpn_spi *spi;

	hlist_for_each_entry_safe(spi, next, &s->spis, by_session) {
		if (!nf_vpn_spi_is_over(vn, spi, ike))
			continue;
		nf_vpn_stat_inc(vn, EXPIRED);
		nf_vpn_event_spi(vn, NF_CT_VPN_EVENT_EXPIRED, spi);
		nf_vpn_spi_free(vn, spi);
	}
}

/*
 * Without flow the outbound SPIs go, and inbound ones live on to be recognised.
 * Returns whether there are any.
 */
static bool nf_vpn_gc_idle(struct nf_vpn_net *vn, struct nf_vpn_session *s)
{
	struct hlist_node *next;
	struct nf_vpn_spi *spi;

	hlist_for_each_entry_safe(spi, next, &s->spis, by_session) {
		if (spi->dir != NF_CT_VPN_DIR_OUT || spi->hold)
			continue;
		nf_vpn_event_spi(vn, NF_CT_VPN_EVENT_EXPIRED, spi);
		nf_vpn_spi_free(vn, spi);
	}
	nf_vpn_gc_spis(vn, s, false);
	return !hlist_empty(&s->spis);
}

/**
 * struct nf_vpn_gc_view - a session's flows before its lock was taken
 * @esp_due: &nf_vpn_flow.due of its ESP flow
 * @ike_due: that of its IKE flow
 * @esp: state of the ESP flow
 * @ike: state of the IKE flow
 * @has_ike: it had an IKE part
 */
struct nf_vpn_gc_view {
	unsigned long esp_due;
	unsigned long ike_due;
	enum nf_vpn_flow_state esp;
	enum nf_vpn_flow_state ike;
	bool has_ike;
};

static unsigned long nf_vpn_gc_ike_due(const struct nf_vpn_session *s)
{
	const struct nf_vpn_ike *ike = nf_vpn_session_ike(s);

	return ike ? READ_ONCE(ike->flow.due) : 0;
}

static void nf_vpn_gc_look(struct nf_vpn_net *vn, struct nf_vpn_session *s,
			   struct nf_vpn_gc_view *v)
{
	v->esp_due = READ_ONCE(s->esp.due);
	v->has_ike = nf_vpn_session_ike(s);
	v->ike_due = nf_vpn_gc_ike_due(s);
	v->esp = nf_vpn_flow_state(vn, s, NF_VPN_FLOW_ESP);
	v->ike = nf_vpn_session_ike(s) ?
		nf_vpn_flow_state(vn, s, NF_VPN_FLOW_IKE) : NF_VPN_FLOW_IDLE;
}

/* Returns whether IKE has any use for the session. */
static bool nf_vpn_gc_ike(struct nf_vpn_net *vn, struct nf_vpn_session *s,
			  const struct nf_vpn_gc_view *v, u32 unreplied)
{
	struct nf_vpn_ike *ike = nf_vpn_session_ike(s);

	if (!ike)
		return false;
	nf_vpn_ike_expire(vn, s, unreplied, v->ike == NF_VPN_FLOW_LIVE);
	switch (v->ike) {
	case NF_VPN_FLOW_LIVE:
		return true;
	case NF_VPN_FLOW_NEW:
		/* Its first packet may wait in a queue. */
		return ike->ncookies;
	case NF_VPN_FLOW_DELETED:
		nf_vpn_ike_forget(vn, s);
		return false;
	case NF_VPN_FLOW_IDLE:
		nf_vpn_ike_idle(vn, s);
		return false;
	}
	return false;
}

/* Returns whether the ESP flow, or what is left of it, needs the session. */
static bool nf_vpn_gc_flow(struct nf_vpn_net *vn, struct nf_vpn_session *s,
			   const struct nf_vpn_gc_view *v, bool ike,
			   u32 unreplied)
{
	switch (v->esp) {
	case NF_VPN_FLOW_LIVE:
		nf_vpn_gc_spis(vn, s, ike);
		return true;
	case NF_VPN_FLOW_NEW:
		/* Its first packet was dropped by the ruleset, or still waits. */
		if (nf_vpn_since(READ_ONCE(s->last_out)) <= unreplied)
			return true;
		if (ike)
			return false;
		fallthrough;
	case NF_VPN_FLOW_DELETED:
		nf_vpn_session_forget(vn, s);
		return false;
	case NF_VPN_FLOW_IDLE:
		return nf_vpn_gc_idle(vn, s);
	}
	return false;
}

/* Returns whether ESP has any use for the session. */
static bool nf_vpn_gc_esp(struct nf_vpn_net *vn, struct nf_vpn_session *s,
			  const struct nf_vpn_gc_view *v, bool ike,
			  u32 unreplied)
{
	bool esp = nf_vpn_gc_flow(vn, s, v, ike, unreplied);

	if (s->held && v->esp != NF_VPN_FLOW_LIVE)
		nf_vpn_gc_spis(vn, s, ike);
	return esp || s->held;
}

static void nf_vpn_gc_session(struct nf_vpn_net *vn, struct nf_vpn_session *s)
{
	u32 unreplied = HZ * (u32)READ_ONCE(vn->set.esp_timeout_unreplied);
	struct nf_vpn_gc_view v;
	bool esp, ike;

	nf_vpn_gc_look(vn, s, &v);
	spin_lock_bh(&vn->lock);
	/* A packet that came meanwhile knows better. */
	if (test_bit(NF_VPN_SESSION_DEAD, &s->flags) ||
	    READ_ONCE(s->esp.due) != v.esp_due ||
	    v.has_ike != !!nf_vpn_session_ike(s) ||
	    nf_vpn_gc_ike_due(s) != v.ike_due)
		goto unlock;
	ike = nf_vpn_gc_ike(vn, s, &v, unreplied);
	esp = nf_vpn_gc_esp(vn, s, &v, ike, unreplied);
	if (!esp && !ike) {
		nf_vpn_stat_inc(vn, EXPIRED);
		nf_vpn_session_free(vn, s);
	} else if (v.esp == NF_VPN_FLOW_IDLE && !ike) {
		nf_vpn_session_remember(vn, s);
	} else if (!s->embryonic) {
		nf_vpn_session_wake(vn, s);
	}
unlock:
	spin_unlock_bh(&vn->lock);
}

/*
 * Call @fn for each session; one may be met twice while the table grows. Returns
 * false if one may have been missed, too.
 */
static bool nf_vpn_walk_sessions(struct nf_vpn_net *vn,
				 void (*fn)(struct nf_vpn_net *vn,
					    struct nf_vpn_session *s))
{
	struct rhashtable_iter iter;
	struct nf_vpn_session *s;
	bool complete = true;
	unsigned int n = 0;

	rhashtable_walk_enter(&vn->sessions, &iter);
	rhashtable_walk_start(&iter);
	while ((s = rhashtable_walk_next(&iter))) {
		if (IS_ERR(s)) {
			complete = false;
			continue;
		}
		fn(vn, s);
		if (++n % NF_VPN_GC_CHUNK)
			continue;
		rhashtable_walk_stop(&iter);
		cond_resched();
		rhashtable_walk_start(&iter);
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	return complete;
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
	nf_vpn_conns_gc(vn);
	nf_vpn_client_gc(vn, false);
	if (READ_ONCE(vn->nsessions) || READ_ONCE(vn->calls.nconns) ||
	    !list_empty_careful(&vn->idle_clients))
		nf_vpn_gc_kick(vn);
}

static void nf_vpn_flush_session(struct nf_vpn_net *vn,
				 struct nf_vpn_session *s)
{
	spin_lock_bh(&vn->lock);
	nf_vpn_session_free(vn, s);
	spin_unlock_bh(&vn->lock);
}

static void nf_vpn_flush_session_esp(struct nf_vpn_net *vn,
				     struct nf_vpn_session *s)
{
	spin_lock_bh(&vn->lock);
	nf_vpn_session_release(s);
	nf_vpn_session_end_esp(vn, s);
	spin_unlock_bh(&vn->lock);
}

/**
 * nf_vpn_flush_esp - forget all SPIs
 * @vn: netns
 *
 * May sleep. Sessions that have IKE stay.
 */
void nf_vpn_flush_esp(struct nf_vpn_net *vn)
{
	while (!nf_vpn_walk_sessions(vn, nf_vpn_flush_session_esp))
		cond_resched();
}
EXPORT_SYMBOL_GPL(nf_vpn_flush_esp);

static void nf_vpn_flush_session_ike(struct nf_vpn_net *vn,
				     struct nf_vpn_session *s)
{
	spin_lock_bh(&vn->lock);
	if (!test_bit(NF_VPN_SESSION_DEAD, &s->flags))
		nf_vpn_ike_forget(vn, s);
	if (hlist_empty(&s->spis))
		nf_vpn_session_free(vn, s);
	spin_unlock_bh(&vn->lock);
}

/**
 * nf_vpn_flush_ike - forget all cookie pairs and tickets
 * @vn: netns
 *
 * May sleep. Sessions that have SPIs stay.
 */
void nf_vpn_flush_ike(struct nf_vpn_net *vn)
{
	while (!nf_vpn_walk_sessions(vn, nf_vpn_flush_session_ike))
		cond_resched();
}
EXPORT_SYMBOL_GPL(nf_vpn_flush_ike);

/**
 * nf_vpn_flush - forget all sessions and what belongs to them
 * @vn: netns
 *
 * May sleep. Zones stay in quarantine.
 */
void nf_vpn_flush(struct nf_vpn_net *vn)
{
	while (READ_ONCE(vn->nsessions)) {
		nf_vpn_walk_sessions(vn, nf_vpn_flush_session);
		cond_resched();
	}
}
