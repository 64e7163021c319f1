// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flows that are made before a packet of their opener has been seen, because
 * their control protocol has agreed on them and the other side may send first.
 *
 * Such a flow has the control connection for its master, and is RELATED to it
 * until the ruleset has accepted a packet of its opener. A flow that netlink
 * asks for has no master and counts as answered, as with conntrack -I.
 */
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/netfilter_ipv6.h>
#include <net/addrconf.h>
#include <net/ipv6.h>
#include <net/netfilter/nf_conntrack_acct.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_ecache.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_labels.h>
#include <net/netfilter/nf_conntrack_timestamp.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include <net/netfilter/nf_nat.h>

#include "compat.h"
#include "core/flow.h"

/**
 * struct nf_vpn_flow_data - helper data of an entry made here
 * @accepted: the ruleset has accepted a packet of the opener
 */
struct nf_vpn_flow_data {
	bool accepted;
};

/*
 * NULL if there is none; nfct_help_data() tests for that in newer kernels only.
 */
static struct nf_vpn_flow_data *nf_vpn_flow_data(const struct nf_conn *ct)
{
	struct nf_conn_help *help = nfct_help(ct);

	return help ? (struct nf_vpn_flow_data *)help->data : NULL;
}

/* nf_vpn_flow_is_related() for an expected flow. */
bool __nf_vpn_flow_is_related(const struct nf_conn *ct)
{
	const struct nf_vpn_flow_data *data = nf_vpn_flow_data(ct);

	return !data || !READ_ONCE(data->accepted);
}
EXPORT_SYMBOL_GPL(__nf_vpn_flow_is_related);

/*
 * Is this a packet of the flow's own protocol? Conntrack calls a helper for the
 * opener's ICMP errors as well.
 */
static bool nf_vpn_flow_carries(const struct nf_conn *ct,
				const struct sk_buff *skb)
{
	__be16 frag_off;
	u8 protonum;

	if (nf_ct_l3num(ct) == AF_INET)
		return ip_hdr(skb)->protocol == nf_ct_protonum(ct);
	protonum = ipv6_hdr(skb)->nexthdr;
	return ipv6_skip_exthdr(skb, skb_network_offset(skb) +
				sizeof(struct ipv6hdr), &protonum,
				&frag_off) >= 0 &&
	       protonum == nf_ct_protonum(ct);
}

/*
 * nf_vpn_flow_accepted() for an expected flow. Conntrack doesn't call helpers
 * for replies that are RELATED, so the packet is the opener's.
 */
void __nf_vpn_flow_accepted(struct nf_conn *ct, const struct sk_buff *skb)
{
	struct nf_vpn_flow_data *data = nf_vpn_flow_data(ct);

	if (data && !READ_ONCE(data->accepted) && nf_vpn_flow_carries(ct, skb))
		WRITE_ONCE(data->accepted, true);
}
EXPORT_SYMBOL_GPL(__nf_vpn_flow_accepted);

#if IS_ENABLED(CONFIG_NF_NAT_MASQUERADE)
/* Index of the device that has an address of the gateway, 0 if none has it. */
static int nf_vpn_addr_ifindex(struct net *net, u32 l3num,
			       const union nf_inet_addr *addr)
{
	const struct net_device *dev;

	if (l3num == AF_INET) {
		dev = __ip_dev_find(net, addr->ip, false);
		return dev ? dev->ifindex : 0;
	}
	for_each_netdev_rcu(net, dev)
		if (nf_ipv6_chk_addr(net, &addr->in6, dev, 1))
			return dev->ifindex;
	return 0;
}

/*
 * nf_nat_masquerade deletes the flow when this device goes down or loses
 * @reply's.
 */
static int nf_vpn_flow_masq_index(const struct nf_conn *ct,
				  const struct nf_conn *master,
				  const struct nf_conntrack_tuple *reply)
{
	const struct nf_conn_nat *nat = master ? nfct_nat(master) : NULL;

	if (master)
		return nat ? nat->masq_index : 0;
	return nf_vpn_addr_ifindex(nf_ct_net(ct), reply->src.l3num,
				   &reply->dst.u3);
}
#endif

/* Add the extensions that init_conntrack() adds to a new entry. */
static bool nf_vpn_flow_extend(struct nf_conn *ct, const struct nf_conn *master,
			       const struct nf_conntrack_tuple *reply,
			       struct nf_conntrack_helper *helper)
{
	struct nf_conn_help *help;
	struct nf_conn_nat *nat;

	help = nf_ct_helper_ext_add(ct, GFP_ATOMIC);
	if (!help || !nf_vpn_helper_assign(help, helper))
		return false;
	nf_ct_acct_ext_add(ct, GFP_ATOMIC);
	nf_ct_tstamp_ext_add(ct, GFP_ATOMIC);
	nf_ct_ecache_ext_add(ct, 0, 0, GFP_ATOMIC);
	nf_ct_labels_ext_add(ct);
	nat = nf_ct_nat_ext_add(ct);
	if (!nat)
		return false;
#if IS_ENABLED(CONFIG_NF_NAT_MASQUERADE)
	nat->masq_index = nf_vpn_flow_masq_index(ct, master, reply);
#endif
	return true;
}

/* Translate the flow in such a way that the other side's packets are @reply. */
static bool nf_vpn_flow_translate(struct nf_conn *ct,
				  const struct nf_conntrack_tuple *reply)
{
	struct nf_nat_range2 range = { .flags = NF_NAT_RANGE_MAP_IPS };

	if (reply->dst.protonum == IPPROTO_GRE)
		range.flags |= NF_NAT_RANGE_PROTO_SPECIFIED;
	range.min_addr = reply->dst.u3;
	range.max_addr = reply->dst.u3;
	range.min_proto.all = reply->dst.u.all;
	range.max_proto.all = reply->dst.u.all;
	if (nf_nat_setup_info(ct, &range, NF_NAT_MANIP_SRC) != NF_ACCEPT)
		return false;
	range.min_addr = reply->src.u3;
	range.max_addr = reply->src.u3;
	range.min_proto.all = reply->src.u.all;
	range.max_proto.all = reply->src.u.all;
	if (nf_nat_setup_info(ct, &range, NF_NAT_MANIP_DST) != NF_ACCEPT)
		return false;
	return nf_ct_tuple_equal(&ct->tuplehash[IP_CT_DIR_REPLY].tuple, reply);
}

static void nf_vpn_flow_inherit(struct nf_conn *ct, struct nf_conn *master)
{
	nf_conntrack_get(&master->ct_general);
	ct->master = master;
	__set_bit(IPS_EXPECTED_BIT, &ct->status);
#ifdef CONFIG_NF_CONNTRACK_MARK
	ct->mark = READ_ONCE(master->mark);
#endif
#ifdef CONFIG_NF_CONNTRACK_SECMARK
	ct->secmark = master->secmark;
#endif
}

static void nf_vpn_flow_begin(struct nf_conn *ct, u32 timeout)
{
	struct nf_conn_tstamp *tstamp = nf_conn_tstamp_find(ct);

	if (tstamp)
		tstamp->start = ktime_get_real_ns();
	if (nf_ct_protonum(ct) == IPPROTO_GRE) {
		ct->proto.gre.timeout = timeout;
		ct->proto.gre.stream_timeout = timeout;
	}
	WRITE_ONCE(ct->timeout, nfct_time_stamp + timeout);
}

/*
 * Free an entry that isn't in the table yet, so that nobody else has seen it.
 */
static void nf_vpn_flow_discard(struct nf_conn *ct)
{
	struct nf_conn *master = ct->master;

	ct->master = NULL;
	nf_conntrack_free(ct);
	if (master)
		nf_ct_put(master);
}

/**
 * nf_vpn_flow_create - make a conntrack entry without a packet
 * @net: netns
 * @master: confirmed entry of the control protocol; a reference is taken. NULL
 *	if netlink vouches for the flow.
 * @zone: reply zone, 0 for none
 * @orig: tuple of the opener's packets
 * @reply: tuple of the other side's packets; the entry is translated
 *	accordingly
 * @helper: label
 * @timeout: jiffies it may live at first
 *
 * Return: entry in conntrack's table with a reference for the caller, or an
 * ERR_PTR: -EEXIST (-EAGAIN on older kernels) if a tuple is taken, -ENOMEM.
 */
struct nf_conn *nf_vpn_flow_create(struct net *net, struct nf_conn *master,
				   u16 zone,
				   const struct nf_conntrack_tuple *orig,
				   const struct nf_conntrack_tuple *reply,
				   struct nf_conntrack_helper *helper,
				   u32 timeout)
{
	struct nf_conntrack_tuple inverse;
	struct nf_conntrack_zone z;
	struct nf_conn *ct;
	int err = -ENOMEM;

	nf_ct_zone_init(&z, zone, zone ? NF_CT_ZONE_DIR_REPL :
					 NF_CT_DEFAULT_ZONE_DIR, 0);
	nf_ct_invert_tuple(&inverse, orig);
	ct = nf_conntrack_alloc(net, &z, orig, &inverse, GFP_ATOMIC);
	if (IS_ERR(ct))
		return ct;
	if (master)
		nf_vpn_flow_inherit(ct, master);
	if (!nf_vpn_flow_extend(ct, master, reply, helper))
		goto err_discard;
	err = -EEXIST;
	if (!nf_vpn_flow_translate(ct, reply))
		goto err_discard;
	nf_vpn_flow_begin(ct, timeout);
	if (!master)
		ct->status |= IPS_SEEN_REPLY | IPS_ASSURED;
	/* Set before others can find the entry, after the last extension. */
	ct->status |= IPS_CONFIRMED;
	err = nf_conntrack_hash_check_insert(ct);
	if (err)
		goto err_discard;
	nf_conntrack_event(master ? IPCT_RELATED : IPCT_NEW, ct);
	return ct;

err_discard:
	nf_vpn_flow_discard(ct);
	return ERR_PTR(err);
}
EXPORT_SYMBOL_GPL(nf_vpn_flow_create);
