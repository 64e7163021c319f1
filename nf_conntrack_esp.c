// SPDX-License-Identifier: GPL-2.0-only
/*
 * Connection tracking of ESP (RFC 4303) by SPI.
 *
 * The way of a packet (core/main.c has let it in):
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
 *	unknown, to be forwarded	-> learnt as outbound, flow in the zone of
 *				   the client
 *
 * Dropped are SPI 0 (section 2.1: never on the wire), ICMP errors about somebody
 * else's SPI, and what nf_conntrack_esp_parallel=0 and _guess=0 ask for.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/module.h>
#include <linux/skbuff.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_l4proto.h>
#include <net/netfilter/nf_conntrack_timeout.h>

#include "compat.h"
#include "core/clock.h"
#include "core/copy.h"
#include "core/event.h"
#include "core/flow.h"
#include "core/gc.h"
#include "core/icmp.h"
#include "core/label.h"
#include "core/net.h"
#include "core/packet.h"
#include "core/session.h"
#include "core/tracker.h"
#include "esp/esp.h"
#include "esp/spi.h"
#include "esp/times.h"
#include "esp/undecided.h"
#include "esp/watch.h"
#include "isakmp/cookie.h"

static const struct nf_esp_nat_ops __rcu *esp_nat;

/* The label that new flows carry: conntrack -L shows helper=esp. */
static struct nf_vpn_label esp_labels[2] __read_mostly;

/**
 * nf_esp_label - the helper that ESP flows carry
 * @l3num: AF_INET or AF_INET6
 */
struct nf_conntrack_helper *nf_esp_label(u32 l3num)
{
	return nf_vpn_label_of(esp_labels, l3num);
}
EXPORT_SYMBOL_GPL(nf_esp_label);

/* A flow is about to be confirmed: NAT and the ruleset have had their say. */
static noinline int esp_flow_new(const struct sk_buff *skb, struct nf_conn *ct)
{
	struct nf_vpn_host client, remote;
	struct nf_vpn_session *s;
	struct nf_vpn_net *vn;
	u32 timeout;

	vn = nf_vpn_pernet(nf_ct_net(ct));
	if (READ_ONCE(vn->dead))
		return NF_ACCEPT;
	if (nf_vpn_flow_is_late(vn, ct))
		return NF_DROP;
	timeout = nf_vpn_flow_lifetime(vn, ct, NF_VPN_FLOW_ESP, false);
	nf_vpn_ct_refresh(ct, skb, timeout);
	nf_vpn_flow_hosts(ct, &client, &remote);
	s = nf_vpn_session_find(vn, &client, &remote);
	if (s) {
		clear_bit(NF_VPN_SESSION_REPLIED, &s->flags);
		nf_vpn_flow_seen(&s->esp, ct, timeout);
	}
	return NF_ACCEPT;
}

/*
 * Conntrack calls it for each packet of a flow, last of all: no other traffic
 * pays for a hook of its own.
 */
static int esp_help(struct sk_buff *skb, unsigned int protoff,
		    struct nf_conn *ct, enum ip_conntrack_info ctinfo)
{
	nf_vpn_flow_let_through(ct, skb);
	return likely(nf_ct_is_confirmed(ct)) ? NF_ACCEPT :
						esp_flow_new(skb, ct);
}

/* IKE may be silent as long as the SAs that it has made are in use. */
static void esp_keep_ike_alive(struct nf_vpn_net *vn, struct nf_vpn_session *s)
{
	struct nf_vpn_ike *ike = nf_vpn_session_ike(s);

	if (!ike || time_before(jiffies, READ_ONCE(ike->kept_alive) + HZ / 2))
		return;
	WRITE_ONCE(ike->kept_alive, jiffies);
	nf_vpn_flow_keep_alive(vn, s, NF_VPN_FLOW_IKE);
}

/* Does the client go back and forth between outbound SPIs? */
static void esp_note_mixed(struct nf_vpn_session *s,
			   const struct nf_vpn_spi *spi)
{
	if (likely(READ_ONCE(s->spi_out) == spi->spi))
		return;
	WRITE_ONCE(s->spi_out, spi->spi);
	WRITE_ONCE(s->mixed, (u32)jiffies);
}

/* Has the remote host been heard since? One of several children says nothing. */
static bool esp_is_answered(const struct nf_vpn_session *s, u32 since)
{
	return !nf_vpn_session_is_mixed(s) &&
	       (s32)((u32)READ_ONCE(s->last_in) - since) >= 0;
}

static void esp_starved(struct nf_vpn_net *vn, struct nf_vpn_spi *spi,
			u32 since)
{
	const struct nf_esp_nat_ops *nat = rcu_dereference(esp_nat);

	if (nat)
		nat->starved(vn, spi, since);
	/* The next search counts its own packets. */
	WRITE_ONCE(spi->asked.n, 0);
}

/* Count an outbound packet that perhaps nobody answers. */
static void esp_ask(struct nf_vpn_net *vn, struct nf_vpn_spi *spi)
{
	struct nf_vpn_asked *asked = &spi->asked;
	u32 since = READ_ONCE(asked->since);
	u8 n = READ_ONCE(asked->n);

	if (!n || esp_is_answered(spi->session, since)) {
		WRITE_ONCE(asked->since, (u32)jiffies);
		WRITE_ONCE(asked->n, 1);
		return;
	}
	if (n < ESP_STARVED_PACKETS)
		WRITE_ONCE(asked->n, ++n);
	if (n == ESP_STARVED_PACKETS &&
	    nf_vpn_since_low(since) > msecs_to_jiffies(ESP_STARVED_MS))
		esp_starved(vn, spi, since);
}

static void esp_unanswered(struct nf_vpn_net *vn, struct nf_vpn_spi *spi)
{
	struct nf_vpn_session *s = spi->session;

	esp_note_mixed(s, spi);
	if (likely(!time_after(jiffies, READ_ONCE(s->last_in) +
			       msecs_to_jiffies(ESP_STARVED_SILENCE_MS)) &&
		   !nf_vpn_session_is_mixed(s)))
		return;
	esp_ask(vn, spi);
}

/* Note when a session sends, where that may tell whose an SPI is. */
static void esp_watch(struct nf_vpn_session *s)
{
	struct nf_vpn_watch *w = rcu_dereference(s->watch);

	if (unlikely(w))
		esp_times_add(&w->sent, nf_vpn_now_us());
}

/* @spi: NULL if there was no room to note it */
static unsigned int esp_attach_out(struct nf_vpn_net *vn, struct sk_buff *skb,
				   struct nf_vpn_session *s,
				   struct nf_vpn_spi *spi, struct nf_conn *ct)
{
	bool replied = test_bit(IPS_SEEN_REPLY_BIT, &ct->status);
	u32 timeout = nf_vpn_flow_lifetime(vn, ct, NF_VPN_FLOW_ESP, replied);

	nf_vpn_flow_seen(&s->esp, ct, timeout);
	nf_vpn_stamp(&s->last_out, jiffies);
	if (likely(spi))
		esp_unanswered(vn, spi);
	esp_watch(s);
	nf_vpn_stat_inc(vn, ATTACHED_OUT);
	nf_vpn_flow_attach(skb, ct, IP_CT_DIR_ORIGINAL, timeout);
	return NF_ACCEPT;
}

/**
 * nf_esp_attach_in - deliver an inbound packet to its session
 * @vn: netns, its lock not held
 * @skb: packet
 * @s: session, under RCU
 * @ct: its flow; the reference goes over to the packet
 * @proven: its SPI has been seen before: the session is being served
 */
unsigned int nf_esp_attach_in(struct nf_vpn_net *vn, struct sk_buff *skb,
			      struct nf_vpn_session *s, struct nf_conn *ct,
			      bool proven)
{
	u32 timeout = nf_vpn_flow_lifetime(vn, ct, NF_VPN_FLOW_ESP, true);

	nf_vpn_flow_seen(&s->esp, ct, timeout);
	if (unlikely(nf_vpn_flow_is_related(ct))) {
		nf_vpn_stat_inc(vn, ATTACHED_IN);
		nf_vpn_flow_attach_related(skb, ct, timeout);
		return NF_ACCEPT;
	}
	if (proven)
		nf_vpn_stamp(&s->last_in, jiffies);
	if (!test_bit(NF_VPN_SESSION_REPLIED, &s->flags))
		set_bit(NF_VPN_SESSION_REPLIED, &s->flags);
	esp_keep_ike_alive(vn, s);
	nf_vpn_stat_inc(vn, ATTACHED_IN);
	nf_vpn_flow_attach(skb, ct, IP_CT_DIR_REPLY, timeout);
	return NF_ACCEPT;
}
EXPORT_SYMBOL_GPL(nf_esp_attach_in);

/*
 * Learn the SPI, and the session if need be. ERR_PTR: not tracked by us. @spi is
 * NULL then, and where there is no room for it.
 */
static struct nf_vpn_session *esp_learn(struct nf_vpn_net *vn,
					const struct nf_vpn_pkt *pkt,
					unsigned int len, bool local,
					struct nf_vpn_spi **spi)
{
	const struct nf_esp_nat_ops *nat = rcu_dereference(esp_nat);
	struct nf_vpn_session *s;

	*spi = NULL;

	if (nat && !local && !nat->admit(vn, pkt))
		return ERR_PTR(-EACCES);
	spin_lock_bh(&vn->lock);
	s = nf_vpn_session_get(vn, &pkt->src, &pkt->dst, local);
	if (IS_ERR(s))
		goto unlock;
	*spi = nf_vpn_spi_add_out(vn, s, pkt);
	if (*spi)
		nf_vpn_spi_seen(*spi, pkt, len);
	nf_vpn_ike_raw_esp(s);
unlock:
	spin_unlock_bh(&vn->lock);
	return s;
}

/* Let conntrack create the flow. */
static unsigned int esp_create(struct nf_vpn_net *vn, struct sk_buff *skb,
			       struct nf_vpn_session *s,
			       const struct nf_hook_state *state)
{
	if (!nf_vpn_conntrack_follows(state))
		return nf_vpn_stock(vn, NF_CT_VPN_A_STATS_STOCK_UNTRACKED);
	nf_vpn_stamp(&s->last_out, jiffies);
	esp_watch(s);
	/* From now on a packet may wait in the zone, in an NFQUEUE say. */
	set_bit(NF_VPN_SESSION_USED, &s->flags);
	if (nf_vpn_flow_template(skb, vn->net, s->client->zone,
				 nf_esp_label(s->client->host.l3num)))
		nf_vpn_stat_inc(vn, NO_MEMORY);
	else
		nf_vpn_stat_inc(vn, FLOW_NEW);
	return NF_ACCEPT;
}

static unsigned int esp_unknown_out(struct nf_vpn_net *vn, struct sk_buff *skb,
				    const struct nf_vpn_pkt *pkt, bool local,
				    const struct nf_hook_state *state)
{
	struct nf_vpn_session *s;
	struct nf_vpn_spi *spi;
	struct nf_conn *ct;
	bool reply;

	if (!nf_vpn_conntrack_follows(state))
		return nf_vpn_stock(vn, NF_CT_VPN_A_STATS_STOCK_UNTRACKED);

	ct = nf_vpn_flow_get(vn->net, &pkt->src, &pkt->dst, NF_VPN_FLOW_ESP,
			     &reply);
	/* The other side began, by a dnat rule or to the gateway. */
	if (reply)
		return nf_vpn_stock(vn, NF_CT_VPN_A_STATS_STOCK_REMOTE_BEGAN);
	s = esp_learn(vn, pkt, skb->len, local, &spi);
	if (!IS_ERR(s))
		return ct ? esp_attach_out(vn, skb, s, spi, ct) :
			    esp_create(vn, skb, s, state);
	if (ct)
		nf_ct_put(ct);
	if (PTR_ERR(s) != -EACCES)
		return nf_vpn_stock(vn, NF_CT_VPN_A_STATS_STOCK_NO_ROOM);
	return nf_vpn_drop(vn, pkt, NF_CT_VPN_A_STATS_BLOCKED);
}

/*
 * Conntrack has lost the flow. If that was before its time, somebody wanted it
 * gone (conntrack -D), or its address went: what was learnt goes too.
 *
 * Return: whether it was.
 */
static bool esp_flow_lost(struct nf_vpn_net *vn, struct nf_vpn_session *s)
{
	unsigned long due = READ_ONCE(s->esp.due);
	bool deleted;

	deleted = nf_vpn_flow_state(vn, s, NF_VPN_FLOW_ESP) ==
		  NF_VPN_FLOW_DELETED;
	spin_lock_bh(&vn->lock);
	if (test_bit(NF_VPN_SESSION_DEAD, &s->flags))
		deleted = true;
	else if (READ_ONCE(s->esp.due) != due)
		deleted = false;	/* another CPU has just met it */
	else if (deleted)
		nf_vpn_session_forget(vn, s);
	spin_unlock_bh(&vn->lock);
	return deleted;
}

/* A session whose client is the packet's very destination: not translated. */
static unsigned int esp_bind_addressee(struct nf_vpn_net *vn,
				       struct sk_buff *skb,
				       const struct nf_vpn_pkt *pkt,
				       struct nf_vpn_session *s,
				       enum nf_ct_vpn_conf conf)
{
	struct nf_conn *ct = nf_vpn_flow_get_in(vn, s, NF_VPN_FLOW_ESP, pkt);
	struct nf_vpn_spi *spi = NULL;

	if (!ct)
		return NF_ESP_NOT_OURS;
	spin_lock_bh(&vn->lock);
	if (!test_bit(NF_VPN_SESSION_DEAD, &s->flags)) {
		spi = nf_vpn_spi_find_in(vn, pkt);
		if (!spi)
			spi = nf_vpn_spi_bind(vn, s, pkt, conf);
		if (spi)
			nf_vpn_spi_seen(spi, pkt, skb->len);
	}
	spin_unlock_bh(&vn->lock);
	return nf_esp_attach_in(vn, skb, s, ct, true);
}

/* Without nf_nat_esp only a remote host's sole session can be meant. */
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

/* A packet from a host that sessions talk to: whose is it? */
static unsigned int esp_unknown_in(struct nf_vpn_net *vn, struct sk_buff *skb,
				   const struct nf_vpn_pkt *pkt,
				   const struct nf_hook_state *state)
{
	const struct nf_esp_nat_ops *nat = rcu_dereference(esp_nat);
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
 * An SPI learnt as outbound whose flow nobody has answered: meanwhile it may
 * have turned out to be the answer to somebody else's. (A first packet that the
 * ruleset dropped leaves such an SPI, and so does a remote host that sent to a
 * translated address before its client did.)
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
	nf_vpn_session_end_esp(vn, stale);
	spin_unlock_bh(&vn->lock);
	return verdict;
}

static unsigned int esp_known_out(struct nf_vpn_net *vn, struct sk_buff *skb,
				  const struct nf_vpn_pkt *pkt,
				  struct nf_vpn_spi *spi,
				  const struct nf_hook_state *state)
{
	struct nf_vpn_session *s = spi->session;
	unsigned int verdict;
	struct nf_conn *ct;
	bool reply;

	ct = nf_vpn_flow_get_cached(vn, s, NF_VPN_FLOW_ESP, &reply);
	if (likely(ct && test_bit(IPS_SEEN_REPLY_BIT, &ct->status))) {
		nf_vpn_spi_seen(spi, pkt, skb->len);
		return esp_attach_out(vn, skb, s, spi, ct);
	}
	if (reply) {
		nf_vpn_spi_seen(spi, pkt, skb->len);
		return nf_vpn_stock(vn, NF_CT_VPN_A_STATS_STOCK_REMOTE_BEGAN);
	}
	verdict = esp_reconsider(vn, skb, pkt, s, state);
	if (verdict != NF_ESP_NOT_OURS) {
		if (ct)
			nf_ct_put(ct);
		return verdict;
	}
	if (ct) {
		nf_vpn_spi_seen(spi, pkt, skb->len);
		return esp_attach_out(vn, skb, s, spi, ct);
	}
	if (esp_flow_lost(vn, s))
		return esp_unknown_out(vn, skb, pkt,
				       test_bit(NF_VPN_SESSION_LOCAL,
						&s->flags), state);
	nf_vpn_spi_seen(spi, pkt, skb->len);
	return esp_create(vn, skb, s, state);
}

static unsigned int esp_unknown(struct nf_vpn_net *vn, struct sk_buff *skb,
				const struct nf_vpn_pkt *pkt,
				const struct nf_hook_state *state)
{
	unsigned int verdict;

	if (state->hook == NF_INET_LOCAL_OUT)
		return esp_unknown_out(vn, skb, pkt, true, state);
	verdict = esp_unknown_in(vn, skb, pkt, state);
	if (verdict != NF_ESP_NOT_OURS)
		return verdict;
	if (nf_vpn_is_local(&pkt->dst, skb, state) ||
	    nf_vpn_remote_knows(vn, pkt))
		return nf_vpn_stock(vn, NF_CT_VPN_A_STATS_STOCK_GATEWAY);
	return esp_unknown_out(vn, skb, pkt, false, state);
}

static unsigned int esp_known_in(struct nf_vpn_net *vn, struct sk_buff *skb,
				 const struct nf_vpn_pkt *pkt,
				 struct nf_vpn_spi *spi,
				 const struct nf_hook_state *state)
{
	struct nf_vpn_session *s = spi->session;
	struct nf_conn *ct = nf_vpn_flow_get_in(vn, s, NF_VPN_FLOW_ESP, pkt);
	const struct nf_esp_nat_ops *nat;

	if (likely(ct)) {
		nf_vpn_spi_seen(spi, pkt, skb->len);
		if (unlikely(!READ_ONCE(spi->paired)))
			nf_vpn_spi_prove(vn, spi);
		return nf_esp_attach_in(vn, skb, s, ct, true);
	}
	/* Also where the remote host began and the flow is stock's. */
	if (test_bit(NF_VPN_SESSION_LOCAL, &s->flags)) {
		nf_vpn_spi_seen(spi, pkt, skb->len);
		nf_vpn_stat_inc(vn, LOCAL);
		return NF_ACCEPT;
	}
	if (esp_flow_lost(vn, s) && !spi->hold)
		return esp_unknown(vn, skb, pkt, state);
	/* Idled out, or preloaded. */
	nat = rcu_dereference(esp_nat);
	ct = nat ? nat->revive(vn, s, spi, pkt, state) : NULL;
	if (!ct)
		return nf_vpn_stock(vn, NF_CT_VPN_A_STATS_STOCK_NO_FLOW);
	nf_vpn_spi_seen(spi, pkt, skb->len);
	return nf_esp_attach_in(vn, skb, s, ct, true);
}

static bool esp_read(const struct sk_buff *skb, unsigned int thoff,
		     struct nf_vpn_pkt *pkt)
{
	const struct esp_header *esph;
	struct esp_header buf;

	esph = skb_header_pointer(skb, thoff, sizeof(buf), &buf);
	if (!esph)
		return false;
	pkt->spi = esph->spi;
	pkt->seq = ntohl(esph->seq);
	return true;
}

static unsigned int esp_packet(struct nf_vpn_net *vn, struct sk_buff *skb,
			       unsigned int thoff,
			       const struct nf_hook_state *state)
{
	struct nf_vpn_spi *spi;
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
	spi = nf_vpn_spi_find(vn, &pkt);
	if (spi && spi->dir == NF_CT_VPN_DIR_OUT)
		return esp_known_out(vn, skb, &pkt, spi, state);
	if (spi && spi->session && state->hook == NF_INET_PRE_ROUTING)
		return esp_known_in(vn, skb, &pkt, spi, state);
	return esp_unknown(vn, skb, &pkt, state);
}

/* Does the error say that its sender takes no ESP at all? */
static bool esp_is_refusal(const struct sk_buff *skb,
			   const struct nf_vpn_icmp *icmp)
{
	struct icmphdr buf;
	const struct icmphdr *h;

	/* Type and code are where ICMPv6 has them, too. */
	h = skb_header_pointer(skb, icmp->thoff, sizeof(buf), &buf);
	if (!h)
		return false;
	if (icmp->inner.src.l3num == AF_INET)
		return h->type == ICMP_DEST_UNREACH &&
		       h->code == ICMP_PROT_UNREACH;
	return h->type == ICMPV6_PARAMPROB && h->code == ICMPV6_UNK_NEXTHDR;
}

/*
 * An error about a packet of a client goes to that client. One about an
 * inbound SPI that is somebody else's, or nobody knows whose, must not reach
 * the remote host: it may answer by deleting the SA.
 */
static unsigned int esp_error(struct nf_vpn_net *vn, struct sk_buff *skb,
			      struct nf_vpn_icmp *icmp,
			      const struct nf_hook_state *state)
{
	struct nf_vpn_spi *spi;
	struct nf_vpn_pkt outer;

	/* RFC 792: eight bytes of it are quoted, SPI and sequence number. */
	if (!esp_read(skb, icmp->inner_thoff, &icmp->inner))
		return NF_ACCEPT;
	spi = nf_vpn_spi_find_wire(vn, &icmp->inner);
	if (spi)
		return test_bit(NF_VPN_SESSION_LOCAL, &spi->session->flags) ?
			NF_ACCEPT :
			nf_vpn_icmp_relate(vn, skb, icmp, spi->session,
					   NF_VPN_FLOW_ESP, state);
	spi = nf_vpn_spi_find_in_any(vn, &icmp->inner);
	if (!spi || (spi->session &&
		     (nf_vpn_host_equal(&spi->session->client->host,
					&icmp->inner.dst) ||
		      nf_inet_addr_cmp(&spi->gw, &icmp->inner.dst.addr))))
		return NF_ACCEPT;
	nf_vpn_pkt_addrs(&outer, skb, skb_network_offset(skb), state->pf);
	/* A host may speak for itself, not for a sibling whose SPI it covets. */
	if (nf_vpn_host_equal(&outer.src, &icmp->inner.dst) &&
	    esp_is_refusal(skb, icmp))
		nf_vpn_spi_refused(vn, &icmp->inner);
	return nf_vpn_drop(vn, &icmp->inner, NF_CT_VPN_A_STATS_ICMP_DROPPED);
}

static const struct nf_vpn_tracker esp_tracker = {
	.protonum	= IPPROTO_ESP,
	.packet		= esp_packet,
	.error		= esp_error,
	.flush		= nf_vpn_flush_esp,
	.label		= nf_esp_label,
};

/**
 * nf_esp_nat_register - nf_nat_esp is there
 * @ops: kept until nf_esp_nat_unregister()
 */
void nf_esp_nat_register(const struct nf_esp_nat_ops *ops)
{
	rcu_assign_pointer(esp_nat, ops);
}
EXPORT_SYMBOL_GPL(nf_esp_nat_register);

/* On return no CPU runs its functions. */
void nf_esp_nat_unregister(void)
{
	RCU_INIT_POINTER(esp_nat, NULL);
	synchronize_net();
}
EXPORT_SYMBOL_GPL(nf_esp_nat_unregister);

static const struct nf_vpn_label_info esp_label_info = {
	.me		= THIS_MODULE,
	.name		= "esp",
	.protonum	= IPPROTO_ESP,
	.help		= esp_help,
};

static int __init nf_conntrack_esp_init(void)
{
	int err;

	err = nf_vpn_labels_register(esp_labels, &esp_label_info);
	if (err)
		return err;
	err = nf_vpn_tracker_register(&esp_tracker);
	if (err)
		nf_vpn_labels_unregister(esp_labels);
	return err;
}

static void __exit nf_conntrack_esp_exit(void)
{
	nf_vpn_tracker_unregister(&esp_tracker);
	nf_vpn_labels_unregister(esp_labels);
}

module_init(nf_conntrack_esp_init);
module_exit(nf_conntrack_esp_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Connection tracking of ESP by SPI");
MODULE_VERSION(NF_VPN_VERSION);
