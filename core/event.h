/* SPDX-License-Identifier: GPL-2.0-only */
/* What happens, for netlink and for who traces. */
#ifndef _NF_VPN_EVENT_H
#define _NF_VPN_EVENT_H

#include "core/net.h"
#include "core/packet.h"

struct nf_vpn_call;
struct nf_vpn_client;
struct nf_vpn_cookie;
struct nf_vpn_session;
struct nf_vpn_spi;

void nf_vpn_event_session(struct nf_vpn_net *vn, enum nf_ct_vpn_event event,
			  struct nf_vpn_session *s);
void nf_vpn_event_spi(struct nf_vpn_net *vn, enum nf_ct_vpn_event event,
		      struct nf_vpn_spi *spi);
void nf_vpn_event_cookie(struct nf_vpn_net *vn, enum nf_ct_vpn_event event,
			 struct nf_vpn_cookie *c);
void nf_vpn_event_call(struct nf_vpn_net *vn, enum nf_ct_vpn_event event,
		       struct nf_vpn_call *call);
void nf_vpn_event_full(struct nf_vpn_net *vn, const struct nf_vpn_client *client,
		       enum nf_ct_vpn_stats_attr limit);
unsigned int nf_vpn_drop(struct nf_vpn_net *vn, const struct nf_vpn_pkt *pkt,
			 enum nf_ct_vpn_stats_attr reason);

#endif /* _NF_VPN_EVENT_H */
