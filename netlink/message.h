/* SPDX-License-Identifier: GPL-2.0-only */
/* Netlink: messages of the family, and who may ask for them. */
#ifndef _NF_VPN_NETLINK_MESSAGE_H
#define _NF_VPN_NETLINK_MESSAGE_H

#include <linux/netlink.h>
#include <linux/skbuff.h>
#include <net/genetlink.h>
#include <uapi/linux/netfilter/nf_ct_vpn.h>

#include "core/packet.h"

extern struct genl_family nf_vpn_genl;

int nf_vpn_check_cap(const struct sk_buff *skb, const struct net *net,
		     struct netlink_ext_ack *extack);
void *nf_vpn_msg_begin(struct sk_buff *skb, struct netlink_callback *cb,
		       u8 cmd);
int nf_vpn_msg_end(struct sk_buff *skb, void *hdr, int err);
int nf_vpn_put_addr(struct sk_buff *skb, int attr, u32 l3num,
		    const union nf_inet_addr *addr);
u64 nf_vpn_age_ms(u32 since);
int nf_vpn_msg_reply(struct genl_info *info, u8 cmd,
		     int (*fill)(struct sk_buff *skb, const void *data),
		     const void *data);

#endif /* _NF_VPN_NETLINK_MESSAGE_H */
