// SPDX-License-Identifier: GPL-2.0-only
/* Netlink: how cookie pairs are dumped and deleted. */
#include "core/clock.h"
#include "core/flow.h"
#include "core/id.h"
#include "core/net.h"
#include "core/session.h"
#include "isakmp/cookie.h"
#include "isakmp/isakmp.h"
#include "netlink/delete.h"
#include "netlink/dump.h"
#include "netlink/kind.h"
#include "netlink/message.h"
#include "netlink/request.h"

static u8 isakmp_nl_state(const struct nf_isakmp_cookie *c,
			  enum nf_vpn_flow_state flow)
{
	if (flow == NF_VPN_FLOW_IDLE)
		return NF_CT_VPN_STATE_REMEMBERED;
	if (!READ_ONCE(c->proven))
		return NF_CT_VPN_STATE_UNDECIDED;
	return READ_ONCE(c->resp) ? NF_CT_VPN_STATE_ESTABLISHED :
				    NF_CT_VPN_STATE_UNREPLIED;
}

static int isakmp_put_cookies(struct sk_buff *skb,
			      const struct nf_isakmp_cookie *c)
{
	return nla_put_u64_64bit(skb, NF_CT_VPN_A_ISAKMP_INITIATOR,
				 be64_to_cpu(c->init),
				 NF_CT_VPN_A_ISAKMP_PAD) ||
	       nla_put_u64_64bit(skb, NF_CT_VPN_A_ISAKMP_RESPONDER,
				 be64_to_cpu(READ_ONCE(c->resp)),
				 NF_CT_VPN_A_ISAKMP_PAD) ||
	       nla_put_u8(skb, NF_CT_VPN_A_ISAKMP_VERSION, c->major);
}

static int isakmp_put_hosts(struct sk_buff *skb, const struct nf_vpn_session *s)
{
	const union nf_inet_addr *masq;
	u32 l3num = s->client->host.l3num;

	if (nla_put_u8(skb, NF_CT_VPN_A_ISAKMP_FAMILY, l3num) ||
	    nf_vpn_put_addr(skb, NF_CT_VPN_A_ISAKMP_CLIENT, l3num,
			    &s->client->host.addr) ||
	    nf_vpn_put_addr(skb, NF_CT_VPN_A_ISAKMP_SERVER, l3num,
			    &s->remote->host.addr) ||
	    nla_put_u16(skb, NF_CT_VPN_A_ISAKMP_ZONE, s->client->zone))
		return -EMSGSIZE;
	masq = nf_vpn_flow_masq(&s->flow[NF_VPN_FLOW_IKE]);
	return masq ? nf_vpn_put_addr(skb, NF_CT_VPN_A_ISAKMP_MASQ, l3num,
				      masq) : 0;
}

/* &nf_vpn_kind.fill: all attributes but the state, which conntrack decides. */
static int isakmp_put_known(struct sk_buff *skb, void *obj)
{
	const struct nf_isakmp_cookie *c = obj;

	if (isakmp_put_hosts(skb, c->session) ||
	    isakmp_put_cookies(skb, c) ||
	    nla_put_u8(skb, NF_CT_VPN_A_ISAKMP_EXCHANGE,
		       READ_ONCE(c->exchange)) ||
	    nla_put_u8(skb, NF_CT_VPN_A_ISAKMP_BEGUN_BY, c->by_remote) ||
	    nla_put_u64_64bit(skb, NF_CT_VPN_A_ISAKMP_PACKETS,
			      READ_ONCE(c->packets), NF_CT_VPN_A_ISAKMP_PAD) ||
	    nla_put_u64_64bit(skb, NF_CT_VPN_A_ISAKMP_FIRST,
			      nf_vpn_age_ms(c->first),
			      NF_CT_VPN_A_ISAKMP_PAD) ||
	    nla_put_u64_64bit(skb, NF_CT_VPN_A_ISAKMP_LAST,
			      jiffies_to_msecs(nf_vpn_since_low(READ_ONCE(c->last))),
			      NF_CT_VPN_A_ISAKMP_PAD))
		return -EMSGSIZE;
	return 0;
}

static int isakmp_dump(struct sk_buff *skb, struct netlink_callback *cb,
		       struct nf_vpn_net *vn,
		       const struct nf_vpn_dump *d, void *obj)
{
	struct nf_isakmp_cookie *c = obj;
	struct nf_vpn_session *s = c->session;
	enum nf_vpn_flow_state flow;
	void *hdr;
	u8 state;

	if (!nf_vpn_hosts_want(&d->hosts, &s->client->host, &s->remote->host))
		return 0;
	flow = nf_vpn_flow_state(vn, s, NF_VPN_FLOW_IKE);
	if (flow == NF_VPN_FLOW_DELETED)
		return 0;
	state = isakmp_nl_state(c, flow);
	if (!nf_vpn_dump_wants_state(d, state))
		return 0;
	hdr = nf_vpn_msg_begin(skb, cb, NF_CT_VPN_CMD_ISAKMP_GET);
	if (!hdr)
		return -EMSGSIZE;
	return nf_vpn_msg_end(skb, hdr, isakmp_put_known(skb, c) ?:
			      nla_put_u8(skb, NF_CT_VPN_A_ISAKMP_STATE, state));
}

static bool isakmp_drop(struct nf_vpn_net *vn, u32 id, void *obj)
{
	struct nf_isakmp_cookie *c = obj;
	bool found;

	spin_lock_bh(&vn->lock);
	found = nf_vpn_id_is(vn, NF_CT_VPN_KIND_ISAKMP, id, c);
	if (found) {
		nf_isakmp_event(vn, NF_CT_VPN_EVENT_EXPIRED, c);
		nf_isakmp_cookie_free(vn, c);
	}
	spin_unlock_bh(&vn->lock);
	return found;
}

static bool isakmp_wants(const struct nf_vpn_match *m,
			 const void *obj)
{
	const struct nf_isakmp_cookie *c = obj;
	const struct nf_vpn_session *s = c->session;

	return nf_vpn_hosts_want(&m->hosts, &s->client->host,
				 &s->remote->host);
}

static bool isakmp_names(const struct nf_vpn_match *m,
			 const void *obj)
{
	const struct nlattr *init = m->attrs[NF_CT_VPN_A_ISAKMP_INITIATOR];
	const struct nlattr *resp = m->attrs[NF_CT_VPN_A_ISAKMP_RESPONDER];
	const struct nf_isakmp_cookie *c = obj;

	return be64_to_cpu(c->init) == nla_get_u64(init) &&
	       be64_to_cpu(READ_ONCE(c->resp)) ==
	       (resp ? nla_get_u64(resp) : 0);
}

static int isakmp_del(struct sk_buff *skb, struct genl_info *info)
{
	static const struct nf_vpn_host_attrs attrs = {
		.family	= NF_CT_VPN_A_ISAKMP_FAMILY,
		.client	= NF_CT_VPN_A_ISAKMP_CLIENT,
		.remote	= NF_CT_VPN_A_ISAKMP_SERVER,
	};
	struct nf_vpn_match m = {
		.named	= isakmp_names,
		.attrs	= info->attrs,
	};
	int err;

	err = nf_vpn_check_cap(skb, genl_info_net(info), info->extack);
	if (!err)
		err = nf_vpn_need_attr(info, NF_CT_VPN_A_ISAKMP_SERVER,
				       "server is missing");
	if (!err)
		err = nf_vpn_need_attr(info, NF_CT_VPN_A_ISAKMP_INITIATOR,
				       "initiator is missing");
	if (!err)
		err = nf_vpn_get_hosts(info->attrs, &attrs, &m.hosts,
				       info->extack);
	if (err)
		return err;
	return nf_vpn_del_walk(info, &nf_isakmp_kind, &m,
			       "initiator and responder are not known");
}

const struct nf_vpn_kind nf_isakmp_kind = {
	.kind	= NF_CT_VPN_KIND_ISAKMP,
	.nest	= NF_CT_VPN_A_EVENT_ISAKMP,
	.dump	= {
		.hosts		= {
			.family	= NF_CT_VPN_A_ISAKMP_FAMILY,
			.client	= NF_CT_VPN_A_ISAKMP_CLIENT,
			.remote	= NF_CT_VPN_A_ISAKMP_SERVER,
		},
		.state_attr	= NF_CT_VPN_A_ISAKMP_STATE,
		.entry		= isakmp_dump,
	},
	.fill	= isakmp_put_known,
	.wants	= isakmp_wants,
	.drop	= isakmp_drop,
	.new	= nf_isakmp_new,
	.del	= isakmp_del,
};
