// SPDX-License-Identifier: GPL-2.0-only
/* PPTP calls: how they begin and end, and which Call-IDs they get. */
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <net/netfilter/nf_conntrack.h>

#include "core/client.h"
#include "core/fast.h"
#include "core/id.h"
#include "core/net.h"
#include "pptp/call.h"

static void nf_pptp_call_drop_side(struct nf_vpn_net *vn,
				   struct nf_pptp_call *call, int side)
{
	struct nf_pptp_path *path = call->path[side];

	if (!path)
		return;
	nf_pptp_call_unlink(vn, call, side);
	nf_pptp_path_id_put(path, ntohs(nf_pptp_call_wire(call, side)));
	nf_pptp_path_put(vn, path);
	call->path[side] = NULL;
}

/**
 * nf_pptp_calls_full - tell whether there is no room for a connection or call
 * more
 * @vn: netns, its lock held
 *
 * Connections and calls may take half of the table, so that ESP and IKE find
 * room: they don't yield to others while they last, and anybody may open some
 * if there is a dnat rule.
 *
 * Return: true if there is no room, which is counted
 */
bool nf_pptp_calls_full(struct nf_vpn_net *vn)
{
	u32 n = vn->nconns + vn->ncalls;

	lockdep_assert_held(&vn->lock);
	if (n < READ_ONCE(vn->set.max) / 2)
		return false;
	nf_vpn_stat_inc(vn, FULL);
	return true;
}

/* Calls that have ended yield to new ones, the oldest first. */
static bool nf_pptp_conn_make_room(struct nf_vpn_net *vn,
				   struct nf_pptp_conn *conn)
{
	struct nf_pptp_call *call;

	if (conn->ncalls < NF_PPTP_CONN_CALLS)
		return true;
	call = list_first_entry_or_null(&conn->closed, struct nf_pptp_call,
					by_conn);
	if (!call)
		return false;
	nf_pptp_call_free(vn, call);
	return true;
}

static struct nf_pptp_call *nf_pptp_call_alloc(struct nf_vpn_net *vn,
					       struct nf_pptp_conn *conn)
{
	struct nf_pptp_call *call;

	if (conn->dead || !nf_pptp_conn_make_room(vn, conn) ||
	    nf_pptp_calls_full(vn) ||
	    nf_vpn_charge(vn, conn->client))
		return NULL;
	call = kzalloc(sizeof(*call), GFP_ATOMIC);
	if (!call) {
		nf_vpn_stat_inc(vn, NO_MEMORY);
		nf_vpn_uncharge(vn, conn->client);
		return NULL;
	}
	call->conn = conn;
	call->state = NF_CT_VPN_STATE_UNREPLIED;
	call->since = jiffies;
	call->last = jiffies;
	call->created = (u32)ktime_get_seconds();
	if (nf_vpn_id_get(vn, NF_CT_VPN_KIND_PPTP, &call->id, call)) {
		nf_vpn_stat_inc(vn, NO_MEMORY);
		nf_vpn_uncharge(vn, conn->client);
		kfree(call);
		return NULL;
	}
	list_add(&call->by_conn, &conn->calls);
	conn->ncalls++;
	WRITE_ONCE(vn->ncalls, vn->ncalls + 1);
	return call;
}

static void nf_pptp_call_free_rcu(struct rcu_head *head)
{
	struct nf_pptp_call *call = container_of(head, struct nf_pptp_call,
						 rcu);

	if (call->flow) {
		nf_ct_kill(call->flow);
		nf_ct_put(call->flow);
	}
	kfree(call);
}

/* Mark a call as closed, and tell listeners. Returns false if it was closed. */
static bool nf_pptp_call_over(struct nf_vpn_net *vn, struct nf_pptp_call *call)
{
	if (call->state == NF_CT_VPN_STATE_CLOSED)
		return false;
	WRITE_ONCE(call->state, NF_CT_VPN_STATE_CLOSED);
	call->since = jiffies;
	list_move_tail(&call->by_conn, &call->conn->closed);
	nf_pptp_event(vn, NF_CT_VPN_EVENT_EXPIRED, call);
	return true;
}

/**
 * nf_pptp_call_free - unlink a call, free it and end its flow after RCU
 * @vn: netns, its lock held
 * @call: call
 */
void nf_pptp_call_free(struct nf_vpn_net *vn, struct nf_pptp_call *call)
{
	lockdep_assert_held(&vn->lock);
	nf_pptp_call_over(vn, call);
	nf_vpn_id_put(vn, NF_CT_VPN_KIND_PPTP, call->id);
	nf_pptp_call_drop_side(vn, call, IP_CT_DIR_ORIGINAL);
	nf_pptp_call_drop_side(vn, call, IP_CT_DIR_REPLY);
	list_del(&call->by_conn);
	call->conn->ncalls--;
	WRITE_ONCE(vn->ncalls, vn->ncalls - 1);
	nf_vpn_uncharge(vn, call->conn->client);
	nf_vpn_fast_end(vn, &call->fast[IP_CT_DIR_ORIGINAL]);
	nf_vpn_fast_end(vn, &call->fast[IP_CT_DIR_REPLY]);
	call_rcu(&call->rcu, nf_pptp_call_free_rcu);
}

/**
 * nf_pptp_call_close - close a call that has ended; its Call-IDs stay reserved
 * @vn: netns, its lock held
 * @call: call
 * @to_kill: list that the call is added to, for nf_pptp_calls_kill()
 */
void nf_pptp_call_close(struct nf_vpn_net *vn, struct nf_pptp_call *call,
			struct llist_head *to_kill)
{
	if (nf_pptp_call_over(vn, call))
		llist_add(&call->to_kill, to_kill);
}

/**
 * nf_pptp_calls_kill - delete the flows of closed calls
 * @to_kill: list, under RCU since the first call was added; no lock held
 */
void nf_pptp_calls_kill(struct llist_head *to_kill)
{
	struct nf_pptp_call *call;

	llist_for_each_entry(call, to_kill->first, to_kill)
		if (call->flow)
			nf_ct_kill(call->flow);
}

/*
 * A side has forgotten a call, since it uses its Call-ID for another one. The
 * other side may not know that yet, and still say that the call has ended: it
 * does so by its own Call-ID, which must not be taken for one of another call.
 * That stays reserved like those of a call that has ended.
 */
static void nf_pptp_call_forget_side(struct nf_vpn_net *vn,
				     struct nf_pptp_call *call, int side,
				     struct llist_head *to_kill)
{
	nf_pptp_call_close(vn, call, to_kill);
	nf_pptp_call_drop_side(vn, call, side);
	if (!call->path[!side])
		nf_pptp_call_free(vn, call);
}

/*
 * The Call-ID of a side that isn't translated is taken on the wire. Only an
 * older call of the same host can have it, which the host has forgotten: free
 * that one.
 */
static bool nf_pptp_call_supersede(struct nf_vpn_net *vn,
				   const struct nf_pptp_call *by, int side,
				   __be16 id)
{
	struct nf_pptp_call_key key = nf_pptp_call_arriving(by->conn, side, id);
	struct nf_pptp_call_node *node;
	struct nf_pptp_call *call;

	node = nf_pptp_call_lookup(vn, &key);
	if (!node)
		return false;
	call = nf_pptp_call_of(node);
	/* If a host calls itself, both sides have the same address. */
	if (call == by || call->conn->translated[node->side])
		return false;
	nf_pptp_call_forget_side(vn, call, node->side, &by->conn->to_kill);
	return true;
}

/* A side has named its Call-ID @real. @want is preferred on the wire. */
static int nf_pptp_call_add_side(struct nf_vpn_net *vn,
				 struct nf_pptp_call *call, int side,
				 __be16 real, u16 want, bool fixed)
{
	const struct nf_pptp_conn *conn = call->conn;
	bool translate = conn->translated[side];
	struct nf_pptp_path *path;
	int id, err;

	path = nf_pptp_path_get(vn, conn->src[!side], conn->dst[!side]);
	if (!path)
		return -ENOMEM;
	id = nf_pptp_path_id_get(path, want, translate, fixed);
	if (id == -ENOSPC && !translate &&
	    nf_pptp_call_supersede(vn, call, side, real))
		id = nf_pptp_path_id_get(path, want, translate, fixed);
	if (id < 0) {
		err = id;
		goto err_path;
	}
	nf_pptp_call_set_keys(call, side, real, htons(id));
	err = nf_pptp_call_link(vn, call, side);
	if (err)
		goto err_id;
	call->path[side] = path;
	return 0;

err_id:
	nf_pptp_path_id_put(path, id);
err_path:
	nf_pptp_path_put(vn, path);
	return err;
}

static struct nf_pptp_call *nf_pptp_call_new(struct nf_vpn_net *vn,
					     struct nf_pptp_conn *conn,
					     int side, __be16 id, u16 want,
					     bool fixed)
{
	struct nf_pptp_call *call = nf_pptp_call_alloc(vn, conn);

	if (!call)
		return NULL;
	if (!nf_pptp_call_add_side(vn, call, side, id, want, fixed)) {
		nf_pptp_event(vn, NF_CT_VPN_EVENT_NEW, call);
		return call;
	}
	/* Listeners haven't been told of it, nor must they be of its end. */
	call->state = NF_CT_VPN_STATE_CLOSED;
	nf_pptp_call_free(vn, call);
	return NULL;
}

/**
 * nf_pptp_call_request - make a call that a side asks for
 * @vn: netns, its lock held
 * @conn: control connection
 * @side: side that asks
 * @id: the Call-ID it has chosen
 * @fixed: the high byte on the wire must be the same
 *
 * If the side has used the Call-ID before, it repeats a request that wasn't
 * answered, or the old call is over. The latter's flow waits in
 * &nf_pptp_conn.to_kill, as after nf_pptp_call_answer().
 *
 * Return: call, NULL if it can't be tracked.
 */
struct nf_pptp_call *nf_pptp_call_request(struct nf_vpn_net *vn,
					  struct nf_pptp_conn *conn, int side,
					  __be16 id, bool fixed)
{
	struct nf_pptp_call *old = nf_pptp_call_by_real(vn, conn, side, id);
	u16 want = ntohs(id);

	if (old && old->state == NF_CT_VPN_STATE_UNREPLIED &&
	    !old->path[!side]) {
		old->since = jiffies;
		return old;
	}
	if (old) {
		want = ntohs(nf_pptp_call_wire(old, side));
		nf_pptp_call_forget_side(vn, old, side, &conn->to_kill);
	}
	return nf_pptp_call_new(vn, conn, side, id, want, fixed);
}

/**
 * nf_pptp_call_answer - note that a side agrees to a call
 * @vn: netns, its lock held
 * @conn: control connection
 * @side: side that agrees
 * @id: the Call-ID it has chosen
 * @asked: the call it agrees to, NULL if that isn't known yet
 * @fixed: the high byte on the wire must be the same
 *
 * Return: call that has the Call-ID now, NULL if it can't be tracked.
 */
struct nf_pptp_call *nf_pptp_call_answer(struct nf_vpn_net *vn,
					 struct nf_pptp_conn *conn, int side,
					 __be16 id, struct nf_pptp_call *asked,
					 bool fixed)
{
	struct nf_pptp_call *old = nf_pptp_call_by_real(vn, conn, side, id);
	u16 want = ntohs(id);

	if (old && (!asked || old == asked))
		return old;
	/* A call that was agreed to already, or is closed, isn't changed. */
	if (asked && (asked->path[side] ||
		      asked->state != NF_CT_VPN_STATE_UNREPLIED))
		return NULL;
	if (!asked)
		return nf_pptp_call_new(vn, conn, side, id, want, fixed);
	/*
	 * The Call-ID is that of an earlier call, or of the one that was made
	 * when only the first half of this answer had come. What was sent on
	 * the wire for it stays the same.
	 */
	if (old) {
		want = ntohs(nf_pptp_call_wire(old, side));
		nf_pptp_call_forget_side(vn, old, side, &conn->to_kill);
	}
	if (nf_pptp_call_add_side(vn, asked, side, id, want, fixed))
		return NULL;
	return asked;
}

/**
 * nf_pptp_call_flow - find the flow of a call
 * @call: call, under RCU
 *
 * Return: its entry without a reference, NULL if the call isn't up.
 */
struct nf_conn *nf_pptp_call_flow(const struct nf_pptp_call *call)
{
	/* Pairs with nf_pptp_call_publish(). */
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

/**
 * nf_pptp_call_publish - let packets be attached to the flow of a call
 * @vn: netns, its lock not held
 * @call: call, under RCU
 * @flow: confirmed entry; its reference goes over to the call
 *
 * Return: false if the call has ended meanwhile; the caller keeps the
 * reference.
 */
bool nf_pptp_call_publish(struct nf_vpn_net *vn, struct nf_pptp_call *call,
			  struct nf_conn *flow)
{
	bool up;

	spin_lock_bh(&vn->lock);
	up = call->state == NF_CT_VPN_STATE_UNREPLIED && !call->flow;
	if (up) {
		WRITE_ONCE(call->state, NF_CT_VPN_STATE_ESTABLISHED);
		call->since = jiffies;
		/* Pairs with nf_pptp_call_flow(). */
		smp_store_release(&call->flow, flow);
		nf_pptp_event(vn, NF_CT_VPN_EVENT_BOUND, call);
	}
	spin_unlock_bh(&vn->lock);
	return up;
}
