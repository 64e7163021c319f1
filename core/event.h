/* SPDX-License-Identifier: GPL-2.0-only */
/* Events, for netlink listeners and tracepoints. */
#ifndef _NF_VPN_EVENT_H
#define _NF_VPN_EVENT_H

#include "core/net.h"
#include "core/packet.h"

struct nf_vpn_client;
struct nf_vpn_session;

/**
 * struct nf_vpn_notifier - receiver of events
 * @wanted: tells whether anybody listens in this netns
 * @event: something happened to an entry; lock of the netns held
 * @full: something was not tracked for want of room; lock of the netns held.
 *	The client is NULL if none would have been charged.
 */
struct nf_vpn_notifier {
	bool (*wanted)(const struct nf_vpn_net *vn);
	void (*event)(struct nf_vpn_net *vn, enum nf_ct_vpn_event_type event,
		      enum nf_ct_vpn_kind kind, void *entry);
	void (*full)(struct nf_vpn_net *vn, const struct nf_vpn_client *client,
		     enum nf_ct_vpn_stats_attr limit);
};

void nf_vpn_notifier_register(const struct nf_vpn_notifier *n);
void nf_vpn_notifier_unregister(void);
void nf_vpn_event(struct nf_vpn_net *vn, enum nf_ct_vpn_event_type event,
		  enum nf_ct_vpn_kind kind, void *entry);
void nf_vpn_event_session(struct nf_vpn_net *vn,
			  enum nf_ct_vpn_event_type event,
			  struct nf_vpn_session *s);
void nf_vpn_event_full(struct nf_vpn_net *vn,
		       const struct nf_vpn_client *client,
		       enum nf_ct_vpn_stats_attr limit);
void nf_vpn_trace_spi(struct nf_vpn_net *vn, enum nf_ct_vpn_event_type event,
		      const struct nf_vpn_session *s, __be32 spi, u8 conf);
unsigned int nf_vpn_drop(struct nf_vpn_net *vn, const struct nf_vpn_pkt *pkt,
			 enum nf_ct_vpn_stats_attr reason);

#endif /* _NF_VPN_EVENT_H */
