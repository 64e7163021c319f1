/* SPDX-License-Identifier: GPL-2.0-only */
/* Protocol modules, and what they register. */
#ifndef _NF_VPN_TRACKER_H
#define _NF_VPN_TRACKER_H

#include <linux/bits.h>
#include <linux/in.h>

#include "core/icmp.h"
#include "core/net.h"

struct nf_conntrack_helper;
struct nf_vpn_session;

/**
 * struct nf_vpn_tracker - what a protocol module registers
 * @protonum: IP protocol number
 * @packet: a packet before conntrack sees it. The skb has no conntrack entry,
 *	at most a template of zone 0; later fragments never come here. @thoff is the
 *	offset of the protocol's header and lies within the packet. Returns a
 *	verdict.
 * @error: an ICMP error that quotes a packet of the protocol, its checksum not
 *	tested. Returns a verdict.
 * @flush: forget all that was learnt; may sleep. Not called under RCU.
 * @label: the helper that its flows carry; NULL if it makes none in zones
 */
struct nf_vpn_tracker {
	u8 protonum;
	unsigned int (*packet)(struct nf_vpn_net *vn, struct sk_buff *skb,
			       unsigned int thoff,
			       const struct nf_hook_state *state);
	unsigned int (*error)(struct nf_vpn_net *vn, struct sk_buff *skb,
			      struct nf_vpn_icmp *icmp,
			      const struct nf_hook_state *state);
	void (*flush)(struct nf_vpn_net *vn);
	struct nf_conntrack_helper *(*label)(u32 l3num);
};

/* By protocol number. Written by core/tracker.c, read under RCU. */
extern const struct nf_vpn_tracker __rcu *nf_vpn_trackers[IPPROTO_RAW + 1];

/* By protocol number or extension header: may the packet be ours? */
#define NF_VPN_WANTED4	BIT(0)
#define NF_VPN_WANTED6	BIT(1)
extern u8 nf_vpn_wanted[IPPROTO_RAW + 1];

int nf_vpn_tracker_register(const struct nf_vpn_tracker *t);
void nf_vpn_tracker_unregister(const struct nf_vpn_tracker *t);
struct nf_conntrack_helper *nf_vpn_tracker_label(u8 protonum, u32 l3num);
unsigned int nf_vpn_tracker_error(struct nf_vpn_net *vn, struct sk_buff *skb,
				  struct nf_vpn_icmp *icmp,
				  const struct nf_hook_state *state);

#endif /* _NF_VPN_TRACKER_H */
