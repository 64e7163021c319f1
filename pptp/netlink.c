// SPDX-License-Identifier: GPL-2.0-only
/* Netlink: how PPTP calls are dumped and deleted. */
#include <linux/ktime.h>
#include <net/netfilter/nf_conntrack_acct.h>

#include "core/clock.h"
#include "core/id.h"
#include "core/net.h"
#include "core/packet.h"
#include "netlink/delete.h"
#include "netlink/dump.h"
#include "netlink/kind.h"
#include "netlink/message.h"
#include "netlink/request.h"
#include "pptp/call.h"

static int pptp_put_addrs(struct sk_buff *skb,
			  const struct nf_pptp_conn *conn)
{
	if (nla_put_u8(skb, NF_CT_VPN_A_PPTP_FAMILY, AF_INET) ||
	    nla_put_in_addr(skb, NF_CT_VPN_A_PPTP_CLIENT,
			    conn->src[IP_CT_DIR_ORIGINAL]) ||
	    nla_put_in_addr(skb, NF_CT_VPN_A_PPTP_SERVER,
			    conn->dst[IP_CT_DIR_ORIGINAL]) ||
	    nla_put_in_addr(skb, NF_CT_VPN_A_PPTP_MASQ,
			    conn->dst[IP_CT_DIR_REPLY]) ||
	    nla_put_in_addr(skb, NF_CT_VPN_A_PPTP_HOST,
			    conn->src[IP_CT_DIR_REPLY]) ||
	    nla_put_u16(skb, NF_CT_VPN_A_PPTP_CLIENT_PORT,
			ntohs(conn->key.sport)) ||
	    nla_put_u16(skb, NF_CT_VPN_A_PPTP_SERVER_PORT,
			ntohs(conn->key.dport)))
		return -EMSGSIZE;
	return 0;
}

static int pptp_put_id(struct sk_buff *skb,
		       const struct nf_pptp_call *call, int side,
		       int real, int wire)
{
	if (!READ_ONCE(call->path[side]))
		return 0;
	if (nla_put_u16(skb, real, ntohs(call->real[side])) ||
	    nla_put_u16(skb, wire, ntohs(nf_pptp_call_wire(call, side))))
		return -EMSGSIZE;
	return 0;
}

/* Put what conntrack has counted, and the time that its entry has left. */
static int pptp_put_flow(struct sk_buff *skb,
			 const struct nf_pptp_call *call)
{
	/* Pairs with nf_pptp_call_publish(). */
	struct nf_conn *flow = smp_load_acquire(&call->flow);
	const struct nf_conn_acct *acct;
	bool lives;

	lives = flow && !nf_ct_is_dying(flow);
	if (nla_put_u32(skb, NF_CT_VPN_A_PPTP_TIMEOUT,
			lives ? nf_ct_expires(flow) / HZ : 0))
		return -EMSGSIZE;
	acct = flow ? nf_conn_acct_find(flow) : NULL;
	if (!acct)
		return 0;
	if (nla_put_u64_64bit(skb, NF_CT_VPN_A_PPTP_PACKETS_OUT,
			      atomic64_read(&acct->counter[0].packets),
			      NF_CT_VPN_A_PPTP_PAD) ||
	    nla_put_u64_64bit(skb, NF_CT_VPN_A_PPTP_PACKETS_IN,
			      atomic64_read(&acct->counter[1].packets),
			      NF_CT_VPN_A_PPTP_PAD))
		return -EMSGSIZE;
	return 0;
}

/* &nf_vpn_kind.fill: the attributes that don't depend on conntrack. */
static int pptp_put_known(struct sk_buff *skb, void *obj)
{
	const struct nf_pptp_call *call = obj;
	u64 age = (u32)ktime_get_seconds() - call->created;
	unsigned long idle = nf_vpn_since(READ_ONCE(call->last));

	if (pptp_put_addrs(skb, call->conn) ||
	    nla_put_u8(skb, NF_CT_VPN_A_PPTP_STATE, READ_ONCE(call->state)) ||
	    pptp_put_id(skb, call, IP_CT_DIR_ORIGINAL,
			NF_CT_VPN_A_PPTP_CLIENT_ID,
			NF_CT_VPN_A_PPTP_CLIENT_WIRE) ||
	    pptp_put_id(skb, call, IP_CT_DIR_REPLY,
			NF_CT_VPN_A_PPTP_HOST_ID,
			NF_CT_VPN_A_PPTP_HOST_WIRE) ||
	    nla_put_u64_64bit(skb, NF_CT_VPN_A_PPTP_AGE, age * MSEC_PER_SEC,
			      NF_CT_VPN_A_PPTP_PAD) ||
	    nla_put_u64_64bit(skb, NF_CT_VPN_A_PPTP_IDLE,
			      jiffies_to_msecs(idle), NF_CT_VPN_A_PPTP_PAD))
		return -EMSGSIZE;
	return 0;
}

static int pptp_dump(struct sk_buff *skb, struct netlink_callback *cb,
		     struct nf_vpn_net *vn, const struct nf_vpn_dump *d,
		     void *obj)
{
	struct nf_vpn_host client = { .l3num = AF_INET };
	struct nf_vpn_host remote = { .l3num = AF_INET };
	struct nf_pptp_call *call = obj;
	void *hdr;

	/* A call without a Call-ID is being made, or freed. */
	if (!READ_ONCE(call->path[IP_CT_DIR_ORIGINAL]) &&
	    !READ_ONCE(call->path[IP_CT_DIR_REPLY]))
		return 0;
	client.addr.ip = call->conn->key.src;
	remote.addr.ip = call->conn->key.dst;
	if (!nf_vpn_hosts_want(&d->hosts, &client, &remote) ||
	    !nf_vpn_dump_wants_state(d, READ_ONCE(call->state)))
		return 0;
	hdr = nf_vpn_msg_begin(skb, cb, NF_CT_VPN_CMD_PPTP_GET);
	if (!hdr)
		return -EMSGSIZE;
	return nf_vpn_msg_end(skb, hdr, pptp_put_known(skb, call) ?:
			      pptp_put_flow(skb, call));
}

/* The call is closed: its Call-IDs stay reserved for a while. */
static bool pptp_drop(struct nf_vpn_net *vn, u32 id, void *obj)
{
	struct nf_pptp_call *call = obj;
	LLIST_HEAD(to_kill);

	spin_lock_bh(&vn->lock);
	if (nf_vpn_id_is(vn, NF_CT_VPN_KIND_PPTP, id, call))
		nf_pptp_call_close(vn, call, &to_kill);
	spin_unlock_bh(&vn->lock);
	nf_pptp_calls_kill(&to_kill);
	return !llist_empty(&to_kill);
}

static bool pptp_wants(const struct nf_vpn_match *m, const void *obj)
{
	const struct nf_pptp_call *call = obj;
	struct nf_vpn_host client = {
		.addr.ip	= call->conn->key.src,
		.l3num		= AF_INET,
	};
	struct nf_vpn_host remote = {
		.addr.ip	= call->conn->key.dst,
		.l3num		= AF_INET,
	};

	return nf_vpn_hosts_want(&m->hosts, &client, &remote);
}

static bool pptp_names_id(const struct nf_pptp_call *call, int side,
			  const struct nlattr *nla)
{
	return !nla || (READ_ONCE(call->path[side]) &&
			ntohs(call->real[side]) == nla_get_u16(nla));
}

static bool pptp_names(const struct nf_vpn_match *m, const void *obj)
{
	const struct nf_pptp_call *call = obj;

	return ntohs(call->conn->key.sport) ==
	       nla_get_u16(m->attrs[NF_CT_VPN_A_PPTP_CLIENT_PORT]) &&
	       pptp_names_id(call, IP_CT_DIR_ORIGINAL,
			     m->attrs[NF_CT_VPN_A_PPTP_CLIENT_ID]) &&
	       pptp_names_id(call, IP_CT_DIR_REPLY,
			     m->attrs[NF_CT_VPN_A_PPTP_HOST_ID]);
}

static int pptp_need(struct genl_info *info)
{
	int err = nf_vpn_need_attr(info, NF_CT_VPN_A_PPTP_CLIENT_PORT,
				   "client-port is missing");

	if (err || info->attrs[NF_CT_VPN_A_PPTP_CLIENT_ID])
		return err;
	return nf_vpn_need_attr(info, NF_CT_VPN_A_PPTP_HOST_ID,
				"client-id and host-id are missing, one is needed");
}

static int pptp_del(struct sk_buff *skb, struct genl_info *info)
{
	static const struct nf_vpn_host_attrs attrs = {
		.client	= NF_CT_VPN_A_PPTP_CLIENT,
		.remote	= NF_CT_VPN_A_PPTP_SERVER,
	};
	struct nf_vpn_match m = {
		.named	= pptp_names,
		.attrs	= info->attrs,
	};
	int err;

	err = nf_vpn_check_cap(skb, genl_info_net(info), info->extack);
	if (!err)
		err = nf_vpn_need_pair(info, &attrs, &m.hosts);
	if (!err)
		err = pptp_need(info);
	if (err)
		return err;
	return nf_vpn_del_walk(info, &nf_pptp_kind, &m,
			       "no such call is up");
}

const struct nf_vpn_kind nf_pptp_kind = {
	.kind	= NF_CT_VPN_KIND_PPTP,
	.nest	= NF_CT_VPN_A_EVENT_PPTP,
	.dump	= {
		.hosts		= {
			.family	= NF_CT_VPN_A_PPTP_FAMILY,
			.client	= NF_CT_VPN_A_PPTP_CLIENT,
			.remote	= NF_CT_VPN_A_PPTP_SERVER,
		},
		.state_attr	= NF_CT_VPN_A_PPTP_STATE,
		.entry		= pptp_dump,
	},
	.fill	= pptp_put_known,
	.wants	= pptp_wants,
	.drop	= pptp_drop,
	.del	= pptp_del,
};
