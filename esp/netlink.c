// SPDX-License-Identifier: GPL-2.0-only
/* Netlink: how ESP SPIs are dumped and deleted. */
#include "core/fast.h"
#include "core/flow.h"
#include "core/id.h"
#include "core/net.h"
#include "core/packet.h"
#include "core/session.h"
#include "esp/esp.h"
#include "esp/spi.h"
#include "esp/undecided.h"
#include "netlink/delete.h"
#include "netlink/dump.h"
#include "netlink/kind.h"
#include "netlink/message.h"
#include "netlink/request.h"

static u8 esp_nl_state(const struct nf_vpn_net *vn,
		       const struct nf_esp_spi *spi,
		       enum nf_vpn_flow_state flow)
{
	u32 limit = HZ * (u32)READ_ONCE(vn->set.esp_timeout);

	if (!spi->session)
		return NF_CT_VPN_STATE_UNDECIDED;
	if (spi->dir == NF_CT_VPN_DIR_OUT)
		return READ_ONCE(spi->paired) ? NF_CT_VPN_STATE_ESTABLISHED :
						NF_CT_VPN_STATE_UNREPLIED;
	if (flow == NF_VPN_FLOW_IDLE || nf_esp_spi_idle(spi) >= limit)
		return NF_CT_VPN_STATE_REMEMBERED;
	return NF_CT_VPN_STATE_ESTABLISHED;
}

static int esp_put_owner(struct sk_buff *skb, struct nf_esp_spi *spi)
{
	const struct nf_vpn_session *s = spi->session;
	u32 l3num = spi->remote->host.l3num;
	const union nf_inet_addr *masq;

	if (!s)
		return nla_put_u32(skb, NF_CT_VPN_A_ESP_CANDIDATES,
				   READ_ONCE(nf_esp_spi_undecided(spi)->n)) ||
		       nf_vpn_put_addr(skb, NF_CT_VPN_A_ESP_MASQ, l3num,
				       &spi->gw);
	masq = spi->dir == NF_CT_VPN_DIR_IN ? &spi->gw :
					      nf_vpn_flow_masq(&s->flow[NF_VPN_FLOW_ESP]);
	return nf_vpn_put_addr(skb, NF_CT_VPN_A_ESP_CLIENT, l3num,
			       &s->client->host.addr) ||
	       nla_put_u16(skb, NF_CT_VPN_A_ESP_ZONE, s->client->zone) ||
	       (masq && nf_vpn_put_addr(skb, NF_CT_VPN_A_ESP_MASQ, l3num,
					masq));
}

/* &nf_vpn_kind.fill: all attributes but the state, which conntrack decides. */
static int esp_put_known(struct sk_buff *skb, void *obj)
{
	struct nf_esp_spi *spi = obj;
	const struct nf_vpn_host *remote = &spi->remote->host;
	u64 fast = nf_vpn_fast_packets(&spi->fast);
	u32 l3num = remote->l3num;

	if (nla_put_u8(skb, NF_CT_VPN_A_ESP_FAMILY, l3num) ||
	    nla_put_u8(skb, NF_CT_VPN_A_ESP_DIR, spi->dir) ||
	    nla_put_u32(skb, NF_CT_VPN_A_ESP_SPI, ntohl(spi->spi)) ||
	    nf_vpn_put_addr(skb, NF_CT_VPN_A_ESP_SERVER, l3num,
			    &remote->addr) ||
	    esp_put_owner(skb, spi) ||
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
			      jiffies_to_msecs(nf_esp_spi_idle(spi)),
			      NF_CT_VPN_A_ESP_PAD) ||
	    nla_put_u32(skb, NF_CT_VPN_A_ESP_SEQ, READ_ONCE(spi->seq)) ||
	    nla_put_u8(skb, NF_CT_VPN_A_ESP_PIN,
		       spi->hold == NF_ESP_HOLD_PIN) ||
	    (fast && nla_put_u64_64bit(skb, NF_CT_VPN_A_ESP_FAST, fast,
				       NF_CT_VPN_A_ESP_PAD)))
		return -EMSGSIZE;
	return 0;
}

static bool esp_dump_wants(const struct nf_vpn_dump *d,
			   const struct nf_esp_spi *spi)
{
	if ((d->by_spi && spi->spi != htonl(d->spi)) ||
	    (d->by_dir && spi->dir != d->dir) ||
	    (d->by_conf && spi->conf != d->conf))
		return false;
	return nf_vpn_hosts_want(&d->hosts, spi->session ?
				 &spi->session->client->host : NULL,
				 &spi->remote->host);
}

static int esp_dump(struct sk_buff *skb, struct netlink_callback *cb,
		    struct nf_vpn_net *vn, const struct nf_vpn_dump *d,
		    void *obj)
{
	enum nf_vpn_flow_state flow = NF_VPN_FLOW_LIVE;
	struct nf_esp_spi *spi = obj;
	void *hdr;
	u8 state;

	if (!esp_dump_wants(d, spi))
		return 0;
	if (spi->session)
		flow = nf_vpn_flow_state(vn, spi->session, NF_VPN_FLOW_ESP);
	if (flow == NF_VPN_FLOW_DELETED && !spi->hold)
		return 0;
	state = esp_nl_state(vn, spi, flow);
	if (!nf_vpn_dump_wants_state(d, state))
		return 0;
	hdr = nf_vpn_msg_begin(skb, cb, NF_CT_VPN_CMD_ESP_GET);
	if (!hdr)
		return -EMSGSIZE;
	return nf_vpn_msg_end(skb, hdr, esp_put_known(skb, spi) ?:
			      nla_put_u8(skb, NF_CT_VPN_A_ESP_STATE, state));
}

static bool esp_drop(struct nf_vpn_net *vn, u32 id, void *obj)
{
	struct nf_esp_spi *spi = obj;
	bool found;

	spin_lock_bh(&vn->lock);
	found = nf_vpn_id_is(vn, NF_CT_VPN_KIND_ESP, id, spi);
	if (found)
		nf_esp_event_spi(vn, NF_CT_VPN_EVENT_EXPIRED, spi);
	if (found && spi->session)
		nf_esp_spi_free(vn, spi);
	else if (found)
		nf_esp_undecided_free(vn, nf_esp_spi_undecided(spi));
	spin_unlock_bh(&vn->lock);
	return found;
}

static bool esp_wants(const struct nf_vpn_match *m, const void *obj)
{
	const struct nf_esp_spi *spi = obj;

	return nf_vpn_hosts_want(&m->hosts, spi->session ?
				 &spi->session->client->host : NULL,
				 &spi->remote->host);
}

static bool esp_names(const struct nf_vpn_match *m, const void *obj)
{
	const struct nf_esp_spi *spi = obj;

	if (spi->spi != htonl(nla_get_u32(m->attrs[NF_CT_VPN_A_ESP_SPI])) ||
	    spi->dir != nla_get_u8(m->attrs[NF_CT_VPN_A_ESP_DIR]))
		return false;
	return spi->dir == NF_CT_VPN_DIR_OUT || !m->hosts.masq.l3num ||
	       nf_inet_addr_cmp(&spi->gw, &m->hosts.masq.addr);
}

/* An undecided SPI has no client: its masq must be given instead. */
static int esp_need(struct genl_info *info)
{
	int err = nf_vpn_need_attr(info, NF_CT_VPN_A_ESP_SERVER,
				   "server is missing");

	if (!err)
		err = nf_vpn_need_attr(info, NF_CT_VPN_A_ESP_DIR,
				       "dir is missing");
	if (!err)
		err = nf_vpn_need_attr(info, NF_CT_VPN_A_ESP_SPI,
				       "spi is missing");
	if (err || info->attrs[NF_CT_VPN_A_ESP_CLIENT])
		return err;
	if (nla_get_u8(info->attrs[NF_CT_VPN_A_ESP_DIR]) == NF_CT_VPN_DIR_OUT)
		return nf_vpn_refuse(info->extack, NULL, "client is missing",
				     -EINVAL);
	return nf_vpn_need_attr(info, NF_CT_VPN_A_ESP_MASQ,
				"client and masq are missing, one is needed");
}

static int esp_del(struct sk_buff *skb, struct genl_info *info)
{
	static const struct nf_vpn_host_attrs attrs = {
		.family	= NF_CT_VPN_A_ESP_FAMILY,
		.client	= NF_CT_VPN_A_ESP_CLIENT,
		.remote	= NF_CT_VPN_A_ESP_SERVER,
		.masq	= NF_CT_VPN_A_ESP_MASQ,
	};
	struct nf_vpn_match m = {
		.named	= esp_names,
		.attrs	= info->attrs,
	};
	int err;

	err = nf_vpn_check_cap(skb, genl_info_net(info), info->extack);
	if (!err)
		err = esp_need(info);
	if (!err)
		err = nf_vpn_get_hosts(info->attrs, &attrs, &m.hosts,
				       info->extack);
	if (err)
		return err;
	return nf_vpn_del_walk(info, &nf_esp_kind, &m,
			       "spi is not known");
}

const struct nf_vpn_kind nf_esp_kind = {
	.kind	= NF_CT_VPN_KIND_ESP,
	.nest	= NF_CT_VPN_A_EVENT_ESP,
	.dump	= {
		.hosts		= {
			.family	= NF_CT_VPN_A_ESP_FAMILY,
			.client	= NF_CT_VPN_A_ESP_CLIENT,
			.remote	= NF_CT_VPN_A_ESP_SERVER,
		},
		.state_attr	= NF_CT_VPN_A_ESP_STATE,
		.conf_attr	= NF_CT_VPN_A_ESP_CONFIDENCE,
		.dir_attr	= NF_CT_VPN_A_ESP_DIR,
		.spi_attr	= NF_CT_VPN_A_ESP_SPI,
		.entry		= esp_dump,
	},
	.fill	= esp_put_known,
	.wants	= esp_wants,
	.drop	= esp_drop,
	.new	= nf_esp_new,
	.del	= esp_del,
};
