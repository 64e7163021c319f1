// SPDX-License-Identifier: GPL-2.0-only
/*
 * Netlink: the generic netlink family "nf_ct_vpn" with its commands, and
 * counters.
 *
 * Entries are read under RCU. Messages are filled without a lock of ours,
 * except for events.
 */
#include <linux/mutex.h>
#include <net/sock.h>

#include "core/event.h"
#include "core/net.h"
#include "netlink/dump.h"
#include "netlink/family.h"
#include "netlink/kind.h"
#include "netlink/message.h"
#include "netlink/policy.h"

/* Protects &nf_vpn_net.stats_base of every netns. */
static DEFINE_MUTEX(nf_vpn_stats_mutex);

/**
 * struct nf_vpn_stats_told - counters that are told
 * @vn: whose
 * @reset: they begin anew with what is told
 */
struct nf_vpn_stats_told {
	struct nf_vpn_net *vn;
	bool reset;
};

/* What there is now rather than what there was so far, or NULL. */
static const u32 *nf_vpn_gauge(const struct nf_vpn_net *vn, int stat)
{
	switch (stat) {
	case NF_CT_VPN_A_STATS_ENTRIES:
		return &vn->entries;
	case NF_CT_VPN_A_STATS_CLIENTS:
		return &vn->nclients;
	case NF_CT_VPN_A_STATS_SESSIONS:
		return &vn->nsessions;
	case NF_CT_VPN_A_STATS_PPTP_CONNS:
		return &vn->nconns;
	case NF_CT_VPN_A_STATS_PPTP_CALLS:
		return &vn->ncalls;
	default:
		return NULL;
	}
}

/* Processors go on counting: what is told is subtracted from then on. */
static u64 nf_vpn_stat_sum(const struct nf_vpn_stats_told *told, int stat)
{
	const u32 *gauge = nf_vpn_gauge(told->vn, stat);
	u64 *base = &told->vn->stats_base[stat];
	u64 sum = 0, count;
	int cpu;

	if (gauge)
		return READ_ONCE(*gauge);
	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(told->vn->stats, cpu)->count[stat]);
	count = sum - *base;
	if (told->reset)
		*base = sum;
	return count;
}

static int nf_vpn_put_stats(struct sk_buff *skb, const void *data)
{
	int stat;

	for (stat = NF_CT_VPN_A_STATS_ENTRIES; stat <= NF_CT_VPN_A_STATS_MAX;
	     stat++)
		if (nla_put_u64_64bit(skb, stat, nf_vpn_stat_sum(data, stat),
				      NF_CT_VPN_A_STATS_PAD))
			return -EMSGSIZE;
	return 0;
}

static int nf_vpn_tell_stats(struct sk_buff *skb, struct genl_info *info)
{
	u8 cmd = info->genlhdr->cmd;
	const struct nf_vpn_stats_told told = {
		.vn	= nf_vpn_pernet(genl_info_net(info)),
		.reset	= cmd == NF_CT_VPN_CMD_STATS_RESET,
	};
	int err = nf_vpn_check_cap(skb, told.vn->net, info->extack);

	if (err)
		return err;
	mutex_lock(&nf_vpn_stats_mutex);
	err = nf_vpn_msg_reply(info, cmd, nf_vpn_put_stats, &told);
	mutex_unlock(&nf_vpn_stats_mutex);
	return err;
}

/**
 * struct nf_vpn_entry_cmd - a command that makes or deletes an entry
 * @kind: kind of the entry
 * @del: the command deletes it
 */
struct nf_vpn_entry_cmd {
	enum nf_ct_vpn_kind kind;
	bool del;
};

static const struct nf_vpn_entry_cmd nf_vpn_entry_cmds[] = {
	[NF_CT_VPN_CMD_SESSION_NEW]	= { NF_CT_VPN_KIND_SESSION, false },
	[NF_CT_VPN_CMD_SESSION_DEL]	= { NF_CT_VPN_KIND_SESSION, true },
	[NF_CT_VPN_CMD_ESP_NEW]		= { NF_CT_VPN_KIND_ESP, false },
	[NF_CT_VPN_CMD_ESP_DEL]		= { NF_CT_VPN_KIND_ESP, true },
	[NF_CT_VPN_CMD_ISAKMP_NEW]	= { NF_CT_VPN_KIND_ISAKMP, false },
	[NF_CT_VPN_CMD_ISAKMP_DEL]	= { NF_CT_VPN_KIND_ISAKMP, true },
	[NF_CT_VPN_CMD_PPTP_DEL]	= { NF_CT_VPN_KIND_PPTP, true },
};

static int nf_vpn_do_entry(struct sk_buff *skb, struct genl_info *info)
{
	const struct nf_vpn_entry_cmd *cmd =
		&nf_vpn_entry_cmds[info->genlhdr->cmd];
	const struct nf_vpn_kind *kind;
	int err;

	err = nf_vpn_check_cap(skb, genl_info_net(info), info->extack);
	if (err)
		return err;
	kind = nf_vpn_kind_get(cmd->kind);
	if (!kind)
		err = nf_vpn_kind_missing(info, cmd->kind);
	else
		err = cmd->del ? kind->del(skb, info) : kind->new(skb, info);
	nf_vpn_kind_put();
	return err;
}

/* Operations of a command that dumps, and of one that does something else. */
#define NF_VPN_DUMP(_cmd, _max) {					\
	.cmd		= NF_CT_VPN_CMD_##_cmd,				\
	.start		= nf_vpn_dump_start,				\
	.dumpit		= nf_vpn_dumpit,				\
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
	NF_VPN_DUMP(SESSION_GET, session_policy),
	NF_VPN_DUMP(ESP_GET, esp_policy),
	NF_VPN_DUMP(ISAKMP_GET, isakmp_policy),
	NF_VPN_DUMP(PPTP_GET, pptp_policy),
	NF_VPN_DO(STATS_GET, tell_stats, no_policy),
	NF_VPN_DO(STATS_RESET, tell_stats, no_policy),
	NF_VPN_DO(SETTING_GET, get_settings, no_policy),
	NF_VPN_DO(SETTING_SET, set_settings, setting_policy),
	NF_VPN_DO(SESSION_NEW, do_entry, session_new_policy),
	NF_VPN_DO(SESSION_DEL, do_entry, session_del_policy),
	NF_VPN_DO(ESP_NEW, do_entry, esp_new_policy),
	NF_VPN_DO(ESP_DEL, do_entry, esp_del_policy),
	NF_VPN_DO(ISAKMP_NEW, do_entry, isakmp_new_policy),
	NF_VPN_DO(ISAKMP_DEL, do_entry, isakmp_del_policy),
	NF_VPN_DO(PPTP_DEL, do_entry, pptp_del_policy),
	NF_VPN_DO(FLUSH, flush_some, flush_policy),
};

int __init nf_vpn_netlink_init(void)
{
	int err;

	nf_vpn_kind_register(&nf_vpn_session_kind);
	nf_vpn_genl.ops = nf_vpn_genl_ops;
	nf_vpn_genl.n_ops = ARRAY_SIZE(nf_vpn_genl_ops);
	err = genl_register_family(&nf_vpn_genl);
	if (!err)
		nf_vpn_notifier_register(&nf_vpn_netlink_notifier);
	return err;
}

void nf_vpn_netlink_exit(void)
{
	nf_vpn_notifier_unregister();
	genl_unregister_family(&nf_vpn_genl);
}
