/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Datagrams from port 500 to port 500: which session they belong to
 * (isakmp/owner.c), and when they may go on (isakmp/pace.c).
 */
#ifndef _NF_ISAKMP_ARRIVAL_H
#define _NF_ISAKMP_ARRIVAL_H

#include "core/net.h"
#include "core/packet.h"
#include "isakmp/cookie.h"
#include "isakmp/message.h"

/**
 * struct isakmp_arrival - a datagram from port 500 to port 500
 * @addr: addresses
 * @m: the message, if @valid; else empty, but for INVALID_SPI notifies
 * @valid: the datagram is an ISAKMP message
 * @udp_esp: it is ESP in UDP
 */
struct isakmp_arrival {
	struct nf_vpn_pkt addr;
	struct isakmp_message m;
	bool valid;
	bool udp_esp;
};

/*
 * A message that comes so long after the client's last one doesn't answer it.
 */
#define ISAKMP_SILENCE		(30 * HZ)

bool nf_isakmp_is_bound(struct net *net, const struct nf_vpn_host *src,
			const struct nf_vpn_host *dst, int ifindex);
struct nf_vpn_session *nf_isakmp_owner(struct nf_vpn_net *vn,
				       const struct isakmp_arrival *a,
				       const struct nf_hook_state *state);
struct nf_vpn_session *nf_isakmp_sole(struct nf_vpn_net *vn,
				      const struct isakmp_arrival *a);
void nf_isakmp_pace_init(struct nf_isakmp_net *in);
void nf_isakmp_pace_exit(struct nf_isakmp_net *in);
bool __nf_isakmp_pace(struct nf_vpn_net *vn, struct sk_buff *skb,
		      const struct isakmp_arrival *a,
		      const struct nf_hook_state *state);

/**
 * nf_isakmp_pace - hold a client's message for a while, if it has to wait
 * @vn: netns, its lock not held
 * @skb: packet
 * @a: the message in it
 * @state: its hook
 *
 * Return: true if the packet has been stolen. It comes to the hook again later,
 * unless it repeats one that already waits.
 */
static inline bool nf_isakmp_pace(struct nf_vpn_net *vn, struct sk_buff *skb,
				  const struct isakmp_arrival *a,
				  const struct nf_hook_state *state)
{
	return unlikely(READ_ONCE(vn->set.esp_guess) < 2) &&
	       __nf_isakmp_pace(vn, skb, a, state);
}

static inline void nf_isakmp_cookie_out(struct nf_isakmp_cookie *c,
					const struct isakmp_message *m)
{
	WRITE_ONCE(c->last_out, (u32)jiffies);
	if (READ_ONCE(c->asked))
		WRITE_ONCE(c->asked, 0);
	if (!isakmp_is_response(m))
		WRITE_ONCE(c->request, m->msgid);
}

static inline void nf_isakmp_cookie_in(struct nf_isakmp_cookie *c,
				       const struct isakmp_message *m)
{
	u32 now = (u32)jiffies;

	if (!READ_ONCE(c->mutual))
		WRITE_ONCE(c->mutual, true);
	if (isakmp_is_response(m)) {
		if (READ_ONCE(c->request) == m->msgid)
			WRITE_ONCE(c->answered, m->msgid);
	} else if (nf_vpn_since_low(READ_ONCE(c->last_out)) >= ISAKMP_SILENCE &&
		   !READ_ONCE(c->asked)) {
		WRITE_ONCE(c->asked, now ? now : 1);
	}
}

/* Note a message where others see it, who don't know cookies. */
static inline void nf_isakmp_session_seen(const struct nf_vpn_session *s,
					  const struct isakmp_message *m)
{
	struct nf_vpn_expect *e = nf_vpn_session_expects(s);
	bool informational = isakmp_is_informational(m);

	if (unlikely(!e))
		return;
	WRITE_ONCE(e->last, (u32)jiffies);
	if (READ_ONCE(e->informational) != informational)
		WRITE_ONCE(e->informational, informational);
}

/**
 * nf_isakmp_cookie_seen - note a message under a cookie pair
 * @c: pair of the session that the message belongs to
 * @m: message
 * @outbound: it is from the client
 */
static inline void nf_isakmp_cookie_seen(struct nf_isakmp_cookie *c,
					 const struct isakmp_message *m,
					 bool outbound)
{
	nf_isakmp_session_seen(c->session, m);
	WRITE_ONCE(c->packets, READ_ONCE(c->packets) + 1);
	WRITE_ONCE(c->exchange, m->exchange);
	WRITE_ONCE(c->last, (u32)jiffies);
	if (outbound)
		nf_isakmp_cookie_out(c, m);
	else
		nf_isakmp_cookie_in(c, m);
}

/**
 * nf_isakmp_in_doubt - tell whether a message may be another session's
 * @c: pair of the message, whose session has used it
 * @m: inbound message
 *
 * Return: true if the session has only answered on trial, or if the message is
 * a response to a request that the session hasn't sent.
 */
static inline bool nf_isakmp_in_doubt(const struct nf_isakmp_cookie *c,
				      const struct isakmp_message *m)
{
	return READ_ONCE(c->doubtful) ||
	       (isakmp_is_response(m) && READ_ONCE(c->request) != m->msgid);
}

#endif /* _NF_ISAKMP_ARRIVAL_H */
