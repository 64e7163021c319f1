/* SPDX-License-Identifier: GPL-2.0-only */
/* Netlink: what the files share that make entries. */
#ifndef _NF_VPN_NETLINK_NEW_H
#define _NF_VPN_NETLINK_NEW_H

#include "core/session.h"
#include "netlink/request.h"

/**
 * struct nf_vpn_new - a request to make an entry
 * @vn: netns
 * @info: request
 * @hosts: its addresses
 * @replace: NLM_F_REPLACE
 * @excl: NLM_F_EXCL
 */
struct nf_vpn_new {
	struct nf_vpn_net *vn;
	struct genl_info *info;
	struct nf_vpn_hosts hosts;
	bool replace;
	bool excl;
};

int nf_vpn_new_read(struct nf_vpn_new *n, struct sk_buff *skb,
		    struct genl_info *info, const struct nf_vpn_host_attrs *a);
struct nf_vpn_session *nf_vpn_new_owner(const struct nf_vpn_new *n);
int nf_vpn_new_refuse(const struct nf_vpn_new *n, int attr, const char *text,
		      int err);

#endif /* _NF_VPN_NETLINK_NEW_H */
