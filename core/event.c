// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events: for who listens, and for who traces.
 *
 * Called where the tables change, so under &nf_vpn_net.lock: nothing sleeps,
 * and conntrack isn't asked.
 */
#include <linux/rcupdate.h>

#include "core/client.h"
#include "core/event.h"
#include "core/net.h"
#include "core/packet.h"
#include "core/session.h"

#define CREATE_TRACE_POINTS
#include <trace/events/nf_ct_vpn.h>

static const struct nf_vpn_notifier __rcu *nf_vpn_notifier __read_mostly;

/**
 * nf_vpn_notifier_register - events are told from now on
 * @n: kept until nf_vpn_notifier_unregister()
 */
void nf_vpn_notifier_register(const struct nf_vpn_notifier *n)
{
	rcu_assign_pointer(nf_vpn_notifier, n);
}

/* On return nobody uses it any more. */
void nf_vpn_notifier_unregister(void)
{
	RCU_INIT_POINTER(nf_vpn_notifier, NULL);
	synchronize_net();
}

static const struct nf_vpn_notifier *
nf_vpn_notifier_wanted(const struct nf_vpn_net *vn)
{
	const struct nf_vpn_notifier *n = rcu_dereference(nf_vpn_notifier);

	return n && !READ_ONCE(vn->dead) && n->wanted(vn) ? n : NULL;
}

/**
 * nf_vpn_event - something happened to an entry
 * @vn: netns, its lock held
 * @event: what
 * @kind: of the entry
 * @entry: entry that has a number
 */
void nf_vpn_event(struct nf_vpn_net *vn, enum nf_ct_vpn_event event,
		  enum nf_ct_vpn_kind kind, void *entry)
{
	const struct nf_vpn_notifier *n;

	rcu_read_lock();
	n = nf_vpn_notifier_wanted(vn);
	if (n)
		n->event(vn, event, kind, entry);
	rcu_read_unlock();
}
EXPORT_SYMBOL_GPL(nf_vpn_event);

/**
 * nf_vpn_event_session - something happened to a session
 * @vn: netns, its lock held
 * @event: what
 * @s: session
 */
void nf_vpn_event_session(struct nf_vpn_net *vn, enum nf_ct_vpn_event event,
			  struct nf_vpn_session *s)
{
	if (event == NF_CT_VPN_EVENT_EXPIRED)
		trace_nf_ct_vpn_expire(vn, s, 0);
	nf_vpn_event(vn, event, NF_CT_VPN_KIND_SESSION, s);
}

/**
 * nf_vpn_trace_spi - something happened to an ESP SPI
 * @vn: netns, its lock held
 * @event: what
 * @s: its session
 * @spi: SPI
 * @conf: &enum nf_ct_vpn_conf
 */
void nf_vpn_trace_spi(struct nf_vpn_net *vn, enum nf_ct_vpn_event event,
		      const struct nf_vpn_session *s, __be32 spi, u8 conf)
{
	switch (event) {
	case NF_CT_VPN_EVENT_BOUND:
		trace_nf_ct_vpn_bind(vn, s, ntohl(spi), conf);
		break;
	case NF_CT_VPN_EVENT_REBOUND:
		trace_nf_ct_vpn_rebind(vn, s, ntohl(spi), conf);
		break;
	case NF_CT_VPN_EVENT_EXPIRED:
		trace_nf_ct_vpn_expire(vn, s, ntohl(spi));
		break;
	default:
		break;
	}
}
EXPORT_SYMBOL_GPL(nf_vpn_trace_spi);

/**
 * nf_vpn_event_full - something was not tracked for want of room
 * @vn: netns, its lock held
 * @client: whose it would have been, NULL if nobody's
 * @limit: counter that tells the reason
 *
 * At most once a second for each reason.
 */
void nf_vpn_event_full(struct nf_vpn_net *vn,
		       const struct nf_vpn_client *client,
		       enum nf_ct_vpn_stats_attr limit)
{
	unsigned long *told = &vn->full_told[limit - NF_CT_VPN_A_STATS_FULL];
	const struct nf_vpn_notifier *n;

	if (*told && time_before(jiffies, *told + HZ))
		return;
	rcu_read_lock();
	n = nf_vpn_notifier_wanted(vn);
	if (n) {
		*told = jiffies ?: 1;
		n->full(vn, client, limit);
	}
	rcu_read_unlock();
}

/**
 * nf_vpn_drop - a packet is dropped
 * @vn: netns
 * @pkt: packet
 * @reason: counter that tells the reason
 *
 * Return: verdict
 */
unsigned int nf_vpn_drop(struct nf_vpn_net *vn, const struct nf_vpn_pkt *pkt,
			 enum nf_ct_vpn_stats_attr reason)
{
	nf_vpn_stat_add(vn, reason, 1);
	trace_nf_ct_vpn_drop(vn, pkt, reason);
	return NF_DROP;
}
EXPORT_SYMBOL_GPL(nf_vpn_drop);
