// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events: for who listens to the netlink group, and for who traces.
 *
 * Called where the tables change, so under &nf_vpn_net.lock: nothing sleeps,
 * and conntrack isn't asked.
 */
#include "core/client.h"
#include "core/event.h"
#include "core/net.h"
#include "core/packet.h"
#include "core/session.h"
#include "esp/spi.h"
#include "isakmp/cookie.h"
#include "netlink/netlink.h"
#include "pptp/call.h"

#define CREATE_TRACE_POINTS
#include <trace/events/nf_ct_vpn.h>

/* Room for one entry of any kind. */
#define NF_VPN_EVENT_SIZE	512

/* The family is there, and so is its group. */
static bool nf_vpn_events_on __read_mostly;

void nf_vpn_events_start(void)
{
	WRITE_ONCE(nf_vpn_events_on, true);
}

/* On return nobody uses the group any more. */
void nf_vpn_events_stop(void)
{
	WRITE_ONCE(nf_vpn_events_on, false);
	synchronize_net();
}

static bool nf_vpn_event_wanted(const struct nf_vpn_net *vn)
{
	return READ_ONCE(nf_vpn_events_on) && !READ_ONCE(vn->dead) &&
	       genl_has_listeners(&nf_vpn_genl, vn->net, 0);
}

/**
 * struct nf_vpn_event - what is to be told
 * @event: &enum nf_ct_vpn_event
 * @nest: attribute that tells the entry, 0 for none
 * @put: what of it
 * @obj: the entry
 * @limit: counter of what is full
 */
struct nf_vpn_event {
	u8 event;
	u8 nest;
	int (*put)(struct sk_buff *skb, void *obj);
	void *obj;
	u32 limit;
};

static int nf_vpn_event_put(struct sk_buff *skb, const struct nf_vpn_event *e)
{
	struct nlattr *nest;

	if (nla_put_u8(skb, NF_CT_VPN_A_EVENT_EVENT, e->event) ||
	    (e->limit && nla_put_u32(skb, NF_CT_VPN_A_EVENT_LIMIT, e->limit)))
		return -EMSGSIZE;
	if (!e->nest)
		return e->obj ? e->put(skb, e->obj) : 0;
	nest = nla_nest_start(skb, e->nest);
	if (!nest || e->put(skb, e->obj))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static void nf_vpn_event_send(struct nf_vpn_net *vn,
			      const struct nf_vpn_event *e)
{
	struct sk_buff *msg = genlmsg_new(NF_VPN_EVENT_SIZE, GFP_ATOMIC);
	void *hdr;

	if (!msg)
		goto err_lost;
	hdr = genlmsg_put(msg, 0, 0, &nf_vpn_genl, 0, NF_CT_VPN_CMD_EVENT);
	if (!hdr || nf_vpn_msg_end(msg, hdr, nf_vpn_event_put(msg, e)))
		goto err_free;
	genlmsg_multicast_netns(&nf_vpn_genl, vn->net, msg, 0, 0, GFP_ATOMIC);
	return;

err_free:
	nlmsg_free(msg);
err_lost:
	nf_vpn_stat_inc(vn, EVENTS_LOST);
}

static int nf_vpn_event_put_session(struct sk_buff *skb, void *obj)
{
	return nf_vpn_put_session_known(skb, obj);
}

static int nf_vpn_event_put_spi(struct sk_buff *skb, void *obj)
{
	return nf_vpn_put_spi_known(skb, obj);
}

static int nf_vpn_event_put_cookie(struct sk_buff *skb, void *obj)
{
	return nf_vpn_put_cookie_known(skb, obj);
}

static int nf_vpn_event_put_call(struct sk_buff *skb, void *obj)
{
	return nf_vpn_put_call_known(skb, obj);
}

static int nf_vpn_event_put_client(struct sk_buff *skb, void *obj)
{
	const struct nf_vpn_client *client = obj;

	return nf_vpn_put_addr(skb, NF_CT_VPN_A_EVENT_CLIENT,
			       client->host.l3num, &client->host.addr);
}

/**
 * nf_vpn_event_session - something happened to a session
 * @vn: netns, its lock held
 * @event: what
 * @s: session
 */
void nf_vpn_event_session(struct nf_vpn_net *vn, enum nf_ct_vpn_event event,
			  struct nf_vpn_session *s)
{
	struct nf_vpn_event e = {
		.event	= event,
		.nest	= NF_CT_VPN_A_EVENT_SESSION,
		.put	= nf_vpn_event_put_session,
		.obj	= s,
	};

	if (event == NF_CT_VPN_EVENT_EXPIRED)
		trace_nf_ct_vpn_expire(vn, s, 0);
	if (nf_vpn_event_wanted(vn))
		nf_vpn_event_send(vn, &e);
}

static void nf_vpn_trace_spi(struct nf_vpn_net *vn, enum nf_ct_vpn_event event,
			     const struct nf_vpn_spi *spi)
{
	if (!spi->session)
		return;
	switch (event) {
	case NF_CT_VPN_EVENT_BOUND:
		trace_nf_ct_vpn_bind(vn, spi);
		break;
	case NF_CT_VPN_EVENT_REBOUND:
		trace_nf_ct_vpn_rebind(vn, spi);
		break;
	case NF_CT_VPN_EVENT_EXPIRED:
		trace_nf_ct_vpn_expire(vn, spi->session, ntohl(spi->spi));
		break;
	default:
		break;
	}
}

/**
 * nf_vpn_event_spi - something happened to an SPI
 * @vn: netns, its lock held
 * @event: what
 * @spi: SPI
 */
void nf_vpn_event_spi(struct nf_vpn_net *vn, enum nf_ct_vpn_event event,
		      struct nf_vpn_spi *spi)
{
	struct nf_vpn_event e = {
		.event	= event,
		.nest	= NF_CT_VPN_A_EVENT_ESP,
		.put	= nf_vpn_event_put_spi,
		.obj	= spi,
	};

	nf_vpn_trace_spi(vn, event, spi);
	if (nf_vpn_event_wanted(vn))
		nf_vpn_event_send(vn, &e);
}
EXPORT_SYMBOL_GPL(nf_vpn_event_spi);

/**
 * nf_vpn_event_cookie - something happened to an IKE exchange
 * @vn: netns, its lock held
 * @event: what
 * @c: its cookie pair
 */
void nf_vpn_event_cookie(struct nf_vpn_net *vn, enum nf_ct_vpn_event event,
			 struct nf_vpn_cookie *c)
{
	struct nf_vpn_event e = {
		.event	= event,
		.nest	= NF_CT_VPN_A_EVENT_ISAKMP,
		.put	= nf_vpn_event_put_cookie,
		.obj	= c,
	};

	if (nf_vpn_event_wanted(vn))
		nf_vpn_event_send(vn, &e);
}
EXPORT_SYMBOL_GPL(nf_vpn_event_cookie);

/**
 * nf_vpn_event_call - something happened to a PPTP call
 * @vn: netns, its lock held
 * @event: what
 * @call: call
 */
void nf_vpn_event_call(struct nf_vpn_net *vn, enum nf_ct_vpn_event event,
		       struct nf_vpn_call *call)
{
	struct nf_vpn_event e = {
		.event	= event,
		.nest	= NF_CT_VPN_A_EVENT_PPTP,
		.put	= nf_vpn_event_put_call,
		.obj	= call,
	};

	if (nf_vpn_event_wanted(vn))
		nf_vpn_event_send(vn, &e);
}

/**
 * nf_vpn_event_full - something was not tracked for want of room
 * @vn: netns, its lock held
 * @client: whose it would have been, NULL if nobody's
 * @limit: counter that tells the reason
 *
 * At most once a second for each reason.
 */
void nf_vpn_event_full(struct nf_vpn_net *vn, const struct nf_vpn_client *client,
		       enum nf_ct_vpn_stats_attr limit)
{
	unsigned long *told = &vn->full_told[limit - NF_CT_VPN_A_STATS_FULL];
	struct nf_vpn_event e = {
		.event	= NF_CT_VPN_EVENT_FULL,
		.put	= nf_vpn_event_put_client,
		.obj	= (void *)client,
		.limit	= limit,
	};

	if (*told && time_before(jiffies, *told + HZ))
		return;
	if (!nf_vpn_event_wanted(vn))
		return;
	*told = jiffies ?: 1;
	nf_vpn_event_send(vn, &e);
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
