/* SPDX-License-Identifier: GPL-2.0-only */
/* Protocol modules, and what they register. */
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
 * struct nf_vpn_gc_view - a session's flows before its lock was taken
 * @due: &nf_vpn_flow.due by &enum nf_vpn_flow_kind
 * @flow: states of its flows
 * @expect: it had IKE
 */
struct nf_vpn_gc_view {
	unsigned long due[NF_VPN_FLOWS];
	enum nf_vpn_flow_state flow[NF_VPN_FLOWS];
	bool expect;
};

/**
 * struct nf_vpn_tracker - what a protocol module registers
 * @protonum: IP protocol number
 * @kind: of its entries
 * @pernet: what it keeps of each netns; there before the first packet comes and
 *	until the last one has left
 * @packet: a packet before conntrack sees it. The skb has no conntrack entry,
 *	at most a template of zone 0; later fragments never come here. @thoff is the
 *	offset of the protocol's header and lies within the packet. Returns a
 *	verdict.
 * @error: an ICMP error that quotes a packet of the protocol, its checksum not
 *	tested. Returns a verdict.
 * @label: the helper that its flows carry; NULL if it makes none in zones
 * @flush: forget all that was learnt, of sessions that stay, too; may sleep. Not
 *	called under RCU.
 * @gc: forget what is over in a session; lock of the netns held. @needs has a
 *	bit for each kind that needs the session. Returns whether this one does.
 * @gc_net: likewise what belongs to no session; may sleep. Returns whether there
 *	is any left.
 * @end: a session is unlinked, forget what belongs to it; it still counts among
 *	those of its remote host. Lock of the netns held
 * @adopt: netlink has made a session that is to have this protocol's flow; lock
 *	of the netns held. Returns 0 or -ENOMEM.
 * @expect: IKE lets the session expect an SPI; lock of the netns held
 * @refused: a client says that an inbound packet isn't its own; lock of the netns
 *	not held. Returns whether the remote host must not hear of it.
 *
 * Where nothing is said NULL will do.
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

/* By protocol number. Written by core/tracker.c, read under RCU. */
extern const struct nf_vpn_tracker __rcu *nf_vpn_trackers[IPPROTO_RAW + 1];

/* By protocol number or extension header: may the packet be ours? */
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
