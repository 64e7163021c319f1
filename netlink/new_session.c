// SPDX-License-Identifier: GPL-2.0-only
/* Netlink: how sessions are restored, with their flows. */
#include <linux/jiffies.h>
#include <net/netfilter/nf_conntrack_core.h>

#include "core/flow.h"
#include "core/net.h"
#include "core/session.h"
#include "core/tracker.h"
#include "netlink/family.h"
#include "netlink/new.h"
#include "netlink/request.h"

/**
 * struct nf_vpn_new_flow - a kind of flow that a session is to have
 * @kind: which
 * @attr: attribute with the time that it has left
 * @exists: text of the extended ack if conntrack has another one
 * @failed: text if it can't be made
 */
struct nf_vpn_new_flow {
	enum nf_vpn_flow_kind kind;
	int attr;
	const char *exists;
	const char *failed;
};

static const struct nf_vpn_new_flow nf_vpn_new_flows[] = {
	{
		.kind	= NF_VPN_FLOW_ESP,
		.attr	= NF_CT_VPN_A_SESSION_ESP_TIMEOUT,
		.exists	= "esp-timeout: conntrack has another ESP entry of the client",
		.failed	= "esp-timeout: the entry can't be made, is nf_conntrack_esp loaded?",
	}, {
		.kind	= NF_VPN_FLOW_IKE,
		.attr	= NF_CT_VPN_A_SESSION_IKE_TIMEOUT,
		.exists	= "ike-timeout: conntrack has another IKE entry of the client",
		.failed	= "ike-timeout: the entry can't be made, is nf_conntrack_isakmp loaded?",
	},
};

/* Is the flow the one that the request asks for? */
static bool nf_vpn_flow_serves(const struct nf_conn *ct,
			       const struct nf_vpn_session *s,
			       enum nf_vpn_flow_kind kind,
			       const union nf_inet_addr *masq)
{
	const struct nf_conntrack_tuple *reply =
		&ct->tuplehash[IP_CT_DIR_REPLY].tuple;

	if (!nf_inet_addr_cmp(&reply->dst.u3, masq) ||
	    !nf_inet_addr_cmp(&reply->src.u3, &s->remote->host.addr))
		return false;
	/* A flow of stock conntrack may have another port. */
	return kind == NF_VPN_FLOW_ESP ||
	       reply->dst.u.udp.port == htons(ISAKMP_PORT);
}

static int nf_vpn_new_flow(const struct nf_vpn_new *n, struct nf_vpn_session *s,
			   const struct nf_vpn_new_flow *f)
{
	const union nf_inet_addr *masq = &n->hosts.masq.addr;
	u32 timeout = nla_get_u32(n->info->attrs[f->attr]);
	struct nf_conn *ct;
	bool serves;

	ct = nf_vpn_flow_get(n->vn->net, &n->hosts.client, &n->hosts.remote,
			     f->kind, NULL);
	if (ct) {
		serves = nf_vpn_flow_serves(ct, s, f->kind, masq);
		if (!serves && n->replace)
			nf_ct_kill(ct);
		nf_ct_put(ct);
		if (serves)
			return 0;
		if (!n->replace)
			return nf_vpn_new_refuse(n, f->attr, f->exists,
						 -EEXIST);
	}
	ct = nf_vpn_flow_load(n->vn, s, f->kind, masq, timeout);
	if (!ct)
		return nf_vpn_new_refuse(n, f->attr, f->failed, -EBUSY);
	nf_ct_put(ct);
	return 0;
}

static int nf_vpn_check_flow(const struct nf_vpn_new *n,
			     const struct nf_vpn_new_flow *f)
{
	const struct nlattr *nla = n->info->attrs[f->attr];

	if (!nla)
		return 0;
	if (!nla_get_u32(nla) || nla_get_u32(nla) > INT_MAX / HZ)
		return nf_vpn_new_refuse(n, f->attr,
					 f->kind == NF_VPN_FLOW_ESP ?
					 "esp-timeout is out of range" :
					 "ike-timeout is out of range",
					 -ERANGE);
	if (!n->hosts.masq.l3num)
		return nf_vpn_refuse(n->info->extack, NULL,
				     "masq is missing: a flow needs it",
				     -EINVAL);
	return 0;
}

static int nf_vpn_make_session(const struct nf_vpn_new *n,
			       struct nf_vpn_session **made)
{
	struct nf_vpn_net *vn = n->vn;
	struct nf_vpn_session *s;
	int err = 0;

	spin_lock_bh(&vn->lock);
	s = nf_vpn_session_find(vn, &n->hosts.client, &n->hosts.remote);
	if (s && n->excl) {
		err = nf_vpn_refuse(n->info->extack, NULL,
				    "client and server have a session", -EEXIST);
		goto unlock;
	}
	s = nf_vpn_new_owner(n);
	if (IS_ERR(s))
		err = PTR_ERR(s);
	else if (n->info->attrs[NF_CT_VPN_A_SESSION_IKE_TIMEOUT])
		err = nf_vpn_tracker_adopt(vn, IPPROTO_UDP, s);
	*made = s;
unlock:
	spin_unlock_bh(&vn->lock);
	return err;
}

static int nf_vpn_load_session(const struct nf_vpn_new *n)
{
	struct nf_vpn_session *s;
	int i, err = 0;

	for (i = 0; i < ARRAY_SIZE(nf_vpn_new_flows) && !err; i++)
		err = nf_vpn_check_flow(n, &nf_vpn_new_flows[i]);
	if (!err)
		err = nf_vpn_make_session(n, &s);
	for (i = 0; i < ARRAY_SIZE(nf_vpn_new_flows) && !err; i++)
		if (n->info->attrs[nf_vpn_new_flows[i].attr])
			err = nf_vpn_new_flow(n, s, &nf_vpn_new_flows[i]);
	if (!err)
		nf_vpn_stat_inc(n->vn, LOADED);
	return err;
}

static const struct nf_vpn_host_attrs nf_vpn_session_hosts = {
	.family	= NF_CT_VPN_A_SESSION_FAMILY,
	.client	= NF_CT_VPN_A_SESSION_CLIENT,
	.remote	= NF_CT_VPN_A_SESSION_SERVER,
	.masq	= NF_CT_VPN_A_SESSION_MASQ,
};

int nf_vpn_new_session(struct sk_buff *skb, struct genl_info *info)
{
	struct nf_vpn_new n = {};
	int err;

	rcu_read_lock();
	err = nf_vpn_new_read(&n, skb, info, &nf_vpn_session_hosts);
	if (!err)
		err = nf_vpn_load_session(&n);
	rcu_read_unlock();
	return err;
}
