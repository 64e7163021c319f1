// SPDX-License-Identifier: GPL-2.0-only
/*
 * What stock conntrack would do with an inbound packet.
 *
 * Its entries of zone 0 have two kinds of receivers: clients whose flow is
 * older than these modules, and hosts behind a dnat rule.
 */
#include <net/netfilter/nf_conntrack.h>

#include "core/flow.h"
#include "core/packet.h"

/* The receiver of packets in direction @dir of an entry. */
static void nf_vpn_flow_receiver(const struct nf_conn *ct,
				 enum ip_conntrack_dir dir,
				 struct nf_vpn_host *client)
{
	const struct nf_conntrack_tuple *tuple = &ct->tuplehash[!dir].tuple;

	client->addr = tuple->src.u3;
	client->l3num = tuple->src.l3num;
}

static enum nf_vpn_stock nf_vpn_flow_stock_of(const struct nf_conn *ct,
					      enum ip_conntrack_dir dir)
{
	if (dir == IP_CT_DIR_REPLY)
		return NF_VPN_STOCK_ANSWER;
	if (!nf_ct_is_confirmed(ct) || nf_ct_is_dying(ct))
		return NF_VPN_STOCK_UNKNOWN;
	return READ_ONCE(ct->status) & IPS_DST_NAT ? NF_VPN_STOCK_DNAT :
						     NF_VPN_STOCK_NOBODY;
}

/**
 * nf_vpn_flow_stock - tell what stock conntrack would do with an inbound packet
 * @net: netns
 * @pkt: packet from a remote host
 * @kind: of which kind of flow
 * @client: filled with the receiver, if there is one
 *
 * Return: &enum nf_vpn_stock
 */
enum nf_vpn_stock nf_vpn_flow_stock(struct net *net,
				    const struct nf_vpn_pkt *pkt,
				    enum nf_vpn_flow_kind kind,
				    struct nf_vpn_host *client)
{
	enum nf_vpn_stock stock;
	enum ip_conntrack_dir dir;
	struct nf_conn *ct;

	ct = nf_vpn_flow_find(net, &pkt->src, &pkt->dst, kind, &dir);
	if (!ct)
		return NF_VPN_STOCK_UNKNOWN;
	stock = nf_vpn_flow_stock_of(ct, dir);
	nf_vpn_flow_receiver(ct, dir, client);
	nf_ct_put(ct);
	return stock;
}
EXPORT_SYMBOL_GPL(nf_vpn_flow_stock);
