/* SPDX-License-Identifier: GPL-2.0-only */
/* Sessions that are freed if others need room. */
#ifndef _NF_VPN_YIELD_H
#define _NF_VPN_YIELD_H

struct nf_vpn_net;
struct nf_vpn_session;

void nf_vpn_yield_init(struct nf_vpn_net *vn);
void nf_vpn_yield_exit(struct nf_vpn_net *vn);
void nf_vpn_session_remember(struct nf_vpn_net *vn, struct nf_vpn_session *s);
void nf_vpn_session_used(struct nf_vpn_net *vn, struct nf_vpn_session *s);

#endif /* _NF_VPN_YIELD_H */
