// SPDX-License-Identifier: GPL-2.0-only
/* Outbound packets: they are attached, their SPIs are learnt and timed. */
#include <net/netfilter/nf_conntrack.h>

#include "core/clock.h"
#include "core/copy.h"
#include "core/event.h"
#include "core/expect.h"
#include "core/flow.h"
#include "core/net.h"
#include "core/packet.h"
#include "core/session.h"
#include "esp/esp.h"
#include "esp/grave.h"
#include "esp/spi.h"
#include "esp/times.h"
#include "esp/watch.h"

/* What nf_nat_esp adds, NULL if it isn't loaded; read under RCU. */
const struct nf_esp_nat_ops __rcu *nf_esp_nat;

/**
 * nf_esp_nat_register - let nf_nat_esp have inbound packets of unknown owner
 * @ops: its functions; must stay until nf_esp_nat_unregister()
 */
void nf_esp_nat_register(const struct nf_esp_nat_ops *ops)
{
	rcu_assign_pointer(nf_esp_nat, ops);
}
EXPORT_SYMBOL_GPL(nf_esp_nat_register);

/* On return no CPU runs nf_nat_esp's functions. */
void nf_esp_nat_unregister(void)
{
	RCU_INIT_POINTER(nf_esp_nat, NULL);
	synchronize_net();
}
EXPORT_SYMBOL_GPL(nf_esp_nat_unregister);

/*
 * Note that the client goes back and forth between outbound SPIs, if it does.
 */
static void esp_note_mixed(struct nf_vpn_session *s,
			   const struct nf_esp_spi *spi)
{
	if (likely(READ_ONCE(s->spi_out) == spi->spi))
		return;
	WRITE_ONCE(s->spi_out, spi->spi);
	WRITE_ONCE(s->mixed, (u32)jiffies);
}

/*
 * Has the remote host answered since? If the client has several child SAs, the
 * answers of one say nothing of another.
 */
static bool esp_is_answered(const struct nf_vpn_session *s, u32 since)
{
	return !nf_esp_session_is_mixed(s) &&
	       (s32)((u32)READ_ONCE(s->last_in) - since) >= 0;
}

static void esp_starved(struct nf_vpn_net *vn, struct nf_esp_spi *spi,
			u32 since)
{
	const struct nf_esp_nat_ops *nat = rcu_dereference(nf_esp_nat);

	if (nat)
		nat->starved(vn, spi, since);
	/* The next search counts its own packets. */
	WRITE_ONCE(spi->asked.n, 0);
}

/* Count an outbound packet on an SPI that is perhaps not answered. */
static noinline void esp_ask(struct nf_vpn_net *vn, struct nf_esp_spi *spi)
{
	struct nf_esp_asked *asked = &spi->asked;
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

static void esp_unanswered(struct nf_vpn_net *vn, struct nf_esp_spi *spi)
{
	struct nf_vpn_session *s = spi->session;

	esp_note_mixed(s, spi);
	if (likely(!time_after(jiffies, READ_ONCE(s->last_in) +
			       msecs_to_jiffies(ESP_STARVED_SILENCE_MS)) &&
		   !nf_esp_session_is_mixed(s)))
		return;
	esp_ask(vn, spi);
}

/* Note when a session sends, while that may help to decide an SPI. */
static void esp_watch(struct nf_vpn_session *s)
{
	struct nf_esp_watch *w = rcu_dereference(s->watch);

	if (unlikely(w))
		esp_times_add(&w->sent, nf_vpn_now_us());
}

/* Note that a session sends; @spi is NULL if there was no room for it. */
static __always_inline void esp_sends(struct nf_vpn_net *vn,
				      struct nf_vpn_session *s,
				      struct nf_esp_spi *spi)
{
	nf_vpn_stamp(&s->last_out, jiffies);
	if (likely(spi))
		esp_unanswered(vn, spi);
	esp_watch(s);
}

/**
 * nf_esp_attach_out - make an outbound packet part of its session's flow
 * @vn: netns, its lock not held
 * @skb: packet
 * @s: session, under RCU
 * @spi: its SPI, NULL if there was no room to note it
 * @ct: flow; the reference goes over to the packet
 *
 * Return: verdict
 */
unsigned int nf_esp_attach_out(struct nf_vpn_net *vn, struct sk_buff *skb,
			       struct nf_vpn_session *s,
			       struct nf_esp_spi *spi, struct nf_conn *ct)
{
	esp_sends(vn, s, spi);
	nf_vpn_stat_inc(vn, ATTACHED_OUT);
	nf_vpn_flow_pass(vn, skb, s, NF_VPN_FLOW_ESP, ct, IP_CT_DIR_ORIGINAL);
	return NF_ACCEPT;
}

/**
 * nf_esp_answer_out - handle an outbound packet of a flow that the remote host has
 * begun
 * @vn: netns, its lock not held
 * @s: session, under RCU
 * @spi: SPI of the packet, NULL if there was no room for it
 *
 * Return: verdict
 */
unsigned int nf_esp_answer_out(struct nf_vpn_net *vn, struct nf_vpn_session *s,
			       struct nf_esp_spi *spi)
{
	esp_sends(vn, s, spi);
	return nf_vpn_stock(vn, NF_CT_VPN_A_STATS_STOCK_REMOTE_BEGAN);
}

/*
 * Has the host of an outbound SPI sent on it before, until its entry was
 * deleted, or from another address?
 */
static void esp_note_old(struct nf_vpn_net *vn, struct nf_esp_spi *spi,
			 const struct nf_vpn_pkt *pkt)
{
	const struct nf_esp_nat_ops *nat = rcu_dereference(nf_esp_nat);
	struct nf_esp_spi *former;

	if (nf_esp_session_returns(vn, spi->session, pkt))
		nf_esp_spi_has_partner(spi);
	former = nat ? nf_esp_spi_find_former(vn, spi) : NULL;
	if (former)
		nat->moved(vn, spi->session, former->session);
}

/*
 * Find or make the session of a packet, and its SPI. Returns an ERR_PTR if we
 * don't track the packet. *@spi is NULL then, and if there is no room for it.
 */
static struct nf_vpn_session *esp_learn(struct nf_vpn_net *vn,
					const struct nf_vpn_pkt *pkt,
					unsigned int len, bool local,
					struct nf_esp_spi **spi)
{
	struct nf_vpn_session *s;

	*spi = NULL;
	spin_lock_bh(&vn->lock);
	s = nf_vpn_session_get(vn, &pkt->src, &pkt->dst, local);
	if (IS_ERR(s))
		goto unlock;
	*spi = nf_esp_spi_add_out(vn, s, pkt);
	if (*spi && !atomic64_read(&(*spi)->packets))
		esp_note_old(vn, *spi, pkt);
	if (*spi)
		nf_esp_spi_seen(*spi, pkt, len);
	nf_vpn_expect_raw_esp(s);
unlock:
	spin_unlock_bh(&vn->lock);
	return s;
}

static bool esp_may_begin(struct nf_vpn_net *vn, const struct nf_vpn_pkt *pkt,
			  bool local)
{
	const struct nf_esp_nat_ops *nat = rcu_dereference(nf_esp_nat);

	return !nat || local || nat->admit(vn, pkt);
}

/*
 * The first outbound packet of a flow that the remote host has begun, by a dnat
 * rule or to the gateway. The client behind dnat gets a session if others talk
 * to that host, since an inbound SPI may be for any of them.
 */
static unsigned int esp_unknown_answer(struct nf_vpn_net *vn,
				       const struct nf_vpn_pkt *pkt,
				       unsigned int len, bool local)
{
	struct nf_vpn_session *s;
	struct nf_esp_spi *spi;

	if (local || !nf_vpn_remote_find(vn, &pkt->dst))
		return nf_vpn_stock(vn, NF_CT_VPN_A_STATS_STOCK_REMOTE_BEGAN);
	s = esp_learn(vn, pkt, len, false, &spi);
	if (IS_ERR(s))
		return nf_vpn_stock(vn, NF_CT_VPN_A_STATS_STOCK_REMOTE_BEGAN);
	/* The session notes who has begun, and to which address. */
	nf_vpn_flow_state(vn, s, NF_VPN_FLOW_ESP);
	return nf_esp_answer_out(vn, s, spi);
}

/**
 * nf_esp_create - let conntrack create the flow
 * @vn: netns, its lock not held
 * @skb: packet
 * @s: session, under RCU
 * @state: hook
 *
 * Return: verdict
 */
unsigned int nf_esp_create(struct nf_vpn_net *vn, struct sk_buff *skb,
			   struct nf_vpn_session *s,
			   const struct nf_hook_state *state)
{
	if (!nf_vpn_conntrack_follows(state))
		return nf_vpn_stock(vn, NF_CT_VPN_A_STATS_STOCK_UNTRACKED);
	nf_vpn_stamp(&s->last_out, jiffies);
	esp_watch(s);
	set_bit(NF_VPN_SESSION_USED, &s->flags);
	if (nf_vpn_flow_template(skb, vn->net, s->client->zone,
				 nf_esp_label(s->client->host.l3num)))
		nf_vpn_stat_inc(vn, NO_MEMORY);
	else
		nf_vpn_stat_inc(vn, FLOW_NEW);
	return NF_ACCEPT;
}

/**
 * nf_esp_unknown_out - track an outbound packet on a new SPI
 * @vn: netns, its lock not held
 * @skb: packet
 * @pkt: what is in it
 * @local: it comes from the gateway itself
 * @state: hook
 *
 * Return: verdict
 */
unsigned int nf_esp_unknown_out(struct nf_vpn_net *vn, struct sk_buff *skb,
				const struct nf_vpn_pkt *pkt, bool local,
				const struct nf_hook_state *state)
{
	struct nf_vpn_session *s;
	struct nf_esp_spi *spi;
	struct nf_conn *ct;
	bool reply;

	if (!nf_vpn_conntrack_follows(state))
		return nf_vpn_stock(vn, NF_CT_VPN_A_STATS_STOCK_UNTRACKED);
	ct = nf_vpn_flow_get(vn->net, &pkt->src, &pkt->dst, NF_VPN_FLOW_ESP,
			     &reply);
	/*
	 * The remote host has begun the flow, to the gateway or by a dnat rule.
	 */
	if (reply)
		return esp_unknown_answer(vn, pkt, skb->len, local);
	s = esp_may_begin(vn, pkt, local) ?
		esp_learn(vn, pkt, skb->len, local, &spi) : ERR_PTR(-EACCES);
	if (!IS_ERR(s))
		return ct ? nf_esp_attach_out(vn, skb, s, spi, ct) :
			    nf_esp_create(vn, skb, s, state);
	if (ct)
		nf_ct_put(ct);
	if (PTR_ERR(s) != -EACCES)
		return nf_vpn_stock(vn, NF_CT_VPN_A_STATS_STOCK_NO_ROOM);
	return nf_vpn_drop(vn, pkt, NF_CT_VPN_A_STATS_BLOCKED);
}
