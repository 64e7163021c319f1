/* SPDX-License-Identifier: GPL-2.0-only */
/* Netlink: the generic netlink family "nf_ct_vpn". */
#ifndef _NF_VPN_NETLINK_FAMILY_H
#define _NF_VPN_NETLINK_FAMILY_H

#include <net/genetlink.h>

#include "netlink/kind.h"

extern const struct nf_vpn_kind nf_vpn_session_kind;
extern const struct nf_vpn_notifier nf_vpn_netlink_notifier;

int nf_vpn_netlink_init(void);
void nf_vpn_netlink_exit(void);
int nf_vpn_get_settings(struct sk_buff *skb, struct genl_info *info);
int nf_vpn_set_settings(struct sk_buff *skb, struct genl_info *info);
int nf_vpn_new_session(struct sk_buff *skb, struct genl_info *info);

#endif /* _NF_VPN_NETLINK_FAMILY_H */
