// SPDX-License-Identifier: GPL-2.0-only
/* Sessions: each of a client with a remote host that it talks to. */
#include <linux/jhash.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "core/client.h"
#include "core/clock.h"
#include "core/event.h"
#include "core/flow.h"
#include "core/id.h"
#include "core/net.h"
#include "core/packet.h"
#include "core/remote.h"
#include "core/scan.h"
#include "core/session.h"
#include "core/tracker.h"

struct nf_vpn_session_key {
	const struct nf_vpn_host *client;
	const struct nf_vpn_host *remote;
};

static u32 nf_vpn_session_hash(const struct nf_vpn_host *client,
			       const struct nf_vpn_host *remote, u32 seed)
{
	seed = jhash2((const u32 *)client, sizeof(*client) / sizeof(u32), seed);
	return jhash2((const u32 *)remote, sizeof(*remote) / sizeof(u32), seed);
}

static u32 nf_vpn_session_key_hashfn(const void *data, u32 len, u32 seed)
{
	const struct nf_vpn_session_key *key = data;

	return nf_vpn_session_hash(key->client, key->remote, seed);
}

static u32 nf_vpn_session_obj_hashfn(const void *data, u32 len, u32 seed)
{
	const struct nf_vpn_session *s = data;

	return nf_vpn_session_hash(&s->client->host, &s->remote->host, seed);
}

static int nf_vpn_session_cmpfn(struct rhashtable_compare_arg *arg,
				const void *obj)
{
	const struct nf_vpn_session_key *key = arg->key;
	const struct nf_vpn_session *s = obj;

	return !nf_vpn_host_equal(key->client, &s->client->host) ||
	       !nf_vpn_host_equal(key->remote, &s->remote->host);
}

static const struct rhashtable_params nf_vpn_session_params = {
	.head_offset		= offsetof(struct nf_vpn_session, node),
	.key_len		= sizeof(struct nf_vpn_session_key),
	.hashfn			= nf_vpn_session_key_hashfn,
	.obj_hashfn		= nf_vpn_session_obj_hashfn,
	.obj_cmpfn		= nf_vpn_session_cmpfn,
	.automatic_shrinking	= true,
};

/**
 * nf_vpn_session_find - look a session up
 * @vn: netns, under RCU or its lock
 * @client: address of the client
 * @remote: address of the remote host
 *
 * Return: session or NULL
 */
struct nf_vpn_session *nf_vpn_session_find(struct nf_vpn_net *vn,
					   const struct nf_vpn_host *client,
					   const struct nf_vpn_host *remote)
{
	struct nf_vpn_session_key key = { .client = client, .remote = remote };

	return rhashtable_lookup_fast(&vn->sessions, &key,
				      nf_vpn_session_params);
}
EXPORT_SYMBOL_GPL(nf_vpn_session_find);

/* No lock is held, so that an entry's destructor may run. */
static void nf_vpn_session_free_rcu(struct rcu_head *rcu)
{
	struct nf_vpn_session *s = container_of(rcu, struct nf_vpn_session,
						rcu);
	int kind;

	for (kind = 0; kind < NF_VPN_FLOWS; kind++)
		nf_vpn_flow_uncache(&s->flow[kind]);
	kfree(s);
}

static struct nf_vpn_session *
nf_vpn_session_alloc(struct nf_vpn_net *vn, struct nf_vpn_client *client,
		     const struct nf_vpn_host *remote, bool local)
{
	struct nf_vpn_session *s;

	s = kzalloc(sizeof(*s), GFP_ATOMIC);
	if (!s)
		return NULL;
	s->client = client;
	s->remote = nf_vpn_remote_get(vn, remote);
	if (!s->remote)
		goto err_session;
	INIT_LIST_HEAD(&s->pending);
	INIT_LIST_HEAD(&s->lru);
	s->created = (u32)ktime_get_seconds();
	s->last_out = jiffies;
	s->last_in = jiffies;
	s->mixed = (u32)jiffies - NF_VPN_LONG_AGO;
	s->lost = s->mixed;
	s->flow[NF_VPN_FLOW_ESP].kept_alive = jiffies - HZ;
	s->flow[NF_VPN_FLOW_IKE].kept_alive = jiffies;
	if (local)
		__set_bit(NF_VPN_SESSION_LOCAL, &s->flags);
	if (rhashtable_insert_fast(&vn->sessions, &s->node,
				   nf_vpn_session_params))
		goto err_remote;
	if (nf_vpn_id_get(vn, NF_CT_VPN_KIND_SESSION, &s->id, s))
		goto err_hash;
	hlist_add_head(&s->by_remote, &s->remote->sessions);
	s->remote->nsessions++;
	vn->nsessions++;
	nf_vpn_event_session(vn, NF_CT_VPN_EVENT_NEW, s);
	return s;

err_hash:
	rhashtable_remove_fast(&vn->sessions, &s->node, nf_vpn_session_params);
	nf_vpn_remote_put(vn, s->remote);
	/* Another CPU may have found it, and cached its flow. */
	set_bit(NF_VPN_SESSION_DEAD, &s->flags);
	call_rcu(&s->rcu, nf_vpn_session_free_rcu);
	return NULL;

err_remote:
	nf_vpn_remote_put(vn, s->remote);
err_session:
	kfree(s);
	return NULL;
}

/**
 * nf_vpn_session_free - unlink a session and its entries, free them after RCU
 * @vn: netns, its lock held
 * @s: session; nothing happens if it is unlinked already
 */
void nf_vpn_session_free(struct nf_vpn_net *vn, struct nf_vpn_session *s)
{
	lockdep_assert_held(&vn->lock);
	if (test_and_set_bit(NF_VPN_SESSION_DEAD, &s->flags))
		return;
	nf_vpn_event_session(vn, NF_CT_VPN_EVENT_EXPIRED, s);
	nf_vpn_session_protect(vn, s);
	hlist_del(&s->by_remote);
	nf_vpn_id_put(vn, NF_CT_VPN_KIND_SESSION, s->id);
	rhashtable_remove_fast(&vn->sessions, &s->node, nf_vpn_session_params);
	/*
	 * Trackers free their entries after RCU: no reader may find @s from now
	 * on.
	 */
	nf_vpn_trackers_end(vn, s);
	s->remote->nsessions--;
	vn->nsessions--;
	nf_vpn_uncharge(vn, s->client);
	if (test_bit(NF_VPN_SESSION_USED, &s->flags))
		s->client->used = true;
	nf_vpn_remote_put(vn, s->remote);
	nf_vpn_client_put(vn, s->client);
	call_rcu(&s->rcu, nf_vpn_session_free_rcu);
}
EXPORT_SYMBOL_GPL(nf_vpn_session_free);

static void nf_vpn_session_enlist(struct nf_vpn_net *vn,
				  struct nf_vpn_session *s,
				  enum nf_vpn_yields yields)
{
	s->yields = yields;
	vn->nunconfirmed += yields == NF_VPN_YIELDS_UNCONFIRMED;
	list_add_tail(&s->lru, &vn->yield[yields]);
}

/**
 * nf_vpn_session_protect - keep a session from being freed for want of room
 * @vn: netns, its lock held
 * @s: session
 */
void nf_vpn_session_protect(struct nf_vpn_net *vn, struct nf_vpn_session *s)
{
	lockdep_assert_held(&vn->lock);
	list_del_init(&s->lru);
	vn->nunconfirmed -= s->yields == NF_VPN_YIELDS_UNCONFIRMED;
	s->yields = NF_VPN_YIELDS_NOT;
}
EXPORT_SYMBOL_GPL(nf_vpn_session_protect);

/**
 * nf_vpn_session_remember - keep a session for its inbound SPIs only
 * @vn: netns, its lock held
 * @s: session whose flow has idled out
 *
 * It is freed if others need room, unless it has SPIs that are held.
 */
void nf_vpn_session_remember(struct nf_vpn_net *vn, struct nf_vpn_session *s)
{
	if (s->held || nf_vpn_session_is_remembered(s))
		return;
	nf_vpn_session_protect(vn, s);
	nf_vpn_session_enlist(vn, s, NF_VPN_YIELDS_REMEMBERED);
}

/* Seconds since a session was made. */
static u32 nf_vpn_session_age(const struct nf_vpn_session *s)
{
	return (u32)ktime_get_seconds() - s->created;
}

/* Has the client gone on sending for a second at least? */
static bool nf_vpn_session_insists(const struct nf_vpn_session *s)
{
	u32 idle = nf_vpn_since(READ_ONCE(s->last_out)) / HZ;

	return nf_vpn_session_age(s) >= idle + 2;
}

/* Has anything come from the remote host that may be for the session? */
static bool nf_vpn_session_is_answered(const struct nf_vpn_session *s)
{
	const unsigned long bits = BIT(NF_VPN_SESSION_REPLIED) |
				   BIT(NF_VPN_SESSION_HEARD) |
				   BIT(NF_VPN_SESSION_COPIED);

	return READ_ONCE(s->flags) & bits || s->nspis[NF_CT_VPN_DIR_IN];
}

static enum nf_vpn_yields nf_vpn_session_rank(const struct nf_vpn_session *s)
{
	if (s->held)
		return NF_VPN_YIELDS_NOT;
	if (!nf_vpn_session_seen(s))
		return NF_VPN_YIELDS_UNCONFIRMED;
	if (nf_vpn_session_is_answered(s) ||
	    test_bit(NF_VPN_SESSION_LOCAL, &s->flags))
		return NF_VPN_YIELDS_NOT;
	return nf_vpn_session_insists(s) ? NF_VPN_YIELDS_INSISTENT :
					   NF_VPN_YIELDS_UNANSWERED;
}

/**
 * nf_vpn_session_yields - tell whether a session is still as it was when it was
 * put among those that yield
 * @vn: netns, its lock held
 * @s: session; one that isn't goes to where it belongs
 *
 * Return: true if it may be freed.
 */
bool nf_vpn_session_yields(struct nf_vpn_net *vn, struct nf_vpn_session *s)
{
	enum nf_vpn_yields rank;

	if (s->yields == NF_VPN_YIELDS_REMEMBERED)
		return true;
	rank = nf_vpn_session_rank(s);
	if (rank == s->yields)
		return rank != NF_VPN_YIELDS_NOT;
	nf_vpn_session_protect(vn, s);
	if (rank != NF_VPN_YIELDS_NOT)
		nf_vpn_session_enlist(vn, s, rank);
	return false;
}

/*
 * Free the oldest session of a kind, or the oldest of @client. Returns false if
 * there is none to free.
 */
static bool nf_vpn_session_yield(struct nf_vpn_net *vn,
				 enum nf_vpn_yields yields,
				 const struct nf_vpn_client *client)
{
	unsigned int scan = NF_VPN_SCAN;
	struct nf_vpn_session *s, *next;

	list_for_each_entry_safe(s, next, &vn->yield[yields], lru) {
		if (!nf_vpn_session_yields(vn, s))
			continue;
		if (client && s->client != client) {
			if (!--scan)
				return false;
			continue;
		}
		nf_vpn_stat_inc(vn, EXPIRED);
		nf_vpn_session_free(vn, s);
		return true;
	}
	return false;
}

/**
 * nf_vpn_sessions_sort - find out which sessions have got a flow
 * @vn: netns, its lock held
 *
 * They are put among the unanswered ones in the order in which they were made.
 */
void nf_vpn_sessions_sort(struct nf_vpn_net *vn)
{
	struct nf_vpn_session *s, *next;

	lockdep_assert_held(&vn->lock);
	/* At most NF_VPN_UNCONFIRMED of them. */
	list_for_each_entry_safe(s, next, &vn->yield[NF_VPN_YIELDS_UNCONFIRMED],
				 lru)
		nf_vpn_session_yields(vn, s);
}

/**
 * nf_vpn_session_unanswered - find the session that is the next to yield of
 * those that nobody has answered
 * @vn: netns, its lock held
 *
 * Those whose client has sent once go first, then those that insist; of each
 * the oldest. A server has time to answer: no session is taken that is younger
 * than NF_VPN_UNANSWERED.
 *
 * Return: session, which may have been answered since it was put there; NULL if
 * there is none.
 */
struct nf_vpn_session *nf_vpn_session_unanswered(struct nf_vpn_net *vn)
{
	struct nf_vpn_session *s;
	enum nf_vpn_yields kind;

	lockdep_assert_held(&vn->lock);
	for (kind = NF_VPN_YIELDS_UNANSWERED; kind <= NF_VPN_YIELDS_INSISTENT;
	     kind++) {
		s = list_first_entry_or_null(&vn->yield[kind],
					     struct nf_vpn_session, lru);
		if (s && nf_vpn_session_age(s) >= NF_VPN_UNANSWERED)
			return s;
	}
	return NULL;
}

/**
 * nf_vpn_session_unprotect - let a session be freed for want of room again
 * @vn: netns, its lock held
 * @s: session, be it protected or not; it is from now on if its remote host
 *	has been heard, or it has SPIs that are held
 */
void nf_vpn_session_unprotect(struct nf_vpn_net *vn, struct nf_vpn_session *s)
{
	enum nf_vpn_yields rank = nf_vpn_session_rank(s);

	nf_vpn_session_protect(vn, s);
	if (rank == NF_VPN_YIELDS_NOT)
		return;
	if (rank == NF_VPN_YIELDS_UNCONFIRMED &&
	    vn->nunconfirmed >= NF_VPN_UNCONFIRMED)
		nf_vpn_session_yield(vn, rank, NULL);
	nf_vpn_session_enlist(vn, s, rank);
}
EXPORT_SYMBOL_GPL(nf_vpn_session_unprotect);

/**
 * nf_vpn_session_get - find or make a session
 * @vn: netns, its lock held
 * @client: address of the client
 * @remote: address of the remote host
 * @local: the client is the gateway itself
 *
 * Return: the session or an ERR_PTR; what went wrong is counted.
 */
struct nf_vpn_session *nf_vpn_session_get(struct nf_vpn_net *vn,
					  const struct nf_vpn_host *client,
					  const struct nf_vpn_host *remote,
					  bool local)
{
	struct nf_vpn_session *s;
	struct nf_vpn_client *owner;
	int err;

	lockdep_assert_held(&vn->lock);
	s = nf_vpn_session_find(vn, client, remote);
	if (s)
		return s;
	owner = nf_vpn_client_get(vn, client, local);
	if (IS_ERR(owner))
		return ERR_CAST(owner);
	err = nf_vpn_charge(vn, owner);
	if (err)
		goto err_client;
	s = nf_vpn_session_alloc(vn, owner, remote, local);
	if (!s) {
		nf_vpn_stat_inc(vn, NO_MEMORY);
		err = -ENOMEM;
		goto err_charge;
	}
	nf_vpn_session_unprotect(vn, s);
	nf_vpn_gc_kick(vn);
	return s;

err_charge:
	nf_vpn_uncharge(vn, owner);
err_client:
	nf_vpn_client_put(vn, owner);
	nf_vpn_gc_kick(vn);
	return ERR_PTR(err);
}
EXPORT_SYMBOL_GPL(nf_vpn_session_get);

/* &nf_vpn_net.reclaim */
static bool nf_vpn_session_reclaim(struct nf_vpn_net *vn,
				   const struct nf_vpn_client *client)
{
	return nf_vpn_session_yield(vn, NF_VPN_YIELDS_UNCONFIRMED, client) ||
	       nf_vpn_session_yield(vn, NF_VPN_YIELDS_REMEMBERED, client);
}

int nf_vpn_sessions_init(struct nf_vpn_net *vn)
{
	int err, i;

	BUILD_BUG_ON(ARRAY_SIZE(vn->yield) != NF_VPN_YIELDS);
	vn->reclaim = nf_vpn_session_reclaim;
	for (i = 0; i < NF_VPN_YIELDS; i++)
		INIT_LIST_HEAD(&vn->yield[i]);
	err = rhashtable_init(&vn->sessions, &nf_vpn_session_params);
	if (err)
		return err;
	err = nf_vpn_remotes_init(vn);
	if (err)
		rhashtable_destroy(&vn->sessions);
	return err;
}

void nf_vpn_sessions_exit(struct nf_vpn_net *vn)
{
	nf_vpn_remotes_exit(vn);
	rhashtable_destroy(&vn->sessions);
}
