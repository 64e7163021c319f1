// SPDX-License-Identifier: GPL-2.0-only
/* Netlink: how ESP SPIs are preloaded and restored. */
#include <linux/jiffies.h>

#include "core/flow.h"
#include "core/net.h"
#include "core/packet.h"
#include "core/session.h"
#include "esp/esp.h"
#include "esp/spi.h"
#include "esp/undecided.h"
#include "netlink/new.h"
#include "netlink/request.h"

/* Most pinned SPIs of one session and direction, so that others find room. */
#define NF_ESP_SESSION_PINS	(NF_ESP_SESSION_SPIS / 2)

/**
 * struct esp_new_spi - an SPI that is to be made
 * @pkt: addresses and SPI of its packets, as they arrive at the gateway
 * @dir: &enum nf_ct_vpn_dir
 * @conf: &enum nf_ct_vpn_conf
 * @hold: what keeps it
 * @waits: outbound: it is unpaired
 */
struct esp_new_spi {
	struct nf_vpn_pkt pkt;
	u8 dir;
	u8 conf;
	enum nf_esp_hold hold;
	bool waits;
};

/* The address that the remote host sends to, NULL if that isn't known yet. */
static const union nf_inet_addr *esp_new_masq(const struct nf_vpn_new *n)
{
	const union nf_inet_addr *masq;
	const struct nf_vpn_session *s;

	if (n->hosts.masq.l3num)
		return &n->hosts.masq.addr;
	s = nf_vpn_session_find(n->vn, &n->hosts.client, &n->hosts.remote);
	if (!s)
		return NULL;
	masq = nf_vpn_flow_masq(&s->flow[NF_VPN_FLOW_ESP]);
	return masq ?: nf_vpn_flow_masq(&s->flow[NF_VPN_FLOW_IKE]);
}

static int esp_new_addrs(const struct nf_vpn_new *n,
			 struct esp_new_spi *want)
{
	const union nf_inet_addr *masq;

	if (want->dir == NF_CT_VPN_DIR_OUT) {
		want->pkt.src = n->hosts.client;
		want->pkt.dst = n->hosts.remote;
		return 0;
	}
	masq = esp_new_masq(n);
	if (!masq)
		return nf_vpn_refuse(n->info->extack, NULL,
				     "masq is missing, and the client has not sent yet",
				     -EINVAL);
	want->pkt.src = n->hosts.remote;
	want->pkt.dst.addr = *masq;
	want->pkt.dst.l3num = n->hosts.remote.l3num;
	return 0;
}

static int esp_new_read_state(const struct nf_vpn_new *n,
			      struct esp_new_spi *want)
{
	const struct nlattr *nla = n->info->attrs[NF_CT_VPN_A_ESP_STATE];

	if (!nla)
		return 0;
	if (nla_get_u8(nla) > NF_CT_VPN_STATE_ESTABLISHED)
		return nf_vpn_new_refuse(n, NF_CT_VPN_A_ESP_STATE,
					 "state is neither unreplied nor established",
					 -EINVAL);
	want->waits = nla_get_u8(nla) == NF_CT_VPN_STATE_UNREPLIED;
	return 0;
}

static int esp_new_read(const struct nf_vpn_new *n,
			struct esp_new_spi *want)
{
	struct nlattr **attrs = n->info->attrs;
	int err;

	err = nf_vpn_need_attr(n->info, NF_CT_VPN_A_ESP_DIR, "dir is missing");
	if (!err)
		err = nf_vpn_need_attr(n->info, NF_CT_VPN_A_ESP_SPI,
				       "spi is missing");
	if (err)
		return err;
	want->dir = nla_get_u8(attrs[NF_CT_VPN_A_ESP_DIR]);
	want->pkt.spi = htonl(nla_get_u32(attrs[NF_CT_VPN_A_ESP_SPI]));
	/* RFC 4303 section 2.1: never on the wire. */
	if (!want->pkt.spi)
		return nf_vpn_new_refuse(n, NF_CT_VPN_A_ESP_SPI, "spi is 0",
					 -EINVAL);
	if (nf_esp_spi_is_reserved(want->pkt.spi))
		return nf_vpn_new_refuse(n, NF_CT_VPN_A_ESP_SPI,
					 "spi is reserved, no SA has one",
					 -EINVAL);
	if (attrs[NF_CT_VPN_A_ESP_SEQ])
		want->pkt.seq = nla_get_u32(attrs[NF_CT_VPN_A_ESP_SEQ]);
	want->conf = attrs[NF_CT_VPN_A_ESP_CONFIDENCE] ?
		nla_get_u8(attrs[NF_CT_VPN_A_ESP_CONFIDENCE]) :
		NF_CT_VPN_CONF_PRELOADED;
	if (want->dir == NF_CT_VPN_DIR_IN && want->conf == NF_CT_VPN_CONF_NONE)
		return nf_vpn_new_refuse(n, NF_CT_VPN_A_ESP_CONFIDENCE,
					 "confidence of an inbound SPI is none",
					 -EINVAL);
	if (attrs[NF_CT_VPN_A_ESP_PIN] &&
	    nla_get_u8(attrs[NF_CT_VPN_A_ESP_PIN]))
		want->hold = NF_ESP_HOLD_PIN;
	else if (want->conf == NF_CT_VPN_CONF_PRELOADED)
		want->hold = NF_ESP_HOLD_IDLE;
	err = esp_new_read_state(n, want);
	return err ?: esp_new_addrs(n, want);
}

static bool esp_may_pin(const struct nf_vpn_session *s, u8 dir)
{
	const struct nf_esp_spi *spi;
	unsigned int pins = 0;

	hlist_for_each_entry(spi, &s->spis, by_session)
		pins += spi->dir == dir && spi->hold == NF_ESP_HOLD_PIN;
	return pins < NF_ESP_SESSION_PINS;
}

/*
 * May several sessions own it, while the request doesn't ask to replace that?
 */
static bool esp_is_undecided(const struct nf_vpn_new *n,
			     const struct nf_esp_spi *spi)
{
	const struct nf_esp_undecided *u;

	if (!spi || spi->session || n->replace)
		return false;
	u = nf_esp_spi_undecided(spi);
	return u->n + u->stock > 1;
}

/*
 * A candidate claims an undecided SPI. It may have the number from a copy of
 * another one's packet, so the claim is no proof: it counts as much as one
 * packet that the times of packets attribute to the candidate, and only once.
 */
static int esp_new_claim(const struct nf_vpn_new *n,
			 const struct nf_vpn_session *s,
			 struct nf_esp_undecided *u)
{
	int i = nf_esp_undecided_index(u, s);

	if (n->excl)
		return nf_vpn_new_refuse(n, NF_CT_VPN_A_ESP_SPI,
					 "spi is known already", -EEXIST);
	if (i < 0)
		return nf_vpn_new_refuse(n, NF_CT_VPN_A_ESP_SPI,
					 "spi is one of several other clients'",
					 -EEXIST);
	if (u->claimed & BIT(i))
		return 0;
	u->claimed |= BIT(i);
	if (u->trials == U8_MAX)
		return 0;
	u->trials++;
	u->hits[i]++;
	return 0;
}

/*
 * May session @s have an SPI that is known already? If it is another session's,
 * or undecided, it is freed and *@spi set to NULL.
 */
static int esp_new_take(const struct nf_vpn_new *n,
			const struct nf_vpn_session *s,
			struct nf_esp_spi **spi)
{
	if (!*spi)
		return 0;
	if (n->excl)
		return nf_vpn_new_refuse(n, NF_CT_VPN_A_ESP_SPI,
					 "spi is known already", -EEXIST);
	if ((*spi)->session == s)
		return 0;
	if ((*spi)->session && !n->replace)
		return nf_vpn_new_refuse(n, NF_CT_VPN_A_ESP_SPI,
					 "spi is another client's", -EEXIST);
	if ((*spi)->session) {
		nf_esp_event_spi(n->vn, NF_CT_VPN_EVENT_REBOUND, *spi);
		nf_esp_spi_free(n->vn, *spi);
	} else {
		nf_esp_undecided_free(n->vn, nf_esp_spi_undecided(*spi));
	}
	*spi = NULL;
	return 0;
}

static struct nf_esp_spi *esp_new_add(const struct nf_vpn_new *n,
				      struct nf_vpn_session *s,
				      const struct esp_new_spi *want)
{
	struct nf_esp_spi *spi;

	if (want->dir == NF_CT_VPN_DIR_IN) {
		spi = nf_esp_spi_bind(n->vn, s, &want->pkt, want->conf);
		/*
		 * A restored SPI was in use before, a preloaded one wasn't yet.
		 */
		if (spi && want->conf != NF_CT_VPN_CONF_PRELOADED)
			nf_esp_spi_prove(spi);
		return spi;
	}
	spi = nf_esp_spi_add_out(n->vn, s, &want->pkt);
	if (spi && !want->waits)
		nf_esp_spi_has_partner(spi);
	return spi;
}

/* The lock of the netns is held. */
static int esp_new_load_to(const struct nf_vpn_new *n,
			   struct nf_vpn_session *s,
			   const struct esp_new_spi *want)
{
	struct nf_esp_spi *spi;
	int err;

	spi = want->dir == NF_CT_VPN_DIR_OUT ?
		nf_esp_spi_find_out(n->vn, &want->pkt) :
		nf_esp_spi_find_in(n->vn, &want->pkt);
	if (esp_is_undecided(n, spi))
		return esp_new_claim(n, s, nf_esp_spi_undecided(spi));
	err = esp_new_take(n, s, &spi);
	if (err)
		return err;
	if (want->hold == NF_ESP_HOLD_PIN &&
	    (!spi || spi->hold != NF_ESP_HOLD_PIN) &&
	    !esp_may_pin(s, want->dir))
		return nf_vpn_new_refuse(n, NF_CT_VPN_A_ESP_PIN,
					 "pin: half of the session's SPIs are pinned",
					 -ENOSPC);
	if (!spi)
		spi = esp_new_add(n, s, want);
	if (!spi)
		return nf_vpn_new_refuse(n, NF_CT_VPN_A_ESP_SPI,
					 "spi: no room or no memory", -ENOSPC);
	spi->conf = want->conf;
	WRITE_ONCE(spi->last, (u32)jiffies);
	if (n->info->attrs[NF_CT_VPN_A_ESP_SEQ])
		WRITE_ONCE(spi->seq, want->pkt.seq);
	nf_esp_spi_hold(spi, want->hold);
	/* The new hold decides whether the session may be freed for room. */
	nf_vpn_session_unprotect(n->vn, s);
	return 0;
}

static int esp_new_load(const struct nf_vpn_new *n,
			const struct esp_new_spi *want)
{
	struct nf_vpn_session *s;
	int err;

	spin_lock_bh(&n->vn->lock);
	s = nf_vpn_new_owner(n);
	err = IS_ERR(s) ? PTR_ERR(s) : esp_new_load_to(n, s, want);
	spin_unlock_bh(&n->vn->lock);
	if (!err)
		nf_vpn_stat_inc(n->vn, LOADED);
	return err;
}

static const struct nf_vpn_host_attrs esp_new_hosts = {
	.family	= NF_CT_VPN_A_ESP_FAMILY,
	.client	= NF_CT_VPN_A_ESP_CLIENT,
	.remote	= NF_CT_VPN_A_ESP_SERVER,
	.masq	= NF_CT_VPN_A_ESP_MASQ,
};

int nf_esp_new(struct sk_buff *skb, struct genl_info *info)
{
	struct esp_new_spi want = {};
	struct nf_vpn_new n = {};
	int err;

	rcu_read_lock();
	err = nf_vpn_new_read(&n, skb, info, &esp_new_hosts);
	if (!err)
		err = esp_new_read(&n, &want);
	if (!err)
		err = esp_new_load(&n, &want);
	rcu_read_unlock();
	return err;
}
