// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flows: the conntrack entries of sessions.
 *
 * Conntrack owns them. The ORIGINAL tuple client -> remote stands in zone 0,
 * the REPLY tuple in the client's zone, so that the flows of several clients
 * to one server don't collide after source NAT. A packet that creates a flow
 * carries a template with the zone. All later packets are attached here, as
 * nf_conntrack_in() would do. A reply is looked up by the ORIGINAL tuple, too:
 * a look-up of the reply tuple needs the zone, and could find a stray entry in
 * zone 0 that the remote host created by sending first.
 */
#include <net/netfilter/nf_conntrack_acct.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_ecache.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_timeout.h>
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
	struct nf_conn *ct = xchg(&f->ct, NULL);

	if (ct)
		nf_ct_put(ct);
}
EXPORT_SYMBOL_GPL(nf_vpn_flow_uncache);

/* A reader that meets a half-written IPv6 address errs once. */
static void nf_vpn_flow_set_masq(struct nf_vpn_flow *f,
				 const union nf_inet_addr *masq)
{
	if (likely(READ_ONCE(f->has_masq) && nf_inet_addr_cmp(&f->masq, masq)))
		return;
	f->masq = *masq;
	/*
	 * The address before the flag. Pairs with nf_vpn_flow_masq() and
	 * others.
	 */
	smp_store_release(&f->has_masq, true);
}

/*
 * See &struct nf_vpn_flow; @masq is the address that the remote host sends to.
 */
static void nf_vpn_flow_seen_at(struct nf_vpn_flow *f,
				const union nf_inet_addr *masq, u32 timeout,
				bool by_remote)
{
	nf_vpn_flow_set_masq(f, masq);
	nf_vpn_stamp(&f->due, jiffies + timeout);
	if (unlikely(READ_ONCE(f->by_remote) != by_remote))
		WRITE_ONCE(f->by_remote, by_remote);
	if (likely(READ_ONCE(f->seen)))
		return;
	WRITE_ONCE(f->deleted, false);
	/*
	 * The address and the date before the flag. Pairs with
	 * nf_vpn_flow_past(), nf_nat_esp_masq() and isakmp_may_own().
	 */
	smp_store_release(&f->seen, true);
}

/**
 * nf_vpn_flow_seen - a packet has met the flow of a session
 * @f: flow
 * @ct: its entry, after source NAT
 * @timeout: jiffies it may live on
 */
void nf_vpn_flow_seen(struct nf_vpn_flow *f, const struct nf_conn *ct,
		      u32 timeout)
{
	nf_vpn_flow_seen_at(f, &ct->tuplehash[IP_CT_DIR_REPLY].tuple.dst.u3,
			    timeout, false);
}
EXPORT_SYMBOL_GPL(nf_vpn_flow_seen);

/* Note that the remote host has begun a flow, by a dnat rule. */
static void nf_vpn_flow_met_reply(struct nf_vpn_flow *f,
				  const struct nf_conn *ct)
{
	nf_vpn_flow_seen_at(f, &ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple.dst.u3,
			    nf_ct_expires(ct), true);
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
	struct nf_vpn_flow *f = &s->flow[kind];
	struct nf_conn *ct = nf_vpn_flow_cached(f);
	enum ip_conntrack_dir dir;
	bool ignored;

	if (!reply)
		reply = &ignored;
	*reply = false;
	if (likely(ct)) {
		if (likely(!nf_ct_is_dying(ct) && !nf_ct_is_expired(ct)))
			return ct;
		nf_ct_put(ct);
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
	*reply = dir == IP_CT_DIR_REPLY;
	if (*reply && !test_bit(NF_VPN_SESSION_LOCAL, &s->flags))
		nf_vpn_flow_met_reply(f, ct);
	nf_ct_put(ct);
	return NULL;
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
	struct nf_conn *ct = nf_vpn_flow_get_cached(vn, s, kind, NULL);

	if (!ct)
		return NULL;
	if (likely(nf_inet_addr_cmp(&ct->tuplehash[IP_CT_DIR_REPLY].tuple.dst.u3,
				    &pkt->dst.addr)))
		return ct;
	nf_ct_put(ct);
	return NULL;
}
EXPORT_SYMBOL_GPL(nf_vpn_flow_get_in);

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

static int nf_vpn_flow_seconds(const struct nf_vpn_net *vn,
			       enum nf_vpn_flow_kind kind, bool replied)
{
	int unreplied = READ_ONCE(vn->set.esp_timeout_unreplied);
	int seconds = READ_ONCE(vn->set.isakmp_timeout);

	if (kind == NF_VPN_FLOW_ESP)
		return replied ? READ_ONCE(vn->set.esp_timeout) : unreplied;
	return replied ? seconds : min(seconds, unreplied);
}

/**
 * nf_vpn_flow_lifetime - how long a flow may be idle
 * @vn: netns
 * @ct: its entry
 * @kind: which flow
 * @replied: the remote host has answered
 *
 * A "ct timeout" policy of the ruleset overrides the sysctls. ESP has the
 * generic policy of a single value, IKE that of UDP with two.
 *
 * Return: jiffies
 */
u32 nf_vpn_flow_lifetime(const struct nf_vpn_net *vn, const struct nf_conn *ct,
			 enum nf_vpn_flow_kind kind, bool replied)
{
	const unsigned int *policy = nf_ct_timeout_lookup(ct);

	if (unlikely(policy))
		return policy[kind == NF_VPN_FLOW_IKE && replied ?
			      UDP_CT_REPLIED : UDP_CT_UNREPLIED];
	return (u32)nf_vpn_flow_seconds(vn, kind, replied) * HZ;
}
EXPORT_SYMBOL_GPL(nf_vpn_flow_lifetime);

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

/* As resolve_normal_ct() and nf_conntrack_in() set it for stock packets. */
static enum ip_conntrack_info nf_vpn_ctinfo(const struct nf_conn *ct,
					    enum ip_conntrack_dir dir)
{
	unsigned long status = READ_ONCE(ct->status);

	if (dir == IP_CT_DIR_REPLY)
		return IP_CT_ESTABLISHED_REPLY;
	if (likely(status & IPS_SEEN_REPLY))
		return IP_CT_ESTABLISHED;
	return status & IPS_EXPECTED ? IP_CT_RELATED : IP_CT_NEW;
}

static void nf_vpn_flow_set(struct nf_conn *ct, unsigned int bit,
			    unsigned int event)
{
	if (!test_and_set_bit(bit, &ct->status))
		nf_conntrack_event_cache(event, ct);
}

/**
 * nf_vpn_flow_answered - note that the remote host has answered a flow
 * @ct: flow
 *
 * Called without a packet for a candidate that is known to own one of several
 * undecided SPIs, though not which one.
 */
void nf_vpn_flow_answered(struct nf_conn *ct)
{
	const unsigned long bits = IPS_SEEN_REPLY | IPS_ASSURED;

	if (likely((READ_ONCE(ct->status) & bits) == bits))
		return;
	nf_vpn_flow_set(ct, IPS_SEEN_REPLY_BIT, IPCT_REPLY);
	nf_vpn_flow_set(ct, IPS_ASSURED_BIT, IPCT_ASSURED);
}
EXPORT_SYMBOL_GPL(nf_vpn_flow_answered);

/**
 * nf_vpn_flow_attach - make a packet part of a flow
 * @skb: packet, not seen by conntrack yet
 * @ct: flow; the reference goes over to the packet
 * @dir: direction of the packet
 * @timeout: jiffies the flow may live on
 *
 * Accounting, lifetime, status bits and events are as with stock tracking.
 * nf_conntrack_in() takes the packet for one that it has seen before.
 */
void nf_vpn_flow_attach(struct sk_buff *skb, struct nf_conn *ct,
			enum ip_conntrack_dir dir, u32 timeout)
{
	enum ip_conntrack_info ctinfo = nf_vpn_ctinfo(ct, dir);

	nf_vpn_skb_drop_template(skb);
	nf_ct_set(skb, ct, ctinfo);
	nf_ct_refresh_acct(ct, ctinfo, skb, timeout);
	if (dir == IP_CT_DIR_REPLY)
		nf_vpn_flow_answered(ct);
}
EXPORT_SYMBOL_GPL(nf_vpn_flow_attach);

/**
 * nf_vpn_flow_attach_related - make a reply part of a flow as RELATED
 * @skb: packet, not seen by conntrack yet
 * @ct: flow made by nf_vpn_flow_create(); the reference goes over to the packet
 * @timeout: jiffies the flow may live on
 *
 * The ruleset has not accepted a packet of the flow yet, and may drop this one.
 */
void nf_vpn_flow_attach_related(struct sk_buff *skb, struct nf_conn *ct,
				u32 timeout)
{
	nf_vpn_skb_drop_template(skb);
	nf_ct_set(skb, ct, IP_CT_RELATED_REPLY);
	nf_ct_refresh_acct(ct, IP_CT_RELATED_REPLY, skb, timeout);
}
EXPORT_SYMBOL_GPL(nf_vpn_flow_attach_related);

/**
 * nf_vpn_flow_attach_copy - address a packet to a candidate of its SPI
 * @skb: packet or copy
 * @ct: flow of the candidate; the reference goes over to the packet
 *
 * The flow is left as it is, since the packet may well be another candidate's.
 */
void nf_vpn_flow_attach_copy(struct sk_buff *skb, struct nf_conn *ct)
{
	nf_vpn_skb_drop_template(skb);
	nf_ct_set(skb, ct, IP_CT_ESTABLISHED_REPLY);
}
EXPORT_SYMBOL_GPL(nf_vpn_flow_attach_copy);
