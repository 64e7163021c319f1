// SPDX-License-Identifier: GPL-2.0-only
/*
 * VPN connection tracking core: where packets come in.
 *
 * One hook just before conntrack's own looks at the IP protocol and hands the
 * packet to the tracker registered for it; all other traffic pays for one
 * table look-up, UDP for a look at its port. Trackers attach known packets to
 * their flow, which conntrack then accepts as seen, or a template with the
 * client's reply zone to packets that are about to create a flow.
 */
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/module.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/udp.h>
#include <net/addrconf.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>
#include <net/route.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "nf_conntrack_vpn.h"
#include "nf_vpn_call.h"

#include <trace/events/nf_ct_vpn.h>

static unsigned int nf_vpn_net_id __read_mostly;

/* Written under nf_vpn_trackers_mutex, read under RCU. */
static const struct nf_vpn_tracker __rcu *nf_vpn_trackers[IPPROTO_RAW + 1];
static DEFINE_MUTEX(nf_vpn_trackers_mutex);

/* By protocol number or extension header: may the packet be ours? */
#define NF_VPN_WANTED4	BIT(0)
#define NF_VPN_WANTED6	BIT(1)
static u8 nf_vpn_wanted[IPPROTO_RAW + 1] __read_mostly;

/**
 * nf_vpn_pernet - our state of a netns
 * @net: the netns
 */
struct nf_vpn_net *nf_vpn_pernet(const struct net *net)
{
	return net_generic(net, nf_vpn_net_id);
}
EXPORT_SYMBOL_GPL(nf_vpn_pernet);

/* The rest of the address is zero, since it is hashed, too. */
static void nf_vpn_host_set4(struct nf_vpn_host *host, __be32 ip)
{
	host->addr.in6 = (struct in6_addr){ .s6_addr32 = { ip } };
}

/**
 * nf_vpn_pkt_addrs - read the addresses of an IP header
 * @pkt: filled, but for its SPI
 * @skb: packet that contains the whole header linearly at @nhoff, or whose
 *	header the caller has tested for
 * @nhoff: offset of the header
 * @l3num: AF_INET or AF_INET6
 */
void nf_vpn_pkt_addrs(struct nf_vpn_pkt *pkt, const struct sk_buff *skb,
		      unsigned int nhoff, u8 l3num)
{
	pkt->src.l3num = l3num;
	pkt->dst.l3num = l3num;
	pkt->spi = 0;
	pkt->seq = 0;
	if (l3num == AF_INET) {
		const struct iphdr *iph = (const void *)(skb->data + nhoff);

		nf_vpn_host_set4(&pkt->src, iph->saddr);
		nf_vpn_host_set4(&pkt->dst, iph->daddr);
	} else {
		const struct ipv6hdr *ip6h = (const void *)(skb->data + nhoff);

		pkt->src.addr.in6 = ip6h->saddr;
		pkt->dst.addr.in6 = ip6h->daddr;
	}
}
EXPORT_SYMBOL_GPL(nf_vpn_pkt_addrs);

/**
 * nf_vpn_is_local - is this an address that the gateway doesn't forward to?
 * @host: destination of a packet
 * @skb: the packet
 * @state: its hook
 *
 * True as well for broadcast and multicast addresses.
 */
bool nf_vpn_is_local(const struct nf_vpn_host *host, const struct sk_buff *skb,
		     const struct nf_hook_state *state)
{
	if (host->l3num == AF_INET)
		return inet_addr_type_dev_table(state->net, state->in,
						host->addr.ip) != RTN_UNICAST;
	return ipv6_addr_is_multicast(&host->addr.in6) ||
	       nf_ipv6_chk_addr(state->net, &host->addr.in6, NULL, 0);
}
EXPORT_SYMBOL_GPL(nf_vpn_is_local);

/* The hook list of a packet, under RCU. */
const struct nf_hook_entries *
nf_vpn_hook_entries(const struct nf_hook_state *state)
{
	if (state->pf == NFPROTO_IPV4)
		return rcu_dereference(state->net->nf.hooks_ipv4[state->hook]);
	return rcu_dereference(state->net->nf.hooks_ipv6[state->hook]);
}

/**
 * nf_vpn_conntrack_follows - will conntrack see this packet after us?
 * @state: hook
 *
 * Its hooks are there only while a ruleset uses them, and its own count of
 * users is not for modules to read. Asked for when something is learnt.
 */
bool nf_vpn_conntrack_follows(const struct nf_hook_state *state)
{
	const struct nf_hook_entries *e = nf_vpn_hook_entries(state);
	struct nf_hook_ops **ops;
	unsigned int i;

	BUILD_BUG_ON((int)NF_IP_PRI_CONNTRACK != (int)NF_IP6_PRI_CONNTRACK);
	if (!e)
		return false;
	ops = nf_hook_entries_get_hook_ops(e);
	for (i = 0; i < e->num_hook_entries; i++) {
		const struct nf_hook_ops *op = READ_ONCE(ops[i]);

		/* A chain of the ruleset that comes first might queue. */
		if (op->priority >= NF_IP_PRI_CONNTRACK)
			return op->priority == NF_IP_PRI_CONNTRACK &&
			       op->hook_ops_type != NF_HOOK_OP_NF_TABLES;
	}
	return false;
}
EXPORT_SYMBOL_GPL(nf_vpn_conntrack_follows);

/* Switched on, and neither seen before nor given a zone by the ruleset? */
static bool nf_vpn_may_act(struct nf_vpn_net *vn, const struct sk_buff *skb)
{
	enum ip_conntrack_info ctinfo;
	const struct nf_conn *tmpl;

	if (!READ_ONCE(vn->set.enable))
		return false;
	if (likely(!skb->_nfct))
		return true;
	/* Seen before (loopback, VRF) or NOTRACK, for which tmpl is NULL. */
	tmpl = nf_ct_get(skb, &ctinfo);
	if (!tmpl || !nf_ct_is_template(tmpl))
		return false;
	if (nf_ct_zone(tmpl)->id == NF_CT_DEFAULT_ZONE_ID &&
	    !(nf_ct_zone(tmpl)->flags & NF_CT_FLAG_MARK))
		return true;
	nf_vpn_stat_inc(vn, FOREIGN_ZONE);
	return false;
}

static unsigned int nf_vpn_track_traced(const struct nf_vpn_tracker *tracker,
					struct nf_vpn_net *vn,
					struct sk_buff *skb, unsigned int thoff,
					const struct nf_hook_state *state)
{
	unsigned int verdict;
	struct nf_vpn_pkt pkt;

	/* Before it may be stolen. */
	nf_vpn_pkt_addrs(&pkt, skb, skb_network_offset(skb), state->pf);
	verdict = tracker->packet(vn, skb, thoff, state);
	trace_nf_ct_vpn_classify(vn, &pkt, skb, tracker->protonum, verdict);
	return verdict;
}

/*
 * An ICMP error of the gateway about ESP that it forwarded: icmp_send() has
 * attached the flow of that packet, which may have been a copy.
 */
static bool nf_vpn_is_own_error(const struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	enum ip_conntrack_info ctinfo;
	const struct nf_conn *ct;

	if (state->hook != NF_INET_LOCAL_OUT)
		return false;
	ct = nf_ct_get(skb, &ctinfo);
	return ct && !nf_ct_is_template(ct) &&
	       nf_ct_protonum(ct) == IPPROTO_ESP;
}

/* A packet of an interesting protocol, found at @thoff: to its tracker. */
static unsigned int nf_vpn_packet(struct sk_buff *skb, unsigned int thoff,
				  u8 protonum,
				  const struct nf_hook_state *state)
{
	struct nf_vpn_net *vn = nf_vpn_pernet(state->net);
	const struct nf_vpn_tracker *tracker;

	/* rcu_read_lock()ed by nf_hook */
	tracker = rcu_dereference(nf_vpn_trackers[protonum]);
	if (unlikely(!tracker) &&
	    protonum != (state->pf == NFPROTO_IPV4 ? IPPROTO_ICMP :
						     IPPROTO_ICMPV6))
		return NF_ACCEPT;
	if (!nf_vpn_may_act(vn, skb) &&
	    (tracker || !nf_vpn_is_own_error(skb, state)))
		return NF_ACCEPT;
	if (unlikely(!tracker))
		return nf_vpn_icmp_packet(vn, skb, thoff, protonum, state);
	if (trace_nf_ct_vpn_classify_enabled())
		return nf_vpn_track_traced(tracker, vn, skb, thoff, state);
	return tracker->packet(vn, skb, thoff, state);
}

/*
 * Fragments only come here where nothing defragments, so that conntrack
 * doesn't track them either.
 */
static noinline unsigned int nf_vpn_packet4(struct sk_buff *skb,
					    const struct nf_hook_state *state)
{
	const struct iphdr *iph = ip_hdr(skb);

	if (ip_is_fragment(iph))
		return NF_ACCEPT;
	return nf_vpn_packet(skb, skb_network_offset(skb) + iph->ihl * 4,
			     iph->protocol, state);
}

/* Offset of the transport header, or -1 where there is none to look at. */
static noinline int nf_vpn_skip_exthdr(const struct sk_buff *skb, int off,
				       u8 *protonum)
{
	__be16 frag_off;

	off = ipv6_skip_exthdr(skb, off, protonum, &frag_off);
	return frag_off & htons(~0x7) ? -1 : off;
}

static noinline unsigned int nf_vpn_packet6(struct sk_buff *skb,
					    const struct nf_hook_state *state)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	int off = skb_network_offset(skb) + sizeof(*ip6h);
	u8 protonum = ip6h->nexthdr;

	/* A link-local address means nothing without its interface. */
	if ((ipv6_addr_type(&ip6h->saddr) | ipv6_addr_type(&ip6h->daddr)) &
	    IPV6_ADDR_LINKLOCAL)
		return NF_ACCEPT;
	if (ipv6_ext_hdr(protonum))
		off = nf_vpn_skip_exthdr(skb, off, &protonum);
	if (off < 0)
		return NF_ACCEPT;
	return nf_vpn_packet(skb, off, protonum, state);
}

/*
 * UDP is plenty, so what isn't IKE has to go here. A header that isn't linear
 * yet, or doesn't follow at @hlen, is left to the tracker.
 */
static __always_inline bool nf_vpn_udp_wanted(const struct sk_buff *skb,
					      const void *nh, unsigned int hlen)
{
	const struct udphdr *uh = nh + hlen;
	unsigned int linear = skb_tail_pointer(skb) - skb_network_header(skb);

	return unlikely(linear < hlen + sizeof(*uh)) ||
	       uh->dest == htons(ISAKMP_PORT) ||
	       uh->dest == htons(ISAKMP_NATT_PORT);
}

/*
 * The hooks, in PRE_ROUTING and LOCAL_OUT just before conntrack. All traffic
 * passes here: of UDP the port is looked at, of the rest nothing but the
 * protocol.
 */
static unsigned int nf_vpn_hook4(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	const struct iphdr *iph = ip_hdr(skb);
	const u8 without_options = 0x45;
	bool wanted;

	if (iph->protocol == IPPROTO_UDP)
		wanted = *(const u8 *)iph != without_options ||
			 nf_vpn_udp_wanted(skb, iph, sizeof(*iph));
	else
		wanted = READ_ONCE(nf_vpn_wanted[iph->protocol]) &
			 NF_VPN_WANTED4;
	if (likely(!wanted))
		return NF_ACCEPT;
	return nf_vpn_packet4(skb, state);
}

static unsigned int nf_vpn_hook6(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	bool wanted;

	if (ip6h->nexthdr == IPPROTO_UDP)
		wanted = nf_vpn_udp_wanted(skb, ip6h, sizeof(*ip6h));
	else
		wanted = READ_ONCE(nf_vpn_wanted[ip6h->nexthdr]) &
			 NF_VPN_WANTED6;
	if (likely(!wanted))
		return NF_ACCEPT;
	return nf_vpn_packet6(skb, state);
}

/**
 * nf_vpn_is_our_hook - is this entry of a hook list ours?
 * @hook: its function
 */
bool nf_vpn_is_our_hook(nf_hookfn *hook)
{
	return hook == nf_vpn_hook4 || hook == nf_vpn_hook6;
}

/* What the hooks let in, once a tracker has come or gone. */
static void nf_vpn_update_wanted(void)
{
	unsigned int proto;
	bool any = false;

	for (proto = 0; proto < ARRAY_SIZE(nf_vpn_wanted); proto++) {
		u8 wanted = 0;

		if (rcu_access_pointer(nf_vpn_trackers[proto])) {
			wanted = NF_VPN_WANTED4 | NF_VPN_WANTED6;
			any = true;
		}
		WRITE_ONCE(nf_vpn_wanted[proto], wanted);
	}
	if (!any)
		return;
	/* Errors that quote our protocols, and headers that may hide them. */
	WRITE_ONCE(nf_vpn_wanted[IPPROTO_ICMP], NF_VPN_WANTED4);
	for (proto = 0; proto < ARRAY_SIZE(nf_vpn_wanted); proto++)
		if (proto == IPPROTO_ICMPV6 || ipv6_ext_hdr(proto))
			WRITE_ONCE(nf_vpn_wanted[proto], nf_vpn_wanted[proto] |
				   NF_VPN_WANTED6);
}

/**
 * nf_vpn_tracker_error - hand an ICMP error to the tracker of what it quotes
 * @vn: netns
 * @skb: the error
 * @icmp: what it quotes
 * @state: hook
 */
unsigned int nf_vpn_tracker_error(struct nf_vpn_net *vn, struct sk_buff *skb,
				  struct nf_vpn_icmp *icmp,
				  const struct nf_hook_state *state)
{
	const struct nf_vpn_tracker *tracker;

	tracker = rcu_dereference(nf_vpn_trackers[icmp->inner_proto]);
	if (!tracker || !tracker->error)
		return NF_ACCEPT;
	return tracker->error(vn, skb, icmp, state);
}

/**
 * nf_vpn_tracker_label - the helper that flows of a protocol carry
 * @protonum: IP protocol number
 * @l3num: AF_INET or AF_INET6
 *
 * Return: label, kept as long as RCU; NULL if the protocol's module isn't there.
 */
struct nf_conntrack_helper *nf_vpn_tracker_label(u8 protonum, u32 l3num)
{
	const struct nf_vpn_tracker *t;

	t = rcu_dereference(nf_vpn_trackers[protonum]);
	return t && t->label ? t->label(l3num) : NULL;
}
EXPORT_SYMBOL_GPL(nf_vpn_tracker_label);

/**
 * nf_vpn_tracker_register - packets of a protocol go to @t from now on
 * @t: tracker, kept until nf_vpn_tracker_unregister()
 *
 * Return: 0 or -EBUSY if the protocol has a tracker.
 */
int nf_vpn_tracker_register(const struct nf_vpn_tracker *t)
{
	int err = 0;

	mutex_lock(&nf_vpn_trackers_mutex);
	if (rcu_access_pointer(nf_vpn_trackers[t->protonum]))
		err = -EBUSY;
	else
		rcu_assign_pointer(nf_vpn_trackers[t->protonum], t);
	nf_vpn_update_wanted();
	mutex_unlock(&nf_vpn_trackers_mutex);
	return err;
}
EXPORT_SYMBOL_GPL(nf_vpn_tracker_register);

/**
 * nf_vpn_tracker_unregister - stop, and leave nothing behind
 * @t: tracker
 *
 * Without us replies to flows in our zones would not be found: they are
 * deleted, in every netns, and with them all that @t has learnt. On return no
 * CPU runs it.
 */
void nf_vpn_tracker_unregister(const struct nf_vpn_tracker *t)
{
	u8 protonum = t->protonum;
	struct net *net;

	mutex_lock(&nf_vpn_trackers_mutex);
	RCU_INIT_POINTER(nf_vpn_trackers[protonum], NULL);
	nf_vpn_update_wanted();
	mutex_unlock(&nf_vpn_trackers_mutex);
	synchronize_net();

	nf_ct_iterate_destroy(nf_vpn_flow_kill_zone, &protonum);
	down_read(&net_rwsem);
	for_each_net(net)
		t->flush(nf_vpn_pernet(net));
	up_read(&net_rwsem);
}
EXPORT_SYMBOL_GPL(nf_vpn_tracker_unregister);

static const struct nf_hook_ops nf_vpn_ops[] = {
	{
		.hook		= nf_vpn_hook4,
		.pf		= NFPROTO_IPV4,
		.hooknum	= NF_INET_PRE_ROUTING,
		.priority	= NF_IP_PRI_CONNTRACK - 1,
	},
	{
		.hook		= nf_vpn_hook4,
		.pf		= NFPROTO_IPV4,
		.hooknum	= NF_INET_LOCAL_OUT,
		.priority	= NF_IP_PRI_CONNTRACK - 1,
	},
#if IS_ENABLED(CONFIG_IPV6)
	{
		.hook		= nf_vpn_hook6,
		.pf		= NFPROTO_IPV6,
		.hooknum	= NF_INET_PRE_ROUTING,
		.priority	= NF_IP6_PRI_CONNTRACK - 1,
	},
	{
		.hook		= nf_vpn_hook6,
		.pf		= NFPROTO_IPV6,
		.hooknum	= NF_INET_LOCAL_OUT,
		.priority	= NF_IP6_PRI_CONNTRACK - 1,
	},
#endif
};

static int __net_init nf_vpn_net_init(struct net *net)
{
	struct nf_vpn_net *vn = nf_vpn_pernet(net);
	int err;

	vn->net = net;
	vn->stats = alloc_percpu(struct nf_vpn_stats);
	if (!vn->stats)
		return -ENOMEM;
	spin_lock_init(&vn->lock);
	INIT_LIST_HEAD(&vn->remembered);
	INIT_LIST_HEAD(&vn->undecided);
	INIT_DELAYED_WORK(&vn->gc, nf_vpn_gc_work);
	nf_vpn_ids_init(vn);
	nf_isakmp_pace_init(vn);

	err = nf_vpn_clients_init(vn);
	if (err)
		goto err_stats;
	err = nf_vpn_sessions_init(vn);
	if (err)
		goto err_clients;
	err = nf_vpn_spis_init(vn);
	if (err)
		goto err_sessions;
	err = nf_vpn_cookies_init(vn);
	if (err)
		goto err_spis;
	err = nf_vpn_calls_init(vn);
	if (err)
		goto err_cookies;
	err = nf_vpn_conns_init(vn);
	if (err)
		goto err_calls;
	err = nf_vpn_sysctl_init(vn);
	if (err)
		goto err_conns;
	err = nf_register_net_hooks(net, nf_vpn_ops, ARRAY_SIZE(nf_vpn_ops));
	if (err)
		goto err_sysctl;
	return 0;

err_sysctl:
	nf_vpn_sysctl_exit(vn);
err_conns:
	nf_vpn_conns_exit(vn);
err_calls:
	nf_vpn_calls_exit(vn);
err_cookies:
	nf_vpn_cookies_exit(vn);
err_spis:
	nf_vpn_spis_exit(vn);
err_sessions:
	nf_vpn_sessions_exit(vn);
err_clients:
	nf_vpn_clients_exit(vn);
err_stats:
	free_percpu(vn->stats);
	return err;
}

/* The hooks go first; their last packets have left before .exit. */
static void __net_exit nf_vpn_net_pre_exit(struct net *net)
{
	WRITE_ONCE(nf_vpn_pernet(net)->dead, true);
	nf_unregister_net_hooks(net, nf_vpn_ops, ARRAY_SIZE(nf_vpn_ops));
}

static void __net_exit nf_vpn_net_exit(struct net *net)
{
	struct nf_vpn_net *vn = nf_vpn_pernet(net);

	nf_vpn_sysctl_exit(vn);
	cancel_delayed_work_sync(&vn->gc);
	nf_isakmp_pace_exit(vn);
	nf_vpn_flush(vn);
	nf_vpn_conns_flush(vn);
	nf_vpn_client_gc(vn, true);
	nf_vpn_conns_exit(vn);
	nf_vpn_calls_exit(vn);
	nf_vpn_cookies_exit(vn);
	nf_vpn_spis_exit(vn);
	nf_vpn_sessions_exit(vn);
	nf_vpn_clients_exit(vn);
	nf_vpn_ids_exit(vn);
	free_percpu(vn->stats);
}

static struct pernet_operations nf_vpn_pernet_ops = {
	.init		= nf_vpn_net_init,
	.pre_exit	= nf_vpn_net_pre_exit,
	.exit		= nf_vpn_net_exit,
	.id		= &nf_vpn_net_id,
	.size		= sizeof(struct nf_vpn_net),
};

static int __init nf_vpn_init(void)
{
	int err;

	err = register_pernet_subsys(&nf_vpn_pernet_ops);
	if (err)
		return err;
	err = nf_vpn_netlink_init();
	if (err)
		unregister_pernet_subsys(&nf_vpn_pernet_ops);
	return err;
}

static void __exit nf_vpn_exit(void)
{
	nf_vpn_netlink_exit();
	unregister_pernet_subsys(&nf_vpn_pernet_ops);
	/* nf_vpn_session_free_rcu() is ours, and so is that of calls. */
	rcu_barrier();
}

module_init(nf_vpn_init);
module_exit(nf_vpn_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("VPN connection tracking: clients, sessions and reply zones");
MODULE_VERSION(NF_VPN_VERSION);
