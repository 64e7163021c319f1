/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PPTP calls and the control connections that they belong to.
 *
 * Vocabulary
 *	conn	a control connection: one TCP connection, one conntrack entry
 *	side	&enum ip_conntrack_dir: the host that opened the conn is ORIGINAL
 *	real	Call-ID as its owner, a host of one side, chose it
 *	wire	the same as the other side sees it: what its GRE packets carry
 *	path	source and destination of GRE packets as they arrive here; the
 *		wire Call-IDs of a path differ, whoever owns them
 *
 * Lifetimes
 *	Conns and calls are found under RCU and freed after a grace period. A
 *	call holds its conn and its paths. It also holds a reference on its
 *	flow, the GRE conntrack entry, which is confirmed before it is published
 *	here; it is set once and put with the call. A reader that finds a call
 *	under RCU may take another reference, once it has seen that the flow is
 *	neither dying nor expired. A closed call keeps its Call-IDs for
 *	NF_PPTP_CALL_LINGER: late packets and messages aren't the next owner's.
 *
 * Locking
 *	&nf_vpn_net.lock protects the tables, the lists and a call's state;
 *	&nf_pptp_conn.lock, taken first, the streams of one conn.
 */
#ifndef _NF_PPTP_CALL_H
#define _NF_PPTP_CALL_H

#include <linux/llist.h>
#include <net/netfilter/nf_conntrack.h>

#include "core/client.h"
#include "core/event.h"
#include "core/net.h"
#include "pptp/message.h"

/* Lifetime of a call that isn't answered: a telephone may ring for so long. */
#define NF_PPTP_CALL_ANSWER	(120 * HZ)
#define NF_PPTP_CALL_LINGER	(30 * HZ)
/* Most calls of one control connection. */
#define NF_PPTP_CONN_CALLS	256

/**
 * struct nf_pptp_net - what the module keeps of a netns
 * @table: &struct nf_pptp_call_node by addresses and Call-ID
 * @paths: &struct nf_pptp_path by addresses
 * @conns: &struct nf_pptp_conn by addresses and ports
 */
struct nf_pptp_net {
	struct rhashtable table;
	struct rhashtable paths;
	struct rhashtable conns;
};

/**
 * enum nf_pptp_call_kind - ways to look a call up
 * @NF_PPTP_CALL_ARRIVING: by a GRE packet as it arrives
 * @NF_PPTP_CALL_LEAVING: as it leaves, translated: what ICMP errors quote
 * @NF_PPTP_CALL_CHOSEN: by conn, side and the Call-ID that the side has chosen
 * @NF_PPTP_CALL_KINDS: their number
 */
enum nf_pptp_call_kind {
	NF_PPTP_CALL_ARRIVING,
	NF_PPTP_CALL_LEAVING,
	NF_PPTP_CALL_CHOSEN,
	NF_PPTP_CALL_KINDS,
};

/* NF_PPTP_CALL_CHOSEN has the cookie of the conn as @src, the side as @dst. */
struct nf_pptp_call_key {
	__be32 src;
	__be32 dst;
	__be16 id;
	u16 kind;
};

/**
 * struct nf_pptp_call_node - one of the entries of a call in the table
 * @node: in &nf_pptp_net.table
 * @key: its key
 * @side: side that receives the packets
 */
struct nf_pptp_call_node {
	struct rhash_head node;
	struct nf_pptp_call_key key;
	u8 side;
};

/**
 * struct nf_pptp_call - a PPTP call
 * @nodes: by side and &enum nf_pptp_call_kind
 * @conn: its control connection
 * @path: by side: where its Call-ID on the wire is taken from; NULL until it
 *	names one, and after it has used that for another call
 * @real: by side: Call-ID that it has chosen
 * @state: &enum nf_ct_vpn_state
 * @flow: GRE entry, see the head of this file
 * @fast: by side that sends: how its packets take the fast path, core/fast.h
 * @since: jiffies of its last change of @state
 * @last: jiffies of the last packet
 * @created: seconds of the boot clock
 * @id: in &nf_vpn_net.ids
 * @by_conn: in &nf_pptp_conn.calls or &nf_pptp_conn.closed
 * @to_kill: in the list of calls whose flows are to be deleted
 * @rcu: for freeing
 */
struct nf_pptp_call {
	struct nf_pptp_call_node nodes[IP_CT_DIR_MAX][NF_PPTP_CALL_KINDS];
	struct nf_pptp_conn *conn;
	struct nf_pptp_path *path[IP_CT_DIR_MAX];
	__be16 real[IP_CT_DIR_MAX];
	u8 state;
	struct nf_conn *flow;
	struct nf_vpn_fast __rcu *fast[IP_CT_DIR_MAX];
	unsigned long since;
	unsigned long last;
	u32 created;
	u32 id;
	struct list_head by_conn;
	struct llist_node to_kill;
	struct rcu_head rcu;
};

struct nf_pptp_conn_key {
	__be32 src;
	__be32 dst;
	__be16 sport;
	__be16 dport;
};

/**
 * struct nf_pptp_conn - a PPTP control connection
 * @node: in &nf_pptp_net.conns
 * @key: source and destination as the host that opened it sees them
 * @cookie: also in the helper data of its conntrack entry: a later connection
 *	of the same addresses and ports is another one
 * @src: by side: its address
 * @dst: by side: the address it talks to
 * @translated: by side: the other side sees another address than @src
 * @client: client that is charged, the host that opened it
 * @calls: its calls
 * @closed: those that have ended, the oldest first
 * @ncalls: number of both
 * @to_kill: calls that have ended, until their flows are deleted
 * @dead: unlinked, to be freed
 * @lock: protects @stream and @to_kill
 * @stream: by side: what it sends
 * @rcu: for freeing
 */
struct nf_pptp_conn {
	struct rhash_head node;
	struct nf_pptp_conn_key key;
	u32 cookie;
	__be32 src[IP_CT_DIR_MAX];
	__be32 dst[IP_CT_DIR_MAX];
	bool translated[IP_CT_DIR_MAX];
	struct nf_vpn_client *client;
	struct list_head calls;
	struct list_head closed;
	u32 ncalls;
	struct llist_head to_kill;
	bool dead;
	spinlock_t lock;	/* streams of this conn, and to_kill */
	struct pptp_stream stream[IP_CT_DIR_MAX];
	struct rcu_head rcu;
};

/* The Call-ID of a side as the other one knows it. */
static inline __be16 nf_pptp_call_wire(const struct nf_pptp_call *call,
				       int side)
{
	return call->nodes[side][NF_PPTP_CALL_ARRIVING].key.id;
}

static inline struct nf_pptp_call *
nf_pptp_call_of(struct nf_pptp_call_node *node)
{
	node -= node->side * NF_PPTP_CALL_KINDS + node->key.kind;
	return container_of(node, struct nf_pptp_call, nodes[0][0]);
}

/* pptp/conn.c */
int nf_pptp_conns_init(struct nf_pptp_net *pn);
void nf_pptp_conns_exit(struct nf_pptp_net *pn);
struct nf_pptp_conn *nf_pptp_conn_find(struct nf_vpn_net *vn,
				       const struct nf_conn *ct, u32 cookie);
struct nf_pptp_conn *nf_pptp_conn_add(struct nf_vpn_net *vn,
				      const struct nf_conn *ct, u32 *cookie);
void nf_pptp_conn_close(struct nf_vpn_net *vn, struct nf_pptp_conn *conn);
bool nf_pptp_conns_gc(struct nf_vpn_net *vn);
void nf_pptp_conns_flush(struct nf_vpn_net *vn);

/* pptp/path.c */
int nf_pptp_paths_init(struct nf_pptp_net *pn);
void nf_pptp_paths_exit(struct nf_pptp_net *pn);
struct nf_pptp_path *nf_pptp_path_get(struct nf_vpn_net *vn, __be32 src,
				      __be32 dst);
void nf_pptp_path_put(struct nf_vpn_net *vn, struct nf_pptp_path *path);
int nf_pptp_path_id_get(struct nf_pptp_path *path, u16 want, bool translate,
			bool fixed);
void nf_pptp_path_id_put(struct nf_pptp_path *path, u16 id);

/* pptp/table.c */
int nf_pptp_calls_init(struct nf_pptp_net *pn);
void nf_pptp_calls_exit(struct nf_pptp_net *pn);
struct nf_pptp_call_node *
nf_pptp_call_lookup(struct nf_vpn_net *vn, const struct nf_pptp_call_key *key);
struct nf_pptp_call *nf_pptp_call_by_real(struct nf_vpn_net *vn,
					  const struct nf_pptp_conn *conn,
					  int side, __be16 id);
struct nf_pptp_call *nf_pptp_call_by_wire(struct nf_vpn_net *vn,
					  const struct nf_pptp_conn *conn,
					  int side, __be16 id);
struct nf_pptp_call_key nf_pptp_call_arriving(const struct nf_pptp_conn *conn,
					      int side, __be16 id);
int nf_pptp_call_link(struct nf_vpn_net *vn, struct nf_pptp_call *call,
		      int side);
void nf_pptp_call_unlink(struct nf_vpn_net *vn, struct nf_pptp_call *call,
			 int side);
void nf_pptp_call_set_keys(struct nf_pptp_call *call, int side, __be16 real,
			   __be16 wire);

/* pptp/call.c */
bool nf_pptp_calls_full(struct nf_vpn_net *vn);
struct nf_pptp_call *nf_pptp_call_request(struct nf_vpn_net *vn,
					  struct nf_pptp_conn *conn, int side,
					  __be16 id, bool fixed);
struct nf_pptp_call *nf_pptp_call_answer(struct nf_vpn_net *vn,
					 struct nf_pptp_conn *conn, int side,
					 __be16 id, struct nf_pptp_call *asked,
					 bool fixed);
struct nf_conn *nf_pptp_call_flow(const struct nf_pptp_call *call);
bool nf_pptp_call_publish(struct nf_vpn_net *vn, struct nf_pptp_call *call,
			  struct nf_conn *flow);
void nf_pptp_call_close(struct nf_vpn_net *vn, struct nf_pptp_call *call,
			struct llist_head *to_kill);
void nf_pptp_call_free(struct nf_vpn_net *vn, struct nf_pptp_call *call);
void nf_pptp_calls_kill(struct llist_head *to_kill);

/* pptp/netlink.c */
extern const struct nf_vpn_kind nf_pptp_kind;

static inline void nf_pptp_event(struct nf_vpn_net *vn,
				 enum nf_ct_vpn_event_type event,
				 struct nf_pptp_call *call)
{
	nf_vpn_event(vn, event, NF_CT_VPN_KIND_PPTP, call);
}

#endif /* _NF_PPTP_CALL_H */
