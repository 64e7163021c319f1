/* SPDX-License-Identifier: GPL-2.0-only */
/* Garbage collection, see core/gc.c. */
#ifndef _NF_VPN_GC_H
#define _NF_VPN_GC_H

#include "core/net.h"

void nf_vpn_gc_work(struct work_struct *work);
void nf_vpn_flush(struct nf_vpn_net *vn);

#endif /* _NF_VPN_GC_H */
