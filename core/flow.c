// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flows: the conntrack entries of sessions.
 *
 * Conntrack owns them. The ORIGINAL tuple client -> remote stands in zone 0,
 * the REPLY tuple in the client's zone, so that the flows of several clients
 * to one server don't collide after source NAT. A packet that creates a flow
 * carries a template with the zone; all later ones are attached by
 * core/flow_attach.c. A reply is looked up by the ORIGINAL tuple, too: a
 * look-up of the reply tuple needs the zone, and could find a stray entry in
 * zone 0 that the remote host created by sending first.
 */
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "compat.h"
#include "core/clock.h"
#include "core/flow.h"
#include "core/net.h"
#include "core/packet.h"
#include "core/session.h"

/**
 * nf_vpn_flow_tuple - build the tuple of a flow's packets
 * @tuple: filled
 * @client: source
 * @remote: destination
 * @kind: which flow
 */
void nf_vpn_flow_tuple(struct nf_conntrack_tuple *tuple,
		       const struct nf_vpn_host *client,
		       const struct nf_vpn_host *remote,
		       enum nf_vpn_flow_kind kind)
{
	memset(tuple, 0, sizeof(*tuple));
	tuple->src.u3 = client->addr;
	tuple->src.l3num = client->l3num;
	tuple->dst.u3 = remote->addr;
	tuple->dst.protonum = IPPROTO_ESP;
	if (kind == NF_VPN_FLOW_ESP)
		return;
	tuple->dst.protonum = IPPROTO_UDP;
	tuple->src.u.udp.port = htons(ISAKMP_PORT);
	tuple->dst.u.udp.port = htons(ISAKMP_PORT);
}
EXPORT_SYMBOL_GPL(nf_vpn_flow_tuple);

/**
 * nf_vpn_flow_hosts - client and remote host of a flow
 * @ct: its entry
 * @client: filled with the source of the ORIGINAL tuple
 * @remote: filled with its destination
 */
void nf_vpn_flow_hosts(const struct nf_conn *ct, struct nf_vpn_host *client,
		       struct nf_vpn_host *remote)
{
	const struct nf_conntrack_tuple *tuple =
		&ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;

	client->addr = tuple->src.u3;
	client->l3num = tuple->src.l3num;
	remote->addr = tuple->dst.u3;
	remote->l3num = tuple->src.l3num;
}
EXPORT_SYMBOL_GPL(nf_vpn_flow_hosts);

/**
 * nf_vpn_flow_find - find the entry in zone 0 that packets belong to
 * @net: netns
 * @client: their source
 * @remote: their destination
 * @kind: which flow
 * @dir: set to their direction
 *
 * The look-up deletes an expired entry.
 *
 * Return: entry with a reference taken, or NULL.
 */
struct nf_conn *nf_vpn_flow_find(struct net *net,
				 const struct nf_vpn_host *client,
				 const struct nf_vpn_host *remote,
				 enum nf_vpn_flow_kind kind,
				 enum ip_conntrack_dir *dir)
{
	struct nf_conntrack_tuple_hash *h;
	struct nf_conntrack_tuple tuple;

	nf_vpn_flow_tuple(&tuple, client, remote, kind);
	h = nf_conntrack_find_get(net, &nf_ct_zone_dflt, &tuple);
	if (!h)
		return NULL;
	*dir = NF_CT_DIRECTION(h);
	return nf_ct_tuplehash_to_ctrack(h);
}

static bool nf_vpn_flow_is_there(const struct nf_conn *ct)
{
	return nf_ct_is_confirmed(ct) && !nf_ct_is_dying(ct);
}

/**
 * nf_vpn_flow_get - find the flow of a client
 * @net: netns
 * @client: source of the ORIGINAL tuple
 * @remote: its destination
 * @kind: which flow
 * @reply: if not NULL, set to whether the tuple is the REPLY one of another
 *	flow
 *
 * A dying flow counts as none.
 *
 * Return: flow with a reference taken, or NULL.
 */
struct nf_conn *nf_vpn_flow_get(struct net *net,
				const struct nf_vpn_host *client,
				const struct nf_vpn_host *remote,
				enum nf_vpn_flow_kind kind, bool *reply)
{
	enum ip_conntrack_dir dir = IP_CT_DIR_ORIGINAL;
	struct nf_conn *ct;

	ct = nf_vpn_flow_find(net, client, remote, kind, &dir);
	if (reply)
		*reply = dir == IP_CT_DIR_REPLY;
	if (!ct || likely(dir == IP_CT_DIR_ORIGINAL && nf_vpn_flow_is_there(ct)))
		return ct;
	nf_ct_put(ct);
	return NULL;
}
EXPORT_SYMBOL_GPL(nf_vpn_flow_get);

/*
 * Take a reference on the cached entry. The memory of a freed entry may be that
 * of another one at once (SLAB_TYPESAFE_BY_RCU), so the cache is read again
 * with the reference in hand: since it holds one itself, an entry that is still
 * cached is the right one.
 */
static struct nf_conn *nf_vpn_flow_cached(const struct nf_vpn_flow *f)
{
	struct nf_conn *ct = READ_ONCE(f->ct);

	if (!ct || !refcount_inc_not_zero(&ct->ct_general.use))
		return NULL;
	smp_acquire__after_ctrl_dep();
	if (likely(READ_ONCE(f->ct) == ct))
		return ct;
	nf_ct_put(ct);
	return NULL;
}

static void nf_vpn_flow_cache(struct nf_vpn_flow *f, struct nf_conn *ct)
{
	if (READ_ONCE(f->ct))
		return;
	nf_conntrack_get(&ct->ct_general);
	if (cmpxchg(&f->ct, NULL, ct))
		nf_ct_put(ct);
}

/**
 * nf_vpn_flow_uncache - drop the reference on a flow's entry
 * @f: flow whose entry conntrack has dropped, or whose session is about to be
 *	freed, after a grace period
 */
void nf_vpn_flow_uncache(struct nf_vpn_flow *f)
{
	struct nf_conn *ct;

	/*
	 * xchg() orders it: whoever finds the next entry here finds another
	 * epoch, too.
	 */
	atomic_inc(&f->epoch);
	ct = xchg(&f->ct, NULL);
	if (ct)
		nf_ct_put(ct);
}
EXPORT_SYMBOL_GPL(nf_vpn_flow_uncache);

/*
 * The slow half of nf_vpn_flow_get_cached(): conntrack is asked. @old is what
 * was cached, with a reference, and is no longer any good; or NULL.
 */
static noinline struct nf_conn *
nf_vpn_flow_get_anew(struct nf_vpn_net *vn, struct nf_vpn_session *s,
		     enum nf_vpn_flow_kind kind, struct nf_conn *old,
		     bool *reply)
{
	struct nf_vpn_flow *f = &s->flow[kind];
	enum ip_conntrack_dir dir;
	struct nf_conn *ct;

	if (old) {
		nf_ct_put(old);
		nf_vpn_flow_uncache(f);
	}
	ct = nf_vpn_flow_find(vn->net, &s->client->host, &s->remote->host, kind,
			      &dir);
	if (!ct)
		return NULL;
	if (likely(dir == IP_CT_DIR_ORIGINAL && nf_vpn_flow_is_there(ct))) {
		nf_vpn_flow_cache(f, ct);
		return ct;
	}
	if (reply)
		*reply = dir == IP_CT_DIR_REPLY;
	if (dir == IP_CT_DIR_REPLY && !test_bit(NF_VPN_SESSION_LOCAL, &s->flags))
		nf_vpn_flow_met_reply(f, ct);
	nf_ct_put(ct);
	return NULL;
}

static __always_inline struct nf_conn *
__nf_vpn_flow_get_cached(struct nf_vpn_net *vn, struct nf_vpn_session *s,
			 enum nf_vpn_flow_kind kind, bool *reply)
{
	struct nf_conn *ct = nf_vpn_flow_cached(&s->flow[kind]);

	if (reply)
		*reply = false;
	if (likely(ct && !nf_ct_is_dying(ct) && !nf_ct_is_expired(ct)))
		return ct;
	return nf_vpn_flow_get_anew(vn, s, kind, ct, reply);
}

/**
 * nf_vpn_flow_get_cached - the flow of a session
 * @vn: netns, its lock not held
 * @s: session, under RCU
 * @kind: which flow
 * @reply: as nf_vpn_flow_get()
 *
 * Return: as nf_vpn_flow_get().
 */
struct nf_conn *nf_vpn_flow_get_cached(struct nf_vpn_net *vn,
				       struct nf_vpn_session *s,
				       enum nf_vpn_flow_kind kind, bool *reply)
{
	return __nf_vpn_flow_get_cached(vn, s, kind, reply);
}
EXPORT_SYMBOL_GPL(nf_vpn_flow_get_cached);

/**
 * nf_vpn_flow_get_in - the flow of a session, if an inbound packet fits it
 * @vn: netns, its lock not held
 * @s: session, under RCU
 * @kind: which flow
 * @pkt: packet from the remote host
 *
 * Return: flow with a reference taken; NULL if there is none, or if the packet
 * was sent to another address than the one that the flow is translated to.
 */
struct nf_conn *nf_vpn_flow_get_in(struct nf_vpn_net *vn,
				   struct nf_vpn_session *s,
				   enum nf_vpn_flow_kind kind,
				   const struct nf_vpn_pkt *pkt)
{
	struct nf_conn *ct = __nf_vpn_flow_get_cached(vn, s, kind, NULL);

	if (!ct)
		return NULL;
	if (likely(nf_inet_addr_cmp(&ct->tuplehash[IP_CT_DIR_REPLY].tuple.dst.u3,
				    &pkt->dst.addr)))
		return ct;
	nf_ct_put(ct);
	return NULL;
}
EXPORT_SYMBOL_GPL(nf_vpn_flow_get_in);

/* The slow half of nf_vpn_flow_keep_alive(). */
void __nf_vpn_flow_keep_alive(struct nf_vpn_net *vn, struct nf_vpn_session *s,
			      enum nf_vpn_flow_kind kind)
{
	struct nf_conn *ct = nf_vpn_flow_get_cached(vn, s, kind, NULL);
	u32 timeout;

	if (!ct)
		return;
	if (test_bit(IPS_SEEN_REPLY_BIT, &ct->status)) {
		timeout = nf_vpn_flow_lifetime(vn, ct, kind, true);
		nf_ct_refresh(ct, timeout);
		nf_vpn_stamp(&s->flow[kind].due, jiffies + timeout);
	}
	nf_ct_put(ct);
}
EXPORT_SYMBOL_GPL(__nf_vpn_flow_keep_alive);

/* What became of a flow that conntrack doesn't have. */
static enum nf_vpn_flow_state nf_vpn_flow_past(const struct nf_vpn_flow *f)
{
	/* Pairs with nf_vpn_flow_seen(): @due is read after. */
	if (!smp_load_acquire(&f->seen))
		return NF_VPN_FLOW_NEW;
	return time_before(jiffies, READ_ONCE(f->due)) ? NF_VPN_FLOW_DELETED :
							 NF_VPN_FLOW_IDLE;
}

/**
 * nf_vpn_flow_state - tell whether a session's flow exists, or what became of
 * it
 * @vn: netns, its lock not held
 * @s: session, under RCU
 * @kind: which flow
 *
 * Return: state; %NF_VPN_FLOW_LIVE also for an entry that the remote host
 * began, which serves both directions.
 */
enum nf_vpn_flow_state nf_vpn_flow_state(struct nf_vpn_net *vn,
					 struct nf_vpn_session *s,
					 enum nf_vpn_flow_kind kind)
{
	const struct nf_vpn_flow *f = &s->flow[kind];
	struct nf_conn *ct;
	bool reply;

	ct = nf_vpn_flow_get_cached(vn, s, kind, &reply);
	if (ct) {
		nf_ct_put(ct);
		return NF_VPN_FLOW_LIVE;
	}
	if (reply)
		return NF_VPN_FLOW_LIVE;
	return nf_vpn_flow_past(f);
}
EXPORT_SYMBOL_GPL(nf_vpn_flow_state);
