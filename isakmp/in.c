// SPDX-License-Identifier: GPL-2.0-only
/* Inbound messages: they are delivered to the session that they belong to. */
#include <net/netfilter/nf_conntrack.h>

#include "core/flow.h"
#include "core/net.h"
#include "core/session.h"
#include "isakmp/arrival.h"
#include "isakmp/cookie.h"
#include "isakmp/isakmp.h"

static unsigned int isakmp_deliver(struct nf_vpn_net *vn, struct sk_buff *skb,
				   struct nf_vpn_session *s,
				   const struct isakmp_arrival *a)
{
	struct nf_isakmp_ike *ike = nf_isakmp_ike(s);
	struct nf_conn *ct;

	if (!ike)
		return NF_ISAKMP_NOT_OURS;
	if (a->valid)
		nf_isakmp_note(vn, s, ike, &a->m, 0);
	/* Stock conntrack finds the gateway's own flow. */
	if (test_bit(NF_VPN_SESSION_LOCAL, &s->flags))
		return nf_vpn_stock(vn, NF_CT_VPN_A_STATS_STOCK_GATEWAY);
	ct = nf_vpn_flow_get_in(vn, s, NF_VPN_FLOW_IKE, &a->addr);
	return ct ? nf_isakmp_attach_in(vn, skb, s, ike, ct) : NF_ISAKMP_NOT_OURS;
}

/**
 * nf_isakmp_in - deliver a message from a host that sessions talk to
 * @vn: netns, its lock not held
 * @skb: packet
 * @a: message in it
 * @state: hook
 *
 * Return: verdict, or %NF_ISAKMP_NOT_OURS
 */
unsigned int nf_isakmp_in(struct nf_vpn_net *vn, struct sk_buff *skb,
			  const struct isakmp_arrival *a,
			  const struct nf_hook_state *state)
{
	struct nf_vpn_session *s;

	/*
	 * The session of a client that isn't translated is found by addresses.
	 */
	s = nf_vpn_session_find(vn, &a->addr.dst, &a->addr.src);
	if (s && (test_bit(NF_VPN_SESSION_LOCAL, &s->flags) ||
		  !nf_isakmp_ike(s)))
		s = NULL;
	if (!s)
		s = a->valid ? nf_isakmp_owner(vn, a, state) :
			       nf_isakmp_sole(vn, a);
	return s ? isakmp_deliver(vn, skb, s, a) : NF_ISAKMP_NOT_OURS;
}
