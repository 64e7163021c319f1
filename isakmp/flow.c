// SPDX-License-Identifier: GPL-2.0-only
/* Flows of IKE, and their label. */
#define pr_fmt(fmt) "nf_conntrack_isakmp: " fmt

#include <linux/module.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "compat.h"
#include "core/copy.h"
#include "core/flow.h"
#include "core/label.h"
#include "core/net.h"
#include "core/packet.h"
#include "core/session.h"
#include "isakmp/arrival.h"
#include "isakmp/cookie.h"
#include "isakmp/isakmp.h"

/*
 * The label of IKE flows. It keeps them out of flowtables, which know no zones.
 */
static struct nf_vpn_label isakmp_labels[2] __read_mostly;

/**
 * nf_isakmp_label - the helper that IKE flows carry
 * @l3num: AF_INET or AF_INET6
 *
 * Return: helper
 */
struct nf_conntrack_helper *nf_isakmp_label(u32 l3num)
{
	return nf_vpn_label_of(isakmp_labels, l3num);
}

/*
 * Has a NAT rule changed the port of a new flow in our zone? We look for
 * answers at port 500 only. The message is dropped; its repetition is left to
 * zone 0, where stock conntrack finds the answers.
 */
static bool isakmp_has_lost_port(struct nf_vpn_net *vn,
				 const struct nf_conn *ct)
{
	__be16 port = ct->tuplehash[IP_CT_DIR_REPLY].tuple.dst.u.udp.port;

	if (nf_ct_zone(ct)->id == NF_CT_DEFAULT_ZONE_ID ||
	    port == htons(ISAKMP_PORT))
		return false;
	nf_vpn_stat_inc(vn, PORT_LOST);
	pr_info_once("IKE leaves from port %u: a NAT rule with \"random\" or \"fully-random\" doesn't let it keep 500\n",
		     ntohs(port));
	return true;
}

/*
 * Is it an unsolicited message of a known server, which neither a dnat rule nor
 * a local socket takes? It is for one of the server's clients, and is delivered
 * to one when the server repeats it (isakmp/owner.c). Until then it is dropped:
 * an ICMP port unreachable would end the exchange.
 */
static bool isakmp_is_unsolicited(struct nf_vpn_net *vn,
				  const struct nf_conn *ct,
				  const struct nf_vpn_host *src,
				  const struct nf_vpn_host *dst, int ifindex)
{
	return nf_ct_zone(ct)->id == NF_CT_DEFAULT_ZONE_ID &&
	       !(READ_ONCE(ct->status) & IPS_DST_NAT) &&
	       nf_vpn_remote_find(vn, src) &&
	       !nf_vpn_session_find(vn, src, dst) &&
	       !nf_isakmp_is_bound(vn->net, src, dst, ifindex);
}

/*
 * A dnat rule has sent a message by which a remote host begins to a client that
 * has a flow of its own with that host. NAT has changed the host's port then,
 * since two entries can't have the same answers. In the client's flow the port
 * stays: there the next such message goes.
 */
static bool isakmp_has_flow(struct nf_vpn_net *vn, const struct nf_conn *ct)
{
	const struct nf_conntrack_tuple *orig =
		&ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	const struct nf_conntrack_tuple *reply =
		&ct->tuplehash[IP_CT_DIR_REPLY].tuple;
	struct nf_vpn_host client, remote;
	struct nf_isakmp_ike *ike;
	struct nf_vpn_session *s;

	if (!(READ_ONCE(ct->status) & IPS_DST_NAT) ||
	    reply->dst.u.udp.port == orig->src.u.udp.port)
		return false;
	nf_vpn_flow_hosts(ct, &remote, &client);
	client.addr = reply->src.u3;
	s = nf_vpn_session_find(vn, &client, &remote);
	ike = s ? nf_isakmp_ike(s) : NULL;
	if (!ike || !READ_ONCE(s->flow[NF_VPN_FLOW_IKE].seen))
		return false;
	WRITE_ONCE(ike->dnat, true);
	return true;
}

/* A flow is about to be confirmed, after NAT and the ruleset. */
static noinline int isakmp_flow_new(const struct sk_buff *skb,
				    struct nf_conn *ct)
{
	struct nf_vpn_host client, remote;
	struct nf_vpn_session *s;
	struct nf_isakmp_ike *ike;
	struct nf_vpn_net *vn;
	u32 timeout;

	vn = nf_vpn_pernet(nf_ct_net(ct));
	if (READ_ONCE(vn->dead))
		return NF_ACCEPT;
	if (nf_vpn_flow_is_orphan(vn, ct))
		return NF_DROP;
	timeout = nf_vpn_flow_lifetime(vn, ct, NF_VPN_FLOW_IKE, false);
	nf_ct_refresh(ct, timeout);
	nf_vpn_flow_hosts(ct, &client, &remote);
	if (isakmp_is_unsolicited(vn, ct, &client, &remote, skb->skb_iif) ||
	    isakmp_has_flow(vn, ct))
		return NF_DROP;
	s = nf_vpn_session_find(vn, &client, &remote);
	ike = s ? nf_isakmp_ike(s) : NULL;
	if (!ike)
		return NF_ACCEPT;
	if (isakmp_has_lost_port(vn, ct)) {
		WRITE_ONCE(ike->port_lost, true);
		return NF_DROP;
	}
	WRITE_ONCE(ike->iif, skb->skb_iif);
	nf_isakmp_note_port(ike, ct);
	nf_vpn_flow_seen(&s->flow[NF_VPN_FLOW_IKE], ct, timeout);
	return NF_ACCEPT;
}

/* Conntrack calls the helper for each packet, after NAT and the ruleset. */
static int isakmp_help(struct sk_buff *skb, unsigned int protoff,
		       struct nf_conn *ct, enum ip_conntrack_info ctinfo)
{
	return likely(nf_ct_is_confirmed(ct)) ? NF_ACCEPT :
						isakmp_flow_new(skb, ct);
}

/**
 * nf_isakmp_stock - leave a message to stock conntrack, with the label
 * @vn: netns
 * @skb: packet
 * @a: message in it
 * @state: hook
 *
 * The label keeps a flow that it creates out of flowtables: there, packets of a
 * client's flow with the same addresses, in its zone, would find this one.
 *
 * Return: verdict
 */
unsigned int nf_isakmp_stock(struct nf_vpn_net *vn,
			     struct sk_buff *skb,
			     const struct isakmp_arrival *a,
			     const struct nf_hook_state *state)
{
	struct nf_conn *ct;
	bool reply;

	ct = nf_vpn_flow_get(vn->net, &a->addr.src, &a->addr.dst,
			     NF_VPN_FLOW_IKE, &reply);
	if (ct)
		nf_ct_put(ct);
	else if (!reply && nf_vpn_conntrack_follows(state))
		nf_vpn_flow_template(skb, vn->net, 0,
				     nf_isakmp_label(state->pf));
	return nf_vpn_stock(vn, NF_CT_VPN_A_STATS_STOCK_GATEWAY);
}

static const struct nf_vpn_label_info isakmp_label_info = {
	.me		= THIS_MODULE,
	.name		= "isakmp",
	.protonum	= IPPROTO_UDP,
	.help		= isakmp_help,
};

/**
 * nf_isakmp_labels_register - register the labels of IKE flows
 *
 * Return: 0 or a negative error.
 */
int nf_isakmp_labels_register(void)
{
	return nf_vpn_labels_register(isakmp_labels, &isakmp_label_info);
}

void nf_isakmp_labels_unregister(void)
{
	nf_vpn_labels_unregister(isakmp_labels);
}
