/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sessions: each of a client and a remote host that it talks to.
 *
 * Vocabulary
 *	client		the host that began a flow; the inner one, if it is
 *			masqueraded
 *	remote		the host it talks to
 *	session		a pair of client and remote
 *	flow		the conntrack entry client -> remote of one session
 *	masq		the address the remote sees (the destination of the
 *			flow's reply tuple); the client's own where nothing is
 *			translated
 *	gw		the same, as destination of inbound packets on one SPI
 *	zone		conntrack zone of a client, valid for reply tuples only
 *	stock		conntrack without these modules, and what it does with
 *			a packet
 *	template	entry on a packet that tells conntrack the zone and the
 *			label of the flow that it is about to create
 *	label		conntrack helper that a flow carries: core/label.c
 *	ticket		an inbound SPI that IKE has announced: core/ticket.h
 *	pending		a session that waits for an inbound SPI
 *	unpaired	an outbound SPI, until an inbound one has been bound
 *	unproven	an inbound SPI, until a second packet has come on it
 *	undecided	an inbound SPI that several sessions may own
 *	candidate	one of these sessions
 *
 * Lifetimes
 *	Clients, remotes, sessions and SPIs are found under RCU and freed after
 *	a grace period. They are linked and unlinked under &nf_vpn_net.lock
 *	only. An SPI holds its session, a session its client and its remote: a
 *	reader that has found one of them under RCU may follow its pointers. A
 *	session is unlinked after its SPIs, a remote with its last session, a
 *	client NF_VPN_ZONE_QUARANTINE after its last session. An SPI that
 *	netlink has made may be held: it outlives the flow, and its session
 *	stays with it.
 */
#ifndef _NF_VPN_SESSION_H
#define _NF_VPN_SESSION_H

#include <linux/list.h>
#include <linux/rhashtable.h>

#include "core/client.h"
#include "core/flow.h"
#include "core/net.h"
#include "core/packet.h"
#include "core/remote.h"

struct nf_vpn_expect;
struct nf_esp_watch;

/* Inbound SPIs are recognised for this long after their flow idled out. */
#define NF_VPN_REMEMBER		(24 * 60 * 60 * HZ)

/*
 * Most sessions without a confirmed flow; the oldest yields to a new one.
 * Anybody may make such sessions, by packets from made-up addresses that the
 * ruleset drops.
 */
#define NF_VPN_UNCONFIRMED	1024

/*
 * Seconds after which a session that nobody has answered may yield. They are
 * counted by the clock's, so a server may have one less to answer.
 */
#define NF_VPN_UNANSWERED	3

/**
 * enum nf_vpn_session_flags - bits of &nf_vpn_session.flags
 * @NF_VPN_SESSION_LOCAL: the client is the gateway itself
 * @NF_VPN_SESSION_USED: a flow has been made in its client's zone, or a packet
 *	is on its way to create one
 * @NF_VPN_SESSION_REPLIED: the remote host has been heard
 * @NF_VPN_SESSION_HEARD: it has been heard in IKE
 * @NF_VPN_SESSION_COPIED: packets that may be the session's were delivered to it
 * @NF_VPN_SESSION_DEAD: unlinked, to be freed
 */
enum nf_vpn_session_flags {
	NF_VPN_SESSION_LOCAL,
	NF_VPN_SESSION_USED,
	NF_VPN_SESSION_REPLIED,
	NF_VPN_SESSION_HEARD,
	NF_VPN_SESSION_COPIED,
	NF_VPN_SESSION_DEAD,
};

/**
 * enum nf_vpn_yields - why a session may be freed if others need room
 * @NF_VPN_YIELDS_NOT: it may not
 * @NF_VPN_YIELDS_UNCONFIRMED: it had no confirmed flow when last looked at
 * @NF_VPN_YIELDS_UNANSWERED: its remote host had not been heard then
 * @NF_VPN_YIELDS_INSISTENT: likewise, though the client had sent for a while
 * @NF_VPN_YIELDS_REMEMBERED: its flow has idled out
 * @NF_VPN_YIELDS: number of these
 */
enum nf_vpn_yields {
	NF_VPN_YIELDS_NOT,
	NF_VPN_YIELDS_UNCONFIRMED,
	NF_VPN_YIELDS_UNANSWERED,
	NF_VPN_YIELDS_INSISTENT,
	NF_VPN_YIELDS_REMEMBERED,
	NF_VPN_YIELDS,
};

/**
 * struct nf_vpn_session - a client and a remote host
 * @node: in &nf_vpn_net.sessions
 * @client: never NULL
 * @remote: never NULL
 * @flags: &enum nf_vpn_session_flags, atomic bit operations
 * @expect: what its IKE has announced, NULL if it has no IKE; read it with
 *	nf_vpn_session_expects()
 * @last_out: jiffies of the last packet to the remote host
 * @last_in: jiffies of the last packet delivered from it
 * @flow: its flows by &enum nf_vpn_flow_kind
 * @created: seconds of the boot clock
 * @by_remote: in &nf_vpn_remote.sessions
 * @pending: in &nf_vpn_remote.pending while it waits for an inbound SPI
 * @pending_since: jiffies when the newest unpaired outbound SPI appeared
 * @spi_out: outbound SPI that was used last
 * @mixed: low half of jiffies when it last went back to an outbound SPI that it
 *	had used before, as a client with several child SAs does
 * @lost: low half of jiffies when an inbound SPI of its own was last dropped
 *	for want of room
 * @unpaired: number of its unpaired outbound SPIs
 * @ahead: number of inbound SPIs bound to it for which no outbound one has come
 * @unproven: number of its unproven inbound SPIs
 * @nspis: number of SPIs by &enum nf_ct_vpn_dir
 * @held: of these, those that &nf_esp_spi.hold keeps
 * @watch: times of its packets, while an SPI to be decided may be its own;
 *	&nf_vpn_net.lock protects it, found under RCU
 * @order: its index while candidates are compared, see nf_nat_esp_index()
 * @pending_old: the unpaired SPI was in use before we saw it (RFC 4303
 *	section 3.3.3: a new one starts at 1)
 * @spis: its SPIs
 * @lru: in &nf_vpn_net.yield, by @yields
 * @yields: &enum nf_vpn_yields
 * @id: in &nf_vpn_net.ids
 * @rcu: for freeing
 */
struct nf_vpn_session {
	struct rhash_head node;
	struct nf_vpn_client *client;
	struct nf_vpn_remote *remote;
	unsigned long flags;
	struct nf_vpn_expect *expect;
	unsigned long last_out;
	unsigned long last_in;
	struct nf_vpn_flow flow[NF_VPN_FLOWS];
	u32 created;
	struct hlist_node by_remote;
	struct list_head pending;
	struct nf_esp_watch __rcu *watch;
	u32 pending_since;
	__be32 spi_out;
	u32 mixed;
	u32 lost;
	u8 unpaired;
	u8 ahead;
	u8 nspis[2];
	u8 held;
	u8 unproven;
	u8 order;
	bool pending_old;
	u8 yields;
	u32 id;
	struct hlist_head spis;
	union {
		struct list_head lru;
		struct rcu_head rcu;
	};
};

/* core/session.c */
int nf_vpn_sessions_init(struct nf_vpn_net *vn);
void nf_vpn_sessions_exit(struct nf_vpn_net *vn);
struct nf_vpn_session *nf_vpn_session_find(struct nf_vpn_net *vn,
					   const struct nf_vpn_host *client,
					   const struct nf_vpn_host *remote);
struct nf_vpn_session *nf_vpn_session_get(struct nf_vpn_net *vn,
					  const struct nf_vpn_host *client,
					  const struct nf_vpn_host *remote,
					  bool local);
void nf_vpn_session_free(struct nf_vpn_net *vn, struct nf_vpn_session *s);
void nf_vpn_session_protect(struct nf_vpn_net *vn, struct nf_vpn_session *s);
void nf_vpn_session_unprotect(struct nf_vpn_net *vn, struct nf_vpn_session *s);
void nf_vpn_session_remember(struct nf_vpn_net *vn, struct nf_vpn_session *s);
void nf_vpn_sessions_sort(struct nf_vpn_net *vn);
struct nf_vpn_session *nf_vpn_session_unanswered(struct nf_vpn_net *vn);
bool nf_vpn_session_yields(struct nf_vpn_net *vn, struct nf_vpn_session *s);

static inline struct nf_vpn_expect *
nf_vpn_session_expects(const struct nf_vpn_session *s)
{
	/* Pairs with nf_vpn_expect_link(). */
	return smp_load_acquire(&s->expect);
}

/*
 * Has a flow of the session ever been confirmed? One that the remote host has
 * begun doesn't count, since anybody may begin one.
 */
static inline bool nf_vpn_session_seen(const struct nf_vpn_session *s)
{
	const struct nf_vpn_flow *esp = &s->flow[NF_VPN_FLOW_ESP];
	const struct nf_vpn_flow *ike = &s->flow[NF_VPN_FLOW_IKE];

	return (READ_ONCE(esp->seen) && !READ_ONCE(esp->by_remote)) ||
	       (READ_ONCE(ike->seen) && !READ_ONCE(ike->by_remote));
}

/* Jiffies between two renewals of a flow by packets of the other one. */
#define NF_VPN_KEEP_ALIVE	(HZ / 2)

/**
 * nf_vpn_flow_keep_alive - renew a flow while the session's other flow is in
 * use
 * @vn: netns, its lock not held
 * @s: session, under RCU
 * @kind: flow to renew, if it has been answered
 */
static inline void nf_vpn_flow_keep_alive(struct nf_vpn_net *vn,
					  struct nf_vpn_session *s,
					  enum nf_vpn_flow_kind kind)
{
	unsigned long *last = &s->flow[kind].kept_alive;

	if (time_before(jiffies, READ_ONCE(*last) + NF_VPN_KEEP_ALIVE))
		return;
	WRITE_ONCE(*last, jiffies);
	__nf_vpn_flow_keep_alive(vn, s, kind);
}

/* Has its flow idled out? Lock of its netns held. */
static inline bool nf_vpn_session_is_remembered(const struct nf_vpn_session *s)
{
	return s->yields == NF_VPN_YIELDS_REMEMBERED;
}

#endif /* _NF_VPN_SESSION_H */
