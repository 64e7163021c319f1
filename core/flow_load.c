// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flows that netlink asks for: those of a session that was saved before the
 * modules were unloaded or on another gateway, or that of a preloaded SPI.
 */
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_helper.h>

#include "core/flow.h"
#include "core/net.h"
#include "core/packet.h"
#include "core/session.h"
#include "core/tracker.h"

static struct nf_conn *nf_vpn_flow_make(struct nf_vpn_net *vn,
					struct nf_vpn_session *s,
					enum nf_vpn_flow_kind kind,
					const union nf_inet_addr *masq,
					u32 timeout)
{
	struct nf_vpn_host gw = {
		.addr	= *masq,
		.l3num	= s->client->host.l3num,
	};
	struct nf_conntrack_tuple orig, reply;
	struct nf_conntrack_helper *label;

	nf_vpn_flow_tuple(&orig, &s->client->host, &s->remote->host, kind);
	nf_vpn_flow_tuple(&reply, &s->remote->host, &gw, kind);
	reply.dst.dir = IP_CT_DIR_REPLY;
	label = nf_vpn_tracker_label(orig.dst.protonum, gw.l3num);
	if (!label)
		return ERR_PTR(-EPROTONOSUPPORT);
	return nf_vpn_flow_create(vn->net, NULL, s->client->zone, &orig, &reply,
				  label, timeout);
}

/**
 * nf_vpn_flow_load - make a flow of a session that counts as answered
 * @vn: netns, its lock not held
 * @s: session with a zone, under RCU
 * @kind: which flow
 * @masq: address that the remote host sees
 * @timeout: seconds it may live at first
 *
 * The ruleset isn't asked: that the flow is wanted is for the admin to say, who
 * has asked for it by netlink.
 *
 * Return: flow with a reference; NULL if conntrack has one or memory is short.
 */
struct nf_conn *nf_vpn_flow_load(struct nf_vpn_net *vn,
				 struct nf_vpn_session *s,
				 enum nf_vpn_flow_kind kind,
				 const union nf_inet_addr *masq, u32 timeout)
{
	struct nf_conn *ct;

	set_bit(NF_VPN_SESSION_USED, &s->flags);
	ct = nf_vpn_flow_make(vn, s, kind, masq, timeout * HZ);
	if (IS_ERR(ct))
		return NULL;
	if (test_bit(NF_VPN_SESSION_DEAD, &s->flags)) {
		nf_ct_kill(ct);
		nf_ct_put(ct);
		return NULL;
	}
	if (kind == NF_VPN_FLOW_ESP)
		set_bit(NF_VPN_SESSION_REPLIED, &s->flags);
	nf_vpn_flow_seen(&s->flow[kind], ct, timeout * HZ);
	nf_vpn_stat_inc(vn, FLOW_NEW);
	return ct;
}
EXPORT_SYMBOL_GPL(nf_vpn_flow_load);
