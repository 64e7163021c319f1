// SPDX-License-Identifier: GPL-2.0-only
/* Flows of ESP, and their label. */
#include <linux/module.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_helper.h>

#include "compat.h"
#include "core/clock.h"
#include "core/fast.h"
#include "core/flow.h"
#include "core/label.h"
#include "core/net.h"
#include "core/packet.h"
#include "core/session.h"
#include "esp/esp.h"

/* The label of ESP flows: conntrack -L shows helper=esp. */
static struct nf_vpn_label esp_labels[2] __read_mostly;

/**
 * nf_esp_label - the helper that ESP flows carry
 * @l3num: AF_INET or AF_INET6
 *
 * Return: helper
 */
struct nf_conntrack_helper *nf_esp_label(u32 l3num)
{
	return nf_vpn_label_of(esp_labels, l3num);
}
EXPORT_SYMBOL_GPL(nf_esp_label);

/* A flow is about to be confirmed, after NAT and the ruleset. */
static noinline int esp_flow_new(const struct sk_buff *skb, struct nf_conn *ct)
{
	struct nf_vpn_host client, remote;
	struct nf_vpn_session *s;
	struct nf_vpn_net *vn;
	u32 timeout;

	vn = nf_vpn_pernet(nf_ct_net(ct));
	if (READ_ONCE(vn->dead))
		return NF_ACCEPT;
	if (nf_vpn_flow_is_orphan(vn, ct))
		return NF_DROP;
	timeout = nf_vpn_flow_lifetime(vn, ct, NF_VPN_FLOW_ESP, false);
	nf_ct_refresh(ct, timeout);
	nf_vpn_flow_hosts(ct, &client, &remote);
	s = nf_vpn_session_find(vn, &client, &remote);
	if (s) {
		clear_bit(NF_VPN_SESSION_REPLIED, &s->flags);
		nf_vpn_flow_seen(&s->flow[NF_VPN_FLOW_ESP], ct, timeout);
	}
	return NF_ACCEPT;
}

/*
 * Conntrack calls the helper for each packet of a flow, after NAT and the
 * ruleset. A netfilter hook there would cost all other traffic some time, too.
 */
static int esp_help(struct sk_buff *skb, unsigned int protoff,
		    struct nf_conn *ct, enum ip_conntrack_info ctinfo)
{
	nf_vpn_flow_accepted(ct, skb);
	if (unlikely(!nf_ct_is_confirmed(ct)))
		return esp_flow_new(skb, ct);
	if (nf_vpn_fast_may_be_on())
		nf_esp_fast_learn(skb, protoff, ct, ctinfo);
	return NF_ACCEPT;
}

static const struct nf_vpn_label_info esp_label_info = {
	.me		= THIS_MODULE,
	.name		= "esp",
	.protonum	= IPPROTO_ESP,
	.help		= esp_help,
};

/**
 * nf_esp_labels_register - register the labels of ESP flows
 *
 * Return: 0 or a negative error.
 */
int nf_esp_labels_register(void)
{
	return nf_vpn_labels_register(esp_labels, &esp_label_info);
}

void nf_esp_labels_unregister(void)
{
	nf_vpn_labels_unregister(esp_labels);
}

/* The ruleset hasn't accepted a packet of the client yet. */
static noinline void esp_attach_related(struct nf_vpn_net *vn,
					struct sk_buff *skb,
					struct nf_vpn_session *s,
					struct nf_conn *ct)
{
	u32 timeout = nf_vpn_flow_lifetime(vn, ct, NF_VPN_FLOW_ESP, true);

	nf_vpn_flow_seen(&s->flow[NF_VPN_FLOW_ESP], ct, timeout);
	nf_vpn_stat_inc(vn, ATTACHED_IN);
	nf_vpn_flow_attach_related(skb, ct, timeout);
}

/**
 * nf_esp_attach_in - deliver an inbound packet to its session
 * @vn: netns, its lock not held
 * @skb: packet
 * @s: session, under RCU
 * @ct: its flow; the reference goes over to the packet
 * @proven: its SPI has been seen before, so that the session is being served
 *
 * Return: NF_ACCEPT
 */
unsigned int nf_esp_attach_in(struct nf_vpn_net *vn, struct sk_buff *skb,
			      struct nf_vpn_session *s, struct nf_conn *ct,
			      bool proven)
{
	if (unlikely(nf_vpn_flow_is_related(ct))) {
		esp_attach_related(vn, skb, s, ct);
		return NF_ACCEPT;
	}
	if (proven)
		nf_vpn_stamp(&s->last_in, jiffies);
	if (!test_bit(NF_VPN_SESSION_REPLIED, &s->flags))
		set_bit(NF_VPN_SESSION_REPLIED, &s->flags);
	/* The IKE flow lives on while the SAs that it has made are in use. */
	if (nf_vpn_session_expects(s))
		nf_vpn_flow_keep_alive(vn, s, NF_VPN_FLOW_IKE);
	nf_vpn_stat_inc(vn, ATTACHED_IN);
	nf_vpn_flow_pass(vn, skb, s, NF_VPN_FLOW_ESP, ct, IP_CT_DIR_REPLY);
	return NF_ACCEPT;
}
EXPORT_SYMBOL_GPL(nf_esp_attach_in);
