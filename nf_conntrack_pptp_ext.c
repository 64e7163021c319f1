// SPDX-License-Identifier: GPL-2.0-only
/*
 * PPTP (RFC 2637): Call-ID NAT for any number of calls, in both roles.
 *
 * The helper "pptp-ext" follows the control connection, replaces Call-IDs that
 * several hosts behind one address have in common, and makes the GRE entry of
 * a call as soon as it is agreed on: complete, with both Call-IDs, which no
 * GRE packet has. A packet then finds its call by addresses and Call-ID, and
 * is attached to that entry before conntrack looks at it. GRE that belongs to
 * no call is left to stock.
 */
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/module.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <net/checksum.h>
#include <net/gre.h>
#include <net/tcp.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_ecache.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "core/clock.h"
#include "core/event.h"
#include "core/flow.h"
#include "core/icmp.h"
#include "core/label.h"
#include "core/net.h"
#include "core/packet.h"
#include "core/tracker.h"
#include "pptp/call.h"
#include "pptp/message.h"

/* RFC 2637 section 4.1 */
#define PPTP_TCP_PORT		1723
#define PPTP_GRE_PROTOCOL	0x880b

struct pptp_gre {
	__be16 flags;
	__be16 protocol;
	__be16 length;
	__be16 id;
};

/*
 * Helper data of a control entry: the cookie of its conn. What follows must
 * stay zero: kernels before 6.12.117 take bytes 16 to 31 of any GRE entry's
 * master for the in-kernel helper's.
 */
struct pptp_control_data {
	u32 cookie;
};

/* The others label the entries they make with the first: it outlives them. */
enum pptp_helper {
	PPTP_HELPER_GRE,
	PPTP_HELPER_EXT,
	PPTP_HELPER_STOCK,	/* under the name of the in-kernel one */
	PPTP_HELPERS,
};

static struct nf_vpn_label pptp_labels[PPTP_HELPERS] __read_mostly;

static int pptp = -1;
module_param(pptp, int, 0444);
MODULE_PARM_DESC(pptp, "be the helper \"pptp\", too: 1 yes, 0 no, -1 if the kernel has none of its own (default)");

/* ---- The GRE entry of a call ---- */

/* Of packets that go in direction @dir. */
static void pptp_gre_tuple(const struct nf_vpn_call *call,
			   enum ip_conntrack_dir dir,
			   struct nf_conntrack_tuple *tuple)
{
	const struct nf_vpn_conn *conn = call->conn;

	memset(tuple, 0, sizeof(*tuple));
	tuple->src.l3num = AF_INET;
	tuple->src.u3.ip = conn->src[dir];
	tuple->src.u.gre.key = call->real[dir];
	tuple->dst.u3.ip = conn->dst[dir];
	tuple->dst.u.gre.key = nf_vpn_call_wire(call, !dir);
	tuple->dst.protonum = IPPROTO_GRE;
	tuple->dst.dir = dir;
}

/*
 * What stock made of GRE that came before its call, or the entry of a call
 * that was forgotten. A Call-ID 0 looks like none to it.
 */
static void pptp_flow_evict(struct net *net,
			    const struct nf_conntrack_tuple *tuple)
{
	struct nf_conntrack_tuple_hash *h;
	struct nf_conn *ct;

	h = nf_conntrack_find_get(net, &nf_ct_zone_dflt, tuple);
	if (!h)
		return;
	ct = nf_ct_tuplehash_to_ctrack(h);
	nf_ct_kill(ct);
	nf_ct_put(ct);
}

static struct nf_conn *pptp_flow_create(struct nf_vpn_net *vn,
					struct nf_conn *master,
					const struct nf_vpn_call *call)
{
	u32 timeout = READ_ONCE(vn->set.pptp_ext_timeout) * HZ;
	struct nf_conntrack_helper *label =
		pptp_labels[PPTP_HELPER_GRE].registered;
	struct nf_conntrack_tuple orig, reply;
	struct nf_conn *flow;

	pptp_gre_tuple(call, IP_CT_DIR_ORIGINAL, &orig);
	pptp_gre_tuple(call, IP_CT_DIR_REPLY, &reply);
	flow = nf_vpn_flow_create(vn->net, master, 0, &orig, &reply, label,
				  timeout);
	if (!IS_ERR(flow) || PTR_ERR(flow) == -ENOMEM)
		return flow;
	/* Taken; or, on older kernels, a helper has just been unregistered. */
	pptp_flow_evict(vn->net, &orig);
	pptp_flow_evict(vn->net, &reply);
	return nf_vpn_flow_create(vn->net, master, 0, &orig, &reply, label,
				  timeout);
}

/* Both sides have agreed, and named their Call-IDs. */
static void pptp_call_up(struct nf_vpn_net *vn, struct nf_conn *master,
			 struct nf_vpn_call *call)
{
	struct nf_conn *flow;

	if (READ_ONCE(call->state) != NF_CT_VPN_STATE_UNREPLIED)
		return;
	flow = pptp_flow_create(vn, master, call);
	if (IS_ERR(flow)) {
		nf_vpn_stat_inc(vn, PPTP_CALL_REFUSED);
		return;
	}
	if (nf_vpn_call_publish(vn, call, flow)) {
		nf_vpn_stat_inc(vn, PPTP_CALL_NEW);
		return;
	}
	nf_ct_kill(flow);
	nf_ct_put(flow);
}

/* ---- Control messages ---- */

/**
 * struct pptp_segment - a segment while it is looked at
 * @vn: netns
 * @ct: entry of the control connection
 * @conn: the control connection
 * @side: sender
 * @skb: packet
 * @thoff: offset of its TCP header
 * @payload: offset of its payload
 */
struct pptp_segment {
	struct nf_vpn_net *vn;
	struct nf_conn *ct;
	struct nf_vpn_conn *conn;
	int side;
	struct sk_buff *skb;
	unsigned int thoff;
	unsigned int payload;
};

static bool pptp_is_reply(const struct pptp_message *m)
{
	return m->type == PPTP_TYPE_OUT_CALL_REPLY || m->type == PPTP_TYPE_IN_CALL_REPLY;
}

/* The call that a side agrees to, by the Call-ID the other one gave it. */
static struct nf_vpn_call *pptp_asked(const struct pptp_segment *seg,
				      const struct pptp_message *m)
{
	if (!m->complete)
		return NULL;
	return nf_vpn_call_by_wire(seg->vn, seg->conn, !seg->side,
				   htons(m->peer));
}

/* A Call-ID that its sender chose for a new call. */
static struct nf_vpn_call *pptp_new_id(const struct pptp_segment *seg,
				       const struct pptp_message *m, __be16 id,
				       bool fixed)
{
	struct nf_vpn_call *asked;

	if (!pptp_is_reply(m))
		return nf_vpn_call_request(seg->vn, seg->conn, seg->side, id,
					   fixed);
	asked = pptp_asked(seg, m);
	/* A refusal, or an answer to nothing we know. */
	if (m->complete && (m->result != PPTP_RESULT_CONNECTED || !asked))
		return nf_vpn_call_by_real(seg->conn, seg->side, id);
	return nf_vpn_call_answer(seg->vn, seg->conn, seg->side, id, asked,
				  fixed);
}

/* What is to stand in place of @id; under the lock. */
static __be16 pptp_new_number(const struct pptp_segment *seg,
			      const struct pptp_message *m,
			      enum pptp_whose whose, __be16 id, bool fixed)
{
	struct nf_vpn_call *call;

	if (whose == PPTP_ID_NEW) {
		call = pptp_new_id(seg, m, id, fixed);
		if (!call && (!m->complete || !pptp_is_reply(m) ||
			      m->result == PPTP_RESULT_CONNECTED))
			nf_vpn_stat_inc(seg->vn, PPTP_CALL_REFUSED);
		return call ? nf_vpn_call_wire(call, seg->side) : id;
	}
	if (whose == PPTP_ID_SENDER) {
		call = nf_vpn_call_by_real(seg->conn, seg->side, id);
		if (call)
			return nf_vpn_call_wire(call, seg->side);
	}
	call = nf_vpn_call_by_wire(seg->vn, seg->conn, !seg->side, id);
	return call ? call->real[!seg->side] : id;
}

static u16 pptp_translate(void *priv, const struct pptp_message *m,
			  enum pptp_whose whose, u16 id, bool fixed)
{
	struct pptp_segment *seg = priv;
	u16 new;

	spin_lock_bh(&seg->vn->lock);
	new = ntohs(pptp_new_number(seg, m, whose, htons(id), fixed));
	spin_unlock_bh(&seg->vn->lock);
	/* Half of another number would be worse than the old one. */
	if (fixed && (new ^ id) & 0xff00)
		return id;
	if (new != id)
		nf_vpn_stat_inc(seg->vn, PPTP_TRANSLATED);
	return new;
}

static void pptp_reply(struct pptp_segment *seg, const struct pptp_message *m)
{
	struct nf_vpn_call *call, *doomed = NULL;

	spin_lock_bh(&seg->vn->lock);
	call = pptp_asked(seg, m);
	if (call && m->result != PPTP_RESULT_CONNECTED)
		nf_vpn_call_close(seg->vn, call, &doomed);
	/* In two pieces: only now is it known what the first one answered. */
	else if (call && !call->pair[seg->side])
		nf_vpn_call_answer(seg->vn, seg->conn, seg->side,
				   htons(m->id), call, false);
	if (call && !call->pair[seg->side])
		call = NULL;
	spin_unlock_bh(&seg->vn->lock);
	nf_vpn_calls_kill(doomed);
	if (call && m->result == PPTP_RESULT_CONNECTED)
		pptp_call_up(seg->vn, seg->ct, call);
}

/* The number is the sender's by the RFC, and the receiver's by habit. */
static void pptp_disconnect(struct pptp_segment *seg,
			    const struct pptp_message *m)
{
	struct nf_vpn_call *call, *doomed = NULL;

	spin_lock_bh(&seg->vn->lock);
	call = nf_vpn_call_by_real(seg->conn, seg->side, htons(m->id));
	if (!call)
		call = nf_vpn_call_by_wire(seg->vn, seg->conn, !seg->side,
					   htons(m->id));
	if (call)
		nf_vpn_call_close(seg->vn, call, &doomed);
	spin_unlock_bh(&seg->vn->lock);
	nf_vpn_calls_kill(doomed);
}

static void pptp_message(void *priv, const struct pptp_message *m)
{
	struct pptp_segment *seg = priv;

	switch (m->type) {
	case PPTP_TYPE_OUT_CALL_REPLY:
	case PPTP_TYPE_IN_CALL_REPLY:
		pptp_reply(seg, m);
		break;
	case PPTP_TYPE_CALL_DISCONNECT:
		pptp_disconnect(seg, m);
		break;
	case PPTP_TYPE_STOP_REQUEST:
	case PPTP_TYPE_STOP_REPLY:
		nf_vpn_conn_close(seg->vn, seg->conn);
		break;
	}
}

static void pptp_lost(void *priv, u32 bytes)
{
	struct pptp_segment *seg = priv;

	nf_vpn_stat_add(seg->vn, NF_CT_VPN_A_STATS_PPTP_LOST, bytes);
}

/*
 * Replace a byte, and what the checksum says of it. A Call-ID may stand at an
 * odd offset of its segment, or in two of them.
 */
static void pptp_put(void *priv, u32 at, u8 byte)
{
	struct pptp_segment *seg = priv;
	u8 *p = seg->skb->data + seg->payload + at;
	bool odd = (seg->payload + at - seg->thoff) & 1;
	__be16 old = htons(odd ? *p : *p << 8);
	__be16 new = htons(odd ? byte : byte << 8);
	struct tcphdr *tcph = (void *)(seg->skb->data + seg->thoff);

	inet_proto_csum_replace2(&tcph->check, seg->skb, old, new, false);
	*p = byte;
}

static const struct pptp_ops pptp_ops = {
	.translate	= pptp_translate,
	.message	= pptp_message,
	.lost		= pptp_lost,
	.put		= pptp_put,
};

/* ---- Segments ---- */

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
	good = pptp_stream_segment(stream, seq, data, len, &pptp_ops, seg);
	spin_unlock_bh(&seg->conn->lock);
	return good ? NF_ACCEPT : pptp_early(seg);
}

static bool pptp_ends(const struct nf_conn *ct)
{
	u8 state = READ_ONCE(ct->proto.tcp.state);

	return state >= TCP_CONNTRACK_FIN_WAIT && state <= TCP_CONNTRACK_CLOSE;
}

/* Payload of a TCP segment: sets @seq and returns its length. */
static unsigned int pptp_payload(struct pptp_segment *seg, u32 *seq)
{
	unsigned int end = skb_network_offset(seg->skb) +
			   ntohs(ip_hdr(seg->skb)->tot_len);
	const struct tcphdr *tcph;
	struct tcphdr buf;

	tcph = skb_header_pointer(seg->skb, seg->thoff, sizeof(buf), &buf);
	if (!tcph || tcph->doff * 4 < sizeof(*tcph))
		return 0;
	/* tot_len is 0 where segments add up to 64 KiB or more. */
	if (end > seg->skb->len || !ip_hdr(seg->skb)->tot_len)
		end = seg->skb->len;
	seg->payload = seg->thoff + tcph->doff * 4;
	*seq = ntohl(tcph->seq) + tcph->syn;
	return seg->payload < end ? end - seg->payload : 0;
}

/* Is a packet of this entry to be looked at? */
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

/* Helper of the control connection: NAT and the ruleset have had their say. */
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
	seg.conn = nf_vpn_conn_find(seg.vn, ct, READ_ONCE(data->cookie));
	if (!seg.conn && len)
		seg.conn = nf_vpn_conn_add(seg.vn, ct, &data->cookie);
	if (!seg.conn)
		return NF_ACCEPT;
	if (len)
		verdict = pptp_follow(&seg, seq, len);
	if (pptp_ends(ct))
		nf_vpn_conn_close(seg.vn, seg.conn);
	return verdict;
}

/* ---- GRE ---- */

/*
 * Called for a packet that the ruleset has let through, but not for those of
 * the called side while they are RELATED.
 */
static int pptp_gre_help(struct sk_buff *skb, unsigned int protoff,
			 struct nf_conn *ct, enum ip_conntrack_info ctinfo)
{
	nf_vpn_flow_let_through(ct, skb);
	return NF_ACCEPT;
}

/* The Call-ID of a packet of PPTP; false if it is none. */
static bool pptp_gre_read(const struct sk_buff *skb, unsigned int thoff,
			  __be16 *id)
{
	const struct pptp_gre *gre;
	struct pptp_gre buf;

	gre = skb_header_pointer(skb, thoff, sizeof(buf), &buf);
	if (!gre ||
	    (gre->flags & (GRE_VERSION | GRE_KEY)) !=
	    (GRE_VERSION_1 | GRE_KEY) ||
	    gre->protocol != htons(PPTP_GRE_PROTOCOL))
		return false;
	*id = gre->id;
	return true;
}

static void pptp_gre_attach(struct nf_vpn_net *vn, struct sk_buff *skb,
			    struct nf_conn *flow, enum ip_conntrack_dir dir)
{
	u32 timeout = READ_ONCE(vn->set.pptp_ext_timeout) * HZ;

	nf_conntrack_get(&flow->ct_general);
	if (dir == IP_CT_DIR_ORIGINAL)
		nf_vpn_stat_inc(vn, ATTACHED_OUT);
	else
		nf_vpn_stat_inc(vn, ATTACHED_IN);
	if (dir == IP_CT_DIR_REPLY && nf_vpn_flow_is_related(flow))
		nf_vpn_flow_attach_related(skb, flow, timeout);
	else
		nf_vpn_flow_attach(skb, flow, dir, timeout);
}

/* The flow of a call, if it is up. */
static struct nf_conn *pptp_call_flow(const struct nf_vpn_call *call)
{
	/* Pairs with nf_vpn_call_publish(). */
	struct nf_conn *flow = smp_load_acquire(&call->flow);

	if (!flow || unlikely(nf_ct_is_dying(flow) ||
			      nf_ct_is_dying(flow->master)))
		return NULL;
	if (unlikely(nf_ct_is_expired(flow))) {
		nf_ct_kill(flow);
		return NULL;
	}
	return flow;
}

/* Does conntrack know the packet without us? */
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
 * A packet of a call that isn't up, or of others who use the same number: an
 * entry of theirs has nothing to fear from somebody's unanswered request. Where
 * there is none, stock would answer that there is no such protocol.
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
	struct nf_vpn_call_key key = { .kind = NF_VPN_CALL_ARRIVING };
	struct nf_vpn_call_node *node;
	struct nf_vpn_call *call;
	struct nf_conn *flow;

	if (state->pf != NFPROTO_IPV4 || !READ_ONCE(vn->calls.ncalls) ||
	    !pptp_gre_read(skb, thoff, &key.id))
		return NF_ACCEPT;
	key.src = ip_hdr(skb)->saddr;
	key.dst = ip_hdr(skb)->daddr;
	node = nf_vpn_call_lookup(vn, &key);
	if (!node)
		return NF_ACCEPT;
	call = nf_vpn_call_of(node);
	flow = pptp_call_flow(call);
	if (unlikely(!flow))
		return pptp_gre_no_call(vn, skb);
	nf_vpn_stamp(&call->last, jiffies);
	pptp_gre_attach(vn, skb, flow, !node->side);
	return NF_ACCEPT;
}

/*
 * An error quotes a packet as it left, with one Call-ID: stock would have to
 * know the other.
 */
static unsigned int pptp_gre_error(struct nf_vpn_net *vn, struct sk_buff *skb,
				   struct nf_vpn_icmp *icmp,
				   const struct nf_hook_state *state)
{
	struct nf_vpn_call_key key = { .kind = NF_VPN_CALL_LEAVING };
	struct nf_vpn_call_node *node;
	struct nf_conn *flow;

	if (state->pf != NFPROTO_IPV4 ||
	    !pptp_gre_read(skb, icmp->inner_thoff, &key.id))
		return NF_ACCEPT;
	key.src = icmp->inner.src.addr.ip;
	key.dst = icmp->inner.dst.addr.ip;
	node = nf_vpn_call_lookup(vn, &key);
	if (!node)
		return NF_ACCEPT;
	flow = pptp_call_flow(nf_vpn_call_of(node));
	if (!flow)
		return NF_ACCEPT;
	nf_conntrack_get(&flow->ct_general);
	return nf_vpn_icmp_attach(vn, skb, icmp, flow, node->side, state);
}

static const struct nf_vpn_tracker pptp_tracker = {
	.protonum	= IPPROTO_GRE,
	.packet		= pptp_gre_packet,
	.error		= pptp_gre_error,
	.flush		= nf_vpn_conns_flush,
};

/* ---- Module ---- */

static const struct nf_vpn_label_info pptp_label_info[] = {
	[PPTP_HELPER_GRE] = {
		.me		= THIS_MODULE,
		.name		= "pptp-ext",
		.protonum	= IPPROTO_GRE,
		.help		= pptp_gre_help,
	},
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
	err = pptp_helper_register(PPTP_HELPER_GRE);
	if (err)
		return err;
	err = pptp_helper_register(PPTP_HELPER_EXT);
	if (err)
		goto err_unregister;
	if (stock && pptp_helper_register(PPTP_HELPER_STOCK))
		pr_info("nf_conntrack_pptp_ext: there is a helper \"pptp\" already, only \"pptp-ext\" is ours\n");
	return 0;

err_unregister:
	pptp_helpers_unregister();
	return err;
}

static int __init nf_conntrack_pptp_ext_init(void)
{
	int err;

	err = pptp_helpers_register();
	if (err)
		return err;
	err = nf_vpn_tracker_register(&pptp_tracker);
	if (err)
		pptp_helpers_unregister();
	return err;
}

static void __exit nf_conntrack_pptp_ext_exit(void)
{
	/* No new calls, then no packets for the old ones. */
	pptp_helpers_unregister();
	nf_vpn_tracker_unregister(&pptp_tracker);
}

module_init(nf_conntrack_pptp_ext_init);
module_exit(nf_conntrack_pptp_ext_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("PPTP: Call-ID NAT and connection tracking");
MODULE_VERSION(NF_VPN_VERSION);
MODULE_ALIAS_NFCT_HELPER("pptp-ext");
#if !IS_ENABLED(CONFIG_NF_CONNTRACK_PPTP)
MODULE_ALIAS_NFCT_HELPER("pptp");
#endif
