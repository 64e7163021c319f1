/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Graves: SPIs of sessions whose entry in conntrack was deleted.
 *
 * What a session has learnt goes with its entry, as the admin wants. But its
 * host may know nothing of that and go on with the same SAs: when it sends on an
 * outbound SPI that it had before, it is given its inbound ones back.
 */
#ifndef _NF_ESP_GRAVE_H
#define _NF_ESP_GRAVE_H

#include "core/net.h"
#include "core/packet.h"

struct nf_esp_net;
struct nf_vpn_session;

int nf_esp_graves_init(struct nf_esp_net *en);
void nf_esp_graves_exit(struct nf_esp_net *en);
void nf_esp_session_bury(struct nf_vpn_net *vn, struct nf_vpn_session *s);
bool nf_esp_session_returns(struct nf_vpn_net *vn, struct nf_vpn_session *s,
			    const struct nf_vpn_pkt *pkt);
bool nf_esp_grave_keeps(struct nf_vpn_net *vn, const struct nf_vpn_pkt *pkt);
void nf_esp_graves_gc(struct nf_vpn_net *vn, u32 age);

#endif /* _NF_ESP_GRAVE_H */
