// SPDX-License-Identifier: GPL-2.0-only
/*
 * Generic netlink family "nf_ct_vpn": its commands, and the counters.
 */
#include <net/sock.h>

#include "compat.h"
#include "netlink.h"

static struct genl_family nf_vpn_genl;

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

static const struct nla_policy
nf_vpn_isakmp_policy[NF_CT_VPN_A_ISAKMP_REMOTE + 1] = {
	[NF_CT_VPN_A_ISAKMP_FAMILY]	= { .type = NLA_U8 },
	[NF_CT_VPN_A_ISAKMP_CLIENT]	= NLA_POLICY_RANGE(NLA_BINARY, 4, 16),
	[NF_CT_VPN_A_ISAKMP_REMOTE]	= NLA_POLICY_RANGE(NLA_BINARY, 4, 16),
};

static const struct nla_policy
nf_vpn_pptp_policy[NF_CT_VPN_A_PPTP_REMOTE + 1] = {
	[NF_CT_VPN_A_PPTP_FAMILY]	= { .type = NLA_U8 },
	[NF_CT_VPN_A_PPTP_CLIENT]	= NLA_POLICY_RANGE(NLA_BINARY, 4, 16),
	[NF_CT_VPN_A_PPTP_REMOTE]	= NLA_POLICY_RANGE(NLA_BINARY, 4, 16),
};

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
	void *hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
				cb->nlh->nlmsg_seq, &nf_vpn_genl, NLM_F_MULTI,
				cmd);

	if (hdr)
		genl_dump_check_consistent(cb, hdr);
	return hdr;
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

/* A command without attributes refuses them all. */
static const struct nla_policy nf_vpn_stats_policy[NF_CT_VPN_A_STATS_PAD + 1] = {
	[NF_CT_VPN_A_STATS_PAD]	= { .type = NLA_REJECT },
};

static const struct genl_ops nf_vpn_genl_ops[] = {
	{
		.cmd		= NF_CT_VPN_CMD_SESSION_GET,
		.start		= nf_vpn_start_sessions,
		.dumpit		= nf_vpn_dumpit_sessions,
		.done		= nf_vpn_dump_done,
		.policy		= nf_vpn_session_policy,
		.maxattr	= NF_CT_VPN_A_SESSION_REMOTE,
	},
	{
		.cmd		= NF_CT_VPN_CMD_ESP_GET,
		.start		= nf_vpn_start_esp,
		.dumpit		= nf_vpn_dumpit_esp,
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
	{
		.cmd		= NF_CT_VPN_CMD_ISAKMP_GET,
		.start		= nf_vpn_start_isakmp,
		.dumpit		= nf_vpn_dumpit_isakmp,
		.done		= nf_vpn_dump_done,
		.policy		= nf_vpn_isakmp_policy,
		.maxattr	= NF_CT_VPN_A_ISAKMP_REMOTE,
	},
	{
		.cmd		= NF_CT_VPN_CMD_PPTP_GET,
		.start		= nf_vpn_start_pptp,
		.dumpit		= nf_vpn_dumpit_pptp,
		.done		= nf_vpn_dump_done,
		.policy		= nf_vpn_pptp_policy,
		.maxattr	= NF_CT_VPN_A_PPTP_REMOTE,
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
