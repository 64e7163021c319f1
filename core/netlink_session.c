// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sessions as netlink tells of them.
 */
#include "netlink.h"

static u64 nf_vpn_session_idle_ms(const struct nf_vpn_session *s)
{
	unsigned long out = jiffies - READ_ONCE(s->last_out);
	unsigned long in = jiffies - READ_ONCE(s->last_in);

	return jiffies_to_msecs(min(out, in));
}

/* Seconds the flow has left; it may have gone since its state was asked. */
static u32 nf_vpn_session_timeout(struct nf_vpn_net *vn,
				  struct nf_vpn_session *s)
{
	struct nf_conn *ct;
	u32 left;

	ct = nf_vpn_flow_get_cached(vn, s, NF_VPN_FLOW_ESP, NULL);
	if (!ct)
		return 0;
	left = nf_ct_expires(ct) / HZ;
	nf_ct_put(ct);
	return left;
}

static u8 nf_vpn_session_nl_state(const struct nf_vpn_session *s,
				  enum nf_vpn_flow_state flow)
{
	if (flow == NF_VPN_FLOW_IDLE)
		return NF_CT_VPN_STATE_REMEMBERED;
	return test_bit(NF_VPN_SESSION_REPLIED, &s->flags) ?
		NF_CT_VPN_STATE_ESTABLISHED : NF_CT_VPN_STATE_UNREPLIED;
}

static int nf_vpn_put_session(struct sk_buff *skb, struct nf_vpn_net *vn,
			      struct nf_vpn_session *s,
			      enum nf_vpn_flow_state flow)
{
	u32 l3num = s->client->host.l3num;
	const union nf_inet_addr *masq;

	if (nla_put_u8(skb, NF_CT_VPN_A_SESSION_FAMILY, l3num) ||
	    nf_vpn_put_addr(skb, NF_CT_VPN_A_SESSION_CLIENT, l3num,
			    &s->client->host.addr) ||
	    nf_vpn_put_addr(skb, NF_CT_VPN_A_SESSION_REMOTE, l3num,
			    &s->remote->host.addr) ||
	    nla_put_u16(skb, NF_CT_VPN_A_SESSION_ZONE, s->client->zone) ||
	    nla_put_u8(skb, NF_CT_VPN_A_SESSION_STATE,
		       nf_vpn_session_nl_state(s, flow)) ||
	    nla_put_u64_64bit(skb, NF_CT_VPN_A_SESSION_AGE,
			      nf_vpn_age_ms(s->created),
			      NF_CT_VPN_A_SESSION_PAD) ||
	    nla_put_u64_64bit(skb, NF_CT_VPN_A_SESSION_IDLE,
			      nf_vpn_session_idle_ms(s),
			      NF_CT_VPN_A_SESSION_PAD) ||
	    nla_put_u32(skb, NF_CT_VPN_A_SESSION_TIMEOUT,
			nf_vpn_session_timeout(vn, s)) ||
	    nla_put_u32(skb, NF_CT_VPN_A_SESSION_SPIS_OUT,
			READ_ONCE(s->nspis[NF_CT_VPN_DIR_OUT])) ||
	    nla_put_u32(skb, NF_CT_VPN_A_SESSION_SPIS_IN,
			READ_ONCE(s->nspis[NF_CT_VPN_DIR_IN])))
		return -EMSGSIZE;
	masq = nf_vpn_flow_masq(&s->esp);
	return masq ? nf_vpn_put_addr(skb, NF_CT_VPN_A_SESSION_MASQ, l3num,
				      masq) : 0;
}

static int nf_vpn_dump_session(struct sk_buff *skb, struct netlink_callback *cb,
			       struct nf_vpn_net *vn,
			       const struct nf_vpn_dump *d, void *obj)
{
	struct nf_vpn_session *s = obj;
	enum nf_vpn_flow_state flow;
	void *hdr;

	if (!nf_vpn_dump_wants(d, &s->client->host, &s->remote->host))
		return 0;
	flow = nf_vpn_flow_state(vn, s, NF_VPN_FLOW_ESP);
	if (flow == NF_VPN_FLOW_DELETED)
		return 0;
	hdr = nf_vpn_msg_begin(skb, cb, NF_CT_VPN_CMD_SESSION_GET);
	if (!hdr)
		return -EMSGSIZE;
	return nf_vpn_msg_end(skb, hdr, nf_vpn_put_session(skb, vn, s, flow));
}

const struct nf_vpn_dump_what nf_vpn_dump_sessions = {
	.table		= offsetof(struct nf_vpn_net, sessions),
	.family_attr	= NF_CT_VPN_A_SESSION_FAMILY,
	.client_attr	= NF_CT_VPN_A_SESSION_CLIENT,
	.remote_attr	= NF_CT_VPN_A_SESSION_REMOTE,
	.entry		= nf_vpn_dump_session,
};
