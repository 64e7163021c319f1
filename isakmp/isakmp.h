/* SPDX-License-Identifier: GPL-2.0-only */
/* ISAKMP: what the files of the tracker share. */
#ifndef _NF_ISAKMP_ISAKMP_H
#define _NF_ISAKMP_ISAKMP_H

#include "core/flow.h"
#include "core/net.h"
#include "core/session.h"
#include "core/tracker.h"
#include "isakmp/arrival.h"
#include "isakmp/cookie.h"

struct genl_info;
struct nf_vpn_kind;

/* Return value of nf_isakmp_in(): the message is no session's. */
#define NF_ISAKMP_NOT_OURS	NF_MAX_VERDICT

/* isakmp/flow.c */
int nf_isakmp_labels_register(void);
void nf_isakmp_labels_unregister(void);
struct nf_conntrack_helper *nf_isakmp_label(u32 l3num);
unsigned int nf_isakmp_stock(struct nf_vpn_net *vn, struct sk_buff *skb,
			     const struct isakmp_arrival *a,
			     const struct nf_hook_state *state);

/* Note whether a flow leaves from another port than 500. */
static inline void nf_isakmp_note_port(struct nf_isakmp_ike *ike,
				       const struct nf_conn *ct)
{
	__be16 port = ct->tuplehash[IP_CT_DIR_REPLY].tuple.dst.u.udp.port;
	bool other = port != htons(ISAKMP_PORT);

	if (unlikely(READ_ONCE(ike->other_port) != other))
		WRITE_ONCE(ike->other_port, other);
}

/**
 * nf_isakmp_attach_out - make a client's message part of its session's flow
 * @vn: netns, its lock not held
 * @skb: packet
 * @s: session, under RCU
 * @ike: its IKE
 * @ct: its flow; the reference goes over to the packet
 *
 * Return: verdict
 */
static inline unsigned int
nf_isakmp_attach_out(struct nf_vpn_net *vn, struct sk_buff *skb,
		     struct nf_vpn_session *s, struct nf_isakmp_ike *ike,
		     struct nf_conn *ct)
{
	nf_isakmp_note_port(ike, ct);
	nf_vpn_stat_inc(vn, ATTACHED_OUT);
	nf_vpn_flow_pass(vn, skb, s, NF_VPN_FLOW_IKE, ct, IP_CT_DIR_ORIGINAL);
	return NF_ACCEPT;
}

/**
 * nf_isakmp_attach_in - deliver an inbound message to its session
 * @vn: netns, its lock not held
 * @skb: packet
 * @s: session, under RCU
 * @ike: its IKE
 * @ct: its flow; the reference goes over to the packet
 *
 * It renews the ESP flow as well, since SAs may be idle while the remote host
 * answers IKE.
 *
 * Return: verdict
 */
static inline unsigned int
nf_isakmp_attach_in(struct nf_vpn_net *vn, struct sk_buff *skb,
		    struct nf_vpn_session *s, struct nf_isakmp_ike *ike,
		    struct nf_conn *ct)
{
	if (unlikely(!test_bit(NF_VPN_SESSION_HEARD, &s->flags)))
		set_bit(NF_VPN_SESSION_HEARD, &s->flags);
	if (test_bit(IPS_SEEN_REPLY_BIT, &ct->status))
		nf_vpn_flow_keep_alive(vn, s, NF_VPN_FLOW_ESP);
	nf_isakmp_note_port(ike, ct);
	nf_vpn_stat_inc(vn, ATTACHED_IN);
	nf_vpn_flow_pass(vn, skb, s, NF_VPN_FLOW_IKE, ct, IP_CT_DIR_REPLY);
	return NF_ACCEPT;
}

/**
 * enum nf_isakmp_how - how a message of a session came, bits
 * @NF_ISAKMP_OUT: from the client
 * @NF_ISAKMP_NATT: on port 4500
 * @NF_ISAKMP_MUTUAL: under a pair that the remote host has used, too
 */
enum nf_isakmp_how {
	NF_ISAKMP_OUT		= 0x1,
	NF_ISAKMP_NATT		= 0x2,
	NF_ISAKMP_MUTUAL	= 0x4,
};

/*
 * How a client's message under this pair, which may be NULL, came on port 500.
 */
static inline unsigned int nf_isakmp_how_out(const struct nf_isakmp_cookie *c)
{
	return c && READ_ONCE(c->mutual) ? NF_ISAKMP_OUT | NF_ISAKMP_MUTUAL :
					   NF_ISAKMP_OUT;
}

/* isakmp/note.c */
void nf_isakmp_note(struct nf_vpn_net *vn, struct nf_vpn_session *s,
		    struct nf_isakmp_ike *ike, const struct isakmp_message *m,
		    unsigned int how);

/* isakmp/out.c */
unsigned int nf_isakmp_out(struct nf_vpn_net *vn, struct sk_buff *skb,
			   const struct isakmp_arrival *a,
			   struct nf_vpn_session *s, bool local,
			   const struct nf_hook_state *state);

/* isakmp/in.c */
unsigned int nf_isakmp_in(struct nf_vpn_net *vn, struct sk_buff *skb,
			  const struct isakmp_arrival *a,
			  const struct nf_hook_state *state);

/* isakmp/gc.c */
bool nf_isakmp_gc(struct nf_vpn_net *vn, struct nf_vpn_session *s,
		  const struct nf_vpn_gc_view *v, u32 needs);
void nf_isakmp_end(struct nf_vpn_net *vn, struct nf_vpn_session *s);
void nf_isakmp_flush(struct nf_vpn_net *vn);
int nf_isakmp_adopt(struct nf_vpn_net *vn, struct nf_vpn_session *s);

/* isakmp/netlink.c */
extern const struct nf_vpn_kind nf_isakmp_kind;
int nf_isakmp_new(struct sk_buff *skb, struct genl_info *info);

#endif /* _NF_ISAKMP_ISAKMP_H */
