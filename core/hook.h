/* SPDX-License-Identifier: GPL-2.0-only */
/* The netfilter hooks, see core/hook.c. */
#ifndef _NF_VPN_HOOK_H
#define _NF_VPN_HOOK_H

struct net;

int nf_vpn_hooks_register(struct net *net);
void nf_vpn_hooks_unregister(struct net *net);

#endif /* _NF_VPN_HOOK_H */
