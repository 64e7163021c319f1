// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events, for netlink listeners and tracepoints.
 *
 * They are told where the tables change, under &nf_vpn_net.lock: a receiver
 * must not sleep, nor ask conntrack.
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
 * nf_vpn_notifier_register - tell events from now on
 * @n: receiver; must stay until nf_vpn_notifier_unregister()
 */
void nf_vpn_notifier_register(const struct nf_vpn_notifier *n)
{
	rcu_assign_pointer(nf_vpn_notifier, n);
}

/* On return no CPU uses the receiver any more. */
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
 * nf_vpn_event - tell netlink listeners what happened to an entry
 * @vn: netns, its lock held
 * @event: what happened
 * @kind: kind of the entry
 * @entry: the entry, numbered by nf_vpn_id_get()
 */
void nf_vpn_event(struct nf_vpn_net *vn, enum nf_ct_vpn_event_type event,
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
 * nf_vpn_event_session - tell listeners and tracers what happened to a session
 * @vn: netns, its lock held
 * @event: what happened
 * @s: session
 */
void nf_vpn_event_session(struct nf_vpn_net *vn,
			  enum nf_ct_vpn_event_type event,
			  struct nf_vpn_session *s)
{
	if (event == NF_CT_VPN_EVENT_EXPIRED)
		trace_nf_ct_vpn_expire(vn, s, 0);
	nf_vpn_event(vn, event, NF_CT_VPN_KIND_SESSION, s);
}

/**
 * nf_vpn_trace_spi - tell tracers what happened to an ESP SPI
 * @vn: netns, its lock held
 * @event: what happened
 * @s: its session
 * @spi: SPI
 * @conf: &enum nf_ct_vpn_conf
 */
void nf_vpn_trace_spi(struct nf_vpn_net *vn, enum nf_ct_vpn_event_type event,
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
 * nf_vpn_event_full - tell that something was not tracked for want of room
 * @vn: netns, its lock held
 * @client: client that would have been charged, NULL if none
 * @limit: counter of the limit that was reached
 *
 * Listeners hear of each limit once a second at most.
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
 * nf_vpn_drop - count and trace a packet that is dropped
 * @vn: netns
 * @pkt: packet
 * @reason: counter of the reason
 *
 * Return: NF_DROP
 */
unsigned int nf_vpn_drop(struct nf_vpn_net *vn, const struct nf_vpn_pkt *pkt,
			 enum nf_ct_vpn_stats_attr reason)
{
	nf_vpn_stat_add(vn, reason, 1);
	trace_nf_ct_vpn_drop(vn, pkt, reason);
	return NF_DROP;
}
EXPORT_SYMBOL_GPL(nf_vpn_drop);
