/* SPDX-License-Identifier: GPL-2.0-only */
/* The netfilter hooks, see core/hook.c. */
#ifndef _NF_VPN_HOOK_H
#define _NF_VPN_HOOK_H

struct nf_vpn_net;

int nf_vpn_hooks_register(struct nf_vpn_net *vn);
void nf_vpn_hooks_unregister(struct nf_vpn_net *vn);

#endif /* _NF_VPN_HOOK_H */
