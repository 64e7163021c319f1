/* SPDX-License-Identifier: GPL-2.0-only */
/* Netlink: how entries are deleted. */
#ifndef _NF_VPN_NETLINK_DELETE_H
#define _NF_VPN_NETLINK_DELETE_H

#include <net/genetlink.h>

#include "core/net.h"
#include "netlink/request.h"

/**
 * struct nf_vpn_match - what entries have to match to be deleted
 * @hosts: their hosts, where given
 * @named: tells whether an entry is the one that @attrs name, once its hosts
 *	match; NULL for all entries
 * @attrs: attributes of the request
 */
struct nf_vpn_match {
	struct nf_vpn_hosts hosts;
	bool (*named)(const struct nf_vpn_match *m, const void *obj);
	struct nlattr **attrs;
};

struct nf_vpn_kind;

int nf_vpn_del_found(struct genl_info *info, bool found, const char *missing);
int nf_vpn_del_walk(struct genl_info *info, const struct nf_vpn_kind *kind,
		    const struct nf_vpn_match *m, const char *missing);
int nf_vpn_flush_some(struct sk_buff *skb, struct genl_info *info);

#endif /* _NF_VPN_NETLINK_DELETE_H */
