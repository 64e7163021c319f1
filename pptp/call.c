// SPDX-License-Identifier: GPL-2.0-only
/*
 * PPTP calls: their Call-IDs, and who is meant by one.
 *
 * Enhanced GRE (RFC 2637 section 4.1) carries the Call-ID of its receiver only.
 * So a call is found by addresses and that; hosts that hide behind one address
 * must not use the same number, and are given another one where they do.
 */
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <net/netfilter/nf_conntrack.h>

#include "core/client.h"
#include "core/id.h"
#include "core/net.h"
#include "pptp/call.h"

/* Each packet comes here: inline, what memcmp() would not be. */
static int nf_pptp_call_cmpfn(struct rhashtable_compare_arg *arg,
			      const void *obj)
{
	const struct nf_pptp_call_node *node = obj;
	const struct nf_pptp_call_key *key = arg->key;

	return node->key.id != key->id || node->key.kind != key->kind ||
	       node->key.src != key->src || node->key.dst != key->dst;
}

static const struct rhashtable_params nf_pptp_call_params = {
	.head_offset		= offsetof(struct nf_pptp_call_node, node),
	.key_offset		= offsetof(struct nf_pptp_call_node, key),
	.key_len		= sizeof(struct nf_pptp_call_key),
	.obj_cmpfn		= nf_pptp_call_cmpfn,
	.automatic_shrinking	= true,
};

int nf_pptp_calls_init(struct nf_pptp_net *pn)
{
	int err = rhashtable_init(&pn->table, &nf_pptp_call_params);

	if (err)
		return err;
	err = nf_pptp_paths_init(pn);
	if (err)
		rhashtable_destroy(&pn->table);
	return err;
}

void nf_pptp_calls_exit(struct nf_pptp_net *pn)
{
	nf_pptp_paths_exit(pn);
	rhashtable_destroy(&pn->table);
}

/**
 * nf_pptp_call_lookup - call of a GRE packet
 * @vn: netns, under RCU
 * @key: what the packet says
 *
 * Flat, so that the hash function and the comparison are inlined.
 */
__flatten struct nf_pptp_call_node *
nf_pptp_call_lookup(struct nf_vpn_net *vn, const struct nf_pptp_call_key *key)
{
	return rhashtable_lookup(&vn->pptp->table, key, nf_pptp_call_params);
}

/**
 * nf_pptp_call_by_real - call of a conn by a Call-ID as its owner knows it
 * @conn: control connection, lock of its netns held
 * @side: owner
 * @id: Call-ID
 */
struct nf_pptp_call *nf_pptp_call_by_real(const struct nf_pptp_conn *conn,
					  int side, __be16 id)
{
	struct nf_pptp_call *call;

	list_for_each_entry(call, &conn->calls, by_conn)
		if (call->path[side] && call->real[side] == id)
			return call;
	return NULL;
}

static struct nf_pptp_call_key
nf_pptp_call_arriving(const struct nf_pptp_conn *conn, int side, __be16 id)
{
	/* Packets to a side are those that the other one sends. */
	struct nf_pptp_call_key key = {
		.src	= conn->src[!side],
		.dst	= conn->dst[!side],
		.id	= id,
		.kind	= NF_PPTP_CALL_ARRIVING,
	};

	return key;
}

/**
 * nf_pptp_call_by_wire - call of a conn by a Call-ID as the other side knows it
 * @vn: netns, under RCU, its lock held
 * @conn: control connection
 * @side: owner of the Call-ID
 * @id: Call-ID
 */
struct nf_pptp_call *nf_pptp_call_by_wire(struct nf_vpn_net *vn,
					  const struct nf_pptp_conn *conn,
					  int side, __be16 id)
{
	struct nf_pptp_call_key key = nf_pptp_call_arriving(conn, side, id);
	struct nf_pptp_call_node *node;
	struct nf_pptp_call *call;

	node = nf_pptp_call_lookup(vn, &key);
	if (!node)
		return NULL;
	call = nf_pptp_call_of(node);
	return call->conn == conn && node->side == side ? call : NULL;
}

static int nf_pptp_call_link(struct nf_vpn_net *vn, struct nf_pptp_call *call,
			     int side)
{
	struct nf_pptp_call_node *node = call->nodes[side];
	int err;

	err = rhashtable_insert_fast(&vn->pptp->table, &node[0].node,
				     nf_pptp_call_params);
	if (err)
		return err;
	/*
	 * A client may choose an id again on another connection. ICMP errors
	 * find the first call; equal keys would make a chain.
	 */
	if (nf_pptp_call_lookup(vn, &node[1].key))
		return 0;
	err = rhashtable_insert_fast(&vn->pptp->table, &node[1].node,
				     nf_pptp_call_params);
	if (err)
		rhashtable_remove_fast(&vn->pptp->table, &node[0].node,
				       nf_pptp_call_params);
	return err;
}

static void nf_pptp_call_unlink(struct nf_vpn_net *vn,
				struct nf_pptp_call *call, int side)
{
	struct nf_pptp_call_node *node = call->nodes[side];
	int i;

	for (i = 0; i < NF_PPTP_CALL_KINDS; i++)
		rhashtable_remove_fast(&vn->pptp->table, &node[i].node,
				       nf_pptp_call_params);
}

static void nf_pptp_call_set_keys(struct nf_pptp_call *call, int side,
				  __be16 real, __be16 wire)
{
	struct nf_pptp_call_node *node = call->nodes[side];
	const struct nf_pptp_conn *conn = call->conn;

	call->real[side] = real;
	node[NF_PPTP_CALL_ARRIVING].side = side;
	node[NF_PPTP_CALL_ARRIVING].key = nf_pptp_call_arriving(conn, side,
								wire);
	node[NF_PPTP_CALL_LEAVING].side = side;
	node[NF_PPTP_CALL_LEAVING].key = (struct nf_pptp_call_key) {
		.src	= conn->dst[side],
		.dst	= conn->src[side],
		.id	= real,
		.kind	= NF_PPTP_CALL_LEAVING,
	};
}

/*
 * The number is taken, and its owner's address is its own: then the call that
 * has it is one that its owner has forgotten.
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
	/* A host that calls itself has two sides of one address. */
	if (call == by || call->conn->translated[node->side])
		return false;
	nf_pptp_call_free(vn, call);
	return true;
}

/* A side names its Call-ID; @want is the one to be used towards the other. */
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
		goto err_pair;
	}
	nf_pptp_call_set_keys(call, side, real, htons(id));
	err = nf_pptp_call_link(vn, call, side);
	if (err)
		goto err_id;
	call->path[side] = path;
	return 0;

err_id:
	nf_pptp_path_id_put(path, id);
err_pair:
	nf_pptp_path_put(vn, path);
	return err;
}

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
 * nf_pptp_calls_full - is there no room for another connection or call?
 * @vn: netns, its lock held
 *
 * They take half of the table at most: they don't yield to others while they
 * last, and behind a dnat rule anybody may open some. ESP and IKE shall find
 * room.
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

static struct nf_pptp_call *nf_pptp_call_alloc(struct nf_vpn_net *vn,
					       struct nf_pptp_conn *conn)
{
	struct nf_pptp_call *call;

	if (conn->dead || conn->ncalls >= NF_PPTP_CONN_CALLS ||
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

/* Tell of its end; false if it has been told of. */
static bool nf_pptp_call_over(struct nf_vpn_net *vn, struct nf_pptp_call *call)
{
	if (call->state == NF_CT_VPN_STATE_CLOSED)
		return false;
	WRITE_ONCE(call->state, NF_CT_VPN_STATE_CLOSED);
	call->since = jiffies;
	nf_pptp_event(vn, NF_CT_VPN_EVENT_EXPIRED, call);
	return true;
}

/**
 * nf_pptp_call_free - forget a call; its flow ends after a grace period
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
	call_rcu(&call->rcu, nf_pptp_call_free_rcu);
}

/**
 * nf_pptp_call_close - a call has ended; its Call-IDs stay reserved
 * @vn: netns, its lock held
 * @call: call
 * @doomed: list that is to be given to nf_pptp_calls_kill()
 */
void nf_pptp_call_close(struct nf_vpn_net *vn, struct nf_pptp_call *call,
			struct nf_pptp_call **doomed)
{
	if (!nf_pptp_call_over(vn, call))
		return;
	call->doomed = *doomed;
	*doomed = call;
}

/**
 * nf_pptp_calls_kill - end the flows of closed calls
 * @doomed: list, under RCU since it was begun; no lock held
 */
void nf_pptp_calls_kill(struct nf_pptp_call *doomed)
{
	for (; doomed; doomed = doomed->doomed)
		if (doomed->flow)
			nf_ct_kill(doomed->flow);
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
	/* Nobody has been told of it. */
	call->state = NF_CT_VPN_STATE_CLOSED;
	nf_pptp_call_free(vn, call);
	return NULL;
}

/**
 * nf_pptp_call_request - a side asks for a call
 * @vn: netns, its lock held
 * @conn: control connection
 * @side: who asks
 * @id: the Call-ID it chose
 * @fixed: the high byte on the wire must be the same
 *
 * A number that the side has used before means that the old call is over, or
 * that it asks once more if nobody has answered.
 *
 * Return: call, NULL if it can't be tracked.
 */
struct nf_pptp_call *nf_pptp_call_request(struct nf_vpn_net *vn,
					  struct nf_pptp_conn *conn, int side,
					  __be16 id, bool fixed)
{
	struct nf_pptp_call *old = nf_pptp_call_by_real(conn, side, id);
	u16 want = ntohs(id);

	if (old && old->state == NF_CT_VPN_STATE_UNREPLIED &&
	    !old->path[!side]) {
		old->since = jiffies;
		return old;
	}
	if (old) {
		want = ntohs(nf_pptp_call_wire(old, side));
		nf_pptp_call_free(vn, old);
	}
	return nf_pptp_call_new(vn, conn, side, id, want, fixed);
}

/**
 * nf_pptp_call_answer - a side agrees to a call
 * @vn: netns, its lock held
 * @conn: control connection
 * @side: who agrees
 * @id: the Call-ID it chose
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
	struct nf_pptp_call *old = nf_pptp_call_by_real(conn, side, id);
	u16 want = ntohs(id);

	if (old && (!asked || old == asked))
		return old;
	/* One that was agreed to already, or is over, isn't changed. */
	if (asked && (asked->path[side] ||
		      asked->state != NF_CT_VPN_STATE_UNREPLIED))
		return NULL;
	if (!asked)
		return nf_pptp_call_new(vn, conn, side, id, want, fixed);
	/*
	 * An earlier call whose Call-ID is used again, or what was made of the
	 * first half of this very answer: on the wire the number stays.
	 */
	if (old) {
		want = ntohs(nf_pptp_call_wire(old, side));
		nf_pptp_call_free(vn, old);
	}
	if (nf_pptp_call_add_side(vn, asked, side, id, want, fixed))
		return NULL;
	return asked;
}

/**
 * nf_pptp_call_publish - a call is up: packets may be attached to its flow
 * @vn: netns, its lock not held
 * @call: call, under RCU
 * @flow: confirmed entry; its reference goes over to the call
 *
 * Return: false if the call has ended meanwhile; the reference stays where it
 * is.
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
		/* Its contents before the pointer. */
		smp_store_release(&call->flow, flow);
		nf_pptp_event(vn, NF_CT_VPN_EVENT_BOUND, call);
	}
	spin_unlock_bh(&vn->lock);
	return up;
}
