// SPDX-License-Identifier: GPL-2.0-only
/*
 * Generic netlink family "nf_ct_vpn": its commands, and the counters.
 *
 * What is read from the tables is read under RCU; no lock of ours is held over
 * a message but for events.
 */
#include <net/sock.h>

#include "core/net.h"
#include "netlink/netlink.h"
#include "netlink/policy.h"

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

int __init nf_vpn_netlink_init(void)
{
	int err;

	nf_vpn_genl.ops = nf_vpn_genl_ops;
	nf_vpn_genl.n_ops = ARRAY_SIZE(nf_vpn_genl_ops);
	err = genl_register_family(&nf_vpn_genl);
	if (!err)
		nf_vpn_events_start();
	return err;
}

void nf_vpn_netlink_exit(void)
{
	nf_vpn_events_stop();
	genl_unregister_family(&nf_vpn_genl);
}
