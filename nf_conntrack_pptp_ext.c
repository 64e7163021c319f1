// SPDX-License-Identifier: GPL-2.0-only
/*
 * PPTP (RFC 2637): Call-ID NAT for any number of calls, in both directions.
 *
 * The helper "pptp-ext" follows control connections, and replaces Call-IDs that
 * several hosts behind one address have in common. When a call has been agreed
 * on, it makes the call's GRE entry with both Call-IDs, which no GRE packet
 * has. A GRE packet finds its call by addresses and Call-ID, and is attached to
 * that entry before conntrack looks at it. GRE that belongs to no call is left
 * to stock conntrack.
 */
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/module.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <net/checksum.h>
#include <net/gre.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>
#include <net/pptp.h>
#include <net/tcp.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_ecache.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "compat.h"
#include "core/clock.h"
#include "core/event.h"
#include "core/fast.h"
#include "core/icmp.h"
#include "core/label.h"
#include "core/net.h"
#include "core/packet.h"
#include "core/tracker.h"
#include "netlink/kind.h"
#include "pptp/call.h"
#include "pptp/message.h"
#include "pptp/pptp.h"

/* RFC 2637 section 4.1 */
#define PPTP_TCP_PORT		1723

/*
 * Helper data of a control entry: the cookie of its conn. The bytes behind it
 * must stay zero, since older kernels (before 6.12.117) take bytes 16 to 31 of
 * the helper data of any GRE entry's master for those of their own PPTP helper.
 */
struct pptp_control_data {
	u32 cookie;
};

enum pptp_helper {
	PPTP_HELPER_EXT,
	PPTP_HELPER_STOCK,	/* under the name of the in-kernel one */
	PPTP_HELPERS,
};

static struct nf_vpn_label pptp_labels[PPTP_HELPERS] __read_mostly;

static int pptp = -1;
module_param(pptp, int, 0444);
MODULE_PARM_DESC(pptp, "be the helper \"pptp\", too: 1 yes, 0 no, -1 if the kernel has none of its own (default)");

/* Drop a segment that can't be parsed yet; TCP will repeat it. */
static unsigned int pptp_early(struct pptp_segment *seg)
{
	struct nf_vpn_pkt pkt;

	nf_vpn_pkt_addrs(&pkt, seg->skb, skb_network_offset(seg->skb), AF_INET);
	return nf_vpn_drop(seg->vn, &pkt, NF_CT_VPN_A_STATS_PPTP_EARLY);
}

static unsigned int pptp_follow(struct pptp_segment *seg, u32 seq,
				unsigned int len)
{
	struct pptp_stream *stream = &seg->conn->stream[seg->side];
	const u8 *data;
	bool good;

	if (skb_ensure_writable(seg->skb, seg->payload + len)) {
		nf_vpn_stat_inc(seg->vn, NO_MEMORY);
		return NF_DROP;
	}
	data = seg->skb->data + seg->payload;
	spin_lock_bh(&seg->conn->lock);
	good = pptp_stream_segment(stream, seq, data, len, &nf_pptp_ops, seg);
	spin_unlock_bh(&seg->conn->lock);
	return good ? NF_ACCEPT : pptp_early(seg);
}

static bool pptp_ends(const struct nf_conn *ct)
{
	u8 state = READ_ONCE(ct->proto.tcp.state);

	return state >= TCP_CONNTRACK_FIN_WAIT && state <= TCP_CONNTRACK_CLOSE;
}

/* Find the payload of a TCP segment. Sets *@seq and returns its length. */
static unsigned int pptp_payload(struct pptp_segment *seg, u32 *seq)
{
	unsigned int end = skb_network_offset(seg->skb) +
			   ntohs(ip_hdr(seg->skb)->tot_len);
	const struct tcphdr *tcph;
	struct tcphdr buf;

	tcph = skb_header_pointer(seg->skb, seg->thoff, sizeof(buf), &buf);
	if (!tcph || tcph->doff * 4 < sizeof(*tcph))
		return 0;
	/* tot_len is 0 if GRO has merged 64 KiB or more. */
	if (end > seg->skb->len || !ip_hdr(seg->skb)->tot_len)
		end = seg->skb->len;
	seg->payload = seg->thoff + tcph->doff * 4;
	*seq = ntohl(tcph->seq) + tcph->syn;
	return seg->payload < end ? end - seg->payload : 0;
}

/* Is a packet of this entry to be parsed? */
static bool pptp_is_followed(struct nf_vpn_net *vn, const struct nf_conn *ct,
			     enum ip_conntrack_info ctinfo)
{
	if (!READ_ONCE(vn->set.enable) || READ_ONCE(vn->dead) ||
	    !nf_ct_is_confirmed(ct) ||
	    (ctinfo != IP_CT_ESTABLISHED && ctinfo != IP_CT_ESTABLISHED_REPLY))
		return false;
	if (nf_ct_zone(ct)->id == NF_CT_DEFAULT_ZONE_ID)
		return true;
	nf_vpn_stat_inc(vn, FOREIGN_ZONE);
	return false;
}

/* The helper of control connections, called after NAT and the ruleset. */
static int pptp_help(struct sk_buff *skb, unsigned int protoff,
		     struct nf_conn *ct, enum ip_conntrack_info ctinfo)
{
	struct pptp_control_data *data = nfct_help_data(ct);
	struct pptp_segment seg = {
		.vn	= nf_vpn_pernet(nf_ct_net(ct)),
		.ct	= ct,
		.side	= CTINFO2DIR(ctinfo),
		.skb	= skb,
		.thoff	= protoff,
	};
	unsigned int len, verdict = NF_ACCEPT;
	u32 seq;

	if (!pptp_is_followed(seg.vn, ct, ctinfo))
		return NF_ACCEPT;
	len = pptp_payload(&seg, &seq);
	seg.conn = nf_pptp_conn_find(seg.vn, ct, READ_ONCE(data->cookie));
	if (!seg.conn && len)
		seg.conn = nf_pptp_conn_add(seg.vn, ct, &data->cookie);
	if (!seg.conn)
		return NF_ACCEPT;
	if (len)
		verdict = pptp_follow(&seg, seq, len);
	if (pptp_ends(ct))
		nf_pptp_conn_close(seg.vn, seg.conn);
	return verdict;
}

/* Read the Call-ID of a GRE packet. Returns false if it isn't one of PPTP. */
static bool pptp_gre_read(const struct sk_buff *skb, unsigned int thoff,
			  __be16 *id)
{
	const struct pptp_gre_header *gre;
	struct pptp_gre_header buf;

	/* The sequence number may be missing, and isn't quoted. */
	gre = skb_header_pointer(skb, thoff, offsetof(typeof(buf), seq), &buf);
	if (!gre ||
	    (gre->gre_hd.flags & (GRE_VERSION | GRE_KEY)) !=
	    (GRE_VERSION_1 | GRE_KEY) ||
	    gre->gre_hd.protocol != GRE_PROTO_PPP)
		return false;
	*id = gre->call_id;
	return true;
}

/* Does conntrack have an entry of its own for the packet? */
static bool pptp_gre_is_stock(struct net *net, const struct sk_buff *skb)
{
	struct nf_conntrack_tuple_hash *h;
	struct nf_conntrack_tuple tuple;

	if (!nf_ct_get_tuplepr(skb, skb_network_offset(skb), AF_INET, net,
			       &tuple))
		return false;
	h = nf_conntrack_find_get(net, &nf_ct_zone_dflt, &tuple);
	if (!h)
		return false;
	nf_ct_put(nf_ct_tuplehash_to_ctrack(h));
	return true;
}

/*
 * The packet has the Call-ID of a call that isn't up. If conntrack has an entry
 * of its own for it, that is left alone: a request that wasn't answered must
 * not break other hosts' tunnels. If not, the packet is dropped, or else the
 * gateway would send ICMP protocol unreachable and the peer might hang up.
 */
static noinline unsigned int pptp_gre_no_call(struct nf_vpn_net *vn,
					      const struct sk_buff *skb)
{
	struct nf_vpn_pkt pkt;

	if (pptp_gre_is_stock(vn->net, skb))
		return NF_ACCEPT;
	nf_vpn_pkt_addrs(&pkt, skb, skb_network_offset(skb), AF_INET);
	return nf_vpn_drop(vn, &pkt, NF_CT_VPN_A_STATS_PPTP_NO_CALL);
}

static unsigned int pptp_gre_packet(struct nf_vpn_net *vn, struct sk_buff *skb,
				    unsigned int thoff,
				    const struct nf_hook_state *state)
{
	struct nf_pptp_call_key key = { .kind = NF_PPTP_CALL_ARRIVING };
	struct nf_pptp_call_node *node;
	struct nf_pptp_call *call;
	struct nf_conn *flow;

	if (state->pf != NFPROTO_IPV4 || !READ_ONCE(vn->ncalls) ||
	    !pptp_gre_read(skb, thoff, &key.id))
		return NF_ACCEPT;
	key.src = ip_hdr(skb)->saddr;
	key.dst = ip_hdr(skb)->daddr;
	node = nf_pptp_call_lookup(vn, &key);
	if (!node)
		return NF_ACCEPT;
	call = nf_pptp_call_of(node);
	flow = nf_pptp_call_flow(call);
	if (unlikely(!flow))
		return pptp_gre_no_call(vn, skb);
	nf_vpn_stamp(&call->last, jiffies);
	nf_pptp_attach(vn, skb, flow, !node->side);
	if (likely(!nf_vpn_fast_on(vn)) || state->hook != NF_INET_PRE_ROUTING)
		return NF_ACCEPT;
	return nf_vpn_fast_send(vn, &call->fast[!node->side], 0, skb, thoff,
				state);
}

/*
 * An ICMP error quotes a packet as it left, with one Call-ID. Stock conntrack
 * would need the other one as well to find the flow.
 */
static unsigned int pptp_gre_error(struct nf_vpn_net *vn, struct sk_buff *skb,
				   struct nf_vpn_icmp *icmp,
				   const struct nf_hook_state *state)
{
	struct nf_pptp_call_key key = { .kind = NF_PPTP_CALL_LEAVING };
	struct nf_pptp_call_node *node;
	struct nf_conn *flow;

	if (state->pf != NFPROTO_IPV4 ||
	    !pptp_gre_read(skb, icmp->inner_thoff, &key.id))
		return NF_ACCEPT;
	key.src = icmp->inner.src.addr.ip;
	key.dst = icmp->inner.dst.addr.ip;
	node = nf_pptp_call_lookup(vn, &key);
	if (!node)
		return NF_ACCEPT;
	flow = nf_pptp_call_flow(nf_pptp_call_of(node));
	if (!flow)
		return NF_ACCEPT;
	nf_conntrack_get(&flow->ct_general);
	return nf_vpn_icmp_attach(vn, skb, icmp, flow, node->side, state);
}

static unsigned int nf_pptp_net_id __read_mostly;

static int __net_init nf_pptp_net_init(struct net *net)
{
	struct nf_pptp_net *pn = net_generic(net, nf_pptp_net_id);
	int err;

	err = nf_pptp_calls_init(pn);
	if (err)
		return err;
	err = nf_pptp_conns_init(pn);
	if (err)
		nf_pptp_calls_exit(pn);
	else
		nf_vpn_pernet(net)->pptp = pn;
	return err;
}

static void __net_exit nf_pptp_net_exit(struct net *net)
{
	struct nf_vpn_net *vn = nf_vpn_pernet(net);

	nf_vpn_gc_stop(vn);
	nf_pptp_conns_flush(vn);
	nf_pptp_conns_exit(vn->pptp);
	nf_pptp_calls_exit(vn->pptp);
	vn->pptp = NULL;
}

static struct pernet_operations nf_pptp_pernet_ops = {
	.init		= nf_pptp_net_init,
	.exit		= nf_pptp_net_exit,
	.id		= &nf_pptp_net_id,
	.size		= sizeof(struct nf_pptp_net),
};

static const struct nf_vpn_tracker pptp_tracker = {
	.protonum	= IPPROTO_GRE,
	.kind		= NF_CT_VPN_KIND_PPTP,
	.pernet		= &nf_pptp_pernet_ops,
	.packet		= pptp_gre_packet,
	.error		= pptp_gre_error,
	.flush		= nf_pptp_conns_flush,
	.gc_net		= nf_pptp_conns_gc,
};

static const struct nf_vpn_label_info pptp_label_info[] = {
	[PPTP_HELPER_EXT] = {
		.me		= THIS_MODULE,
		.name		= "pptp-ext",
		.protonum	= IPPROTO_TCP,
		.help		= pptp_help,
	},
	[PPTP_HELPER_STOCK] = {
		.me		= THIS_MODULE,
		.name		= "pptp",
		.protonum	= IPPROTO_TCP,
		.port		= PPTP_TCP_PORT,
		.help		= pptp_help,
	},
};

static int pptp_helper_register(enum pptp_helper i)
{
	return nf_vpn_label_register(&pptp_labels[i], &pptp_label_info[i],
				     AF_INET);
}

static void pptp_helpers_unregister(void)
{
	int i = PPTP_HELPERS;

	while (i--)
		nf_vpn_label_unregister(&pptp_labels[i]);
}

static int __init pptp_helpers_register(void)
{
	bool stock = pptp < 0 ? !IS_ENABLED(CONFIG_NF_CONNTRACK_PPTP) : pptp;
	int err;

	BUILD_BUG_ON(sizeof(struct pptp_control_data) > 16);
	err = pptp_helper_register(PPTP_HELPER_EXT);
	if (err)
		return err;
	if (stock && pptp_helper_register(PPTP_HELPER_STOCK))
		pr_info("nf_conntrack_pptp_ext: there is a helper \"pptp\" already, only \"pptp-ext\" is ours\n");
	return 0;
}

static int __init nf_conntrack_pptp_ext_init(void)
{
	int err;

	/* The label of GRE entries: there must be one before the first call. */
	err = nf_pptp_label_register();
	if (err)
		return err;
	err = nf_vpn_tracker_register(&pptp_tracker);
	if (err)
		goto err_label;
	nf_vpn_kind_register(&nf_pptp_kind);
	/* The helpers make calls, so they come last. */
	err = pptp_helpers_register();
	if (err)
		goto err_tracker;
	return 0;

err_tracker:
	pptp_helpers_unregister();
	nf_vpn_kind_stop(&nf_pptp_kind);
	nf_vpn_tracker_unregister(&pptp_tracker);
	nf_vpn_kind_unregister(&nf_pptp_kind);
err_label:
	nf_pptp_label_unregister();
	return err;
}

static void __exit nf_conntrack_pptp_ext_exit(void)
{
	nf_vpn_kind_stop(&nf_pptp_kind);
	/* No new calls, then no packets for the old ones. */
	pptp_helpers_unregister();
	nf_vpn_tracker_unregister(&pptp_tracker);
	nf_vpn_kind_unregister(&nf_pptp_kind);
	nf_pptp_label_unregister();
}

module_init(nf_conntrack_pptp_ext_init);
module_exit(nf_conntrack_pptp_ext_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("Authors of nf-conntrack-vpn");
MODULE_DESCRIPTION("PPTP: Call-ID NAT and connection tracking");
MODULE_VERSION(NF_VPN_VERSION);
NF_VPN_IMPORT_NS;
MODULE_ALIAS_NFCT_HELPER("pptp-ext");
#if !IS_ENABLED(CONFIG_NF_CONNTRACK_PPTP)
MODULE_ALIAS_NFCT_HELPER("pptp");
#endif
