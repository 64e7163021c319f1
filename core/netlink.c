// SPDX-License-Identifier: GPL-2.0-only
/*
 * Generic netlink family "nf_ct_vpn": its commands, and the counters.
 *
 * What is read from the tables is read under RCU; no lock of ours is held over
 * a message but for events.
 */
#include <net/sock.h>

#include "compat.h"
#include "netlink.h"
#include "netlink_policy.h"

/**
 * nf_vpn_may - may the sender of a request ask?
 * @skb: request
 * @net: netns that it is about
 * @extack: told if not
 *
 * Like conntrack's own tables: only for the owner of the netns.
 */
int nf_vpn_may(const struct sk_buff *skb, const struct net *net,
	       struct netlink_ext_ack *extack)
{
	if (netlink_ns_capable(skb, net->user_ns, CAP_NET_ADMIN))
		return 0;
	NL_SET_ERR_MSG(extack, "CAP_NET_ADMIN is required");
	return -EPERM;
}

/**
 * nf_vpn_put_addr - put an address as long as its family has it
 * @skb: message
 * @attr: attribute
 * @l3num: AF_INET or AF_INET6
 * @addr: address
 */
int nf_vpn_put_addr(struct sk_buff *skb, int attr, u32 l3num,
		    const union nf_inet_addr *addr)
{
	return nla_put(skb, attr, l3num == AF_INET ? sizeof(addr->ip) :
						     sizeof(addr->ip6), addr);
}

/**
 * nf_vpn_age_ms - milliseconds since a point of time, to the second
 * @since: seconds of the boot clock
 */
u64 nf_vpn_age_ms(u32 since)
{
	return MSEC_PER_SEC * (u64)((u32)ktime_get_seconds() - since);
}

/**
 * nf_vpn_msg_begin - begin a message of a dump
 * @skb: where
 * @cb: dump
 * @cmd: its command
 *
 * Return: for nf_vpn_msg_end(); NULL if there is no room.
 */
void *nf_vpn_msg_begin(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd)
{
	return genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			   &nf_vpn_genl, NLM_F_MULTI, cmd);
}

/**
 * nf_vpn_msg_end - end a message, or take it back
 * @skb: where
 * @hdr: of nf_vpn_msg_begin()
 * @err: whether its attributes had no room
 *
 * Return: @err
 */
int nf_vpn_msg_end(struct sk_buff *skb, void *hdr, int err)
{
	if (err)
		genlmsg_cancel(skb, hdr);
	else
		genlmsg_end(skb, hdr);
	return err;
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
	case NF_CT_VPN_A_STATS_PPTP_CONNS:
		return READ_ONCE(vn->calls.nconns);
	case NF_CT_VPN_A_STATS_PPTP_CALLS:
		return READ_ONCE(vn->calls.ncalls);
	}
	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(vn->stats, cpu)->count[stat]);
	return sum;
}

/**
 * nf_vpn_answer - answer a request by one message
 * @info: request
 * @cmd: command of the answer
 * @fill: puts the attributes
 * @data: for @fill
 */
int nf_vpn_answer(struct genl_info *info, u8 cmd,
		  int (*fill)(struct sk_buff *skb, const void *data),
		  const void *data)
{
	struct sk_buff *msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	void *hdr;

	if (!msg)
		return -ENOMEM;
	hdr = genlmsg_put_reply(msg, info, &nf_vpn_genl, 0, cmd);
	if (!hdr || nf_vpn_msg_end(msg, hdr, fill(msg, data))) {
		nlmsg_free(msg);
		return -EMSGSIZE;
	}
	return genlmsg_reply(msg, info);
}

static int nf_vpn_put_stats(struct sk_buff *skb, const void *data)
{
	const struct nf_vpn_net *vn = data;
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
	int err = nf_vpn_may(skb, vn->net, info->extack);

	return err ?: nf_vpn_answer(info, NF_CT_VPN_CMD_STATS_GET,
				    nf_vpn_put_stats, vn);
}

/* The operations of a command get no argument that tells them apart. */
static int nf_vpn_start_sessions(struct netlink_callback *cb)
{
	return nf_vpn_dump_start(cb, &nf_vpn_dump_sessions);
}

static int nf_vpn_dumpit_sessions(struct sk_buff *skb,
				  struct netlink_callback *cb)
{
	return nf_vpn_dump(skb, cb, &nf_vpn_dump_sessions);
}

static int nf_vpn_start_esp(struct netlink_callback *cb)
{
	return nf_vpn_dump_start(cb, &nf_vpn_dump_esp);
}

static int nf_vpn_dumpit_esp(struct sk_buff *skb,
			     struct netlink_callback *cb)
{
	return nf_vpn_dump(skb, cb, &nf_vpn_dump_esp);
}

static int nf_vpn_start_isakmp(struct netlink_callback *cb)
{
	return nf_vpn_dump_start(cb, &nf_vpn_dump_isakmp);
}

static int nf_vpn_start_pptp(struct netlink_callback *cb)
{
	return nf_vpn_dump_start(cb, &nf_vpn_dump_pptp);
}

static int nf_vpn_dumpit_isakmp(struct sk_buff *skb,
				struct netlink_callback *cb)
{
	return nf_vpn_dump(skb, cb, &nf_vpn_dump_isakmp);
}

static int nf_vpn_dumpit_pptp(struct sk_buff *skb, struct netlink_callback *cb)
{
	return nf_vpn_dump(skb, cb, &nf_vpn_dump_pptp);
}

/* A command that dumps, and one that does. */
#define NF_VPN_DUMP(_cmd, _name, _max) {				\
	.cmd		= NF_CT_VPN_CMD_##_cmd,				\
	.start		= nf_vpn_start_##_name,				\
	.dumpit		= nf_vpn_dumpit_##_name,			\
	.done		= nf_vpn_dump_done,				\
	.policy		= nf_vpn_##_max,				\
	.maxattr	= ARRAY_SIZE(nf_vpn_##_max) - 1,		\
}

#define NF_VPN_DO(_cmd, _doit, _max) {					\
	.cmd		= NF_CT_VPN_CMD_##_cmd,				\
	.doit		= nf_vpn_##_doit,				\
	.policy		= nf_vpn_##_max,				\
	.maxattr	= ARRAY_SIZE(nf_vpn_##_max) - 1,		\
}

static const struct genl_ops nf_vpn_genl_ops[] = {
	NF_VPN_DUMP(SESSION_GET, sessions, session_policy),
	NF_VPN_DUMP(ESP_GET, esp, esp_policy),
	NF_VPN_DUMP(ISAKMP_GET, isakmp, isakmp_policy),
	NF_VPN_DUMP(PPTP_GET, pptp, pptp_policy),
	NF_VPN_DO(STATS_GET, get_stats, no_policy),
	NF_VPN_DO(SETTING_GET, get_settings, no_policy),
	NF_VPN_DO(SETTING_SET, set_settings, setting_policy),
	NF_VPN_DO(SESSION_NEW, new_session, session_new_policy),
	NF_VPN_DO(SESSION_DEL, del_session, session_del_policy),
	NF_VPN_DO(ESP_NEW, new_esp, esp_new_policy),
	NF_VPN_DO(ESP_DEL, del_esp, esp_del_policy),
	NF_VPN_DO(ISAKMP_NEW, new_isakmp, isakmp_new_policy),
	NF_VPN_DO(ISAKMP_DEL, del_isakmp, isakmp_del_policy),
	NF_VPN_DO(PPTP_DEL, del_pptp, pptp_del_policy),
	NF_VPN_DO(FLUSH, flush_some, flush_policy),
};

static const struct genl_multicast_group nf_vpn_genl_groups[] = {
	{
		.name	= NF_CT_VPN_GENL_EVENTS,
		.flags	= GENL_MCAST_CAP_NET_ADMIN,
	},
};

struct genl_family nf_vpn_genl __ro_after_init = {
	.name		= NF_CT_VPN_GENL_NAME,
	.version	= NF_CT_VPN_GENL_VERSION,
	.netnsok	= true,
	.parallel_ops	= true,
	.module		= THIS_MODULE,
	.ops		= nf_vpn_genl_ops,
	.n_ops		= ARRAY_SIZE(nf_vpn_genl_ops),
	.mcgrps		= nf_vpn_genl_groups,
	.n_mcgrps	= ARRAY_SIZE(nf_vpn_genl_groups),
	/* The strict test of the header knows neither REPLACE nor EXCL. */
	.resv_start_op	= NF_CT_VPN_CMD_MAX + 1,
};

int __init nf_vpn_netlink_init(void)
{
	int err = genl_register_family(&nf_vpn_genl);

	if (!err)
		nf_vpn_events_start();
	return err;
}

void nf_vpn_netlink_exit(void)
{
	nf_vpn_events_stop();
	genl_unregister_family(&nf_vpn_genl);
}
