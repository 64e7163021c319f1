/* SPDX-License-Identifier: GPL-2.0-only */
/* Netlink: kinds of entries. */
#ifndef _NF_VPN_NETLINK_KIND_H
#define _NF_VPN_NETLINK_KIND_H

#include "netlink/delete.h"
#include "netlink/dump.h"

/**
 * struct nf_vpn_kind - what netlink can do with entries of a kind
 * @kind: which
 * @nest: attribute of an event that contains an entry
 * @dump: how entries are dumped
 * @fill: puts what is known of an entry without asking conntrack, for events;
 *	lock of the netns held. Returns -EMSGSIZE if there is no room.
 * @wants: tells whether the hosts of an entry match; under RCU
 * @drop: deletes the entry of a number, under RCU, unless the number has
 *	another one by now. Returns whether it has deleted it.
 * @new: .doit of the command that makes an entry, NULL if there is none
 * @del: .doit of the command that deletes an entry
 */
struct nf_vpn_kind {
	enum nf_ct_vpn_kind kind;
	u8 nest;
	struct nf_vpn_dump_what dump;
	int (*fill)(struct sk_buff *skb, void *obj);
	bool (*wants)(const struct nf_vpn_match *m, const void *obj);
	bool (*drop)(struct nf_vpn_net *vn, u32 id, void *obj);
	int (*new)(struct sk_buff *skb, struct genl_info *info);
	int (*del)(struct sk_buff *skb, struct genl_info *info);
};

void nf_vpn_kind_register(const struct nf_vpn_kind *kind);
void nf_vpn_kind_stop(const struct nf_vpn_kind *kind);
void nf_vpn_kind_unregister(const struct nf_vpn_kind *kind);
const struct nf_vpn_kind *nf_vpn_kind(enum nf_ct_vpn_kind kind);
const struct nf_vpn_kind *nf_vpn_kind_get(enum nf_ct_vpn_kind kind);
void nf_vpn_kind_put(void);
int nf_vpn_kind_missing(struct genl_info *info, enum nf_ct_vpn_kind kind);

#endif /* _NF_VPN_NETLINK_KIND_H */
