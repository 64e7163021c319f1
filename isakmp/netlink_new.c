// SPDX-License-Identifier: GPL-2.0-only
/* Netlink: how cookie pairs are restored. */
#include "core/net.h"
#include "core/session.h"
#include "isakmp/arrival.h"
#include "isakmp/cookie.h"
#include "isakmp/isakmp.h"
#include "isakmp/message.h"
#include "netlink/new.h"
#include "netlink/request.h"

static int isakmp_new_read(const struct nf_vpn_new *n,
			   struct isakmp_message *m)
{
	struct nlattr **attrs = n->info->attrs;
	int err;

	err = nf_vpn_need_attr(n->info, NF_CT_VPN_A_ISAKMP_INITIATOR,
			       "initiator is missing");
	if (err)
		return err;
	m->init_cookie =
		cpu_to_be64(nla_get_u64(attrs[NF_CT_VPN_A_ISAKMP_INITIATOR]));
	if (!m->init_cookie)
		return nf_vpn_new_refuse(n, NF_CT_VPN_A_ISAKMP_INITIATOR,
					 "initiator is 0", -EINVAL);
	if (attrs[NF_CT_VPN_A_ISAKMP_RESPONDER])
		m->resp_cookie =
			cpu_to_be64(nla_get_u64(attrs[NF_CT_VPN_A_ISAKMP_RESPONDER]));
	m->major = attrs[NF_CT_VPN_A_ISAKMP_VERSION] ?
		nla_get_u8(attrs[NF_CT_VPN_A_ISAKMP_VERSION]) : 2;
	if (attrs[NF_CT_VPN_A_ISAKMP_EXCHANGE])
		m->exchange = nla_get_u8(attrs[NF_CT_VPN_A_ISAKMP_EXCHANGE]);
	return 0;
}

/* The lock of the netns is held. */
static int isakmp_new_load_to(const struct nf_vpn_new *n,
			      struct nf_vpn_session *s,
			      const struct isakmp_message *m)
{
	const struct nlattr *nla = n->info->attrs[NF_CT_VPN_A_ISAKMP_BEGUN_BY];
	struct nf_isakmp_cookie_query q;
	struct nf_isakmp_cookie *c;

	nf_isakmp_cookie_find(n->vn, &n->hosts.remote, m->init_cookie,
			      m->resp_cookie, &n->hosts.client, &q);
	if (q.exact && q.exact->session != s)
		return nf_vpn_new_refuse(n, NF_CT_VPN_A_ISAKMP_INITIATOR,
					 "initiator and responder are another client's",
					 -EEXIST);
	if (q.exact && n->excl)
		return nf_vpn_new_refuse(n, NF_CT_VPN_A_ISAKMP_INITIATOR,
					 "initiator and responder are known already",
					 -EEXIST);
	if (q.exact)
		return 0;
	c = nf_isakmp_ike_get(n->vn, s) ?
		nf_isakmp_cookie_add(n->vn, s, m, nla && nla_get_u8(nla) ?
				     NF_ISAKMP_COOKIE_BY_REMOTE :
				     NF_ISAKMP_COOKIE_BY_CLIENT) : NULL;
	if (!c)
		return nf_vpn_new_refuse(n, NF_CT_VPN_A_ISAKMP_INITIATOR,
					 "initiator: no room or no memory",
					 -ENOSPC);
	WRITE_ONCE(c->exchange, m->exchange);
	WRITE_ONCE(c->mutual, true);
	nf_isakmp_session_seen(s, m);
	nf_isakmp_cookie_prove(c);
	return 0;
}

static int isakmp_new_load(const struct nf_vpn_new *n,
			   const struct isakmp_message *m)
{
	struct nf_vpn_session *s;
	int err;

	spin_lock_bh(&n->vn->lock);
	s = nf_vpn_new_owner(n);
	err = IS_ERR(s) ? PTR_ERR(s) : isakmp_new_load_to(n, s, m);
	spin_unlock_bh(&n->vn->lock);
	if (!err)
		nf_vpn_stat_inc(n->vn, LOADED);
	return err;
}

static const struct nf_vpn_host_attrs isakmp_new_hosts = {
	.family	= NF_CT_VPN_A_ISAKMP_FAMILY,
	.client	= NF_CT_VPN_A_ISAKMP_CLIENT,
	.remote	= NF_CT_VPN_A_ISAKMP_SERVER,
};

int nf_isakmp_new(struct sk_buff *skb, struct genl_info *info)
{
	struct isakmp_message m = {};
	struct nf_vpn_new n = {};
	int err;

	rcu_read_lock();
	err = nf_vpn_new_read(&n, skb, info, &isakmp_new_hosts);
	if (!err)
		err = isakmp_new_read(&n, &m);
	if (!err)
		err = isakmp_new_load(&n, &m);
	rcu_read_unlock();
	return err;
}
