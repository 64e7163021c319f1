/* SPDX-License-Identifier: GPL-2.0-only */
/* Kinds of entries, and what netlink can do with them. */
#ifndef _NF_VPN_NETLINK_KIND_H
#define _NF_VPN_NETLINK_KIND_H

#include "netlink/delete.h"
#include "netlink/dump.h"

/**
 * struct nf_vpn_kind - what netlink can do with entries of a kind
 * @kind: which
 * @nest: attribute of events that tells one
 * @dump: what to dump of them
 * @fill: what is known of one without asking conntrack, for events; lock of the
 *	netns held. Returns -EMSGSIZE if there is no room.
 * @wants: is the entry of hosts that are described? Under RCU.
 * @drop: forget the entry of that number, under RCU, if it still is the one.
 *	Returns whether it was.
 * @new: .doit of the command that makes one, NULL if there is none
 * @del: of the one that deletes one
 *
 * Registered by the module that has the entries.
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
