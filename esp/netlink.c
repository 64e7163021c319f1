// SPDX-License-Identifier: GPL-2.0-only
/*
 * ESP SPIs as netlink tells of them.
 */
#include "core/flow.h"
#include "core/net.h"
#include "core/packet.h"
#include "core/session.h"
#include "esp/spi.h"
#include "esp/undecided.h"
#include "netlink/netlink.h"

static u8 nf_vpn_spi_nl_state(const struct nf_vpn_net *vn,
			      const struct nf_vpn_spi *spi,
			      enum nf_vpn_flow_state flow)
{
	u32 limit = HZ * (u32)READ_ONCE(vn->set.esp_timeout);

	if (!spi->session)
		return NF_CT_VPN_STATE_UNDECIDED;
	if (spi->dir == NF_CT_VPN_DIR_OUT)
		return READ_ONCE(spi->paired) ? NF_CT_VPN_STATE_ESTABLISHED :
						NF_CT_VPN_STATE_UNREPLIED;
	if (flow == NF_VPN_FLOW_IDLE || nf_vpn_spi_idle(spi) >= limit)
		return NF_CT_VPN_STATE_REMEMBERED;
	return NF_CT_VPN_STATE_ESTABLISHED;
}

static int nf_vpn_put_owner(struct sk_buff *skb, struct nf_vpn_spi *spi)
{
	const struct nf_vpn_session *s = spi->session;
	u32 l3num = nf_vpn_spi_remote(spi)->host.l3num;
	const union nf_inet_addr *masq;

	if (!s)
		return nla_put_u32(skb, NF_CT_VPN_A_ESP_CANDIDATES,
				   READ_ONCE(nf_vpn_spi_undecided(spi)->n)) ||
		       nf_vpn_put_addr(skb, NF_CT_VPN_A_ESP_MASQ, l3num,
				       &spi->gw);
	masq = spi->dir == NF_CT_VPN_DIR_IN ? &spi->gw :
					      nf_vpn_flow_masq(&s->esp);
	return nf_vpn_put_addr(skb, NF_CT_VPN_A_ESP_CLIENT, l3num,
			       &s->client->host.addr) ||
	       nla_put_u16(skb, NF_CT_VPN_A_ESP_ZONE, s->client->zone) ||
	       (masq && nf_vpn_put_addr(skb, NF_CT_VPN_A_ESP_MASQ, l3num,
					masq));
}

/**
 * nf_vpn_put_spi_known - what is known of an SPI without asking conntrack
 * @skb: message
 * @spi: SPI, under RCU
 */
int nf_vpn_put_spi_known(struct sk_buff *skb, struct nf_vpn_spi *spi)
{
	const struct nf_vpn_host *remote = &nf_vpn_spi_remote(spi)->host;
	u32 l3num = remote->l3num;

	if (nla_put_u8(skb, NF_CT_VPN_A_ESP_FAMILY, l3num) ||
	    nla_put_u8(skb, NF_CT_VPN_A_ESP_DIR, spi->dir) ||
	    nla_put_u32(skb, NF_CT_VPN_A_ESP_SPI, ntohl(spi->spi)) ||
	    nf_vpn_put_addr(skb, NF_CT_VPN_A_ESP_REMOTE, l3num,
			    &remote->addr) ||
	    nf_vpn_put_owner(skb, spi) ||
	    nla_put_u8(skb, NF_CT_VPN_A_ESP_CONFIDENCE, spi->conf) ||
	    nla_put_u64_64bit(skb, NF_CT_VPN_A_ESP_PACKETS,
			      atomic64_read(&spi->packets),
			      NF_CT_VPN_A_ESP_PAD) ||
	    nla_put_u64_64bit(skb, NF_CT_VPN_A_ESP_BYTES,
			      atomic64_read(&spi->bytes),
			      NF_CT_VPN_A_ESP_PAD) ||
	    nla_put_u64_64bit(skb, NF_CT_VPN_A_ESP_FIRST,
			      nf_vpn_age_ms(spi->first),
			      NF_CT_VPN_A_ESP_PAD) ||
	    nla_put_u64_64bit(skb, NF_CT_VPN_A_ESP_LAST,
			      jiffies_to_msecs(nf_vpn_spi_idle(spi)),
			      NF_CT_VPN_A_ESP_PAD) ||
	    nla_put_u32(skb, NF_CT_VPN_A_ESP_SEQ, READ_ONCE(spi->seq)) ||
	    nla_put_u8(skb, NF_CT_VPN_A_ESP_PIN,
		       spi->hold == NF_VPN_HOLD_PIN))
		return -EMSGSIZE;
	return 0;
}

static bool nf_vpn_dump_wants_spi(const struct nf_vpn_dump *d,
				  const struct nf_vpn_spi *spi)
{
	if ((d->by_spi && spi->spi != htonl(d->spi)) ||
	    (d->by_dir && spi->dir != d->dir) ||
	    (d->by_conf && spi->conf != d->conf))
		return false;
	return nf_vpn_hosts_want(&d->hosts, spi->session ?
				 &spi->session->client->host : NULL,
				 &nf_vpn_spi_remote(spi)->host);
}

static int nf_vpn_dump_spi(struct sk_buff *skb, struct netlink_callback *cb,
			   struct nf_vpn_net *vn, const struct nf_vpn_dump *d,
			   void *obj)
{
	enum nf_vpn_flow_state flow = NF_VPN_FLOW_LIVE;
	struct nf_vpn_spi *spi = obj;
	void *hdr;
	u8 state;

	if (!nf_vpn_dump_wants_spi(d, spi))
		return 0;
	if (spi->session)
		flow = nf_vpn_flow_state(vn, spi->session, NF_VPN_FLOW_ESP);
	if (flow == NF_VPN_FLOW_DELETED && !spi->hold)
		return 0;
	state = nf_vpn_spi_nl_state(vn, spi, flow);
	if (!nf_vpn_dump_wants_state(d, state))
		return 0;
	hdr = nf_vpn_msg_begin(skb, cb, NF_CT_VPN_CMD_ESP_GET);
	if (!hdr)
		return -EMSGSIZE;
	return nf_vpn_msg_end(skb, hdr, nf_vpn_put_spi_known(skb, spi) ?:
			      nla_put_u8(skb, NF_CT_VPN_A_ESP_STATE, state));
}

const struct nf_vpn_dump_what nf_vpn_dump_esp = {
	.kind		= NF_CT_VPN_KIND_ESP,
	.hosts		= {
		.family	= NF_CT_VPN_A_ESP_FAMILY,
		.client	= NF_CT_VPN_A_ESP_CLIENT,
		.remote	= NF_CT_VPN_A_ESP_REMOTE,
	},
	.state_attr	= NF_CT_VPN_A_ESP_STATE,
	.conf_attr	= NF_CT_VPN_A_ESP_CONFIDENCE,
	.dir_attr	= NF_CT_VPN_A_ESP_DIR,
	.spi_attr	= NF_CT_VPN_A_ESP_SPI,
	.entry		= nf_vpn_dump_spi,
};
