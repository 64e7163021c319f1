/* SPDX-License-Identifier: GPL-2.0-only */
/* Settings of a netns, for sysctl and netlink. */
#ifndef _NF_VPN_SETTINGS_H
#define _NF_VPN_SETTINGS_H

#include "core/net.h"

int nf_vpn_sysctl_init(struct nf_vpn_net *vn);
void nf_vpn_sysctl_exit(struct nf_vpn_net *vn);
u32 nf_vpn_setting_get(struct nf_vpn_net *vn, int attr);
int nf_vpn_setting_check(const struct nf_vpn_net *vn, int attr, u32 value);
void nf_vpn_setting_set(struct nf_vpn_net *vn, int attr, u32 value);

#endif /* _NF_VPN_SETTINGS_H */
