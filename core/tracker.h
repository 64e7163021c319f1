/* SPDX-License-Identifier: GPL-2.0-only */
/* Trackers: the modules that look at the packets of one protocol each. */
#ifndef _NF_VPN_TRACKER_H
#define _NF_VPN_TRACKER_H

#include <linux/bits.h>
#include <linux/in.h>

#include "core/flow.h"
#include "core/icmp.h"
#include "core/net.h"

struct nf_conntrack_helper;
struct nf_vpn_session;
struct pernet_operations;

/**
 * struct nf_vpn_gc_view - a session's flows, looked up without the lock
 * @due: &nf_vpn_flow.due by &enum nf_vpn_flow_kind
 * @flow: states of its flows
 * @expect: the session had IKE
 */
struct nf_vpn_gc_view {
	unsigned long due[NF_VPN_FLOWS];
	enum nf_vpn_flow_state flow[NF_VPN_FLOWS];
	bool expect;
};

/**
 * struct nf_vpn_tracker - what a protocol module registers
 * @protonum: IP protocol number
 * @kind: kind of its entries
 * @pernet: sets up and frees what it keeps of a netns; .init comes before the
 *	first packet, .exit after the last one
 * @packet: looks at a packet before conntrack does. The skb has no conntrack
 *	entry, at most a template of zone 0, and is no fragment. @thoff is the
 *	offset of the protocol's header and lies within the packet. Returns a
 *	verdict.
 * @error: looks at an ICMP error that quotes a packet of the protocol; the
 *	error's checksum has not been tested. Returns a verdict.
 * @label: returns the helper that its flows in zones carry
 * @flush: frees all that it has learnt, also of sessions that stay; may sleep
 * @gc: frees what has expired in a session; lock of the netns held. @needs has
 *	a bit for each kind that needs the session. Returns whether this kind
 *	does.
 * @gc_net: frees what has expired and belongs to no session; may sleep. Returns
 *	whether anything is left that will expire.
 * @end: frees what belongs to a session that is being unlinked, but still
 *	counts among those of its remote host; lock of the netns held
 * @adopt: prepares a session that netlink has made for this protocol's flow;
 *	lock of the netns held. Returns 0 or -ENOMEM.
 * @expect: IKE has announced an SPI of the session; lock of the netns held
 * @refused: a client doesn't know the SPI of an inbound packet that it got;
 *	lock of the netns not held. Returns whether the remote host must not
 *	hear of it.
 *
 * Members that a module doesn't need are NULL; @expect and @refused are ESP's.
 */
struct nf_vpn_tracker {
	u8 protonum;
	enum nf_ct_vpn_kind kind;
	struct pernet_operations *pernet;
	unsigned int (*packet)(struct nf_vpn_net *vn, struct sk_buff *skb,
			       unsigned int thoff,
			       const struct nf_hook_state *state);
	unsigned int (*error)(struct nf_vpn_net *vn, struct sk_buff *skb,
			      struct nf_vpn_icmp *icmp,
			      const struct nf_hook_state *state);
	struct nf_conntrack_helper *(*label)(u32 l3num);
	void (*flush)(struct nf_vpn_net *vn);
	bool (*gc)(struct nf_vpn_net *vn, struct nf_vpn_session *s,
		   const struct nf_vpn_gc_view *v, u32 needs);
	bool (*gc_net)(struct nf_vpn_net *vn);
	void (*end)(struct nf_vpn_net *vn, struct nf_vpn_session *s);
	int (*adopt)(struct nf_vpn_net *vn, struct nf_vpn_session *s);
	void (*expect)(struct nf_vpn_net *vn, struct nf_vpn_session *s);
	bool (*refused)(struct nf_vpn_net *vn, const struct nf_vpn_pkt *pkt);
};

/* Trackers by protocol number. Written by core/tracker.c, read under RCU. */
extern const struct nf_vpn_tracker __rcu *nf_vpn_trackers[IPPROTO_RAW + 1];

/*
 * Bits that tell, by the number of a protocol or an extension header, whether a
 * packet may be ours.
 */
#define NF_VPN_WANTED4	BIT(0)
#define NF_VPN_WANTED6	BIT(1)
extern u8 nf_vpn_wanted[IPPROTO_RAW + 1];

int nf_vpn_tracker_register(const struct nf_vpn_tracker *t);
void nf_vpn_tracker_unregister(const struct nf_vpn_tracker *t);
struct nf_conntrack_helper *nf_vpn_tracker_label(u8 protonum, u32 l3num);
unsigned int nf_vpn_tracker_error(struct nf_vpn_net *vn, struct sk_buff *skb,
				  struct nf_vpn_icmp *icmp,
				  const struct nf_hook_state *state);
u32 nf_vpn_trackers_gc(struct nf_vpn_net *vn, struct nf_vpn_session *s,
		       const struct nf_vpn_gc_view *v);
bool nf_vpn_trackers_gc_net(struct nf_vpn_net *vn);
void nf_vpn_trackers_gc_begin(void);
void nf_vpn_trackers_gc_end(void);
void nf_vpn_trackers_flush(struct nf_vpn_net *vn);
void nf_vpn_trackers_end(struct nf_vpn_net *vn, struct nf_vpn_session *s);
int nf_vpn_tracker_adopt(struct nf_vpn_net *vn, u8 protonum,
			 struct nf_vpn_session *s);
void nf_vpn_tracker_expect(struct nf_vpn_net *vn, struct nf_vpn_session *s);
bool nf_vpn_tracker_refused(struct nf_vpn_net *vn,
			    const struct nf_vpn_pkt *pkt);

#endif /* _NF_VPN_TRACKER_H */
