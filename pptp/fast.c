// SPDX-License-Identifier: GPL-2.0-only
/* GRE of calls on the fast path, see core/fast.h: a slot for each direction. */
#include <net/pptp.h>
#include <net/netfilter/nf_conntrack.h>

#include "core/fast.h"
#include "core/net.h"
#include "pptp/call.h"
#include "pptp/pptp.h"

/* The call whose flow an entry is, under RCU; NULL if there is none. */
static struct nf_pptp_call *pptp_call_of(struct nf_vpn_net *vn,
					 const struct nf_conn *ct,
					 enum ip_conntrack_dir dir)
{
	const struct nf_conntrack_tuple *tuple = &ct->tuplehash[dir].tuple;
	const struct nf_pptp_call_key key = {
		.src	= tuple->src.u3.ip,
		.dst	= tuple->dst.u3.ip,
		.id	= tuple->dst.u.gre.key,
		.kind	= NF_PPTP_CALL_ARRIVING,
	};
	struct nf_pptp_call_node *node = nf_pptp_call_lookup(vn, &key);
	struct nf_pptp_call *call;

	if (!node)
		return NULL;
	call = nf_pptp_call_of(node);
	return nf_pptp_call_flow(call) == ct ? call : NULL;
}

/* Has NAT given a packet the Call-ID that its receiver has chosen? */
static bool pptp_is_translated(const struct sk_buff *skb, unsigned int protoff,
			       const struct nf_conntrack_tuple *answer)
{
	const struct pptp_gre_header *gre;
	struct pptp_gre_header buf;

	/* An ICMP error hasn't, nor GRE that isn't of PPTP. */
	gre = skb_header_pointer(skb, protoff, offsetof(typeof(buf), seq),
				 &buf);
	return gre && (gre->gre_hd.flags & GRE_VERSION) == GRE_VERSION_1 &&
	       gre->call_id == answer->src.u.gre.key;
}

/**
 * nf_pptp_fast_learn - let a call's packets go on as one of them does
 * @skb: packet that is about to leave
 * @protoff: offset of its GRE header
 * @ct: flow that it is attached to
 * @ctinfo: how
 */
void nf_pptp_fast_learn(const struct sk_buff *skb, unsigned int protoff,
			const struct nf_conn *ct,
			enum ip_conntrack_info ctinfo)
{
	struct nf_vpn_net *vn = nf_vpn_pernet(nf_ct_net(ct));
	enum ip_conntrack_dir dir = CTINFO2DIR(ctinfo);
	struct nf_pptp_call *call;

	if (!nf_vpn_fast_learns(vn, IPPROTO_GRE))
		return;
	if (ctinfo != IP_CT_ESTABLISHED && ctinfo != IP_CT_ESTABLISHED_REPLY)
		return;
	call = pptp_call_of(vn, ct, dir);
	if (!call)
		return;
	if (!pptp_is_translated(skb, protoff, &ct->tuplehash[!dir].tuple)) {
		nf_vpn_stat_inc(vn, FAST_ROUTE);
		return;
	}
	/* A call has one entry as long as it lives. */
	nf_vpn_fast_learn(vn, &call->fast[dir], 0, skb);
}
