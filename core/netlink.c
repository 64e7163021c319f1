// SPDX-License-Identifier: GPL-2.0-only
/*
 * Generic netlink family "nf_ct_vpn".
 *
 * Dumps walk the hash tables under RCU and resume where the last message was
 * full; a resize meanwhile may repeat an entry and is told by NLM_F_DUMP_INTR.
 */
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <net/genetlink.h>
#include <net/sock.h>
#include <net/netfilter/nf_conntrack.h>

#include "compat.h"
#include "nf_conntrack_vpn.h"

static struct genl_family nf_vpn_genl;

/**
 * struct nf_vpn_dump - state of a dump between two messages
 * @iter: position
 * @family: only this l3num, 0 for any
 * @client: only of this client, if l3num is not 0
 * @remote: only of this remote host, if l3num is not 0
 * @done: the table's end was reached
 */
struct nf_vpn_dump {
	struct rhashtable_iter iter;
	u8 family;
	struct nf_vpn_host client;
	struct nf_vpn_host remote;
	bool done;
};

static const struct nla_policy
nf_vpn_session_policy[NF_CT_VPN_A_SESSION_REMOTE + 1] = {
	[NF_CT_VPN_A_SESSION_FAMILY]	= { .type = NLA_U8 },
	[NF_CT_VPN_A_SESSION_CLIENT]	= NLA_POLICY_RANGE(NLA_BINARY, 4, 16),
	[NF_CT_VPN_A_SESSION_REMOTE]	= NLA_POLICY_RANGE(NLA_BINARY, 4, 16),
};

static const struct nla_policy
nf_vpn_esp_policy[NF_CT_VPN_A_ESP_REMOTE + 1] = {
	[NF_CT_VPN_A_ESP_FAMILY]	= { .type = NLA_U8 },
	[NF_CT_VPN_A_ESP_CLIENT]	= NLA_POLICY_RANGE(NLA_BINARY, 4, 16),
	[NF_CT_VPN_A_ESP_REMOTE]	= NLA_POLICY_RANGE(NLA_BINARY, 4, 16),
};

/* Like conntrack's own tables: only for the owner of the netns. */
static int nf_vpn_may(const struct sk_buff *skb, const struct net *net,
		      struct netlink_ext_ack *extack)
{
	if (netlink_ns_capable(skb, net->user_ns, CAP_NET_ADMIN))
		return 0;
	NL_SET_ERR_MSG(extack, "CAP_NET_ADMIN is required");
	return -EPERM;
}

static int nf_vpn_get_family(const struct nlattr *nla, u8 *family,
			     struct netlink_ext_ack *extack)
{
	if (!nla)
		return 0;
	*family = nla_get_u8(nla);
	if (*family == AF_INET || *family == AF_INET6)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, nla, "family is neither AF_INET nor AF_INET6");
	return -EAFNOSUPPORT;
}

static int nf_vpn_get_host(const struct nlattr *nla, struct nf_vpn_host *host,
			   struct netlink_ext_ack *extack)
{
	if (!nla)
		return 0;
	switch (nla_len(nla)) {
	case sizeof(struct in_addr):
		host->l3num = AF_INET;
		break;
	case sizeof(struct in6_addr):
		host->l3num = AF_INET6;
		break;
	default:
		NL_SET_ERR_MSG_ATTR(extack, nla, "address is neither 4 nor 16 bytes long");
		return -EINVAL;
	}
	nla_memcpy(&host->addr, nla, sizeof(host->addr));
	return 0;
}

static bool nf_vpn_dump_wants(const struct nf_vpn_dump *d,
			      const struct nf_vpn_host *client,
			      const struct nf_vpn_host *remote)
{
	if (d->family && d->family != remote->l3num)
		return false;
	if (d->client.l3num &&
	    (!client || !nf_vpn_host_equal(&d->client, client)))
		return false;
	return !d->remote.l3num || nf_vpn_host_equal(&d->remote, remote);
}

static int nf_vpn_put_addr(struct sk_buff *skb, int attr, u32 l3num,
			   const union nf_inet_addr *addr)
{
	return nla_put(skb, attr, l3num == AF_INET ? sizeof(addr->ip) :
						     sizeof(addr->ip6), addr);
}

static int nf_vpn_put_ms(struct sk_buff *skb, int attr, u64 ms, int pad)
{
	return nla_put_u64_64bit(skb, attr, ms, pad);
}

static u64 nf_vpn_age_ms(u32 since)
{
	return MSEC_PER_SEC * (u64)((u32)ktime_get_seconds() - since);
}

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

	if (nla_put_u8(skb, NF_CT_VPN_A_SESSION_FAMILY, l3num) ||
	    nf_vpn_put_addr(skb, NF_CT_VPN_A_SESSION_CLIENT, l3num,
			    &s->client->host.addr) ||
	    nf_vpn_put_addr(skb, NF_CT_VPN_A_SESSION_REMOTE, l3num,
			    &s->remote->host.addr) ||
	    nla_put_u16(skb, NF_CT_VPN_A_SESSION_ZONE, s->client->zone) ||
	    nla_put_u8(skb, NF_CT_VPN_A_SESSION_STATE,
		       nf_vpn_session_nl_state(s, flow)) ||
	    nf_vpn_put_ms(skb, NF_CT_VPN_A_SESSION_AGE,
			  nf_vpn_age_ms(s->created),
			  NF_CT_VPN_A_SESSION_PAD) ||
	    nf_vpn_put_ms(skb, NF_CT_VPN_A_SESSION_IDLE,
			  nf_vpn_session_idle_ms(s),
			  NF_CT_VPN_A_SESSION_PAD) ||
	    nla_put_u32(skb, NF_CT_VPN_A_SESSION_TIMEOUT,
			nf_vpn_session_timeout(vn, s)) ||
	    nla_put_u32(skb, NF_CT_VPN_A_SESSION_SPIS_OUT,
			READ_ONCE(s->nspis[NF_CT_VPN_DIR_OUT])) ||
	    nla_put_u32(skb, NF_CT_VPN_A_SESSION_SPIS_IN,
			READ_ONCE(s->nspis[NF_CT_VPN_DIR_IN])))
		return -EMSGSIZE;
	if (smp_load_acquire(&s->esp.has_masq) &&
	    nf_vpn_put_addr(skb, NF_CT_VPN_A_SESSION_MASQ, l3num, &s->esp.masq))
		return -EMSGSIZE;
	return 0;
}

static void *nf_vpn_msg_begin(struct sk_buff *skb, struct netlink_callback *cb,
			      u8 cmd)
{
	void *hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
				cb->nlh->nlmsg_seq, &nf_vpn_genl, NLM_F_MULTI,
				cmd);

	if (hdr)
		genl_dump_check_consistent(cb, hdr);
	return hdr;
}

static int nf_vpn_msg_end(struct sk_buff *skb, void *hdr, int err)
{
	if (err)
		genlmsg_cancel(skb, hdr);
	else
		genlmsg_end(skb, hdr);
	return err;
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

static u8 nf_vpn_spi_nl_state(const struct nf_vpn_net *vn,
			      const struct nf_vpn_spi *spi,
			      enum nf_vpn_flow_state flow)
{
	u32 limit = HZ * (u32)READ_ONCE(vn->set.esp_timeout);

	if (!spi->session)
		return NF_CT_VPN_STATE_UNDECIDED;
	if (spi->dir == NF_CT_VPN_DIR_OUT)
		return READ_ONCE(spi->paired) ? NF_CT_VPN_STATE_ESTABLISHED :
						NF_CT_VPN_STATE_UNREPLIED;
	if (flow == NF_VPN_FLOW_IDLE || nf_vpn_spi_idle(spi) >= limit)
		return NF_CT_VPN_STATE_REMEMBERED;
	return NF_CT_VPN_STATE_ESTABLISHED;
}

static int nf_vpn_put_owner(struct sk_buff *skb, struct nf_vpn_spi *spi)
{
	const struct nf_vpn_session *s = spi->session;
	u32 l3num = nf_vpn_spi_remote(spi)->host.l3num;
	const union nf_inet_addr *masq = NULL;

	if (!s)
		return nla_put_u32(skb, NF_CT_VPN_A_ESP_CANDIDATES,
				   READ_ONCE(nf_vpn_spi_undecided(spi)->n)) ||
		       nf_vpn_put_addr(skb, NF_CT_VPN_A_ESP_MASQ, l3num,
				       &spi->gw);
	if (spi->dir == NF_CT_VPN_DIR_IN)
		masq = &spi->gw;
	else if (smp_load_acquire(&s->esp.has_masq))
		masq = &s->esp.masq;
	return nf_vpn_put_addr(skb, NF_CT_VPN_A_ESP_CLIENT, l3num,
			       &s->client->host.addr) ||
	       nla_put_u16(skb, NF_CT_VPN_A_ESP_ZONE, s->client->zone) ||
	       (masq && nf_vpn_put_addr(skb, NF_CT_VPN_A_ESP_MASQ, l3num,
					masq));
}

static int nf_vpn_put_spi(struct sk_buff *skb, struct nf_vpn_net *vn,
			  struct nf_vpn_spi *spi, enum nf_vpn_flow_state flow)
{
	const struct nf_vpn_host *remote = &nf_vpn_spi_remote(spi)->host;
	u32 l3num = remote->l3num;

	if (nla_put_u8(skb, NF_CT_VPN_A_ESP_FAMILY, l3num) ||
	    nla_put_u8(skb, NF_CT_VPN_A_ESP_DIR, spi->dir) ||
	    nla_put_u32(skb, NF_CT_VPN_A_ESP_SPI, ntohl(spi->spi)) ||
	    nf_vpn_put_addr(skb, NF_CT_VPN_A_ESP_REMOTE, l3num,
			    &remote->addr) ||
	    nf_vpn_put_owner(skb, spi) ||
	    nla_put_u8(skb, NF_CT_VPN_A_ESP_STATE,
		       nf_vpn_spi_nl_state(vn, spi, flow)) ||
	    nla_put_u8(skb, NF_CT_VPN_A_ESP_CONFIDENCE, spi->conf) ||
	    nla_put_u64_64bit(skb, NF_CT_VPN_A_ESP_PACKETS,
			      atomic64_read(&spi->packets),
			      NF_CT_VPN_A_ESP_PAD) ||
	    nla_put_u64_64bit(skb, NF_CT_VPN_A_ESP_BYTES,
			      atomic64_read(&spi->bytes),
			      NF_CT_VPN_A_ESP_PAD) ||
	    nf_vpn_put_ms(skb, NF_CT_VPN_A_ESP_FIRST,
			  nf_vpn_age_ms(spi->first), NF_CT_VPN_A_ESP_PAD) ||
	    nf_vpn_put_ms(skb, NF_CT_VPN_A_ESP_LAST,
			  jiffies_to_msecs(nf_vpn_spi_idle(spi)),
			  NF_CT_VPN_A_ESP_PAD) ||
	    nla_put_u32(skb, NF_CT_VPN_A_ESP_SEQ, READ_ONCE(spi->seq)))
		return -EMSGSIZE;
	return 0;
}

static int nf_vpn_dump_spi(struct sk_buff *skb, struct netlink_callback *cb,
			   struct nf_vpn_net *vn, const struct nf_vpn_dump *d,
			   void *obj)
{
	enum nf_vpn_flow_state flow = NF_VPN_FLOW_LIVE;
	struct nf_vpn_spi *spi = obj;
	void *hdr;

	if (!nf_vpn_dump_wants(d, spi->session ? &spi->session->client->host :
						 NULL,
			       &nf_vpn_spi_remote(spi)->host))
		return 0;
	if (spi->session)
		flow = nf_vpn_flow_state(vn, spi->session, NF_VPN_FLOW_ESP);
	if (flow == NF_VPN_FLOW_DELETED)
		return 0;
	hdr = nf_vpn_msg_begin(skb, cb, NF_CT_VPN_CMD_ESP_GET);
	if (!hdr)
		return -EMSGSIZE;
	return nf_vpn_msg_end(skb, hdr, nf_vpn_put_spi(skb, vn, spi, flow));
}

/* What to dump: a table, and the attributes that filter it. */
struct nf_vpn_dump_what {
	struct rhashtable *table;
	int family_attr;
	int client_attr;
	int remote_attr;
};

static int nf_vpn_dump_open(struct netlink_callback *cb,
			    const struct nf_vpn_dump_what *what)
{
	struct nlattr **attrs = nf_vpn_dump_attrs(cb);
	struct nf_vpn_dump *d;
	int err;

	err = nf_vpn_may(cb->skb, sock_net(cb->skb->sk), cb->extack);
	if (err)
		return err;
	d = kzalloc(sizeof(*d), GFP_KERNEL);
	if (!d)
		return -ENOMEM;
	err = nf_vpn_get_family(attrs[what->family_attr], &d->family,
				cb->extack);
	if (!err)
		err = nf_vpn_get_host(attrs[what->client_attr], &d->client,
				      cb->extack);
	if (!err)
		err = nf_vpn_get_host(attrs[what->remote_attr], &d->remote,
				      cb->extack);
	if (err) {
		kfree(d);
		return err;
	}
	rhashtable_walk_enter(what->table, &d->iter);
	cb->args[0] = (long)d;
	return 0;
}

static int nf_vpn_open_sessions(struct netlink_callback *cb)
{
	struct nf_vpn_net *vn = nf_vpn_pernet(sock_net(cb->skb->sk));
	const struct nf_vpn_dump_what what = {
		.table		= &vn->sessions,
		.family_attr	= NF_CT_VPN_A_SESSION_FAMILY,
		.client_attr	= NF_CT_VPN_A_SESSION_CLIENT,
		.remote_attr	= NF_CT_VPN_A_SESSION_REMOTE,
	};

	return nf_vpn_dump_open(cb, &what);
}

static int nf_vpn_open_esp(struct netlink_callback *cb)
{
	struct nf_vpn_net *vn = nf_vpn_pernet(sock_net(cb->skb->sk));
	const struct nf_vpn_dump_what what = {
		.table		= &vn->spis,
		.family_attr	= NF_CT_VPN_A_ESP_FAMILY,
		.client_attr	= NF_CT_VPN_A_ESP_CLIENT,
		.remote_attr	= NF_CT_VPN_A_ESP_REMOTE,
	};

	return nf_vpn_dump_open(cb, &what);
}

/*
 * Older kernels have no extended ack yet when a dump starts: there the first
 * message opens it.
 */
static int nf_vpn_start_sessions(struct netlink_callback *cb)
{
	return cb->extack ? nf_vpn_open_sessions(cb) : 0;
}

static int nf_vpn_start_esp(struct netlink_callback *cb)
{
	return cb->extack ? nf_vpn_open_esp(cb) : 0;
}

typedef int (*nf_vpn_dump_fn)(struct sk_buff *skb, struct netlink_callback *cb,
			      struct nf_vpn_net *vn,
			      const struct nf_vpn_dump *d, void *obj);

static int nf_vpn_dump(struct sk_buff *skb, struct netlink_callback *cb,
		       int (*open)(struct netlink_callback *cb),
		       nf_vpn_dump_fn dump)
{
	struct nf_vpn_net *vn = nf_vpn_pernet(sock_net(cb->skb->sk));
	struct nf_vpn_dump *d;
	void *obj;
	int err;

	err = cb->args[0] ? 0 : open(cb);
	if (err)
		return err;
	d = (struct nf_vpn_dump *)cb->args[0];
	if (d->done)
		return 0;
	/* Any value but 0, as long as it changes with a resize. */
	if (!cb->seq)
		cb->seq = 1;
	if (rhashtable_walk_start_check(&d->iter) == -EAGAIN)
		cb->seq++;
	for (obj = rhashtable_walk_peek(&d->iter); obj;
	     obj = rhashtable_walk_next(&d->iter)) {
		if (IS_ERR(obj)) {
			cb->seq++;
			continue;
		}
		if (dump(skb, cb, vn, d, obj))
			break;
	}
	rhashtable_walk_stop(&d->iter);
	d->done = !obj;
	return skb->len;
}

static int nf_vpn_dump_sessions(struct sk_buff *skb, struct netlink_callback *cb)
{
	return nf_vpn_dump(skb, cb, nf_vpn_open_sessions, nf_vpn_dump_session);
}

static int nf_vpn_dump_esp(struct sk_buff *skb, struct netlink_callback *cb)
{
	return nf_vpn_dump(skb, cb, nf_vpn_open_esp, nf_vpn_dump_spi);
}

static int nf_vpn_dump_done(struct netlink_callback *cb)
{
	struct nf_vpn_dump *d = (struct nf_vpn_dump *)cb->args[0];

	if (d) {
		rhashtable_walk_exit(&d->iter);
		kfree(d);
	}
	return 0;
}

static u64 nf_vpn_stat_sum(const struct nf_vpn_net *vn, int stat)
{
	u64 sum = 0;
	int cpu;

	switch (stat) {
	case NF_CT_VPN_A_STATS_ENTRIES:
		return READ_ONCE(vn->entries);
	case NF_CT_VPN_A_STATS_CLIENTS:
		return READ_ONCE(vn->nclients);
	case NF_CT_VPN_A_STATS_SESSIONS:
		return READ_ONCE(vn->nsessions);
	}
	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(vn->stats, cpu)->count[stat]);
	return sum;
}

static int nf_vpn_put_stats(struct sk_buff *skb, const struct nf_vpn_net *vn)
{
	int stat;

	for (stat = NF_CT_VPN_A_STATS_ENTRIES; stat <= NF_CT_VPN_A_STATS_MAX;
	     stat++)
		if (nla_put_u64_64bit(skb, stat, nf_vpn_stat_sum(vn, stat),
				      NF_CT_VPN_A_STATS_PAD))
			return -EMSGSIZE;
	return 0;
}

static int nf_vpn_get_stats(struct sk_buff *skb, struct genl_info *info)
{
	struct nf_vpn_net *vn = nf_vpn_pernet(genl_info_net(info));
	struct sk_buff *msg;
	void *hdr;
	int err;

	err = nf_vpn_may(skb, vn->net, info->extack);
	if (err)
		return err;
	msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	hdr = genlmsg_put_reply(msg, info, &nf_vpn_genl, 0,
				NF_CT_VPN_CMD_STATS_GET);
	if (!hdr)
		goto err_free;
	err = nf_vpn_msg_end(msg, hdr, nf_vpn_put_stats(msg, vn));
	if (err)
		goto err_free;
	return genlmsg_reply(msg, info);

err_free:
	nlmsg_free(msg);
	return -EMSGSIZE;
}

/* A command without attributes refuses them all. */
static const struct nla_policy nf_vpn_stats_policy[NF_CT_VPN_A_STATS_PAD + 1] = {
	[NF_CT_VPN_A_STATS_PAD]	= { .type = NLA_REJECT },
};

static const struct genl_ops nf_vpn_genl_ops[] = {
	{
		.cmd		= NF_CT_VPN_CMD_SESSION_GET,
		.start		= nf_vpn_start_sessions,
		.dumpit		= nf_vpn_dump_sessions,
		.done		= nf_vpn_dump_done,
		.policy		= nf_vpn_session_policy,
		.maxattr	= NF_CT_VPN_A_SESSION_REMOTE,
	},
	{
		.cmd		= NF_CT_VPN_CMD_ESP_GET,
		.start		= nf_vpn_start_esp,
		.dumpit		= nf_vpn_dump_esp,
		.done		= nf_vpn_dump_done,
		.policy		= nf_vpn_esp_policy,
		.maxattr	= NF_CT_VPN_A_ESP_REMOTE,
	},
	{
		.cmd		= NF_CT_VPN_CMD_STATS_GET,
		.doit		= nf_vpn_get_stats,
		.policy		= nf_vpn_stats_policy,
		.maxattr	= NF_CT_VPN_A_STATS_PAD,
	},
};

static struct genl_family nf_vpn_genl __ro_after_init = {
	.name		= NF_CT_VPN_GENL_NAME,
	.version	= NF_CT_VPN_GENL_VERSION,
	.netnsok	= true,
	.parallel_ops	= true,
	.module		= THIS_MODULE,
	.ops		= nf_vpn_genl_ops,
	.n_ops		= ARRAY_SIZE(nf_vpn_genl_ops),
	.resv_start_op	= 1,
};

int __init nf_vpn_netlink_init(void)
{
	return genl_register_family(&nf_vpn_genl);
}

void nf_vpn_netlink_exit(void)
{
	genl_unregister_family(&nf_vpn_genl);
}
