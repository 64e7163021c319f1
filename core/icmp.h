/* SPDX-License-Identifier: GPL-2.0-only */
/* ICMP errors and what they quote. */
#ifndef _NF_VPN_ICMP_H
#define _NF_VPN_ICMP_H

#include "core/flow.h"
#include "core/net.h"
#include "core/packet.h"

struct nf_vpn_session;

/**
 * struct nf_vpn_icmp - an ICMP error and what it quotes
 * @inner: addresses of the quoted packet
 * @inner_proto: its protocol
 * @inner_thoff: offset of its transport header, which may be cut off
 * @thoff: offset of the ICMP header
 */
struct nf_vpn_icmp {
	struct nf_vpn_pkt inner;
	u8 inner_proto;
	int inner_thoff;
	unsigned int thoff;
};

unsigned int nf_vpn_icmp_packet(struct nf_vpn_net *vn, struct sk_buff *skb,
				unsigned int thoff, u8 protonum,
				const struct nf_hook_state *state);
unsigned int nf_vpn_icmp_attach(struct nf_vpn_net *vn, struct sk_buff *skb,
				const struct nf_vpn_icmp *icmp,
				struct nf_conn *ct, enum ip_conntrack_dir dir,
				const struct nf_hook_state *state);
unsigned int nf_vpn_icmp_relate(struct nf_vpn_net *vn, struct sk_buff *skb,
				const struct nf_vpn_icmp *icmp,
				struct nf_vpn_session *s,
				enum nf_vpn_flow_kind kind,
				const struct nf_hook_state *state);

#endif /* _NF_VPN_ICMP_H */
