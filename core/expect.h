/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a session's IKE has announced of its ESP. nf_conntrack_isakmp writes it;
 * nf_conntrack_esp and nf_nat_esp read it, and spend a ticket for each new SPI.
 */
#ifndef _NF_VPN_EXPECT_H
#define _NF_VPN_EXPECT_H

#include <linux/list.h>
#include <linux/spinlock.h>

#include "core/scan.h"
#include "core/session.h"
#include "core/ticket.h"

/**
 * struct nf_vpn_expect - what a session's IKE has announced of its ESP
 * @session: its session
 * @by_remote: in &nf_vpn_remote.expects
 * @lock: protects @tickets, and what nf_conntrack_isakmp keeps beside them
 * @tickets: inbound SPIs to come
 * @rtt: milliseconds from request to response, 0 if not known, lockless
 * @last: low half of jiffies at the last message, lockless
 * @cookies: exchanges and IKE SAs that are known
 * @visible: child exchanges of the client have been seen, so that there is a
 *	ticket for each SPI to come
 * @informational: @last was an INFORMATIONAL exchange, which deletes an IKE SA,
 *	among other things; lockless
 *
 * It is a part of what nf_conntrack_isakmp keeps of a session, is linked as
 * long as both that module and the session are there, and is freed after a
 * grace period. &nf_vpn_net.lock protects @cookies.
 */
struct nf_vpn_expect {
	struct nf_vpn_session *session;
	struct hlist_node by_remote;
	spinlock_t lock;	/* tickets and timing of messages */
	struct nf_vpn_tickets *tickets;
	u32 rtt;
	u32 last;
	u8 cookies;
	bool visible;
	bool informational;
};

/**
 * struct nf_vpn_expect_view - what netlink tells of a session's IKE
 * @idle: jiffies since its last message, if @cookies isn't 0
 * @cookies: exchanges and IKE SAs known
 * @tickets: number of open tickets
 * @natt: its ESP goes into UDP
 */
struct nf_vpn_expect_view {
	unsigned long idle;
	unsigned int cookies;
	unsigned int tickets;
	bool natt;
};

/*
 * Walks the IKE of a remote host's sessions, NF_VPN_SCAN of them at most. The
 * lock of the netns is held.
 */
#define nf_vpn_for_each_expect(e, remote)				\
	for (struct nf_vpn_scan scan_ = {				\
		     .left = NF_VPN_SCAN,				\
		     .first = (remote)->expects.first,			\
	     };								\
	     ((e) = hlist_entry_safe(nf_vpn_scan_node(&scan_),		\
				     struct nf_vpn_expect, by_remote));)

void nf_vpn_expect_link(struct nf_vpn_expect *e, struct nf_vpn_session *s,
			struct nf_vpn_tickets *tickets);
int nf_vpn_expect_need(const struct nf_vpn_session *s);
void nf_vpn_expect_spend(struct nf_vpn_session *s);
void nf_vpn_expect_reopen(struct nf_vpn_session *s);
int nf_vpn_expect_younger(const struct nf_vpn_session *s, u32 age);
u32 nf_vpn_expect_newest(const struct nf_vpn_session *s);
bool nf_vpn_expect_answered(const struct nf_vpn_session *s);
void nf_vpn_expect_raw_esp(struct nf_vpn_session *s);
void nf_vpn_expect_get_view(const struct nf_vpn_session *s,
			    struct nf_vpn_expect_view *view);

#endif /* _NF_VPN_EXPECT_H */
