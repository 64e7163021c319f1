// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of PPTP calls: how they are found by a Call-ID.
 *
 * Enhanced GRE (RFC 2637 section 4.1) carries the Call-ID of its receiver only.
 * So a call is found by both addresses and that one. Hosts that are translated
 * to one address must not use the same Call-ID: one of them gets another on the
 * wire. A control message may carry the Call-ID of its sender.
 */
#include "core/net.h"
#include "pptp/call.h"

/* Inlined into the look-up of each packet, which memcmp() would not be. */
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
 * nf_pptp_call_lookup - find the call of a GRE packet
 * @vn: netns, under RCU
 * @key: addresses and Call-ID of the packet
 *
 * __flatten inlines the hash function and the comparison.
 *
 * Return: one of the call's nodes, or NULL
 */
__flatten struct nf_pptp_call_node *
nf_pptp_call_lookup(struct nf_vpn_net *vn, const struct nf_pptp_call_key *key)
{
	return rhashtable_lookup(&vn->pptp->table, key, nf_pptp_call_params);
}

static struct nf_pptp_call_key
nf_pptp_call_chosen(const struct nf_pptp_conn *conn, int side, __be16 id)
{
	/* No address is needed: a conn knows its two sides. */
	struct nf_pptp_call_key key = {
		.src	= (__force __be32)conn->cookie,
		.dst	= (__force __be32)side,
		.id	= id,
		.kind	= NF_PPTP_CALL_CHOSEN,
	};

	return key;
}

/**
 * nf_pptp_call_by_real - find a call of a conn by the Call-ID that its owner
 * chose
 * @vn: netns, under RCU
 * @conn: control connection, its lock held
 * @side: owner of the Call-ID
 * @id: Call-ID
 *
 * Return: call or NULL
 */
struct nf_pptp_call *nf_pptp_call_by_real(struct nf_vpn_net *vn,
					  const struct nf_pptp_conn *conn,
					  int side, __be16 id)
{
	struct nf_pptp_call_key key = nf_pptp_call_chosen(conn, side, id);
	struct nf_pptp_call_node *node = nf_pptp_call_lookup(vn, &key);

	return node ? nf_pptp_call_of(node) : NULL;
}

/**
 * nf_pptp_call_arriving - what finds a call by a GRE packet that arrives
 * @conn: control connection of the call
 * @side: side that receives the packet
 * @id: its Call-ID as the other side knows it
 *
 * Return: key of the table
 */
struct nf_pptp_call_key nf_pptp_call_arriving(const struct nf_pptp_conn *conn,
					      int side, __be16 id)
{
	/*
	 * The packets that a side receives are those that the other one sends.
	 */
	struct nf_pptp_call_key key = {
		.src	= conn->src[!side],
		.dst	= conn->dst[!side],
		.id	= id,
		.kind	= NF_PPTP_CALL_ARRIVING,
	};

	return key;
}

/**
 * nf_pptp_call_by_wire - find a call of a conn by a Call-ID on the wire
 * @vn: netns, under RCU
 * @conn: control connection, its lock held
 * @side: owner of the Call-ID
 * @id: Call-ID as the other side knows it
 *
 * Return: call or NULL
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

static int nf_pptp_call_insert(struct nf_vpn_net *vn,
			       struct nf_pptp_call_node *node)
{
	return rhashtable_insert_fast(&vn->pptp->table, &node->node,
				      nf_pptp_call_params);
}

static void nf_pptp_call_remove(struct nf_vpn_net *vn,
				struct nf_pptp_call_node *node)
{
	rhashtable_remove_fast(&vn->pptp->table, &node->node,
			       nf_pptp_call_params);
}

/**
 * nf_pptp_call_link - let a side of a call be found
 * @vn: netns, its lock held
 * @call: call, nf_pptp_call_set_keys() having been called
 * @side: whose Call-ID it is found by
 *
 * Return: 0 or a negative error.
 */
int nf_pptp_call_link(struct nf_vpn_net *vn, struct nf_pptp_call *call,
		      int side)
{
	struct nf_pptp_call_node *node = call->nodes[side];
	int err;

	err = nf_pptp_call_insert(vn, &node[NF_PPTP_CALL_ARRIVING]);
	if (err)
		return err;
	err = nf_pptp_call_insert(vn, &node[NF_PPTP_CALL_CHOSEN]);
	if (err)
		goto err_arriving;
	/*
	 * A client may choose the same Call-ID on several connections. ICMP
	 * errors find the first of these calls; the others aren't inserted,
	 * since equal keys would make a chain.
	 */
	if (nf_pptp_call_lookup(vn, &node[NF_PPTP_CALL_LEAVING].key))
		return 0;
	err = nf_pptp_call_insert(vn, &node[NF_PPTP_CALL_LEAVING]);
	if (!err)
		return 0;
	nf_pptp_call_remove(vn, &node[NF_PPTP_CALL_CHOSEN]);
err_arriving:
	nf_pptp_call_remove(vn, &node[NF_PPTP_CALL_ARRIVING]);
	return err;
}

/**
 * nf_pptp_call_unlink - undo nf_pptp_call_link()
 * @vn: netns, its lock held
 * @call: call; readers under RCU may still see it
 * @side: whose Call-ID it isn't found by any more
 */
void nf_pptp_call_unlink(struct nf_vpn_net *vn, struct nf_pptp_call *call,
			 int side)
{
	int i;

	for (i = 0; i < NF_PPTP_CALL_KINDS; i++)
		nf_pptp_call_remove(vn, &call->nodes[side][i]);
}

/**
 * nf_pptp_call_set_keys - set by what a side of a call is to be found
 * @call: call, the side not linked
 * @side: side that has chosen a Call-ID
 * @real: the Call-ID
 * @wire: the same as the other side is to see it
 */
void nf_pptp_call_set_keys(struct nf_pptp_call *call, int side, __be16 real,
			   __be16 wire)
{
	struct nf_pptp_call_node *node = call->nodes[side];
	const struct nf_pptp_conn *conn = call->conn;
	int i;

	call->real[side] = real;
	for (i = 0; i < NF_PPTP_CALL_KINDS; i++)
		node[i].side = side;
	node[NF_PPTP_CALL_ARRIVING].key = nf_pptp_call_arriving(conn, side,
								wire);
	node[NF_PPTP_CALL_LEAVING].key = (struct nf_pptp_call_key) {
		.src	= conn->dst[side],
		.dst	= conn->src[side],
		.id	= real,
		.kind	= NF_PPTP_CALL_LEAVING,
	};
	node[NF_PPTP_CALL_CHOSEN].key = nf_pptp_call_chosen(conn, side, real);
}
