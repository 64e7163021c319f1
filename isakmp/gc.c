// SPDX-License-Identifier: GPL-2.0-only
/* How IKE expires, and how it ends with its session. */
#include <linux/sched.h>

#include "core/flow.h"
#include "core/net.h"
#include "core/session.h"
#include "core/tracker.h"
#include "core/walk.h"
#include "isakmp/cookie.h"
#include "isakmp/isakmp.h"

/* &nf_vpn_tracker.gc */
bool nf_isakmp_gc(struct nf_vpn_net *vn, struct nf_vpn_session *s,
		  const struct nf_vpn_gc_view *v, u32 needs)
{
	u32 unreplied = HZ * (u32)READ_ONCE(vn->set.esp_timeout_unreplied);
	struct nf_isakmp_ike *ike = nf_isakmp_ike(s);

	if (!ike)
		return false;
	nf_isakmp_ike_expire(vn, s, unreplied,
			     v->flow[NF_VPN_FLOW_IKE] == NF_VPN_FLOW_LIVE);
	switch (v->flow[NF_VPN_FLOW_IKE]) {
	case NF_VPN_FLOW_LIVE:
		return true;
	case NF_VPN_FLOW_NEW:
		/* The ruleset may have queued the first packet. */
		return ike->expect.cookies;
	case NF_VPN_FLOW_DELETED:
		WRITE_ONCE(s->flow[NF_VPN_FLOW_IKE].deleted, true);
		nf_isakmp_ike_forget(vn, s);
		return false;
	case NF_VPN_FLOW_IDLE:
		nf_isakmp_ike_idle(vn, s);
		return false;
	}
	return false;
}

/* &nf_vpn_tracker.end */
void nf_isakmp_end(struct nf_vpn_net *vn, struct nf_vpn_session *s)
{
	nf_isakmp_ike_drop(vn, s);
}

/* &nf_vpn_tracker.adopt */
int nf_isakmp_adopt(struct nf_vpn_net *vn, struct nf_vpn_session *s)
{
	return nf_isakmp_ike_get(vn, s) ? 0 : -ENOMEM;
}

static void nf_isakmp_flush_session(void *data, void *entry)
{
	struct nf_vpn_session *s = entry;
	struct nf_vpn_net *vn = data;

	spin_lock_bh(&vn->lock);
	if (!test_bit(NF_VPN_SESSION_DEAD, &s->flags)) {
		nf_isakmp_ike_forget(vn, s);
		nf_isakmp_ike_drop(vn, s);
	}
	if (hlist_empty(&s->spis))
		nf_vpn_session_free(vn, s);
	spin_unlock_bh(&vn->lock);
	nf_vpn_flow_uncache(&s->flow[NF_VPN_FLOW_IKE]);
}

/**
 * nf_isakmp_flush - forget all cookie pairs and tickets
 * @vn: netns
 *
 * May sleep. Sessions that have SPIs stay.
 */
void nf_isakmp_flush(struct nf_vpn_net *vn)
{
	while (!nf_vpn_walk(&vn->sessions, nf_isakmp_flush_session, vn))
		cond_resched();
}
