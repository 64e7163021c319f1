/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Cookie pairs, and what else is known of a session's IKE.
 *
 * IKE is the protocol. ISAKMP is the format of its messages in both versions,
 * and the name of this module.
 */
#ifndef _NF_ISAKMP_COOKIE_H
#define _NF_ISAKMP_COOKIE_H

#include <linux/list.h>
#include <linux/rhashtable.h>
#include <linux/workqueue.h>

#include "core/event.h"
#include "core/expect.h"
#include "core/session.h"
#include "isakmp/message.h"
#include "isakmp/ticket.h"
#include "isakmp/attempt.h"

/*
 * Most cookie pairs of a session, and of these such as its client hasn't used.
 */
#define NF_ISAKMP_SESSION_COOKIES	16
#define NF_ISAKMP_SESSION_UNPROVEN	4

/**
 * struct nf_isakmp_ike - what is known of a session's IKE
 * @expect: what other modules see of it
 * @request_init: initiator cookie of the client's last request, which an
 *	off-path attacker doesn't know; valid while @requested isn't 0
 * @request: message ID of that request
 * @requested: nf_vpn_now_us() when the request went out; 0 once it is answered
 * @asked: number of requests of the remote host that the client hasn't answered
 * @unheard: @request is of a child exchange under a pair that the remote host
 *	hasn't used so far
 * @port_lost: a NAT rule changes its port 500, so its flow isn't in the zone
 * @udp_esp: the client puts ESP into UDP on port 500, so its flow isn't in the
 *	zone
 * @other_port: its flow leaves from another port than 500
 * @dnat: a dnat rule sends the remote host's first messages to the client, too
 * @nunproven: number of its pairs that aren't proven
 * @child: seconds of the boot clock of the last child exchange, 0 if none
 * @tickets: inbound SPIs that the client's messages have announced
 * @iif: interface by which the message came in that began the flow, 0 if not
 *	known, lockless
 * @cookies: &struct nf_isakmp_cookie, newest first
 * @rcu: for freeing
 *
 * It is made with a session's first IKE message, and unlinked with the session
 * or when the module is unloaded. &nf_vpn_expect.lock protects @tickets,
 * @request_init to @unheard and @child, &nf_vpn_net.lock @nunproven and
 * @cookies. What each message touches comes first.
 */
struct nf_isakmp_ike {
	struct nf_vpn_expect expect;
	__be64 request_init;
	u32 request;
	u32 requested;
	u8 asked;
	bool unheard;
	bool port_lost;
	bool udp_esp;
	bool other_port;
	bool dnat;
	u8 nunproven;
	u32 child;
	struct isakmp_tickets tickets;
	int iif;
	struct list_head cookies;
	struct rcu_head rcu;
};

/* The IKE part of a session, under RCU or the lock of its netns; or NULL. */
static inline struct nf_isakmp_ike *
nf_isakmp_ike(const struct nf_vpn_session *s)
{
	struct nf_vpn_expect *e = nf_vpn_session_expects(s);

	return e ? container_of(e, struct nf_isakmp_ike, expect) : NULL;
}

/**
 * struct nf_isakmp_pace - messages that wait, see isakmp/pace.c
 * @queue: &struct isakmp_held, first due first
 * @n: length of @queue
 * @released: packet that is going on just now; compared, never followed,
 *	lockless
 * @work: runs while there are any
 *
 * &nf_vpn_net.lock protects @queue and @n.
 */
struct nf_isakmp_pace {
	struct list_head queue;
	u32 n;
	const struct sk_buff *released;
	struct delayed_work work;
};

/**
 * struct nf_isakmp_net - what the module keeps of a netns
 * @vn: the netns
 * @cookies: &struct nf_isakmp_cookie by initiator cookie
 * @pace: messages that are held
 * @attempts: sessions that messages of unknown cookies were delivered to
 */
struct nf_isakmp_net {
	struct nf_vpn_net *vn;
	struct rhltable cookies;
	struct nf_isakmp_pace pace;
	struct isakmp_attempts attempts;
};

/**
 * struct nf_isakmp_cookie - a cookie pair, which names an IKE SA or its
 * beginning
 * @node: in &nf_isakmp_net.cookies
 * @session: its session
 * @init: initiator cookie
 * @resp: responder cookie, 0 until the responder has answered
 * @major: version of ISAKMP
 * @exchange: type of the last message
 * @by_remote: the remote host used it first
 * @proven: the client has used it
 * @claim: the client has used it, but the pair is another session's until the
 *	remote host answers this one; not @proven
 * @doubtful: on trial: the remote host used it first, the client has answered,
 *	and the remote host hasn't gone on since
 * @mutual: the remote host has used the pair, so that it isn't forged
 * @repeats: messages of the remote host that the session has got, while not
 *	@proven
 * @packets: messages seen
 * @last: low half of jiffies at the last message
 * @last_out: low half of jiffies at the client's last message
 * @request: message ID of the client's last request; at first none that exists
 * @asked: low half of jiffies at the first message of the remote host since
 *	@last_out that can't answer the client's last one; 0 if there was none
 * @answered: message ID of its last request that was answered; at first -1
 * @heard: message ID of the remote host's request that made the entry
 * @first: seconds of the boot clock
 * @id: in &nf_vpn_net.ids
 * @by_session: in &nf_isakmp_ike.cookies
 * @rcu: for freeing
 *
 * It is found under RCU. &nf_vpn_net.lock protects all changes, except that
 * @exchange, @mutual and all from @packets to @answered are lockless. What each
 * message touches comes first.
 */
struct nf_isakmp_cookie {
	struct rhlist_head node;
	struct nf_vpn_session *session;
	__be64 init;
	__be64 resp;
	u8 major;
	u8 exchange;
	bool by_remote;
	bool proven;
	bool claim;
	bool doubtful;
	bool mutual;
	u8 repeats;
	u32 packets;
	u32 last;
	u32 last_out;
	u32 request;
	u32 asked;
	u32 answered;
	u32 heard;
	u32 first;
	u32 id;
	struct list_head by_session;
	struct rcu_head rcu;
};

/**
 * struct nf_isakmp_cookie_query - what nf_isakmp_cookie_find() has found
 * @client: client whose entries are looked for, NULL for any
 * @resp: responder cookie
 * @exact: the pair; another client's only if @client has none
 * @waiting: an entry without a responder cookie, of @client if given
 * @shared: any entry with the initiator cookie, of @client if given
 * @rival: another client's entry without a responder cookie
 * @claim: @client's claim on the pair; a claim is none of the above
 */
struct nf_isakmp_cookie_query {
	const struct nf_vpn_host *client;
	__be64 resp;
	struct nf_isakmp_cookie *exact;
	struct nf_isakmp_cookie *waiting;
	struct nf_isakmp_cookie *shared;
	struct nf_isakmp_cookie *rival;
	struct nf_isakmp_cookie *claim;
};

/**
 * enum nf_isakmp_cookie_origin - how a cookie pair became known
 * @NF_ISAKMP_COOKIE_BY_CLIENT: the client has used it
 * @NF_ISAKMP_COOKIE_BY_REMOTE: only the remote host has
 * @NF_ISAKMP_COOKIE_CLAIM: the client has, and it is another session's
 */
enum nf_isakmp_cookie_origin {
	NF_ISAKMP_COOKIE_BY_CLIENT,
	NF_ISAKMP_COOKIE_BY_REMOTE,
	NF_ISAKMP_COOKIE_CLAIM,
};

int nf_isakmp_cookies_init(struct nf_isakmp_net *in);
void nf_isakmp_cookies_exit(struct nf_isakmp_net *in);
unsigned int nf_isakmp_cookie_find(struct nf_vpn_net *vn,
				   const struct nf_vpn_host *remote,
				   __be64 init, __be64 resp,
				   const struct nf_vpn_host *client,
				   struct nf_isakmp_cookie_query *q);
struct nf_isakmp_cookie *
nf_isakmp_cookie_find_pair(struct nf_vpn_net *vn, const struct nf_vpn_pkt *pkt,
			   __be64 init, __be64 resp);
struct nf_isakmp_cookie *
nf_isakmp_cookie_find_claim(struct nf_vpn_net *vn,
			    const struct nf_vpn_host *remote,
			    const struct isakmp_message *m);
struct nf_isakmp_cookie *
nf_isakmp_cookie_add(struct nf_vpn_net *vn, struct nf_vpn_session *s,
		     const struct isakmp_message *m,
		     enum nf_isakmp_cookie_origin origin);
void nf_isakmp_cookie_prove(struct nf_isakmp_cookie *c);
void nf_isakmp_cookie_free(struct nf_vpn_net *vn, struct nf_isakmp_cookie *c);
struct nf_isakmp_ike *nf_isakmp_ike_get(struct nf_vpn_net *vn,
					struct nf_vpn_session *s);
void nf_isakmp_ike_drop(struct nf_vpn_net *vn, struct nf_vpn_session *s);
void nf_isakmp_ike_idle(struct nf_vpn_net *vn, struct nf_vpn_session *s);
void nf_isakmp_ike_forget(struct nf_vpn_net *vn, struct nf_vpn_session *s);
void nf_isakmp_ike_expire(struct nf_vpn_net *vn, struct nf_vpn_session *s,
			  u32 idle, bool live);

static inline void nf_isakmp_event(struct nf_vpn_net *vn,
				   enum nf_ct_vpn_event_type event,
				   struct nf_isakmp_cookie *c)
{
	nf_vpn_event(vn, event, NF_CT_VPN_KIND_ISAKMP, c);
}

#endif /* _NF_ISAKMP_COOKIE_H */
