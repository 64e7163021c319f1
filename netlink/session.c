// SPDX-License-Identifier: GPL-2.0-only
/*
 * Netlink: how sessions are dumped and deleted.
 *
 * A session may have a flow of ESP, of IKE or both. Attributes that exist once
 * are those of ESP if it has any, since that is what a tunnel is for.
 */
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "core/clock.h"
#include "core/expect.h"
#include "core/flow.h"
#include "core/id.h"
#include "core/net.h"
#include "core/session.h"
#include "netlink/delete.h"
#include "netlink/dump.h"
#include "netlink/family.h"
#include "netlink/kind.h"
#include "netlink/message.h"
#include "netlink/request.h"

/**
 * struct nf_vpn_session_view - what conntrack knows of a session
 * @esp: state of the ESP flow
 * @ike: state of the IKE flow
 * @esp_left: seconds until the ESP flow expires, 0 if it has none
 * @ike_left: seconds until the IKE flow expires, 0 if it has none
 * @ike_replied: IKE has been answered
 */
struct nf_vpn_session_view {
	enum nf_vpn_flow_state esp;
	enum nf_vpn_flow_state ike;
	u32 esp_left;
	u32 ike_left;
	bool ike_replied;
};

/* Seconds that the flow has left; 0 if it has gone since its state was read. */
static u32 nf_vpn_session_left(struct nf_vpn_net *vn, struct nf_vpn_session *s,
			       enum nf_vpn_flow_kind kind, bool *replied)
{
	struct nf_conn *ct = nf_vpn_flow_get_cached(vn, s, kind, NULL);
	u32 left;

	if (!ct)
		return 0;
	left = nf_ct_expires(ct) / HZ;
	if (replied)
		*replied = test_bit(IPS_SEEN_REPLY_BIT, &ct->status);
	nf_ct_put(ct);
	return left;
}

static bool nf_vpn_session_has_spis(const struct nf_vpn_session *s)
{
	return READ_ONCE(s->nspis[NF_CT_VPN_DIR_OUT]) ||
	       READ_ONCE(s->nspis[NF_CT_VPN_DIR_IN]);
}

static void nf_vpn_session_get_view(struct nf_vpn_net *vn,
				    struct nf_vpn_session *s,
				    struct nf_vpn_session_view *v)
{
	const struct nf_vpn_expect *e = nf_vpn_session_expects(s);

	memset(v, 0, sizeof(*v));
	v->ike = NF_VPN_FLOW_DELETED;
	v->esp = nf_vpn_flow_state(vn, s, NF_VPN_FLOW_ESP);
	v->esp_left = nf_vpn_session_left(vn, s, NF_VPN_FLOW_ESP, NULL);
	if (!e)
		return;
	v->ike = nf_vpn_flow_state(vn, s, NF_VPN_FLOW_IKE);
	/* A session that has no entry of its own answers a flow of stock. */
	v->ike_replied = v->ike == NF_VPN_FLOW_LIVE;
	v->ike_left = nf_vpn_session_left(vn, s, NF_VPN_FLOW_IKE,
					  &v->ike_replied);
	/* A protocol without cookies or SPIs isn't about to begin. */
	if (v->ike == NF_VPN_FLOW_NEW && !READ_ONCE(e->cookies))
		v->ike = NF_VPN_FLOW_DELETED;
	if (v->esp == NF_VPN_FLOW_NEW && !nf_vpn_session_has_spis(s))
		v->esp = NF_VPN_FLOW_DELETED;
}

/* The state of a session is that of its protocol that is more alive. */
static enum nf_vpn_flow_state
nf_vpn_session_flow(const struct nf_vpn_session_view *v)
{
	static const enum nf_vpn_flow_state alive[] = {
		NF_VPN_FLOW_LIVE, NF_VPN_FLOW_NEW, NF_VPN_FLOW_IDLE,
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(alive); i++)
		if (v->esp == alive[i] || v->ike == alive[i])
			return alive[i];
	return NF_VPN_FLOW_DELETED;
}

static u8 nf_vpn_session_nl_state(const struct nf_vpn_session *s,
				  const struct nf_vpn_session_view *v)
{
	if (nf_vpn_session_flow(v) == NF_VPN_FLOW_IDLE)
		return NF_CT_VPN_STATE_REMEMBERED;
	if (v->esp != NF_VPN_FLOW_DELETED &&
	    test_bit(NF_VPN_SESSION_REPLIED, &s->flags))
		return NF_CT_VPN_STATE_ESTABLISHED;
	return v->ike_replied ? NF_CT_VPN_STATE_ESTABLISHED :
				NF_CT_VPN_STATE_UNREPLIED;
}

static u64 nf_vpn_session_idle_ms(const struct nf_vpn_session *s,
				  const struct nf_vpn_expect_view *ike)
{
	unsigned long out = nf_vpn_since(READ_ONCE(s->last_out));
	unsigned long in = nf_vpn_since(READ_ONCE(s->last_in));
	unsigned long esp = min(out, in);

	return jiffies_to_msecs(ike->cookies ? min(esp, ike->idle) : esp);
}

static int nf_vpn_put_hosts(struct sk_buff *skb, const struct nf_vpn_session *s)
{
	u32 l3num = s->client->host.l3num;
	const union nf_inet_addr *masq;

	if (nla_put_u8(skb, NF_CT_VPN_A_SESSION_FAMILY, l3num) ||
	    nf_vpn_put_addr(skb, NF_CT_VPN_A_SESSION_CLIENT, l3num,
			    &s->client->host.addr) ||
	    nf_vpn_put_addr(skb, NF_CT_VPN_A_SESSION_SERVER, l3num,
			    &s->remote->host.addr))
		return -EMSGSIZE;
	masq = nf_vpn_flow_masq(&s->flow[NF_VPN_FLOW_ESP]);
	if (!masq)
		masq = nf_vpn_flow_masq(&s->flow[NF_VPN_FLOW_IKE]);
	return masq ? nf_vpn_put_addr(skb, NF_CT_VPN_A_SESSION_MASQ, l3num,
				      masq) : 0;
}

/* &nf_vpn_kind.fill: the attributes that don't depend on conntrack. */
static int nf_vpn_put_session_known(struct sk_buff *skb, void *obj)
{
	const struct nf_vpn_session *s = obj;

	if (nf_vpn_put_hosts(skb, s) ||
	    nla_put_u16(skb, NF_CT_VPN_A_SESSION_ZONE, s->client->zone) ||
	    nla_put_u64_64bit(skb, NF_CT_VPN_A_SESSION_AGE,
			      nf_vpn_age_ms(s->created),
			      NF_CT_VPN_A_SESSION_PAD))
		return -EMSGSIZE;
	return 0;
}

static int nf_vpn_put_ike(struct sk_buff *skb,
			  const struct nf_vpn_expect_view *ike, u32 left)
{
	return nla_put_u32(skb, NF_CT_VPN_A_SESSION_COOKIES, ike->cookies) ||
	       nla_put_u32(skb, NF_CT_VPN_A_SESSION_TICKETS, ike->tickets) ||
	       nla_put_u32(skb, NF_CT_VPN_A_SESSION_IKE_TIMEOUT, left) ||
	       nla_put_u8(skb, NF_CT_VPN_A_SESSION_NATT, ike->natt);
}

static int nf_vpn_put_session(struct sk_buff *skb, struct nf_vpn_net *vn,
			      struct nf_vpn_session *s,
			      const struct nf_vpn_session_view *v)
{
	struct nf_vpn_expect_view ike;

	nf_vpn_expect_get_view(s, &ike);
	if (nf_vpn_put_session_known(skb, s) ||
	    nla_put_u8(skb, NF_CT_VPN_A_SESSION_STATE,
		       nf_vpn_session_nl_state(s, v)) ||
	    nla_put_u64_64bit(skb, NF_CT_VPN_A_SESSION_IDLE,
			      nf_vpn_session_idle_ms(s, &ike),
			      NF_CT_VPN_A_SESSION_PAD) ||
	    nla_put_u32(skb, NF_CT_VPN_A_SESSION_TIMEOUT,
			v->esp == NF_VPN_FLOW_LIVE ? v->esp_left :
						     v->ike_left) ||
	    nla_put_u32(skb, NF_CT_VPN_A_SESSION_SPIS_OUT,
			READ_ONCE(s->nspis[NF_CT_VPN_DIR_OUT])) ||
	    nla_put_u32(skb, NF_CT_VPN_A_SESSION_SPIS_IN,
			READ_ONCE(s->nspis[NF_CT_VPN_DIR_IN])) ||
	    nla_put_u32(skb, NF_CT_VPN_A_SESSION_ESP_TIMEOUT, v->esp_left) ||
	    nf_vpn_put_ike(skb, &ike, v->ike_left))
		return -EMSGSIZE;
	return 0;
}

static int nf_vpn_dump_session(struct sk_buff *skb, struct netlink_callback *cb,
			       struct nf_vpn_net *vn,
			       const struct nf_vpn_dump *d, void *obj)
{
	struct nf_vpn_session *s = obj;
	struct nf_vpn_session_view v;
	void *hdr;

	if (!nf_vpn_hosts_want(&d->hosts, &s->client->host, &s->remote->host))
		return 0;
	nf_vpn_session_get_view(vn, s, &v);
	if (nf_vpn_session_flow(&v) == NF_VPN_FLOW_DELETED && !s->held)
		return 0;
	if (!nf_vpn_dump_wants_state(d, nf_vpn_session_nl_state(s, &v)))
		return 0;
	hdr = nf_vpn_msg_begin(skb, cb, NF_CT_VPN_CMD_SESSION_GET);
	if (!hdr)
		return -EMSGSIZE;
	return nf_vpn_msg_end(skb, hdr, nf_vpn_put_session(skb, vn, s, &v));
}

/* The session's flow if it is in the client's zone, with a reference. */
static struct nf_conn *nf_vpn_zone_flow(struct nf_vpn_net *vn,
					const struct nf_vpn_session *s,
					enum nf_vpn_flow_kind kind)
{
	struct nf_conn *ct = nf_vpn_flow_get(vn->net, &s->client->host,
					     &s->remote->host, kind, NULL);

	if (!ct)
		return NULL;
	if (s->client->zone && nf_ct_zone(ct)->dir == NF_CT_ZONE_DIR_REPL &&
	    nf_ct_zone(ct)->id == s->client->zone)
		return ct;
	nf_ct_put(ct);
	return NULL;
}

static void nf_vpn_flow_end(struct nf_conn *ct)
{
	if (!ct)
		return;
	nf_ct_kill(ct);
	nf_ct_put(ct);
}

/*
 * The flows are deleted as well: their next packet would bring the session
 * back.
 */
static bool nf_vpn_drop_session(struct nf_vpn_net *vn, u32 id, void *obj)
{
	struct nf_vpn_session *s = obj;
	struct nf_conn *esp, *ike;
	bool found;

	esp = nf_vpn_zone_flow(vn, s, NF_VPN_FLOW_ESP);
	ike = nf_vpn_zone_flow(vn, s, NF_VPN_FLOW_IKE);
	spin_lock_bh(&vn->lock);
	found = nf_vpn_id_is(vn, NF_CT_VPN_KIND_SESSION, id, s);
	if (found)
		nf_vpn_session_free(vn, s);
	spin_unlock_bh(&vn->lock);
	nf_vpn_flow_end(esp);
	nf_vpn_flow_end(ike);
	return found;
}

static bool nf_vpn_wants_session(const struct nf_vpn_match *m,
				 const void *obj)
{
	const struct nf_vpn_session *s = obj;

	return nf_vpn_hosts_want(&m->hosts, &s->client->host,
				 &s->remote->host);
}

static int nf_vpn_del_session(struct sk_buff *skb, struct genl_info *info)
{
	static const struct nf_vpn_host_attrs attrs = {
		.family	= NF_CT_VPN_A_SESSION_FAMILY,
		.client	= NF_CT_VPN_A_SESSION_CLIENT,
		.remote	= NF_CT_VPN_A_SESSION_SERVER,
	};
	struct nf_vpn_net *vn = nf_vpn_pernet(genl_info_net(info));
	struct nf_vpn_hosts hosts = {};
	struct nf_vpn_session *s;
	bool found;
	int err;

	err = nf_vpn_check_cap(skb, vn->net, info->extack);
	if (!err)
		err = nf_vpn_need_pair(info, &attrs, &hosts);
	if (err)
		return err;
	rcu_read_lock();
	s = nf_vpn_session_find(vn, &hosts.client, &hosts.remote);
	found = s && nf_vpn_drop_session(vn, s->id, s);
	rcu_read_unlock();
	nf_vpn_stat_add(vn, NF_CT_VPN_A_STATS_DELETED, found);
	return nf_vpn_del_found(info, found,
				"client and server have no session");
}

const struct nf_vpn_kind nf_vpn_session_kind = {
	.kind	= NF_CT_VPN_KIND_SESSION,
	.nest	= NF_CT_VPN_A_EVENT_SESSION,
	.dump	= {
		.hosts		= {
			.family	= NF_CT_VPN_A_SESSION_FAMILY,
			.client	= NF_CT_VPN_A_SESSION_CLIENT,
			.remote	= NF_CT_VPN_A_SESSION_SERVER,
		},
		.state_attr	= NF_CT_VPN_A_SESSION_STATE,
		.entry		= nf_vpn_dump_session,
	},
	.fill	= nf_vpn_put_session_known,
	.wants	= nf_vpn_wants_session,
	.drop	= nf_vpn_drop_session,
	.new	= nf_vpn_new_session,
	.del	= nf_vpn_del_session,
};
