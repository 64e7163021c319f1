/* SPDX-License-Identifier: GPL-2.0-only */
/* SPIs of the gateway's own security associations. */
#ifndef _NF_NAT_ESP_LOCAL_SA_H
#define _NF_NAT_ESP_LOCAL_SA_H

#include "core/packet.h"

struct net;

int nf_nat_esp_sas_register(void);
void nf_nat_esp_sas_unregister(void);
bool nf_nat_esp_sas_has(const struct net *net, const struct nf_vpn_pkt *pkt);

#endif /* _NF_NAT_ESP_LOCAL_SA_H */
