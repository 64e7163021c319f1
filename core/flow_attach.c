// SPDX-License-Identifier: GPL-2.0-only
/*
 * What packets do to flows: they are attached to them, as nf_conntrack_in()
 * would do.
 *
 * nf_vpn_flow_pass() is what each packet of ESP and IKE goes through. What it
 * consists of is inline, and exported for what packets do now and then.
 */
#include <net/netfilter/nf_conntrack_acct.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_ecache.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_timeout.h>

#include "compat.h"
#include "core/clock.h"
#include "core/flow.h"
#include "core/net.h"
#include "core/session.h"

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
static __always_inline void
nf_vpn_flow_seen_at(struct nf_vpn_flow *f, const union nf_inet_addr *masq,
		    u32 timeout, bool by_remote)
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

/**
 * nf_vpn_flow_met_reply - note that the remote host has begun a flow
 * @f: flow
 * @ct: its entry, which a dnat rule has sent to the client
 */
void nf_vpn_flow_met_reply(struct nf_vpn_flow *f, const struct nf_conn *ct)
{
	nf_vpn_flow_seen_at(f, &ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple.dst.u3,
			    nf_ct_expires(ct), true);
}

static __always_inline int nf_vpn_flow_seconds(const struct nf_vpn_net *vn,
					       enum nf_vpn_flow_kind kind,
					       bool replied)
{
	int unreplied = READ_ONCE(vn->set.esp_timeout_unreplied);
	int seconds = READ_ONCE(vn->set.isakmp_timeout);

	if (kind == NF_VPN_FLOW_ESP)
		return replied ? READ_ONCE(vn->set.esp_timeout) : unreplied;
	return replied ? seconds : min(seconds, unreplied);
}

static __always_inline u32
__nf_vpn_flow_lifetime(const struct nf_vpn_net *vn, const struct nf_conn *ct,
		       enum nf_vpn_flow_kind kind, bool replied)
{
	const unsigned int *policy = nf_ct_timeout_lookup(ct);

	if (unlikely(policy))
		return policy[kind == NF_VPN_FLOW_IKE && replied ?
			      UDP_CT_REPLIED : UDP_CT_UNREPLIED];
	return (u32)nf_vpn_flow_seconds(vn, kind, replied) * HZ;
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
	return __nf_vpn_flow_lifetime(vn, ct, kind, replied);
}
EXPORT_SYMBOL_GPL(nf_vpn_flow_lifetime);

/* Returns what resolve_normal_ct() and nf_conntrack_in() set for stock packets. */
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
	nf_vpn_flow_set(ct, IPS_SEEN_REPLY_BIT, IPCT_REPLY);
	nf_vpn_flow_set(ct, IPS_ASSURED_BIT, IPCT_ASSURED);
}
EXPORT_SYMBOL_GPL(nf_vpn_flow_answered);

static __always_inline void
__nf_vpn_flow_attach(struct sk_buff *skb, struct nf_conn *ct,
		     enum ip_conntrack_dir dir, u32 timeout)
{
	const unsigned long answered = IPS_SEEN_REPLY | IPS_ASSURED;
	enum ip_conntrack_info ctinfo = nf_vpn_ctinfo(ct, dir);

	nf_vpn_skb_drop_template(skb);
	nf_ct_set(skb, ct, ctinfo);
	nf_ct_refresh_acct(ct, ctinfo, skb, timeout);
	if (dir == IP_CT_DIR_REPLY &&
	    unlikely((READ_ONCE(ct->status) & answered) != answered))
		nf_vpn_flow_answered(ct);
}

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
	__nf_vpn_flow_attach(skb, ct, dir, timeout);
}
EXPORT_SYMBOL_GPL(nf_vpn_flow_attach);

/**
 * nf_vpn_flow_pass - make a packet part of a session's flow, which lives on
 * @vn: netns, its lock not held
 * @skb: packet, not seen by conntrack yet
 * @s: session, under RCU
 * @kind: which flow
 * @ct: its entry; the reference goes over to the packet
 * @dir: direction of the packet
 */
void nf_vpn_flow_pass(struct nf_vpn_net *vn, struct sk_buff *skb,
		      struct nf_vpn_session *s, enum nf_vpn_flow_kind kind,
		      struct nf_conn *ct, enum ip_conntrack_dir dir)
{
	bool replied = dir == IP_CT_DIR_REPLY ||
		       test_bit(IPS_SEEN_REPLY_BIT, &ct->status);
	u32 timeout = __nf_vpn_flow_lifetime(vn, ct, kind, replied);

	nf_vpn_flow_seen_at(&s->flow[kind],
			    &ct->tuplehash[IP_CT_DIR_REPLY].tuple.dst.u3,
			    timeout, false);
	__nf_vpn_flow_attach(skb, ct, dir, timeout);
}
EXPORT_SYMBOL_GPL(nf_vpn_flow_pass);

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
