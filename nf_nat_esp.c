// SPDX-License-Identifier: GPL-2.0-only
/*
 * NAT of ESP: finds the session that owns an inbound SPI, and delivers packets.
 *
 * Inbound and outbound SPIs of a tunnel are unrelated numbers, agreed upon
 * under encryption. But what is visible allows conclusions:
 *
 * - An SPI of one of the gateway's own security associations is the gateway's.
 * - A new inbound SPI answers a new outbound one; an SPI that was in use before
 *   we saw it goes with a session that was, too (RFC 4303 section 3.3.3).
 * - A client's own IKE message announces an SPI before the remote host can use
 *   it (isakmp/ticket.c).
 * - If several SPIs can only belong to as many sessions, none of these owns
 *   another.
 * - A session whose own inbound SPI still receives needs no other.
 * - Packets that come a round trip after a session's own, when no other session
 *   has sent, are for that session.
 *
 * If one candidate is left, the SPI is bound to it. If there are several, the
 * packet goes to each of them, since only the owner can decrypt it, until
 * evidence or elimination decides. With nf_conntrack_esp_guess=0 or 1 packets
 * aren't copied.
 */
#include <linux/module.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_acct.h>

#include "compat.h"
#include "core/copy.h"
#include "core/event.h"
#include "core/flow.h"
#include "core/net.h"
#include "core/packet.h"
#include "core/session.h"
#include "esp/esp.h"
#include "esp/spi.h"
#include "nat/local_sa.h"
#include "nat/nat.h"

/*
 * A packet for an SA of the gateway itself. It is attached to the gateway's
 * session, or left to stock conntrack if the remote host has begun the flow.
 */
static unsigned int nf_nat_esp_local(struct nf_vpn_net *vn, struct sk_buff *skb,
				     const struct nf_vpn_pkt *pkt)
{
	struct nf_vpn_session *s;
	struct nf_esp_spi *spi;
	struct nf_conn *ct;

	nf_vpn_stat_inc(vn, LOCAL);
	spin_lock_bh(&vn->lock);
	s = nf_vpn_session_find(vn, &pkt->dst, &pkt->src);
	spi = s ? nf_esp_spi_find_in(vn, pkt) : NULL;
	if (s && !spi)
		spi = nf_esp_spi_bind(vn, s, pkt, NF_CT_VPN_CONF_CERTAIN);
	if (spi)
		nf_esp_spi_seen(spi, pkt, skb->len);
	spin_unlock_bh(&vn->lock);
	ct = s ? nf_vpn_flow_get_in(vn, s, NF_VPN_FLOW_ESP, pkt) : NULL;
	return ct ? nf_esp_attach_in(vn, skb, s, ct, true) : NF_ACCEPT;
}

/*
 * Make the ESP flow of a session that has an IKE flow, for a packet of the
 * remote host that comes before the client's first one. Its ORIGINAL direction
 * is that of the client, as with other flows, but it is RELATED to the IKE flow
 * until the ruleset has accepted a packet of the client.
 */
static struct nf_conn *nf_nat_esp_create(struct nf_vpn_net *vn,
					 struct nf_vpn_session *s,
					 const struct nf_vpn_pkt *pkt,
					 const struct nf_hook_state *state)
{
	int seconds = READ_ONCE(vn->set.esp_timeout_unreplied);
	struct nf_conntrack_tuple orig, reply;
	struct nf_conn *master, *ct;

	if (!nf_vpn_conntrack_follows(state))
		return NULL;
	master = nf_vpn_flow_get_in(vn, s, NF_VPN_FLOW_IKE, pkt);
	if (!master)
		return NULL;
	nf_vpn_flow_tuple(&orig, &s->client->host, &s->remote->host,
			  NF_VPN_FLOW_ESP);
	nf_vpn_flow_tuple(&reply, &pkt->src, &pkt->dst, NF_VPN_FLOW_ESP);
	reply.dst.dir = IP_CT_DIR_REPLY;
	ct = nf_vpn_flow_create(vn->net, master, s->client->zone, &orig, &reply,
				nf_esp_label(pkt->src.l3num), seconds * HZ);
	nf_ct_put(master);
	if (IS_ERR(ct))
		return NULL;
	set_bit(NF_VPN_SESSION_USED, &s->flags);
	nf_vpn_stat_inc(vn, FLOW_NEW);
	return ct;
}

/*
 * &nf_esp_nat_ops.revive. A proven SPI may resume its flow as long as IKE keeps
 * the session; an unproven one needs nf_conntrack_esp_inbound_first.
 */
static struct nf_conn *nf_nat_esp_revive(struct nf_vpn_net *vn,
					 struct nf_vpn_session *s,
					 const struct nf_esp_spi *spi,
					 const struct nf_vpn_pkt *pkt,
					 const struct nf_hook_state *state)
{
	/*
	 * The admin who has preloaded the SPI wants the flow, as with conntrack
	 * -I.
	 */
	if (spi->hold)
		return nf_vpn_flow_load(vn, s, NF_VPN_FLOW_ESP, &spi->gw,
					READ_ONCE(vn->set.esp_timeout));
	if (!READ_ONCE(spi->proven) && !READ_ONCE(vn->set.esp_inbound_first))
		return NULL;
	return nf_nat_esp_create(vn, s, pkt, state);
}

static void nf_nat_esp_copy(struct nf_vpn_net *vn, const struct sk_buff *skb,
			    struct nf_conn *ct,
			    const struct nf_hook_state *state)
{
	if (nf_vpn_skb_copy_to(skb, ct, state))
		nf_vpn_stat_inc(vn, COPY_FAILED);
	else
		nf_vpn_stat_inc(vn, COPIES);
}

/*
 * Send a copy of a packet to each candidate with a flow. Stock conntrack gets
 * the packet itself if it has a receiver, which may be a candidate that a dnat
 * rule delivers to, or else the last candidate does.
 */
static unsigned int nf_nat_esp_fan_out(struct nf_vpn_net *vn,
				       struct sk_buff *skb,
				       const struct nf_nat_esp_choice *c,
				       const struct nf_vpn_pkt *pkt,
				       const struct nf_hook_state *state)
{
	struct nf_conn *ct, *last = NULL;
	bool stock = c->stock;
	unsigned int i;

	for (i = 0; i < c->n; i++) {
		ct = nf_vpn_flow_get_in(vn, c->s[i], NF_VPN_FLOW_ESP, pkt);
		if (!ct) {
			stock |= nf_nat_esp_is_by_remote(c->s[i]);
			continue;
		}
		/*
		 * A copy would pass as ESTABLISHED, before the ruleset has
		 * agreed.
		 */
		if (nf_vpn_flow_is_related(ct)) {
			nf_ct_put(ct);
			continue;
		}
		if (test_bit(NF_VPN_SESSION_REPLIED, &c->s[i]->flags))
			nf_vpn_flow_answered(ct);
		else if (!test_bit(NF_VPN_SESSION_COPIED, &c->s[i]->flags))
			set_bit(NF_VPN_SESSION_COPIED, &c->s[i]->flags);
		if (last)
			nf_nat_esp_copy(vn, skb, last, state);
		last = ct;
	}
	if (last && stock)
		nf_nat_esp_copy(vn, skb, last, state);
	if (!last || stock)
		return NF_ESP_NOT_OURS;
	nf_vpn_flow_attach_copy(skb, last);
	return NF_ACCEPT;
}

/* Count what the owner has got while it wasn't known to be the owner. */
static void nf_nat_esp_count_copies(struct nf_conn *ct,
				    const struct nf_nat_esp_choice *c)
{
	struct nf_conn_acct *acct = nf_conn_acct_find(ct);

	if (!acct)
		return;
	atomic64_add(c->copies, &acct->counter[IP_CT_DIR_REPLY].packets);
	atomic64_add(c->bytes, &acct->counter[IP_CT_DIR_REPLY].bytes);
}

static unsigned int nf_nat_esp_deliver(struct nf_vpn_net *vn,
				       struct sk_buff *skb,
				       const struct nf_nat_esp_choice *c,
				       const struct nf_vpn_pkt *pkt,
				       const struct nf_hook_state *state)
{
	struct nf_vpn_session *s = c->s[0];
	struct nf_conn *ct = nf_vpn_flow_get_in(vn, s, NF_VPN_FLOW_ESP, pkt);

	if (!ct && READ_ONCE(vn->set.esp_inbound_first) &&
	    !nf_nat_esp_is_by_remote(s))
		ct = nf_nat_esp_create(vn, s, pkt, state);
	if (!ct)
		return NF_ESP_NOT_OURS;
	if (c->copies)
		nf_nat_esp_count_copies(ct, c);
	return nf_esp_attach_in(vn, skb, s, ct, c->proven);
}

/*
 * Does stock conntrack have a receiver other than the gateway? The gateway's
 * SPIs are known, and this isn't one of them.
 */
static void nf_nat_esp_ask_stock(struct nf_vpn_net *vn,
				 struct nf_nat_esp_arrival *a)
{
	const struct nf_vpn_session *s;
	struct nf_vpn_host client;

	s = nf_vpn_session_find(vn, &a->pkt->dst, &a->pkt->src);
	if (s && test_bit(NF_VPN_SESSION_LOCAL, &s->flags))
		return;
	switch (nf_vpn_flow_stock(vn->net, a->pkt, NF_VPN_FLOW_ESP, &client)) {
	case NF_VPN_STOCK_UNKNOWN:
		a->unknown = true;
		break;
	case NF_VPN_STOCK_NOBODY:
		break;
	case NF_VPN_STOCK_ANSWER:
		a->stock = true;
		break;
	case NF_VPN_STOCK_DNAT:
		a->receiver = nf_vpn_session_find(vn, &client, &a->pkt->src);
		/* The session notes who has begun. */
		if (a->receiver)
			nf_vpn_flow_state(vn, a->receiver, NF_VPN_FLOW_ESP);
		a->stock = !a->receiver;
		break;
	}
}

static unsigned int nf_nat_esp_inbound(struct nf_vpn_net *vn,
				       struct sk_buff *skb,
				       const struct nf_vpn_pkt *pkt,
				       const struct nf_hook_state *state)
{
	struct nf_nat_esp_arrival a = { .pkt = pkt, .len = skb->len };
	struct nf_nat_esp_choice c;
	bool decided;

	if (nf_nat_esp_sas_has(vn->net, pkt))
		return nf_nat_esp_local(vn, skb, pkt);
	a.guess = READ_ONCE(vn->set.esp_guess);
	if (a.guess > 1 && !nf_vpn_skb_may_copy(skb, state))
		a.guess = 1;
	nf_nat_esp_ask_stock(vn, &a);
	spin_lock_bh(&vn->lock);
	decided = nf_nat_esp_decide(vn, &c, &a);
	spin_unlock_bh(&vn->lock);
	if (decided)
		return nf_nat_esp_deliver(vn, skb, &c, pkt, state);
	if (c.n > 1 && !a.guess)
		return nf_vpn_drop(vn, pkt, NF_CT_VPN_A_STATS_AMBIGUOUS);
	return nf_nat_esp_fan_out(vn, skb, &c, pkt, state);
}

static const struct nf_esp_nat_ops nf_nat_esp_ops = {
	.inbound	= nf_nat_esp_inbound,
	.admit		= nf_nat_esp_admit,
	.starved	= nf_nat_esp_starved,
	.moved		= nf_nat_esp_moved,
	.revive		= nf_nat_esp_revive,
};

static int __init nf_nat_esp_init(void)
{
	int err;

	err = nf_nat_esp_sas_register();
	if (err)
		return err;
	nf_esp_nat_register(&nf_nat_esp_ops);
	return 0;
}

static void __exit nf_nat_esp_exit(void)
{
	nf_esp_nat_unregister();
	nf_nat_esp_sas_unregister();
}

module_init(nf_nat_esp_init);
module_exit(nf_nat_esp_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("Authors of nf-conntrack-vpn");
MODULE_DESCRIPTION("NAT of ESP: inbound SPIs to the right host");
MODULE_VERSION(NF_VPN_VERSION);
/* Owners of SPIs are found by what clients' IKE announces. */
MODULE_SOFTDEP("post: nf_conntrack_isakmp");
NF_VPN_IMPORT_NS;
