// SPDX-License-Identifier: GPL-2.0-only
/*
 * What netlink shall forget: one entry, or all that fit a description.
 *
 * An entry is found under RCU; under the lock it must still be the one.
 */
#include <linux/sched.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "core/event.h"
#include "core/flow.h"
#include "core/id.h"
#include "core/net.h"
#include "core/packet.h"
#include "core/session.h"
#include "esp/spi.h"
#include "esp/undecided.h"
#include "isakmp/cookie.h"
#include "netlink/netlink.h"
#include "pptp/call.h"

/* ---- Entries ---- */

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

/* Its flows go, too: what is left would bring it back. */
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

static bool nf_vpn_drop_spi(struct nf_vpn_net *vn, u32 id, void *obj)
{
	struct nf_vpn_spi *spi = obj;
	bool found;

	spin_lock_bh(&vn->lock);
	found = nf_vpn_id_is(vn, NF_CT_VPN_KIND_ESP, id, spi);
	if (found)
		nf_vpn_event_spi(vn, NF_CT_VPN_EVENT_EXPIRED, spi);
	if (found && spi->session)
		nf_vpn_spi_free(vn, spi);
	else if (found)
		nf_vpn_undecided_free(vn, nf_vpn_spi_undecided(spi));
	spin_unlock_bh(&vn->lock);
	return found;
}

static bool nf_vpn_drop_cookie(struct nf_vpn_net *vn, u32 id, void *obj)
{
	struct nf_vpn_cookie *c = obj;
	bool found;

	spin_lock_bh(&vn->lock);
	found = nf_vpn_id_is(vn, NF_CT_VPN_KIND_ISAKMP, id, c);
	if (found) {
		nf_vpn_event_cookie(vn, NF_CT_VPN_EVENT_EXPIRED, c);
		nf_vpn_cookie_free(vn, c);
	}
	spin_unlock_bh(&vn->lock);
	return found;
}

/* Its Call-IDs stay reserved for a while, as after any call. */
static bool nf_vpn_drop_call(struct nf_vpn_net *vn, u32 id, void *obj)
{
	struct nf_vpn_call *call = obj, *doomed = NULL;

	spin_lock_bh(&vn->lock);
	if (nf_vpn_id_is(vn, NF_CT_VPN_KIND_PPTP, id, call))
		nf_vpn_call_close(vn, call, &doomed);
	spin_unlock_bh(&vn->lock);
	nf_vpn_calls_kill(doomed);
	return doomed;
}

/* ---- Descriptions ---- */

/**
 * struct nf_vpn_victims - entries to forget
 * @hosts: of these, where given
 * @named: entry beyond its hosts; NULL for all
 * @attrs: of the request, for @named
 */
struct nf_vpn_victims {
	struct nf_vpn_hosts hosts;
	bool (*named)(const struct nf_vpn_victims *v, const void *obj);
	struct nlattr **attrs;
};

static bool nf_vpn_wants_session(const struct nf_vpn_victims *v,
				 const void *obj)
{
	const struct nf_vpn_session *s = obj;

	return nf_vpn_hosts_want(&v->hosts, &s->client->host,
				 &s->remote->host);
}

static bool nf_vpn_wants_spi(const struct nf_vpn_victims *v, const void *obj)
{
	const struct nf_vpn_spi *spi = obj;

	return nf_vpn_hosts_want(&v->hosts, spi->session ?
				 &spi->session->client->host : NULL,
				 &nf_vpn_spi_remote(spi)->host);
}

static bool nf_vpn_wants_cookie(const struct nf_vpn_victims *v,
				const void *obj)
{
	const struct nf_vpn_cookie *c = obj;

	return nf_vpn_wants_session(v, c->session);
}

static bool nf_vpn_wants_call(const struct nf_vpn_victims *v, const void *obj)
{
	const struct nf_vpn_call *call = obj;
	struct nf_vpn_host client = {
		.addr.ip	= call->conn->key.src,
		.l3num		= AF_INET,
	};
	struct nf_vpn_host remote = {
		.addr.ip	= call->conn->key.dst,
		.l3num		= AF_INET,
	};

	return nf_vpn_hosts_want(&v->hosts, &client, &remote);
}

/* By &enum nf_ct_vpn_kind. */
static const struct nf_vpn_kind_ops {
	bool (*wants)(const struct nf_vpn_victims *v, const void *obj);
	bool (*drop)(struct nf_vpn_net *vn, u32 id, void *obj);
} nf_vpn_kinds[NF_VPN_KINDS] = {
	[NF_CT_VPN_KIND_SESSION] = {
		.wants	= nf_vpn_wants_session,
		.drop	= nf_vpn_drop_session,
	},
	[NF_CT_VPN_KIND_ESP] = {
		.wants	= nf_vpn_wants_spi,
		.drop	= nf_vpn_drop_spi,
	},
	[NF_CT_VPN_KIND_ISAKMP] = {
		.wants	= nf_vpn_wants_cookie,
		.drop	= nf_vpn_drop_cookie,
	},
	[NF_CT_VPN_KIND_PPTP] = {
		.wants	= nf_vpn_wants_call,
		.drop	= nf_vpn_drop_call,
	},
};

/* Forget all of a kind that are described. Returns their number. */
static u32 nf_vpn_drop_kind(struct nf_vpn_net *vn, enum nf_ct_vpn_kind kind,
			    const struct nf_vpn_victims *v)
{
	const struct nf_vpn_kind_ops *ops = &nf_vpn_kinds[kind];
	unsigned long id;
	u32 dropped = 0;
	void *obj;

	for (id = 1; ; id++) {
		rcu_read_lock();
		obj = nf_vpn_id_next(vn, kind, &id);
		if (obj && ops->wants(v, obj) &&
		    (!v->named || v->named(v, obj)))
			dropped += ops->drop(vn, id, obj);
		rcu_read_unlock();
		if (!obj)
			break;
		cond_resched();
	}
	nf_vpn_stat_add(vn, NF_CT_VPN_A_STATS_DELETED, dropped);
	return dropped;
}

/* ---- One entry ---- */

static int nf_vpn_del_found(struct genl_info *info, bool found,
			    const char *missing)
{
	if (!found)
		return nf_vpn_refuse(info->extack, NULL, missing, -ENOENT);
	return 0;
}

/* Those that no table finds: the numbers are walked. */
static int nf_vpn_del_walk(struct genl_info *info, enum nf_ct_vpn_kind kind,
			   const struct nf_vpn_victims *v, const char *missing)
{
	struct nf_vpn_net *vn = nf_vpn_pernet(genl_info_net(info));

	return nf_vpn_del_found(info, nf_vpn_drop_kind(vn, kind, v), missing);
}

int nf_vpn_del_session(struct sk_buff *skb, struct genl_info *info)
{
	static const struct nf_vpn_host_attrs attrs = {
		.family	= NF_CT_VPN_A_SESSION_FAMILY,
		.client	= NF_CT_VPN_A_SESSION_CLIENT,
		.remote	= NF_CT_VPN_A_SESSION_REMOTE,
	};
	struct nf_vpn_net *vn = nf_vpn_pernet(genl_info_net(info));
	struct nf_vpn_hosts hosts = {};
	struct nf_vpn_session *s;
	bool found;
	int err;

	err = nf_vpn_may(skb, vn->net, info->extack);
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
				"client and remote have no session");
}

static bool nf_vpn_names_spi(const struct nf_vpn_victims *v, const void *obj)
{
	const struct nf_vpn_spi *spi = obj;

	if (spi->spi != htonl(nla_get_u32(v->attrs[NF_CT_VPN_A_ESP_SPI])) ||
	    spi->dir != nla_get_u8(v->attrs[NF_CT_VPN_A_ESP_DIR]))
		return false;
	return spi->dir == NF_CT_VPN_DIR_OUT || !v->hosts.masq.l3num ||
	       nf_inet_addr_cmp(&spi->gw, &v->hosts.masq.addr);
}

/* Whose is it? An undecided one has no client. */
static int nf_vpn_need_spi(struct genl_info *info)
{
	int err = nf_vpn_need(info, NF_CT_VPN_A_ESP_REMOTE,
			      "remote is missing");

	if (!err)
		err = nf_vpn_need(info, NF_CT_VPN_A_ESP_DIR, "dir is missing");
	if (!err)
		err = nf_vpn_need(info, NF_CT_VPN_A_ESP_SPI, "spi is missing");
	if (err || info->attrs[NF_CT_VPN_A_ESP_CLIENT])
		return err;
	if (nla_get_u8(info->attrs[NF_CT_VPN_A_ESP_DIR]) == NF_CT_VPN_DIR_OUT)
		return nf_vpn_refuse(info->extack, NULL, "client is missing",
				     -EINVAL);
	return nf_vpn_need(info, NF_CT_VPN_A_ESP_MASQ,
			   "client and masq are missing, one is needed");
}

int nf_vpn_del_esp(struct sk_buff *skb, struct genl_info *info)
{
	static const struct nf_vpn_host_attrs attrs = {
		.family	= NF_CT_VPN_A_ESP_FAMILY,
		.client	= NF_CT_VPN_A_ESP_CLIENT,
		.remote	= NF_CT_VPN_A_ESP_REMOTE,
		.masq	= NF_CT_VPN_A_ESP_MASQ,
	};
	struct nf_vpn_victims v = {
		.named	= nf_vpn_names_spi,
		.attrs	= info->attrs,
	};
	int err;

	err = nf_vpn_may(skb, genl_info_net(info), info->extack);
	if (!err)
		err = nf_vpn_need_spi(info);
	if (!err)
		err = nf_vpn_get_hosts(info->attrs, &attrs, &v.hosts,
				       info->extack);
	if (err)
		return err;
	return nf_vpn_del_walk(info, NF_CT_VPN_KIND_ESP, &v,
			       "spi is not known");
}

static bool nf_vpn_names_cookie(const struct nf_vpn_victims *v,
				const void *obj)
{
	const struct nlattr *init = v->attrs[NF_CT_VPN_A_ISAKMP_INIT_COOKIE];
	const struct nlattr *resp = v->attrs[NF_CT_VPN_A_ISAKMP_RESP_COOKIE];
	const struct nf_vpn_cookie *c = obj;

	return be64_to_cpu(c->init) == nla_get_u64(init) &&
	       be64_to_cpu(READ_ONCE(c->resp)) ==
	       (resp ? nla_get_u64(resp) : 0);
}

int nf_vpn_del_isakmp(struct sk_buff *skb, struct genl_info *info)
{
	static const struct nf_vpn_host_attrs attrs = {
		.family	= NF_CT_VPN_A_ISAKMP_FAMILY,
		.client	= NF_CT_VPN_A_ISAKMP_CLIENT,
		.remote	= NF_CT_VPN_A_ISAKMP_REMOTE,
	};
	struct nf_vpn_victims v = {
		.named	= nf_vpn_names_cookie,
		.attrs	= info->attrs,
	};
	int err;

	err = nf_vpn_may(skb, genl_info_net(info), info->extack);
	if (!err)
		err = nf_vpn_need(info, NF_CT_VPN_A_ISAKMP_REMOTE,
				  "remote is missing");
	if (!err)
		err = nf_vpn_need(info, NF_CT_VPN_A_ISAKMP_INIT_COOKIE,
				  "init-cookie is missing");
	if (!err)
		err = nf_vpn_get_hosts(info->attrs, &attrs, &v.hosts,
				       info->extack);
	if (err)
		return err;
	return nf_vpn_del_walk(info, NF_CT_VPN_KIND_ISAKMP, &v,
			       "init-cookie and resp-cookie are not known");
}

static bool nf_vpn_names_id(const struct nf_vpn_call *call, int side,
			    const struct nlattr *nla)
{
	return !nla || (READ_ONCE(call->pair[side]) &&
			ntohs(call->real[side]) == nla_get_u16(nla));
}

static bool nf_vpn_names_call(const struct nf_vpn_victims *v, const void *obj)
{
	const struct nf_vpn_call *call = obj;

	return ntohs(call->conn->key.sport) ==
	       nla_get_u16(v->attrs[NF_CT_VPN_A_PPTP_CLIENT_PORT]) &&
	       nf_vpn_names_id(call, IP_CT_DIR_ORIGINAL,
			       v->attrs[NF_CT_VPN_A_PPTP_CLIENT_ID]) &&
	       nf_vpn_names_id(call, IP_CT_DIR_REPLY,
			       v->attrs[NF_CT_VPN_A_PPTP_HOST_ID]);
}

static int nf_vpn_need_call(struct genl_info *info)
{
	int err = nf_vpn_need(info, NF_CT_VPN_A_PPTP_CLIENT_PORT,
			      "client-port is missing");

	if (err || info->attrs[NF_CT_VPN_A_PPTP_CLIENT_ID])
		return err;
	return nf_vpn_need(info, NF_CT_VPN_A_PPTP_HOST_ID,
			   "client-id and host-id are missing, one is needed");
}

int nf_vpn_del_pptp(struct sk_buff *skb, struct genl_info *info)
{
	static const struct nf_vpn_host_attrs attrs = {
		.client	= NF_CT_VPN_A_PPTP_CLIENT,
		.remote	= NF_CT_VPN_A_PPTP_REMOTE,
	};
	struct nf_vpn_victims v = {
		.named	= nf_vpn_names_call,
		.attrs	= info->attrs,
	};
	int err;

	err = nf_vpn_may(skb, genl_info_net(info), info->extack);
	if (!err)
		err = nf_vpn_need_pair(info, &attrs, &v.hosts);
	if (!err)
		err = nf_vpn_need_call(info);
	if (err)
		return err;
	return nf_vpn_del_walk(info, NF_CT_VPN_KIND_PPTP, &v,
			       "no such call is up");
}

/* ---- Flush ---- */

static int nf_vpn_put_count(struct sk_buff *skb, const void *data)
{
	const u32 *count = data;

	return nla_put_u32(skb, NF_CT_VPN_A_FLUSH_COUNT, *count);
}

int nf_vpn_flush_some(struct sk_buff *skb, struct genl_info *info)
{
	static const struct nf_vpn_host_attrs attrs = {
		.family	= NF_CT_VPN_A_FLUSH_FAMILY,
		.client	= NF_CT_VPN_A_FLUSH_CLIENT,
		.remote	= NF_CT_VPN_A_FLUSH_REMOTE,
	};
	struct nf_vpn_net *vn = nf_vpn_pernet(genl_info_net(info));
	const struct nlattr *nla = info->attrs[NF_CT_VPN_A_FLUSH_KIND];
	struct nf_vpn_victims v = {};
	u32 count = 0;
	int kind, err;

	err = nf_vpn_may(skb, vn->net, info->extack);
	if (!err)
		err = nf_vpn_get_hosts(info->attrs, &attrs, &v.hosts,
				       info->extack);
	if (err)
		return err;
	/* Sessions first: they take along what is theirs. */
	for (kind = 0; kind < NF_VPN_KINDS; kind++)
		if (!nla || nla_get_u8(nla) == kind)
			count += nf_vpn_drop_kind(vn, kind, &v);
	return nf_vpn_answer(info, NF_CT_VPN_CMD_FLUSH, nf_vpn_put_count,
			     &count);
}
