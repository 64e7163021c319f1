/* SPDX-License-Identifier: GPL-2.0-only */
/* Labels, see core/label.c. */
#ifndef _NF_VPN_LABEL_H
#define _NF_VPN_LABEL_H

#include <linux/types.h>
#include <net/netfilter/nf_conntrack_helper.h>

/**
 * struct nf_vpn_label - conntrack helper that flows of ours carry
 * @helper: as it is handed to conntrack
 * @registered: conntrack's own copy of it, or @helper where it makes none; NULL
 *	while it isn't registered
 */
struct nf_vpn_label {
	struct nf_conntrack_helper helper;
	struct nf_conntrack_helper *registered;
};

/**
 * struct nf_vpn_label_info - what a label is made of
 * @me: THIS_MODULE
 * @name: shown as helper=
 * @protonum: IP protocol number
 * @port: port that no other helper of the protocol may have, or 0
 * @help: called for each packet of a flow, after NAT and the ruleset
 */
struct nf_vpn_label_info {
	struct module *me;
	const char *name;
	u8 protonum;
	u16 port;
	int (*help)(struct sk_buff *skb, unsigned int protoff,
		    struct nf_conn *ct, enum ip_conntrack_info ctinfo);
};

int nf_vpn_label_register(struct nf_vpn_label *label,
			  const struct nf_vpn_label_info *info, u16 l3num);
void nf_vpn_label_unregister(struct nf_vpn_label *label);
int nf_vpn_labels_register(struct nf_vpn_label labels[2],
			   const struct nf_vpn_label_info *info);
void nf_vpn_labels_unregister(struct nf_vpn_label labels[2]);

/**
 * nf_vpn_label_of - the helper that flows of an address family carry
 * @labels: registered by nf_vpn_labels_register()
 * @l3num: AF_INET or AF_INET6
 *
 * Return: helper, NULL if the labels aren't registered
 */
static inline struct nf_conntrack_helper *
nf_vpn_label_of(const struct nf_vpn_label labels[2], u32 l3num)
{
	return labels[l3num == AF_INET6].registered;
}

#endif /* _NF_VPN_LABEL_H */
