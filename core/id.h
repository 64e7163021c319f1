/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers of entries, see core/id.c. */
#ifndef _NF_VPN_ID_H
#define _NF_VPN_ID_H

#include "core/net.h"

void nf_vpn_ids_init(struct nf_vpn_net *vn);
void nf_vpn_ids_exit(struct nf_vpn_net *vn);
int nf_vpn_id_get(struct nf_vpn_net *vn, enum nf_ct_vpn_kind kind, u32 *id,
		  void *entry);
void nf_vpn_id_put(struct nf_vpn_net *vn, enum nf_ct_vpn_kind kind, u32 id);
bool nf_vpn_id_is(struct nf_vpn_net *vn, enum nf_ct_vpn_kind kind, u32 id,
		  const void *entry);
void *nf_vpn_id_next(struct nf_vpn_net *vn, enum nf_ct_vpn_kind kind,
		     unsigned long *id);

#endif /* _NF_VPN_ID_H */
