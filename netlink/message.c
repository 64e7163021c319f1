// SPDX-License-Identifier: GPL-2.0-only
/* Netlink: messages of the family, and who may ask for them. */
#include <net/sock.h>

#include "netlink/message.h"

static const struct genl_multicast_group nf_vpn_genl_groups[] = {
	{
		.name	= NF_CT_VPN_GENL_EVENTS,
		.flags	= GENL_MCAST_CAP_NET_ADMIN,
	},
};

/* netlink/family.c adds the commands. */
struct genl_family nf_vpn_genl __ro_after_init = {
	.name		= NF_CT_VPN_GENL_NAME,
	.version	= NF_CT_VPN_GENL_VERSION,
	.netnsok	= true,
	.parallel_ops	= true,
	.module		= THIS_MODULE,
	.mcgrps		= nf_vpn_genl_groups,
	.n_mcgrps	= ARRAY_SIZE(nf_vpn_genl_groups),
	/*
	 * The strict validation of the header refuses NLM_F_REPLACE and _EXCL.
	 */
	.resv_start_op	= NF_CT_VPN_CMD_MAX + 1,
};

/**
 * nf_vpn_check_cap - check whether the sender of a request may administrate a
 * netns
 * @skb: request
 * @net: netns
 * @extack: filled if it may not
 *
 * The tables are for the owner of the netns only, like conntrack's.
 *
 * Return: 0 or -EPERM
 */
int nf_vpn_check_cap(const struct sk_buff *skb, const struct net *net,
		     struct netlink_ext_ack *extack)
{
	if (netlink_ns_capable(skb, net->user_ns, CAP_NET_ADMIN))
		return 0;
	NL_SET_ERR_MSG(extack, "CAP_NET_ADMIN is required");
	return -EPERM;
}
EXPORT_SYMBOL_GPL(nf_vpn_check_cap);

/**
 * nf_vpn_put_addr - put an address, of 4 or 16 bytes
 * @skb: message
 * @attr: attribute
 * @l3num: AF_INET or AF_INET6
 * @addr: address
 *
 * Return: 0 or -EMSGSIZE
 */
int nf_vpn_put_addr(struct sk_buff *skb, int attr, u32 l3num,
		    const union nf_inet_addr *addr)
{
	return nla_put(skb, attr, l3num == AF_INET ? sizeof(addr->ip) :
						     sizeof(addr->ip6), addr);
}
EXPORT_SYMBOL_GPL(nf_vpn_put_addr);

/**
 * nf_vpn_age_ms - convert a time to an age
 * @since: seconds of the boot clock
 *
 * Return: milliseconds since then, a multiple of 1000
 */
u64 nf_vpn_age_ms(u32 since)
{
	return MSEC_PER_SEC * (u64)((u32)ktime_get_seconds() - since);
}
EXPORT_SYMBOL_GPL(nf_vpn_age_ms);

/**
 * nf_vpn_msg_begin - begin a message of a dump
 * @skb: buffer
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
EXPORT_SYMBOL_GPL(nf_vpn_msg_begin);

/**
 * nf_vpn_msg_end - end a message, or cancel it
 * @skb: buffer
 * @hdr: what nf_vpn_msg_begin() has returned
 * @err: not 0 if its attributes had no room
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
EXPORT_SYMBOL_GPL(nf_vpn_msg_end);

/**
 * nf_vpn_msg_reply - answer a request by one message
 * @info: request
 * @cmd: command of the answer
 * @fill: puts the attributes
 * @data: for @fill
 *
 * Return: 0 or a negative error
 */
int nf_vpn_msg_reply(struct genl_info *info, u8 cmd,
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
