// SPDX-License-Identifier: GPL-2.0-only
/*
 * Control messages: what becomes of calls, and which Call-IDs replace theirs.
 */
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <net/checksum.h>
#include <net/netfilter/nf_conntrack.h>

#include "core/net.h"
#include "pptp/call.h"
#include "pptp/message.h"
#include "pptp/pptp.h"

/*
 * Release the lock of the netns, and delete the flows of calls that have ended
 * under it.
 */
static void pptp_unlock(const struct pptp_segment *seg)
	__releases(&seg->vn->lock)
{
	spin_unlock_bh(&seg->vn->lock);
	nf_pptp_calls_kill(&seg->conn->to_kill);
	init_llist_head(&seg->conn->to_kill);
}

static bool pptp_is_reply(const struct pptp_message *m)
{
	return m->type == PPTP_TYPE_OUT_CALL_REPLY || m->type == PPTP_TYPE_IN_CALL_REPLY;
}

/* The call that a reply is about, by the Call-ID of the side that has asked. */
static struct nf_pptp_call *pptp_asked(const struct pptp_segment *seg,
				       const struct pptp_message *m)
{
	if (!m->complete)
		return NULL;
	return nf_pptp_call_by_wire(seg->vn, seg->conn, !seg->side,
				    htons(m->peer));
}

/*
 * The call for which the sender has chosen a Call-ID; NULL if it isn't tracked.
 */
static struct nf_pptp_call *pptp_new_id(const struct pptp_segment *seg,
					const struct pptp_message *m, __be16 id,
					bool fixed)
{
	struct nf_pptp_call *asked;

	if (!pptp_is_reply(m))
		return nf_pptp_call_request(seg->vn, seg->conn, seg->side, id,
					    fixed);
	asked = pptp_asked(seg, m);
	/* It refuses the call, or answers none that we know. */
	if (m->complete && (m->result != PPTP_RESULT_CONNECTED || !asked))
		return nf_pptp_call_by_real(seg->vn, seg->conn, seg->side, id);
	return nf_pptp_call_answer(seg->vn, seg->conn, seg->side, id, asked,
				   fixed);
}

/* The Call-ID that replaces @id, which the sender has chosen just now. */
static __be16 pptp_new_number(const struct pptp_segment *seg,
			      const struct pptp_message *m, __be16 id,
			      bool fixed)
{
	struct nf_pptp_call *call;

	spin_lock_bh(&seg->vn->lock);
	call = pptp_new_id(seg, m, id, fixed);
	if (!call && (!m->complete || !pptp_is_reply(m) ||
		      m->result == PPTP_RESULT_CONNECTED))
		nf_vpn_stat_inc(seg->vn, PPTP_CALL_REFUSED);
	if (call)
		id = nf_pptp_call_wire(call, seg->side);
	pptp_unlock(seg);
	return id;
}

/*
 * The Call-ID that replaces @id, which is known. Calls of a conn get Call-IDs
 * under its lock only, so that of the netns, which a peer could keep busy with
 * such messages, isn't needed.
 */
static __be16 pptp_known_number(const struct pptp_segment *seg,
				enum pptp_whose whose, __be16 id)
{
	struct nf_pptp_call *call;

	if (whose == PPTP_ID_SENDER) {
		call = nf_pptp_call_by_real(seg->vn, seg->conn, seg->side, id);
		if (call)
			return nf_pptp_call_wire(call, seg->side);
	}
	call = nf_pptp_call_by_wire(seg->vn, seg->conn, !seg->side, id);
	return call ? call->real[!seg->side] : id;
}

static u16 pptp_translate(void *priv, const struct pptp_message *m,
			  enum pptp_whose whose, u16 id, bool fixed)
{
	struct pptp_segment *seg = priv;
	u16 new;

	if (whose == PPTP_ID_NEW)
		new = ntohs(pptp_new_number(seg, m, htons(id), fixed));
	else
		new = ntohs(pptp_known_number(seg, whose, htons(id)));
	/*
	 * The high byte is gone: half a new Call-ID is worse than the old one.
	 */
	if (fixed && (new ^ id) & 0xff00)
		return id;
	if (new != id)
		nf_vpn_stat_inc(seg->vn, PPTP_TRANSLATED);
	return new;
}

static void pptp_reply(struct pptp_segment *seg, const struct pptp_message *m)
{
	struct nf_pptp_call *call;

	spin_lock_bh(&seg->vn->lock);
	call = pptp_asked(seg, m);
	if (call && m->result != PPTP_RESULT_CONNECTED)
		nf_pptp_call_close(seg->vn, call, &seg->conn->to_kill);
	/* A reply in two segments: now it is known which call it answers. */
	else if (call && !call->path[seg->side])
		nf_pptp_call_answer(seg->vn, seg->conn, seg->side,
				    htons(m->id), call, false);
	if (call && !call->path[seg->side])
		call = NULL;
	pptp_unlock(seg);
	if (call && m->result == PPTP_RESULT_CONNECTED)
		nf_pptp_call_up(seg->vn, seg->ct, call);
}

/* The Call-ID is the sender's by the RFC; some send the receiver's. */
static void pptp_disconnect(struct pptp_segment *seg,
			    const struct pptp_message *m)
{
	struct nf_pptp_call *call;

	call = nf_pptp_call_by_real(seg->vn, seg->conn, seg->side,
				    htons(m->id));
	if (!call)
		call = nf_pptp_call_by_wire(seg->vn, seg->conn, !seg->side,
					    htons(m->id));
	if (!call)
		return;
	/* If it was freed meanwhile, it is closed already. */
	spin_lock_bh(&seg->vn->lock);
	nf_pptp_call_close(seg->vn, call, &seg->conn->to_kill);
	pptp_unlock(seg);
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
		nf_pptp_conn_close(seg->vn, seg->conn);
		break;
	}
}

static void pptp_lost(void *priv, u32 bytes)
{
	struct pptp_segment *seg = priv;

	nf_vpn_stat_add(seg->vn, NF_CT_VPN_A_STATS_PPTP_LOST, bytes);
}

/*
 * Replace a byte and correct the checksum. It is done byte by byte, since a
 * Call-ID may be at an odd offset, or divided between two segments.
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

const struct pptp_ops nf_pptp_ops = {
	.translate	= pptp_translate,
	.message	= pptp_message,
	.lost		= pptp_lost,
	.put		= pptp_put,
};
