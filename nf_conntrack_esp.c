// SPDX-License-Identifier: GPL-2.0-only
/*
 * Connection tracking of ESP (RFC 4303) by SPI.
 *
 * What becomes of a packet that core/hook.c hands to us:
 *
 *	known outbound SPI	-> its flow, or a template to create it anew
 *	known inbound SPI	-> the flow of its session
 *	undecided inbound SPI	-> nf_nat_esp
 *	unknown, from the gateway itself	-> learnt, flow in zone 0
 *	unknown, from a host that sessions talk to
 *				-> the session that its addresses name, or
 *				   nf_nat_esp
 *	unknown, to an address of the gateway or one that stands for a host
 *				-> stock conntrack
 *	unknown, to be forwarded
 *				-> learnt as outbound, flow in the zone of the
 *				   client
 *
 * Dropped are packets with SPI 0 (section 2.1: never on the wire), ICMP errors
 * of a host about another one's SPI, first packets of a second client with
 * nf_conntrack_esp_parallel=0, and packets of undecided SPIs with
 * nf_conntrack_esp_guess=0.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/module.h>
#include <linux/skbuff.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_l4proto.h>
#include <net/netfilter/nf_conntrack_timeout.h>

#include "compat.h"
#include "core/copy.h"
#include "core/event.h"
#include "core/fast.h"
#include "core/flow.h"
#include "core/icmp.h"
#include "core/net.h"
#include "core/packet.h"
#include "core/session.h"
#include "core/tracker.h"
#include "esp/esp.h"
#include "esp/grave.h"
#include "esp/spi.h"
#include "esp/undecided.h"
#include "netlink/kind.h"

/*
 * Conntrack doesn't have the session's flow any more. If it went before it
 * expired, it was deleted, by conntrack -D say, or with its address: then what
 * was learnt from its packets is dropped, too. Returns whether it was deleted.
 */
static bool esp_flow_lost(struct nf_vpn_net *vn, struct nf_vpn_session *s)
{
	unsigned long due = READ_ONCE(s->flow[NF_VPN_FLOW_ESP].due);
	bool deleted;

	deleted = nf_vpn_flow_state(vn, s, NF_VPN_FLOW_ESP) ==
		  NF_VPN_FLOW_DELETED;
	spin_lock_bh(&vn->lock);
	if (test_bit(NF_VPN_SESSION_DEAD, &s->flags))
		deleted = true;
	else if (READ_ONCE(s->flow[NF_VPN_FLOW_ESP].due) != due)
		deleted = false;	/* another CPU has just met it */
	if (deleted && !test_bit(NF_VPN_SESSION_DEAD, &s->flags)) {
		nf_esp_session_bury(vn, s);
		nf_esp_session_forget(vn, s);
	}
	spin_unlock_bh(&vn->lock);
	return deleted;
}

/* Bind a packet's SPI to the only session that can be meant, and deliver it. */
static unsigned int esp_bind_addressee(struct nf_vpn_net *vn,
				       struct sk_buff *skb,
				       const struct nf_vpn_pkt *pkt,
				       struct nf_vpn_session *s,
				       enum nf_ct_vpn_conf conf)
{
	struct nf_conn *ct = nf_vpn_flow_get_in(vn, s, NF_VPN_FLOW_ESP, pkt);
	struct nf_esp_spi *spi = NULL;

	if (!ct)
		return NF_ESP_NOT_OURS;
	spin_lock_bh(&vn->lock);
	if (!test_bit(NF_VPN_SESSION_DEAD, &s->flags)) {
		spi = nf_esp_spi_find_in(vn, pkt);
		if (!spi)
			spi = nf_esp_spi_bind(vn, s, pkt, conf);
		if (spi)
			nf_esp_spi_seen(spi, pkt, skb->len);
	}
	spin_unlock_bh(&vn->lock);
	return nf_esp_attach_in(vn, skb, s, ct, true);
}

/* Without nf_nat_esp, a packet can be attributed to a sole session only. */
static unsigned int esp_bind_sole(struct nf_vpn_net *vn, struct sk_buff *skb,
				  const struct nf_vpn_pkt *pkt)
{
	struct nf_vpn_session *s = NULL;
	struct nf_vpn_remote *remote;

	spin_lock_bh(&vn->lock);
	remote = nf_vpn_remote_find(vn, &pkt->src);
	if (remote && remote->nsessions == 1)
		s = hlist_entry_safe(remote->sessions.first,
				     struct nf_vpn_session, by_remote);
	spin_unlock_bh(&vn->lock);
	if (!s)
		return NF_ESP_NOT_OURS;
	return esp_bind_addressee(vn, skb, pkt, s, NF_CT_VPN_CONF_SOLE);
}

/*
 * A packet on an unknown inbound SPI, from a host that sessions talk to. If its
 * destination is a client's own address, it is for that client's session.
 */
static unsigned int esp_unknown_in(struct nf_vpn_net *vn, struct sk_buff *skb,
				   const struct nf_vpn_pkt *pkt,
				   const struct nf_hook_state *state)
{
	const struct nf_esp_nat_ops *nat = rcu_dereference(nf_esp_nat);
	unsigned int verdict = NF_ESP_NOT_OURS;
	struct nf_vpn_session *s;

	if (!nf_vpn_remote_find(vn, &pkt->src))
		return NF_ESP_NOT_OURS;
	s = nf_vpn_session_find(vn, &pkt->dst, &pkt->src);
	if (s && !test_bit(NF_VPN_SESSION_LOCAL, &s->flags))
		verdict = esp_bind_addressee(vn, skb, pkt, s,
					     NF_CT_VPN_CONF_CERTAIN);
	if (verdict != NF_ESP_NOT_OURS)
		return verdict;
	return nat ? nat->inbound(vn, skb, pkt, state) :
		     esp_bind_sole(vn, skb, pkt);
}

/*
 * A packet on an SPI that was learnt as outbound, but whose flow nobody has
 * answered: it may be an inbound one instead. That happens if the ruleset
 * dropped the client's first packet, or if the remote host sent to the client's
 * translated address before the client sent anything.
 */
static unsigned int esp_reconsider(struct nf_vpn_net *vn, struct sk_buff *skb,
				   const struct nf_vpn_pkt *pkt,
				   struct nf_vpn_session *stale,
				   const struct nf_hook_state *state)
{
	unsigned int verdict;

	if (state->hook != NF_INET_PRE_ROUTING)
		return NF_ESP_NOT_OURS;
	verdict = esp_unknown_in(vn, skb, pkt, state);
	if (verdict != NF_ACCEPT)
		return NF_ESP_NOT_OURS;
	spin_lock_bh(&vn->lock);
	nf_esp_session_end_esp(vn, stale);
	spin_unlock_bh(&vn->lock);
	return verdict;
}

/* A packet of a known SPI is attached to its flow, and goes on. */
static unsigned int esp_go_on(struct nf_vpn_net *vn, struct sk_buff *skb,
			      unsigned int thoff, struct nf_esp_spi *spi,
			      const struct nf_hook_state *state)
{
	return nf_vpn_fast_on(vn) ?
		nf_esp_fast_send(vn, skb, thoff, spi, state) : NF_ACCEPT;
}

static unsigned int esp_known_out(struct nf_vpn_net *vn, struct sk_buff *skb,
				  unsigned int thoff,
				  const struct nf_vpn_pkt *pkt,
				  struct nf_esp_spi *spi,
				  const struct nf_hook_state *state)
{
	struct nf_vpn_session *s = spi->session;
	unsigned int verdict;
	struct nf_conn *ct;
	bool reply;

	ct = nf_vpn_flow_get_cached(vn, s, NF_VPN_FLOW_ESP, &reply);
	if (likely(ct && test_bit(IPS_SEEN_REPLY_BIT, &ct->status))) {
		nf_esp_spi_seen(spi, pkt, skb->len);
		nf_esp_attach_out(vn, skb, s, spi, ct);
		return esp_go_on(vn, skb, thoff, spi, state);
	}
	if (reply) {
		nf_esp_spi_seen(spi, pkt, skb->len);
		return nf_esp_answer_out(vn, s, spi);
	}
	verdict = esp_reconsider(vn, skb, pkt, s, state);
	if (verdict != NF_ESP_NOT_OURS) {
		if (ct)
			nf_ct_put(ct);
		return verdict;
	}
	if (ct) {
		nf_esp_spi_seen(spi, pkt, skb->len);
		return nf_esp_attach_out(vn, skb, s, spi, ct);
	}
	if (esp_flow_lost(vn, s))
		return nf_esp_unknown_out(vn, skb, pkt,
				       test_bit(NF_VPN_SESSION_LOCAL,
						&s->flags), state);
	nf_esp_spi_seen(spi, pkt, skb->len);
	return nf_esp_create(vn, skb, s, state);
}

static unsigned int esp_unknown(struct nf_vpn_net *vn, struct sk_buff *skb,
				const struct nf_vpn_pkt *pkt,
				const struct nf_hook_state *state)
{
	unsigned int verdict;

	if (state->hook == NF_INET_LOCAL_OUT)
		return nf_esp_unknown_out(vn, skb, pkt, true, state);
	verdict = esp_unknown_in(vn, skb, pkt, state);
	if (verdict != NF_ESP_NOT_OURS)
		return verdict;
	if (nf_vpn_is_local(&pkt->dst, skb, state) ||
	    nf_vpn_remote_knows(vn, pkt))
		return nf_vpn_stock(vn, NF_CT_VPN_A_STATS_STOCK_GATEWAY);
	return nf_esp_unknown_out(vn, skb, pkt, false, state);
}

/* A dnat rule delivers it: the remote host has begun the flow. */
static unsigned int esp_known_dnat(struct nf_vpn_net *vn,
				   const struct sk_buff *skb,
				   const struct nf_vpn_pkt *pkt,
				   struct nf_esp_spi *spi)
{
	nf_esp_spi_seen(spi, pkt, skb->len);
	if (unlikely(!READ_ONCE(spi->proven)))
		nf_esp_spi_seen_again(vn, spi);
	nf_vpn_stamp(&spi->session->last_in, jiffies);
	return nf_vpn_stock(vn, NF_CT_VPN_A_STATS_STOCK_REMOTE_BEGAN);
}

static unsigned int esp_known_in(struct nf_vpn_net *vn, struct sk_buff *skb,
				 unsigned int thoff,
				 const struct nf_vpn_pkt *pkt,
				 struct nf_esp_spi *spi,
				 const struct nf_hook_state *state)
{
	struct nf_vpn_session *s = spi->session;
	struct nf_conn *ct = nf_vpn_flow_get_in(vn, s, NF_VPN_FLOW_ESP, pkt);
	const struct nf_esp_nat_ops *nat;

	if (likely(ct)) {
		nf_esp_spi_seen(spi, pkt, skb->len);
		if (unlikely(!READ_ONCE(spi->proven)))
			nf_esp_spi_seen_again(vn, spi);
		nf_esp_attach_in(vn, skb, s, ct, true);
		return esp_go_on(vn, skb, thoff, spi, state);
	}
	/* The gateway's own, in a flow that the remote host has begun. */
	if (test_bit(NF_VPN_SESSION_LOCAL, &s->flags)) {
		nf_esp_spi_seen(spi, pkt, skb->len);
		nf_vpn_stat_inc(vn, LOCAL);
		return NF_ACCEPT;
	}
	if (nf_vpn_flow_is_by_remote(&s->flow[NF_VPN_FLOW_ESP]))
		return esp_known_dnat(vn, skb, pkt, spi);
	if (esp_flow_lost(vn, s) && !spi->hold)
		return esp_unknown(vn, skb, pkt, state);
	/* The flow has idled out, or the SPI was preloaded. */
	nat = rcu_dereference(nf_esp_nat);
	ct = nat ? nat->revive(vn, s, spi, pkt, state) : NULL;
	if (!ct)
		return nf_vpn_stock(vn, NF_CT_VPN_A_STATS_STOCK_NO_FLOW);
	nf_esp_spi_seen(spi, pkt, skb->len);
	return nf_esp_attach_in(vn, skb, s, ct, true);
}

static bool esp_read(const struct sk_buff *skb, unsigned int thoff,
		     struct nf_vpn_pkt *pkt)
{
	const struct ip_esp_hdr *esph;
	struct ip_esp_hdr buf;

	esph = skb_header_pointer(skb, thoff, sizeof(buf), &buf);
	if (!esph)
		return false;
	pkt->spi = esph->spi;
	pkt->seq = ntohl(esph->seq_no);
	return true;
}

static unsigned int esp_packet(struct nf_vpn_net *vn, struct sk_buff *skb,
			       unsigned int thoff,
			       const struct nf_hook_state *state)
{
	struct nf_esp_spi *spi;
	struct nf_vpn_pkt pkt;

	nf_vpn_pkt_addrs(&pkt, skb, skb_network_offset(skb), state->pf);
	if (!esp_read(skb, thoff, &pkt)) {
		nf_vpn_stat_inc(vn, TRUNCATED);
		return NF_ACCEPT;
	}
	if (!pkt.spi) {
		if (!nf_vpn_conntrack_follows(state))
			return NF_ACCEPT;
		nf_l4proto_log_invalid(skb, state, IPPROTO_ESP, "SPI 0");
		return nf_vpn_drop(vn, &pkt, NF_CT_VPN_A_STATS_INVALID);
	}
	spi = nf_esp_spi_find(vn, &pkt);
	if (spi && spi->dir == NF_CT_VPN_DIR_OUT)
		return esp_known_out(vn, skb, thoff, &pkt, spi, state);
	if (spi && spi->session && state->hook == NF_INET_PRE_ROUTING)
		return esp_known_in(vn, skb, thoff, &pkt, spi, state);
	return esp_unknown(vn, skb, &pkt, state);
}

/* Does the error say that its sender doesn't speak ESP at all? */
static bool esp_is_refusal(const struct sk_buff *skb,
			   const struct nf_vpn_icmp *icmp)
{
	struct icmphdr buf;
	const struct icmphdr *h;

	/* ICMPv6 has type and code in the same place. */
	h = skb_header_pointer(skb, icmp->thoff, sizeof(buf), &buf);
	if (!h)
		return false;
	if (icmp->inner.src.l3num == AF_INET)
		return h->type == ICMP_DEST_UNREACH &&
		       h->code == ICMP_PROT_UNREACH;
	return h->type == ICMPV6_PARAMPROB && h->code == ICMPV6_UNK_NEXTHDR;
}

/*
 * An error about an outbound packet goes to its client. One about an inbound
 * packet, sent by a client that isn't known to own the SPI, must not reach the
 * remote host, which might delete the SA.
 */
static unsigned int esp_error(struct nf_vpn_net *vn, struct sk_buff *skb,
			      struct nf_vpn_icmp *icmp,
			      const struct nf_hook_state *state)
{
	struct nf_esp_spi *spi;
	struct nf_vpn_pkt outer;

	/*
	 * RFC 792: eight bytes are quoted, which are SPI and sequence number.
	 */
	if (!esp_read(skb, icmp->inner_thoff, &icmp->inner))
		return NF_ACCEPT;
	spi = nf_esp_spi_find_wire(vn, &icmp->inner);
	if (spi)
		return test_bit(NF_VPN_SESSION_LOCAL, &spi->session->flags) ?
			NF_ACCEPT :
			nf_vpn_icmp_relate(vn, skb, icmp, spi->session,
					   NF_VPN_FLOW_ESP, state);
	spi = nf_esp_spi_find_in_any(vn, &icmp->inner);
	if (!spi || (spi->session &&
		     (nf_vpn_host_equal(&spi->session->client->host,
					&icmp->inner.dst) ||
		      nf_inet_addr_cmp(&spi->gw, &icmp->inner.dst.addr))))
		return NF_ACCEPT;
	nf_vpn_pkt_addrs(&outer, skb, skb_network_offset(skb), state->pf);
	/*
	 * The error counts against its sender as a candidate, but not if it is
	 * about a packet to another host, which could be forged.
	 */
	if (nf_vpn_host_equal(&outer.src, &icmp->inner.dst) &&
	    esp_is_refusal(skb, icmp))
		nf_esp_spi_refused(vn, &icmp->inner);
	return nf_vpn_drop(vn, &icmp->inner, NF_CT_VPN_A_STATS_ICMP_DROPPED);
}

static unsigned int nf_esp_net_id __read_mostly;

static int __net_init nf_esp_net_init(struct net *net)
{
	struct nf_esp_net *en = net_generic(net, nf_esp_net_id);
	int err = nf_esp_spis_init(en);

	if (err)
		return err;
	err = nf_esp_graves_init(en);
	if (err)
		nf_esp_spis_exit(en);
	else
		nf_vpn_pernet(net)->esp = en;
	return err;
}

static void __net_exit nf_esp_net_exit(struct net *net)
{
	struct nf_vpn_net *vn = nf_vpn_pernet(net);

	nf_vpn_gc_stop(vn);
	nf_esp_flush(vn);
	nf_esp_graves_exit(vn->esp);
	nf_esp_spis_exit(vn->esp);
	vn->esp = NULL;
}

static struct pernet_operations nf_esp_pernet_ops = {
	.init		= nf_esp_net_init,
	.exit		= nf_esp_net_exit,
	.id		= &nf_esp_net_id,
	.size		= sizeof(struct nf_esp_net),
};

static const struct nf_vpn_tracker esp_tracker = {
	.protonum	= IPPROTO_ESP,
	.kind		= NF_CT_VPN_KIND_ESP,
	.pernet		= &nf_esp_pernet_ops,
	.packet		= esp_packet,
	.error		= esp_error,
	.label		= nf_esp_label,
	.flush		= nf_esp_flush,
	.gc		= nf_esp_gc,
	.gc_net		= nf_esp_gc_net,
	.end		= nf_esp_end,
	.expect		= nf_esp_session_expect,
	.refused	= nf_esp_spi_refused,
};

static int __init nf_conntrack_esp_init(void)
{
	struct net *net;
	int err;

	err = nf_esp_labels_register();
	if (err)
		return err;
	err = nf_vpn_tracker_register(&esp_tracker);
	if (err)
		goto err_labels;
	nf_vpn_kind_register(&nf_esp_kind);
	down_read(&net_rwsem);
	for_each_net(net)
		nf_esp_load(nf_vpn_pernet(net));
	up_read(&net_rwsem);
	return 0;

err_labels:
	nf_esp_labels_unregister();
	return err;
}

static void __exit nf_conntrack_esp_exit(void)
{
	nf_vpn_kind_stop(&nf_esp_kind);
	nf_vpn_tracker_unregister(&esp_tracker);
	nf_vpn_kind_unregister(&nf_esp_kind);
	nf_esp_labels_unregister();
}

module_init(nf_conntrack_esp_init);
module_exit(nf_conntrack_esp_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("Authors of nf-conntrack-vpn");
MODULE_DESCRIPTION("Connection tracking of ESP by SPI");
MODULE_VERSION(NF_VPN_VERSION);
NF_VPN_IMPORT_NS;
