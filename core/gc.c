// SPDX-License-Identifier: GPL-2.0-only
/*
 * Garbage collection: a worker frees the sessions that nobody uses any more.
 *
 * It walks all sessions every few seconds, in process context and in chunks, as
 * conntrack's own worker does. Nothing depends on its pace, since each packet
 * looks itself whether its flow still exists.
 */
#include <linux/sched.h>
#include <net/netfilter/nf_conntrack.h>

#include "core/client.h"
#include "core/fast.h"
#include "core/flow.h"
#include "core/gc.h"
#include "core/net.h"
#include "core/session.h"
#include "core/tracker.h"
#include "core/walk.h"

static void nf_vpn_gc_get_view(struct nf_vpn_net *vn, struct nf_vpn_session *s,
			       struct nf_vpn_gc_view *v)
{
	int kind;

	v->expect = nf_vpn_session_expects(s);
	for (kind = 0; kind < NF_VPN_FLOWS; kind++) {
		v->due[kind] = READ_ONCE(s->flow[kind].due);
		v->flow[kind] = kind == NF_VPN_FLOW_ESP || v->expect ?
			nf_vpn_flow_state(vn, s, kind) : NF_VPN_FLOW_IDLE;
	}
}

/* Has a packet met the session since its flows were looked up? */
static bool nf_vpn_gc_is_stale(const struct nf_vpn_session *s,
			       const struct nf_vpn_gc_view *v)
{
	int kind;

	for (kind = 0; kind < NF_VPN_FLOWS; kind++)
		if (READ_ONCE(s->flow[kind].due) != v->due[kind])
			return true;
	return test_bit(NF_VPN_SESSION_DEAD, &s->flags) ||
	       v->expect != !!nf_vpn_session_expects(s);
}

static void nf_vpn_gc_session(void *data, void *entry)
{
	struct nf_vpn_session *s = entry;
	struct nf_vpn_net *vn = data;
	struct nf_vpn_gc_view v;
	u32 needs;

	nf_vpn_gc_get_view(vn, s, &v);
	spin_lock_bh(&vn->lock);
	if (nf_vpn_gc_is_stale(s, &v))
		goto unlock;
	needs = nf_vpn_trackers_gc(vn, s, &v);
	if (!needs) {
		nf_vpn_stat_inc(vn, EXPIRED);
		nf_vpn_session_free(vn, s);
	} else if (v.flow[NF_VPN_FLOW_ESP] == NF_VPN_FLOW_IDLE &&
		   !(needs & BIT(NF_CT_VPN_KIND_ISAKMP))) {
		nf_vpn_session_remember(vn, s);
	} else if (nf_vpn_session_is_remembered(s)) {
		nf_vpn_session_protect(vn, s);
	}
unlock:
	spin_unlock_bh(&vn->lock);
}

/**
 * nf_vpn_gc_work - walk all sessions of a netns once
 * @work: &nf_vpn_net.gc
 */
void nf_vpn_gc_work(struct work_struct *work)
{
	struct nf_vpn_net *vn = container_of(to_delayed_work(work),
					     struct nf_vpn_net, gc);
	bool left;

	nf_vpn_trackers_gc_begin();
	left = nf_vpn_trackers_gc_net(vn);
	nf_vpn_walk(&vn->sessions, nf_vpn_gc_session, vn);
	nf_vpn_trackers_gc_end();
	nf_vpn_client_gc(vn, false);
	nf_vpn_fast_gc(vn, false);
	if (left || READ_ONCE(vn->nsessions) ||
	    !list_empty_careful(&vn->idle_clients))
		nf_vpn_gc_kick(vn);
}

static void nf_vpn_flush_session(void *data, void *entry)
{
	struct nf_vpn_net *vn = data;

	spin_lock_bh(&vn->lock);
	nf_vpn_session_free(vn, entry);
	spin_unlock_bh(&vn->lock);
}

/**
 * nf_vpn_flush - free all sessions and what belongs to them
 * @vn: netns
 *
 * May sleep. Zones stay in quarantine.
 */
void nf_vpn_flush(struct nf_vpn_net *vn)
{
	while (READ_ONCE(vn->nsessions)) {
		nf_vpn_walk(&vn->sessions, nf_vpn_flush_session, vn);
		cond_resched();
	}
}
