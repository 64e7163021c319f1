// SPDX-License-Identifier: GPL-2.0-only
/*
 * PPTP control connections.
 *
 * A conn is found by the addresses and ports of its conntrack entry, and told
 * from an earlier one by a cookie in the entry's helper data. It has no pointer
 * to the entry, which therefore needs no callback when it is freed.
 */
#include <linux/sched.h>
#include <linux/slab.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "core/client.h"
#include "core/net.h"
#include "core/packet.h"
#include "core/walk.h"
#include "pptp/call.h"

static const struct rhashtable_params nf_pptp_conn_params = {
	.head_offset		= offsetof(struct nf_pptp_conn, node),
	.key_offset		= offsetof(struct nf_pptp_conn, key),
	.key_len		= sizeof(struct nf_pptp_conn_key),
	.automatic_shrinking	= true,
};

int nf_pptp_conns_init(struct nf_pptp_net *pn)
{
	return rhashtable_init(&pn->conns, &nf_pptp_conn_params);
}

void nf_pptp_conns_exit(struct nf_pptp_net *pn)
{
	rhashtable_destroy(&pn->conns);
}

static struct nf_pptp_conn_key nf_pptp_conn_key(const struct nf_conn *ct)
{
	const struct nf_conntrack_tuple *t =
		&ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	struct nf_pptp_conn_key key = {
		.src	= t->src.u3.ip,
		.dst	= t->dst.u3.ip,
		.sport	= t->src.u.tcp.port,
		.dport	= t->dst.u.tcp.port,
	};

	return key;
}

/**
 * nf_pptp_conn_find - find the control connection of a conntrack entry
 * @vn: netns, under RCU
 * @ct: entry
 * @cookie: from its helper data
 *
 * Return: conn or NULL
 */
struct nf_pptp_conn *nf_pptp_conn_find(struct nf_vpn_net *vn,
				       const struct nf_conn *ct, u32 cookie)
{
	struct nf_pptp_conn_key key = nf_pptp_conn_key(ct);
	struct nf_pptp_conn *conn;

	if (!cookie)
		return NULL;
	conn = rhashtable_lookup(&vn->pptp->conns, &key, nf_pptp_conn_params);
	return conn && conn->cookie == cookie ? conn : NULL;
}

static void nf_pptp_conn_read(struct nf_pptp_conn *conn,
			      const struct nf_conn *ct)
{
	unsigned long status = READ_ONCE(ct->status);
	int side;

	conn->key = nf_pptp_conn_key(ct);
	for (side = 0; side < IP_CT_DIR_MAX; side++) {
		conn->src[side] = ct->tuplehash[side].tuple.src.u3.ip;
		conn->dst[side] = ct->tuplehash[side].tuple.dst.u3.ip;
	}
	conn->translated[IP_CT_DIR_ORIGINAL] = status & IPS_SRC_NAT;
	conn->translated[IP_CT_DIR_REPLY] = status & IPS_DST_NAT;
}

/* Unlink a conn and its calls, free them after RCU; lock of the netns held. */
static void nf_pptp_conn_free(struct nf_vpn_net *vn, struct nf_pptp_conn *conn)
{
	struct nf_pptp_call *call, *next;

	if (conn->dead)
		return;
	list_for_each_entry_safe(call, next, &conn->calls, by_conn)
		nf_pptp_call_free(vn, call);
	list_for_each_entry_safe(call, next, &conn->closed, by_conn)
		nf_pptp_call_free(vn, call);
	conn->dead = true;
	rhashtable_remove_fast(&vn->pptp->conns, &conn->node,
			       nf_pptp_conn_params);
	vn->nconns--;
	nf_vpn_uncharge(vn, conn->client);
	nf_vpn_client_put(vn, conn->client);
	kfree_rcu(conn, rcu);
}

static struct nf_pptp_conn *nf_pptp_conn_alloc(struct nf_vpn_net *vn,
					       const struct nf_conn *ct)
{
	static atomic_t cookies = ATOMIC_INIT(0);
	struct nf_pptp_conn *conn = kzalloc(sizeof(*conn), GFP_ATOMIC);

	if (!conn) {
		nf_vpn_stat_inc(vn, NO_MEMORY);
		return NULL;
	}
	/* An entry without a conn has the cookie 0. */
	do {
		conn->cookie = atomic_inc_return(&cookies);
	} while (!conn->cookie);
	INIT_LIST_HEAD(&conn->calls);
	INIT_LIST_HEAD(&conn->closed);
	spin_lock_init(&conn->lock);
	nf_pptp_conn_read(conn, ct);
	return conn;
}

/* Charge a conn to the host that has opened it, and let readers find it. */
static int nf_pptp_conn_link(struct nf_vpn_net *vn, struct nf_pptp_conn *conn)
{
	struct nf_vpn_host host = {
		.addr.ip	= conn->key.src,
		.l3num		= AF_INET,
	};
	int err;

	if (nf_pptp_calls_full(vn))
		return -ENOSPC;
	conn->client = nf_vpn_client_hold(vn, &host);
	if (IS_ERR(conn->client))
		return PTR_ERR(conn->client);
	err = nf_vpn_charge(vn, conn->client);
	if (err)
		goto err_client;
	err = rhashtable_insert_fast(&vn->pptp->conns, &conn->node,
				     nf_pptp_conn_params);
	if (err)
		goto err_charge;
	vn->nconns++;
	return 0;

err_charge:
	nf_vpn_uncharge(vn, conn->client);
err_client:
	nf_vpn_client_put(vn, conn->client);
	return err;
}

/**
 * nf_pptp_conn_add - find or make the control connection of a conntrack entry
 * @vn: netns, under RCU, its lock not held
 * @ct: entry, confirmed, in zone 0
 * @cookie: in the entry's helper data; set to that of the conn
 *
 * Return: conn, NULL if it can't be tracked.
 */
struct nf_pptp_conn *nf_pptp_conn_add(struct nf_vpn_net *vn,
				      const struct nf_conn *ct, u32 *cookie)
{
	struct nf_pptp_conn_key key = nf_pptp_conn_key(ct);
	struct nf_pptp_conn *conn, *old;

	spin_lock_bh(&vn->lock);
	old = rhashtable_lookup_fast(&vn->pptp->conns, &key,
				     nf_pptp_conn_params);
	conn = old;
	if (old && old->cookie == *cookie)
		goto unlock;
	if (old)
		nf_pptp_conn_free(vn, old);
	conn = nf_pptp_conn_alloc(vn, ct);
	if (conn && nf_pptp_conn_link(vn, conn)) {
		kfree(conn);
		conn = NULL;
	}
	if (conn)
		WRITE_ONCE(*cookie, conn->cookie);
unlock:
	spin_unlock_bh(&vn->lock);
	if (conn)
		nf_vpn_gc_kick(vn);
	return conn;
}

/**
 * nf_pptp_conn_close - end all calls of a control connection
 * @vn: netns, its lock not held
 * @conn: control connection, under RCU
 */
void nf_pptp_conn_close(struct nf_vpn_net *vn, struct nf_pptp_conn *conn)
{
	struct nf_pptp_call *call, *next;
	LLIST_HEAD(to_kill);

	spin_lock_bh(&vn->lock);
	if (!conn->dead)
		list_for_each_entry_safe(call, next, &conn->calls, by_conn)
			nf_pptp_call_close(vn, call, &to_kill);
	spin_unlock_bh(&vn->lock);
	nf_pptp_calls_kill(&to_kill);
}

/* Does conntrack still have the entry of a conn? No lock held. */
static bool nf_pptp_conn_lives(struct nf_vpn_net *vn,
			       const struct nf_pptp_conn *conn)
{
	struct nf_conntrack_tuple_hash *h;
	struct nf_conntrack_tuple tuple;
	struct nf_conn *ct;
	const u32 *cookie;
	bool lives;

	memset(&tuple, 0, sizeof(tuple));
	tuple.src.l3num = AF_INET;
	tuple.src.u3.ip = conn->key.src;
	tuple.src.u.tcp.port = conn->key.sport;
	tuple.dst.u3.ip = conn->key.dst;
	tuple.dst.u.tcp.port = conn->key.dport;
	tuple.dst.protonum = IPPROTO_TCP;
	h = nf_conntrack_find_get(vn->net, &nf_ct_zone_dflt, &tuple);
	if (!h)
		return false;
	ct = nf_ct_tuplehash_to_ctrack(h);
	cookie = nfct_help(ct) ? nfct_help_data(ct) : NULL;
	lives = cookie && READ_ONCE(*cookie) == conn->cookie &&
		!nf_ct_is_dying(ct);
	nf_ct_put(ct);
	return lives;
}

static void nf_pptp_call_gc(struct nf_vpn_net *vn, struct nf_pptp_call *call,
			    bool lives, struct llist_head *to_kill)
{
	unsigned long age = jiffies - call->since;

	switch (call->state) {
	case NF_CT_VPN_STATE_UNREPLIED:
		if (!lives || age > NF_PPTP_CALL_ANSWER)
			nf_pptp_call_close(vn, call, to_kill);
		break;
	case NF_CT_VPN_STATE_ESTABLISHED:
		if (!lives || nf_ct_is_dying(call->flow) ||
		    nf_ct_is_expired(call->flow))
			nf_pptp_call_close(vn, call, to_kill);
		break;
	case NF_CT_VPN_STATE_CLOSED:
		if (age > NF_PPTP_CALL_LINGER)
			nf_pptp_call_free(vn, call);
		break;
	}
}

static void nf_pptp_conn_gc(void *data, void *entry)
{
	struct nf_pptp_conn *conn = entry;
	struct nf_vpn_net *vn = data;
	bool lives = nf_pptp_conn_lives(vn, conn);
	struct nf_pptp_call *call, *next;
	LLIST_HEAD(to_kill);

	spin_lock_bh(&vn->lock);
	if (!conn->dead) {
		list_for_each_entry_safe(call, next, &conn->calls, by_conn)
			nf_pptp_call_gc(vn, call, lives, &to_kill);
		list_for_each_entry_safe(call, next, &conn->closed, by_conn)
			nf_pptp_call_gc(vn, call, lives, &to_kill);
		if (!lives && !conn->ncalls)
			nf_pptp_conn_free(vn, conn);
	}
	spin_unlock_bh(&vn->lock);
	nf_pptp_calls_kill(&to_kill);
}

static void nf_pptp_conn_flush(void *data, void *entry)
{
	struct nf_vpn_net *vn = data;

	spin_lock_bh(&vn->lock);
	nf_pptp_conn_free(vn, entry);
	spin_unlock_bh(&vn->lock);
}

/**
 * nf_pptp_conns_gc - free control connections and calls that have ended
 * @vn: netns
 *
 * Return: whether there are any left.
 */
bool nf_pptp_conns_gc(struct nf_vpn_net *vn)
{
	nf_vpn_walk(&vn->pptp->conns, nf_pptp_conn_gc, vn);
	return READ_ONCE(vn->nconns);
}

/**
 * nf_pptp_conns_flush - free all control connections and calls, end their flows
 * @vn: netns
 *
 * May sleep.
 */
void nf_pptp_conns_flush(struct nf_vpn_net *vn)
{
	/* A walk may miss an entry while the table is resized. */
	while (READ_ONCE(vn->nconns)) {
		nf_vpn_walk(&vn->pptp->conns, nf_pptp_conn_flush, vn);
		cond_resched();
	}
}
