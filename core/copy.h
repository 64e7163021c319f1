/* SPDX-License-Identifier: GPL-2.0-only */
/* Packets that enter the list of hooks at our place in it, see core/copy.c. */
#ifndef _NF_VPN_COPY_H
#define _NF_VPN_COPY_H

#include <net/netfilter/nf_conntrack.h>

#include "core/net.h"

bool nf_vpn_conntrack_follows(const struct nf_hook_state *state);
bool nf_vpn_skb_may_copy(const struct sk_buff *skb,
			 const struct nf_hook_state *state);
void nf_vpn_skb_rehook(struct sk_buff *skb, const struct nf_hook_state *state);
int nf_vpn_skb_copy_to(const struct sk_buff *skb, struct nf_conn *ct,
		       const struct nf_hook_state *state);
unsigned int nf_vpn_skb_segment(struct sk_buff *skb,
				const struct nf_hook_state *state);

#endif /* _NF_VPN_COPY_H */
