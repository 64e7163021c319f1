// SPDX-License-Identifier: GPL-2.0-only
/*
 * ESP on the fast path, see core/fast.h. Each SPI has a slot of its own, since
 * the ruleset may tell the SPIs of a session apart.
 */
#include <linux/ip.h>
#include <net/netfilter/nf_conntrack.h>

#include "core/fast.h"
#include "core/flow.h"
#include "core/net.h"
#include "core/packet.h"
#include "core/session.h"
#include "esp/esp.h"
#include "esp/spi.h"

/* Nobody doubts whose the SPI is. */
static bool esp_is_sure(const struct nf_esp_spi *spi)
{
	return spi->dir == NF_CT_VPN_DIR_OUT ||
	       (READ_ONCE(spi->proven) &&
		READ_ONCE(spi->conf) != NF_CT_VPN_CONF_GUESSED);
}

/* The packet as it was when it arrived. */
static void esp_arrived(struct nf_vpn_pkt *pkt,
			const struct nf_conntrack_tuple *tuple, __be32 spi)
{
	pkt->src.addr = tuple->src.u3;
	pkt->src.l3num = tuple->src.l3num;
	pkt->dst.addr = tuple->dst.u3;
	pkt->dst.l3num = tuple->src.l3num;
	pkt->spi = spi;
	pkt->seq = 0;
}

/**
 * nf_esp_fast_learn - let an SPI's packets go on as one of them does
 * @skb: packet that is about to leave
 * @protoff: offset of its ESP header
 * @ct: flow that it is attached to
 * @ctinfo: how
 */
void nf_esp_fast_learn(const struct sk_buff *skb, unsigned int protoff,
		       const struct nf_conn *ct,
		       enum ip_conntrack_info ctinfo)
{
	struct nf_vpn_net *vn = nf_vpn_pernet(nf_ct_net(ct));
	struct nf_esp_spi *spi;
	struct nf_vpn_pkt pkt;
	const __be32 *number;
	__be32 buf;
	u32 epoch;

	if (!nf_vpn_fast_learns(vn, IPPROTO_ESP))
		return;
	/* Any other packet is new, or an ICMP error. */
	if (ctinfo != IP_CT_ESTABLISHED && ctinfo != IP_CT_ESTABLISHED_REPLY)
		return;
	/* RFC 4303 section 2: the SPI comes first. */
	number = skb_header_pointer(skb, protoff, sizeof(buf), &buf);
	if (!number)
		return;
	esp_arrived(&pkt, &ct->tuplehash[CTINFO2DIR(ctinfo)].tuple, *number);
	spi = ctinfo == IP_CT_ESTABLISHED ? nf_esp_spi_find_out(vn, &pkt) :
					    nf_esp_spi_find_in(vn, &pkt);
	if (!spi || !spi->session ||
	    test_bit(NF_VPN_SESSION_LOCAL, &spi->session->flags) ||
	    !nf_vpn_flow_has_entry(&spi->session->flow[NF_VPN_FLOW_ESP], ct,
				   &epoch))
		return;
	nf_vpn_fast_learn(vn, &spi->fast, epoch, skb);
}

/**
 * nf_esp_fast_send - send a packet on, if the fast path can
 * @vn: netns with nf_vpn_fast_on()
 * @skb: packet, attached to the flow of its session
 * @thoff: offset of its ESP header
 * @spi: its SPI, under RCU
 * @state: hook
 *
 * Return: verdict
 */
unsigned int nf_esp_fast_send(struct nf_vpn_net *vn, struct sk_buff *skb,
			      unsigned int thoff, struct nf_esp_spi *spi,
			      const struct nf_hook_state *state)
{
	struct nf_vpn_session *s = spi->session;
	enum ip_conntrack_info ctinfo;
	const struct nf_conn *ct;
	u32 epoch;

	if (state->hook != NF_INET_PRE_ROUTING ||
	    test_bit(NF_VPN_SESSION_LOCAL, &s->flags))
		return NF_ACCEPT;
	if (!esp_is_sure(spi)) {
		nf_vpn_stat_inc(vn, FAST_STATE);
		return NF_ACCEPT;
	}
	ct = nf_ct_get(skb, &ctinfo);
	if (!nf_vpn_flow_has_entry(&s->flow[NF_VPN_FLOW_ESP], ct, &epoch))
		return NF_ACCEPT;
	return nf_vpn_fast_send(vn, &spi->fast, epoch, skb, thoff, state);
}
