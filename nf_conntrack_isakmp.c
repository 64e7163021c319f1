// SPDX-License-Identifier: GPL-2.0-only
/*
 * Connection tracking of ISAKMP, which is IKE (RFC 2408, RFC 7296), by cookies.
 *
 * IKE on UDP from port 500 to port 500 gets the reply zone of its client, so
 * that all clients keep port 500 behind one address; the cookies tell which
 * client an inbound message is for. The client's own messages open tickets for
 * nf_nat_esp. Port 4500 is left to stock conntrack, and only listened to: a
 * client whose child exchange is there will send its ESP in UDP.
 *
 * What becomes of a message that core/hook.c hands to us:
 *
 *	cookies and flow are known	-> noted, its flow
 *	from a client of a session	-> noted, its flow or a template
 *	from a host that sessions talk to
 *			-> the session of its cookies, or one chosen in
 *			   isakmp/owner.c
 *	other, to an address of the gateway	-> stock conntrack
 *	other, to be forwarded or from here
 *			-> noted, flow in the zone of the client
 *
 * A client that puts its ESP into UDP on port 500 has its flow in zone 0, where
 * each client gets another port: nothing in such a packet tells which client it
 * is for.
 *
 * Dropped are a first message with an initiator cookie with which another
 * client waits for an answer, and a message that tells the remote host that
 * another client's SPI is invalid. Messages that announce an SPI may have to
 * wait (isakmp/pace.c). A datagram that can't be read is tracked by its
 * addresses alone.
 */
#include <linux/module.h>
#include <linux/skbuff.h>
#include <linux/udp.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "compat.h"
#include "core/copy.h"
#include "core/flow.h"
#include "core/icmp.h"
#include "core/net.h"
#include "core/packet.h"
#include "core/session.h"
#include "core/tracker.h"
#include "isakmp/arrival.h"
#include "isakmp/cookie.h"
#include "isakmp/isakmp.h"
#include "isakmp/message.h"
#include "netlink/kind.h"

/*
 * Are length and checksum right? If not, the datagram is left to stock
 * conntrack, which tests the same. Its UDP header is linear. Returns the length
 * of its payload, or -1.
 */
static __always_inline int
isakmp_udp_len(const struct nf_vpn_net *vn, struct sk_buff *skb,
	       unsigned int thoff, const struct nf_hook_state *state)
{
	const struct udphdr *uh = (const void *)(skb->data + thoff);
	unsigned int len = ntohs(uh->len);

	if (len < sizeof(*uh) || len > skb->len - thoff)
		return -1;
	if (uh->check && state->hook == NF_INET_PRE_ROUTING &&
	    vn->net->ct.sysctl_checksum &&
	    nf_checksum(skb, state->hook, thoff, IPPROTO_UDP, state->pf))
		return -1;
	return len - sizeof(*uh);
}

/* Parse an ISAKMP message of @len bytes at @off to @m, which is zeroed. */
static __always_inline int
isakmp_read(struct nf_vpn_net *vn, struct sk_buff *skb, unsigned int off,
	    unsigned int len, struct isakmp_message *m)
{
	unsigned int peek = min_t(unsigned int, len, ISAKMP_PEEK);
	int reason;

	if (!pskb_may_pull(skb, off + peek))
		return ISAKMP_TRUNCATED;
	reason = isakmp_parse(m, skb->data + off, peek, len);
	if (reason == ISAKMP_NOT_IKE || reason == ISAKMP_UDP_ESP)
		nf_vpn_stat_inc(vn, ZERO_COOKIE);
	else if (reason != ISAKMP_OK)
		nf_vpn_stat_inc(vn, ISAKMP_INVALID);
	return reason;
}

/* A message on port 4500: a client's exchanges there concern its session, too. */
static noinline void isakmp_natt_ike(struct nf_vpn_net *vn, struct sk_buff *skb,
				     unsigned int thoff,
				     const struct nf_hook_state *state)
{
	unsigned int off = thoff + sizeof(struct udphdr) + ISAKMP_NATT_MARKER;
	int len = isakmp_udp_len(vn, skb, thoff, state) - ISAKMP_NATT_MARKER;
	struct isakmp_message m = {};
	struct nf_isakmp_ike *ike;
	struct nf_vpn_session *s;
	struct nf_vpn_pkt pkt;

	if (len <= 0)
		return;
	nf_vpn_pkt_addrs(&pkt, skb, skb_network_offset(skb), state->pf);
	s = nf_vpn_session_find(vn, &pkt.src, &pkt.dst);
	ike = s ? nf_isakmp_ike(s) : NULL;
	if (ike && isakmp_read(vn, skb, off, len, &m) == ISAKMP_OK)
		nf_isakmp_note(vn, s, ike, &m, NF_ISAKMP_OUT |
			       NF_ISAKMP_NATT | NF_ISAKMP_MUTUAL);
}

/*
 * Listen to port 4500. Most of what comes there is ESP, which four bytes tell
 * from IKE.
 */
static noinline unsigned int isakmp_natt(struct nf_vpn_net *vn,
					 struct sk_buff *skb,
					 unsigned int thoff,
					 const struct nf_hook_state *state)
{
	u8 buf[ISAKMP_NATT_MARKER];
	const u8 *p;

	p = skb_header_pointer(skb, thoff + sizeof(struct udphdr), sizeof(buf),
			       buf);
	if (p && isakmp_natt_is_ike(p, sizeof(buf)) && !skb_is_gso(skb))
		isakmp_natt_ike(vn, skb, thoff, state);
	return NF_ACCEPT;
}

/* Has the session's flow been answered? */
static bool isakmp_is_replied(struct nf_vpn_net *vn, struct nf_vpn_session *s)
{
	struct nf_conn *ct;
	bool replied;

	ct = nf_vpn_flow_get_cached(vn, s, NF_VPN_FLOW_IKE, &replied);
	if (!ct)
		return replied;
	replied = test_bit(IPS_SEEN_REPLY_BIT, &ct->status);
	nf_ct_put(ct);
	return replied;
}

/*
 * A session that nobody has answered, and whose client is a remote host of
 * other sessions: the message may be for one of these instead. That happens if
 * the remote host sent to a client's translated address before the client sent
 * anything.
 */
static bool isakmp_reconsider(struct nf_vpn_net *vn, struct sk_buff *skb,
			      const struct isakmp_arrival *a,
			      struct nf_vpn_session *stale,
			      const struct nf_hook_state *state)
{
	if (!nf_vpn_remote_find(vn, &a->addr.src) ||
	    isakmp_is_replied(vn, stale) ||
	    nf_isakmp_in(vn, skb, a, state) != NF_ACCEPT)
		return false;
	spin_lock_bh(&vn->lock);
	nf_vpn_session_free(vn, stale);
	spin_unlock_bh(&vn->lock);
	return true;
}

/*
 * May the message go straight to the flow? An outbound one if the flow has been
 * answered, an inbound one if it was sent to the flow's address.
 */
static bool isakmp_fits(const struct nf_conn *ct,
			const struct isakmp_arrival *a, bool outbound)
{
	if (outbound)
		return test_bit(IPS_SEEN_REPLY_BIT, &ct->status);
	return nf_inet_addr_cmp(&ct->tuplehash[IP_CT_DIR_REPLY].tuple.dst.u3,
				&a->addr.dst.addr);
}

/*
 * The fast path, which most messages take: a proven pair, and an answered flow.
 * Returns false if the message has to go the long way.
 */
static bool isakmp_known(struct nf_vpn_net *vn, struct sk_buff *skb,
			 const struct isakmp_arrival *a)
{
	struct nf_isakmp_cookie *c;
	struct nf_vpn_session *s;
	struct nf_isakmp_ike *ike;
	struct nf_conn *ct;
	bool outbound;

	c = nf_isakmp_cookie_find_pair(vn, &a->addr, a->m.init_cookie,
				       a->m.resp_cookie);
	if (!c)
		return false;
	s = c->session;
	outbound = !nf_vpn_host_equal(&s->remote->host, &a->addr.src);
	if (test_bit(NF_VPN_SESSION_LOCAL, &s->flags) ||
	    (!outbound && nf_isakmp_in_doubt(c, &a->m)))
		return false;
	ct = nf_vpn_flow_get_cached(vn, s, NF_VPN_FLOW_IKE, NULL);
	if (!ct)
		return false;
	if (!isakmp_fits(ct, a, outbound)) {
		nf_ct_put(ct);
		return false;
	}
	ike = nf_isakmp_ike(s);
	nf_isakmp_cookie_seen(c, &a->m, outbound);
	nf_isakmp_note(vn, s, ike, &a->m, outbound ? nf_isakmp_how_out(c) : 0);
	if (outbound)
		nf_isakmp_attach_out(vn, skb, s, ike, ct);
	else
		nf_isakmp_attach_in(vn, skb, s, ike, ct);
	return true;
}

/*
 * The long way of a message: its session is looked up by its addresses first.
 */
static noinline unsigned int isakmp_unknown(struct nf_vpn_net *vn,
					    struct sk_buff *skb,
					    const struct isakmp_arrival *a,
					    const struct nf_hook_state *state)
{
	bool local = state->hook == NF_INET_LOCAL_OUT;
	unsigned int verdict = NF_ISAKMP_NOT_OURS;
	struct nf_vpn_session *s;

	s = nf_vpn_session_find(vn, &a->addr.src, &a->addr.dst);
	if (s && test_bit(NF_VPN_SESSION_LOCAL, &s->flags) != local)
		s = NULL;
	if (s && !local && isakmp_reconsider(vn, skb, a, s, state))
		return NF_ACCEPT;
	if (s || local)
		return nf_isakmp_out(vn, skb, a, s, local, state);
	if (nf_vpn_remote_find(vn, &a->addr.src))
		verdict = nf_isakmp_in(vn, skb, a, state);
	if (verdict != NF_ISAKMP_NOT_OURS)
		return verdict;
	if (nf_vpn_is_local(&a->addr.dst, skb, state) ||
	    nf_vpn_remote_knows(vn, &a->addr))
		return nf_isakmp_stock(vn, skb, a, state);
	return nf_isakmp_out(vn, skb, a, NULL, false, state);
}

static noinline unsigned int isakmp_ike(struct nf_vpn_net *vn,
					struct sk_buff *skb, unsigned int thoff,
					const struct nf_hook_state *state)
{
	struct isakmp_arrival a = {};
	int len, reason;

	if (skb_is_gso(skb))
		return nf_vpn_skb_segment(skb, state);
	len = isakmp_udp_len(vn, skb, thoff, state);
	if (len < 0)
		return NF_ACCEPT;
	reason = isakmp_read(vn, skb, thoff + sizeof(struct udphdr), len, &a.m);
	/* If only the length is wrong, the cookies can be used. */
	a.valid = reason == ISAKMP_OK || reason == ISAKMP_BAD_LENGTH;
	a.udp_esp = reason == ISAKMP_UDP_ESP;
	nf_vpn_pkt_addrs(&a.addr, skb, skb_network_offset(skb), state->pf);
	if (nf_isakmp_pace(vn, skb, &a, state))
		return NF_STOLEN;
	if (likely(a.valid && a.m.resp_cookie && !a.m.ninvalid) &&
	    state->hook == NF_INET_PRE_ROUTING &&
	    likely(isakmp_known(vn, skb, &a)))
		return NF_ACCEPT;
	return isakmp_unknown(vn, skb, &a, state);
}

static unsigned int isakmp_packet(struct nf_vpn_net *vn, struct sk_buff *skb,
				  unsigned int thoff,
				  const struct nf_hook_state *state)
{
	const struct udphdr *uh;

	if (unlikely(!pskb_may_pull(skb, thoff + sizeof(*uh)))) {
		nf_vpn_stat_inc(vn, TRUNCATED);
		return NF_ACCEPT;
	}
	uh = (const void *)(skb->data + thoff);
	if (uh->dest == htons(ISAKMP_NATT_PORT))
		return isakmp_natt(vn, skb, thoff, state);
	if (uh->dest != htons(ISAKMP_PORT) || uh->source != htons(ISAKMP_PORT))
		return NF_ACCEPT;
	return isakmp_ike(vn, skb, thoff, state);
}

/*
 * An error about a client's message goes to that client. RFC 792 wants eight
 * bytes quoted, which are the UDP header; RFC 1812 section 4.3.2.3 wants as
 * much as fits, so that the cookies are there.
 */
static unsigned int isakmp_error(struct nf_vpn_net *vn, struct sk_buff *skb,
				 struct nf_vpn_icmp *icmp,
				 const struct nf_hook_state *state)
{
	struct isakmp_quoted {
		struct udphdr uh;
		__be64 init_cookie;
		__be64 resp_cookie;
	} __packed buf;
	const struct isakmp_quoted *quoted;
	const struct nf_isakmp_cookie *c;
	struct nf_isakmp_cookie_query q;

	quoted = skb_header_pointer(skb, icmp->inner_thoff, sizeof(buf), &buf);
	if (!quoted || quoted->uh.source != htons(ISAKMP_PORT) ||
	    quoted->uh.dest != htons(ISAKMP_PORT))
		return NF_ACCEPT;
	nf_isakmp_cookie_find(vn, &icmp->inner.dst,
			      get_unaligned(&quoted->init_cookie),
			      get_unaligned(&quoted->resp_cookie), NULL, &q);
	c = q.exact ? q.exact : q.waiting;
	if (!c || test_bit(NF_VPN_SESSION_LOCAL, &c->session->flags))
		return NF_ACCEPT;
	return nf_vpn_icmp_relate(vn, skb, icmp, c->session, NF_VPN_FLOW_IKE,
				  state);
}

static unsigned int nf_isakmp_net_id __read_mostly;

static int __net_init nf_isakmp_net_init(struct net *net)
{
	struct nf_isakmp_net *in = net_generic(net, nf_isakmp_net_id);
	int err = nf_isakmp_cookies_init(in);

	if (err)
		return err;
	in->vn = nf_vpn_pernet(net);
	nf_isakmp_pace_init(in);
	nf_isakmp_attempts_init(&in->attempts);
	in->vn->isakmp = in;
	return 0;
}

static void __net_exit nf_isakmp_net_exit(struct net *net)
{
	struct nf_vpn_net *vn = nf_vpn_pernet(net);

	nf_vpn_gc_stop(vn);
	nf_isakmp_pace_exit(vn->isakmp);
	nf_isakmp_flush(vn);
	nf_isakmp_cookies_exit(vn->isakmp);
	vn->isakmp = NULL;
}

static struct pernet_operations nf_isakmp_pernet_ops = {
	.init		= nf_isakmp_net_init,
	.exit		= nf_isakmp_net_exit,
	.id		= &nf_isakmp_net_id,
	.size		= sizeof(struct nf_isakmp_net),
};

static const struct nf_vpn_tracker isakmp_tracker = {
	.protonum	= IPPROTO_UDP,
	.kind		= NF_CT_VPN_KIND_ISAKMP,
	.pernet		= &nf_isakmp_pernet_ops,
	.packet		= isakmp_packet,
	.error		= isakmp_error,
	.label		= nf_isakmp_label,
	.flush		= nf_isakmp_flush,
	.gc		= nf_isakmp_gc,
	.end		= nf_isakmp_end,
	.adopt		= nf_isakmp_adopt,
};

static int __init nf_conntrack_isakmp_init(void)
{
	int err;

	err = nf_isakmp_labels_register();
	if (err)
		return err;
	err = nf_vpn_tracker_register(&isakmp_tracker);
	if (err)
		goto err_labels;
	nf_vpn_kind_register(&nf_isakmp_kind);
	return 0;

err_labels:
	nf_isakmp_labels_unregister();
	return err;
}

static void __exit nf_conntrack_isakmp_exit(void)
{
	nf_vpn_kind_stop(&nf_isakmp_kind);
	nf_vpn_tracker_unregister(&isakmp_tracker);
	nf_vpn_kind_unregister(&nf_isakmp_kind);
	nf_isakmp_labels_unregister();
}

module_init(nf_conntrack_isakmp_init);
module_exit(nf_conntrack_isakmp_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("Authors of nf-conntrack-vpn");
MODULE_DESCRIPTION("Connection tracking of ISAKMP by cookies");
MODULE_VERSION(NF_VPN_VERSION);
NF_VPN_IMPORT_NS;
