// SPDX-License-Identifier: GPL-2.0-only
/* Netlink: events, which are told to a multicast group. */
#include <net/genetlink.h>

#include "core/client.h"
#include "core/event.h"
#include "core/net.h"
#include "netlink/family.h"
#include "netlink/kind.h"
#include "netlink/message.h"

/* Size of a message that has room for one entry of any kind. */
#define NF_VPN_EVENT_SIZE	512

static bool nf_vpn_event_wanted(const struct nf_vpn_net *vn)
{
	return genl_has_listeners(&nf_vpn_genl, vn->net, 0);
}

/* Begin a message. Returns NULL if memory is short. */
static struct sk_buff *nf_vpn_event_begin(enum nf_ct_vpn_event_type event,
					  void **hdr)
{
	struct sk_buff *msg = genlmsg_new(NF_VPN_EVENT_SIZE, GFP_ATOMIC);

	if (!msg)
		return NULL;
	*hdr = genlmsg_put(msg, 0, 0, &nf_vpn_genl, 0, NF_CT_VPN_CMD_EVENT);
	if (*hdr && !nla_put_u8(msg, NF_CT_VPN_A_EVENT_EVENT, event))
		return msg;
	nlmsg_free(msg);
	return NULL;
}

/* Send a message, or (@err) count that its attributes had no room. */
static void nf_vpn_event_send(struct nf_vpn_net *vn, struct sk_buff *msg,
			      void *hdr, int err)
{
	if (msg && !nf_vpn_msg_end(msg, hdr, err)) {
		genlmsg_multicast_netns(&nf_vpn_genl, vn->net, msg, 0, 0,
					GFP_ATOMIC);
		return;
	}
	nlmsg_free(msg);
	nf_vpn_stat_inc(vn, EVENTS_LOST);
}

static int nf_vpn_event_put(struct sk_buff *skb, const struct nf_vpn_kind *kind,
			    void *entry)
{
	struct nlattr *nest = nla_nest_start(skb, kind->nest);

	if (!nest || kind->fill(skb, entry))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static void nf_vpn_event_entry(struct nf_vpn_net *vn,
			       enum nf_ct_vpn_event_type event,
			       enum nf_ct_vpn_kind kind, void *entry)
{
	const struct nf_vpn_kind *k = nf_vpn_kind(kind);
	struct sk_buff *msg;
	void *hdr;

	if (!k)
		return;
	msg = nf_vpn_event_begin(event, &hdr);
	nf_vpn_event_send(vn, msg, hdr, msg ? nf_vpn_event_put(msg, k, entry) : 0);
}

static int nf_vpn_event_put_full(struct sk_buff *skb,
				 const struct nf_vpn_client *client,
				 enum nf_ct_vpn_stats_attr limit)
{
	if (nla_put_u32(skb, NF_CT_VPN_A_EVENT_LIMIT, limit))
		return -EMSGSIZE;
	return client ? nf_vpn_put_addr(skb, NF_CT_VPN_A_EVENT_CLIENT,
					client->host.l3num,
					&client->host.addr) : 0;
}

static void nf_vpn_event_limit(struct nf_vpn_net *vn,
			       const struct nf_vpn_client *client,
			       enum nf_ct_vpn_stats_attr limit)
{
	struct sk_buff *msg;
	void *hdr;

	msg = nf_vpn_event_begin(NF_CT_VPN_EVENT_FULL, &hdr);
	nf_vpn_event_send(vn, msg, hdr,
			  msg ? nf_vpn_event_put_full(msg, client, limit) : 0);
}

const struct nf_vpn_notifier nf_vpn_netlink_notifier = {
	.wanted	= nf_vpn_event_wanted,
	.event	= nf_vpn_event_entry,
	.full	= nf_vpn_event_limit,
};
