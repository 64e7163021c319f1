/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Flows: the conntrack entries of sessions.
 *
 * Conntrack alone decides how long a flow lives. A session caches its flow,
 * with a reference, to save a look-up per packet. If conntrack has dropped the
 * flow, the next packet or the garbage collector drops the reference; otherwise
 * the RCU callback that frees the session does. No entry is looked up or
 * released under &nf_vpn_net.lock: a destructor may take conntrack's own locks.
 */
#ifndef _NF_VPN_FLOW_H
#define _NF_VPN_FLOW_H

#include <net/netfilter/nf_conntrack.h>

#include "core/net.h"
#include "core/packet.h"
#include "core/ports.h"

struct nf_conntrack_helper;
struct nf_vpn_session;

/**
 * enum nf_vpn_flow_kind - flows that a session may have
 * @NF_VPN_FLOW_ESP: ESP
 * @NF_VPN_FLOW_IKE: UDP from port 500 to port 500
 * @NF_VPN_FLOWS: their number
 */
enum nf_vpn_flow_kind {
	NF_VPN_FLOW_ESP,
	NF_VPN_FLOW_IKE,
	NF_VPN_FLOWS,
};

/**
 * struct nf_vpn_flow - what a session knows of one of its flows
 * @ct: confirmed entry, with a reference; NULL if not looked up yet. Only
 *	core/flow.c touches it.
 * @due: jiffies when the flow expires if nothing else comes; a flow that is
 *	gone before that was deleted
 * @kept_alive: jiffies when the other flow of its session last kept it alive
 * @masq: address the remote host sees
 * @seen: the flow was confirmed; @due is valid
 * @by_remote: the remote host has begun the flow, by a dnat rule; so its entry
 *	is stock conntrack's, and delivers to the client. Valid if @seen.
 * @has_masq: @masq is valid
 * @deleted: the flow was deleted, and has not been seen again
 * @epoch: changes before @ct may become another entry
 *
 * All members are lockless.
 */
struct nf_vpn_flow {
	struct nf_conn *ct;
	unsigned long due;
	unsigned long kept_alive;
	union nf_inet_addr masq;
	bool seen;
	bool by_remote;
	bool has_masq;
	bool deleted;
	atomic_t epoch;
};

/**
 * enum nf_vpn_flow_state - what became of a session's flow
 * @NF_VPN_FLOW_LIVE: conntrack has it
 * @NF_VPN_FLOW_NEW: not confirmed yet
 * @NF_VPN_FLOW_DELETED: gone before its time: conntrack -D, early drop,
 *	address loss
 * @NF_VPN_FLOW_IDLE: expired
 */
enum nf_vpn_flow_state {
	NF_VPN_FLOW_LIVE,
	NF_VPN_FLOW_NEW,
	NF_VPN_FLOW_DELETED,
	NF_VPN_FLOW_IDLE,
};

/* The address that the remote host sees, NULL if that isn't known yet. */
static inline const union nf_inet_addr *
nf_vpn_flow_masq(const struct nf_vpn_flow *f)
{
	/* Pairs with nf_vpn_flow_set_masq(). */
	return smp_load_acquire(&f->has_masq) ? &f->masq : NULL;
}

static inline bool nf_vpn_flow_has_masq(const struct nf_vpn_flow *f,
					const union nf_inet_addr *addr)
{
	const union nf_inet_addr *masq = nf_vpn_flow_masq(f);

	return masq && nf_inet_addr_cmp(masq, addr);
}

/* Has the remote host begun the flow, by a dnat rule? */
static inline bool nf_vpn_flow_is_by_remote(const struct nf_vpn_flow *f)
{
	return READ_ONCE(f->seen) && READ_ONCE(f->by_remote);
}

/**
 * enum nf_vpn_stock - receiver that stock conntrack has for an inbound packet
 * @NF_VPN_STOCK_UNKNOWN: it has no entry, so that it would ask the ruleset
 * @NF_VPN_STOCK_NOBODY: none, since an earlier packet has created an entry and
 *	no dnat rule has matched it
 * @NF_VPN_STOCK_ANSWER: the client of a flow in zone 0, such as one that is
 *	older than our modules
 * @NF_VPN_STOCK_DNAT: a host behind a dnat rule
 */
enum nf_vpn_stock {
	NF_VPN_STOCK_UNKNOWN,
	NF_VPN_STOCK_NOBODY,
	NF_VPN_STOCK_ANSWER,
	NF_VPN_STOCK_DNAT,
};

/* core/flow.c */
struct nf_conn *nf_vpn_flow_find(struct net *net,
				 const struct nf_vpn_host *client,
				 const struct nf_vpn_host *remote,
				 enum nf_vpn_flow_kind kind,
				 enum ip_conntrack_dir *dir);
struct nf_conn *nf_vpn_flow_get(struct net *net,
				const struct nf_vpn_host *client,
				const struct nf_vpn_host *remote,
				enum nf_vpn_flow_kind kind, bool *reply);
struct nf_conn *nf_vpn_flow_get_cached(struct nf_vpn_net *vn,
				       struct nf_vpn_session *s,
				       enum nf_vpn_flow_kind kind, bool *reply);
struct nf_conn *nf_vpn_flow_get_in(struct nf_vpn_net *vn,
				   struct nf_vpn_session *s,
				   enum nf_vpn_flow_kind kind,
				   const struct nf_vpn_pkt *pkt);
void nf_vpn_flow_uncache(struct nf_vpn_flow *f);
void nf_vpn_flow_tuple(struct nf_conntrack_tuple *tuple,
		       const struct nf_vpn_host *client,
		       const struct nf_vpn_host *remote,
		       enum nf_vpn_flow_kind kind);
void nf_vpn_flow_hosts(const struct nf_conn *ct, struct nf_vpn_host *client,
		       struct nf_vpn_host *remote);
enum nf_vpn_flow_state nf_vpn_flow_state(struct nf_vpn_net *vn,
					 struct nf_vpn_session *s,
					 enum nf_vpn_flow_kind kind);
void __nf_vpn_flow_keep_alive(struct nf_vpn_net *vn, struct nf_vpn_session *s,
			      enum nf_vpn_flow_kind kind);

/* core/flow_attach.c */
void nf_vpn_flow_met_reply(struct nf_vpn_flow *f, const struct nf_conn *ct);
u32 nf_vpn_flow_lifetime(const struct nf_vpn_net *vn, const struct nf_conn *ct,
			 enum nf_vpn_flow_kind kind, bool replied);
void nf_vpn_flow_seen(struct nf_vpn_flow *f, const struct nf_conn *ct,
		      u32 timeout);
void nf_vpn_flow_attach(struct sk_buff *skb, struct nf_conn *ct,
			enum ip_conntrack_dir dir, u32 timeout);
void nf_vpn_flow_pass(struct nf_vpn_net *vn, struct sk_buff *skb,
		      struct nf_vpn_session *s, enum nf_vpn_flow_kind kind,
		      struct nf_conn *ct, enum ip_conntrack_dir dir);
void nf_vpn_flow_attach_copy(struct sk_buff *skb, struct nf_conn *ct);
void nf_vpn_flow_answered(struct nf_conn *ct);
void nf_vpn_flow_attach_related(struct sk_buff *skb, struct nf_conn *ct,
				u32 timeout);

/* core/flow_stock.c */
enum nf_vpn_stock nf_vpn_flow_stock(struct net *net,
				    const struct nf_vpn_pkt *pkt,
				    enum nf_vpn_flow_kind kind,
				    struct nf_vpn_host *client);

/* core/flow_zone.c */
int nf_vpn_flow_template(struct sk_buff *skb, struct net *net, u16 zone,
			 struct nf_conntrack_helper *label);
bool nf_vpn_flow_is_orphan(const struct nf_vpn_net *vn,
			   const struct nf_conn *ct);
void nf_vpn_flow_kill_zones(struct net *net, u8 protonum);
int nf_vpn_flow_kill_zone(struct nf_conn *ct, void *protonum);

/* core/flow_load.c */
struct nf_conn *nf_vpn_flow_load(struct nf_vpn_net *vn,
				 struct nf_vpn_session *s,
				 enum nf_vpn_flow_kind kind,
				 const union nf_inet_addr *masq, u32 timeout);

/* core/flow_create.c */
bool __nf_vpn_flow_is_related(const struct nf_conn *ct);
void __nf_vpn_flow_accepted(struct nf_conn *ct, const struct sk_buff *skb);
struct nf_conn *nf_vpn_flow_create(struct net *net, struct nf_conn *master,
				   u16 zone,
				   const struct nf_conntrack_tuple *orig,
				   const struct nf_conntrack_tuple *reply,
				   struct nf_conntrack_helper *helper,
				   u32 timeout);

/*
 * Does the flow have a master, so that its opener need not have sent first, and
 * has nobody replied?
 */
static inline bool nf_vpn_flow_is_expected(const struct nf_conn *ct)
{
	unsigned long status = READ_ONCE(ct->status);

	return unlikely(status & IPS_EXPECTED && !(status & IPS_SEEN_REPLY));
}

/**
 * nf_vpn_flow_is_related - tell whether the ruleset is to see replies as
 * RELATED
 * @ct: flow
 *
 * Return: true for a flow that nf_vpn_flow_create() has made with a master,
 * until the ruleset has accepted a packet of its opener.
 */
static inline bool nf_vpn_flow_is_related(const struct nf_conn *ct)
{
	return nf_vpn_flow_is_expected(ct) && __nf_vpn_flow_is_related(ct);
}

/**
 * nf_vpn_flow_accepted - note that the ruleset has accepted a packet of a flow
 * @ct: flow
 * @skb: packet that the flow's label has been called for
 */
static inline void nf_vpn_flow_accepted(struct nf_conn *ct,
					const struct sk_buff *skb)
{
	if (nf_vpn_flow_is_expected(ct))
		__nf_vpn_flow_accepted(ct, skb);
}

/* A template of the ruleset isn't needed any more once the flow is known. */
static inline void nf_vpn_skb_drop_template(struct sk_buff *skb)
{
	nf_conntrack_put(skb_nfct(skb));
	skb->_nfct = 0;
}

#endif /* _NF_VPN_FLOW_H */
