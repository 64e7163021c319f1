// SPDX-License-Identifier: GPL-2.0-only
/* Flows of calls: GRE entries with both Call-IDs, which no GRE packet has. */
#include <linux/module.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "core/fast.h"
#include "core/flow.h"
#include "core/label.h"
#include "core/net.h"
#include "pptp/call.h"
#include "pptp/pptp.h"

static struct nf_vpn_label pptp_label __read_mostly;

/*
 * Conntrack calls the helper for a packet that the ruleset has accepted, but
 * not for packets of the called side while they are RELATED.
 */
static int pptp_gre_help(struct sk_buff *skb, unsigned int protoff,
			 struct nf_conn *ct, enum ip_conntrack_info ctinfo)
{
	nf_vpn_flow_accepted(ct, skb);
	if (nf_vpn_fast_may_be_on())
		nf_pptp_fast_learn(skb, protoff, ct, ctinfo);
	return NF_ACCEPT;
}

static const struct nf_vpn_label_info pptp_label_info = {
	.me		= THIS_MODULE,
	.name		= "pptp-ext",
	.protonum	= IPPROTO_GRE,
	.help		= pptp_gre_help,
};

/**
 * nf_pptp_label_register - register the label of GRE entries
 *
 * Return: 0 or a negative error.
 */
int nf_pptp_label_register(void)
{
	return nf_vpn_label_register(&pptp_label, &pptp_label_info, AF_INET);
}

void nf_pptp_label_unregister(void)
{
	nf_vpn_label_unregister(&pptp_label);
}

/* The tuple of a call's packets in direction @dir. */
static void pptp_gre_tuple(const struct nf_pptp_call *call,
			   enum ip_conntrack_dir dir,
			   struct nf_conntrack_tuple *tuple)
{
	const struct nf_pptp_conn *conn = call->conn;

	memset(tuple, 0, sizeof(*tuple));
	tuple->src.l3num = AF_INET;
	tuple->src.u3.ip = conn->src[dir];
	tuple->src.u.gre.key = call->real[dir];
	tuple->dst.u3.ip = conn->dst[dir];
	tuple->dst.u.gre.key = nf_pptp_call_wire(call, !dir);
	tuple->dst.protonum = IPPROTO_GRE;
	tuple->dst.dir = dir;
}

/*
 * Delete an entry that has the tuple of a call: one that stock conntrack
 * created for GRE before the call, or that of a call that was forgotten.
 */
static void pptp_flow_evict(struct net *net,
			    const struct nf_conntrack_tuple *tuple)
{
	struct nf_conntrack_tuple_hash *h;
	struct nf_conn *ct;

	h = nf_conntrack_find_get(net, &nf_ct_zone_dflt, tuple);
	if (!h)
		return;
	ct = nf_ct_tuplehash_to_ctrack(h);
	nf_ct_kill(ct);
	nf_ct_put(ct);
}

static struct nf_conn *pptp_flow_create(struct nf_vpn_net *vn,
					struct nf_conn *master,
					const struct nf_pptp_call *call)
{
	u32 timeout = READ_ONCE(vn->set.pptp_ext_timeout) * HZ;
	struct nf_conntrack_helper *label = pptp_label.registered;
	struct nf_conntrack_tuple orig, reply;
	struct nf_conn *flow;

	pptp_gre_tuple(call, IP_CT_DIR_ORIGINAL, &orig);
	pptp_gre_tuple(call, IP_CT_DIR_REPLY, &reply);
	flow = nf_vpn_flow_create(vn->net, master, 0, &orig, &reply, label,
				  timeout);
	if (!IS_ERR(flow) || PTR_ERR(flow) == -ENOMEM)
		return flow;
	/*
	 * A tuple is taken. Or, on older kernels, a helper was unregistered
	 * just now, and a second attempt succeeds.
	 */
	pptp_flow_evict(vn->net, &orig);
	pptp_flow_evict(vn->net, &reply);
	return nf_vpn_flow_create(vn->net, master, 0, &orig, &reply, label,
				  timeout);
}

/**
 * nf_pptp_call_up - make the flow of a call that both sides have agreed to
 * @vn: netns, its lock not held
 * @master: entry of the control connection
 * @call: call, under RCU
 */
void nf_pptp_call_up(struct nf_vpn_net *vn, struct nf_conn *master,
		     struct nf_pptp_call *call)
{
	struct nf_conn *flow;

	if (READ_ONCE(call->state) != NF_CT_VPN_STATE_UNREPLIED)
		return;
	flow = pptp_flow_create(vn, master, call);
	if (IS_ERR(flow)) {
		nf_vpn_stat_inc(vn, PPTP_CALL_REFUSED);
		return;
	}
	if (nf_pptp_call_publish(vn, call, flow)) {
		nf_vpn_stat_inc(vn, PPTP_CALL_NEW);
		return;
	}
	nf_ct_kill(flow);
	nf_ct_put(flow);
}

/**
 * nf_pptp_attach - make a GRE packet part of its call's flow
 * @vn: netns
 * @skb: packet
 * @flow: entry of the call
 * @dir: direction of the packet
 */
void nf_pptp_attach(struct nf_vpn_net *vn, struct sk_buff *skb,
		    struct nf_conn *flow, enum ip_conntrack_dir dir)
{
	u32 timeout = READ_ONCE(vn->set.pptp_ext_timeout) * HZ;

	nf_conntrack_get(&flow->ct_general);
	if (dir == IP_CT_DIR_ORIGINAL)
		nf_vpn_stat_inc(vn, ATTACHED_OUT);
	else
		nf_vpn_stat_inc(vn, ATTACHED_IN);
	if (dir == IP_CT_DIR_REPLY && nf_vpn_flow_is_related(flow))
		nf_vpn_flow_attach_related(skb, flow, timeout);
	else
		nf_vpn_flow_attach(skb, flow, dir, timeout);
}
