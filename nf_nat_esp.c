// SPDX-License-Identifier: GPL-2.0-only
/*
 * NAT of ESP: whose is an inbound SPI?
 *
 * Inbound and outbound SPIs of a tunnel are unrelated numbers, agreed upon
 * under encryption. What shows still tells:
 *
 * - An SPI of one of the gateway's own security associations is the gateway's.
 * - A new inbound SPI answers a new outbound one; an SPI that was in use before
 *   we saw it goes with a session that was, too (RFC 4303 section 3.3.3).
 * - A client's own IKE message announces an SPI before the remote host can use
 *   it (core/isakmp_ticket.c).
 * - Several SPIs that can only belong to as many sessions are spoken for.
 * - A session whose own inbound SPI still receives needs no other.
 *
 * One candidate left: bound. Several: the packet goes to each of them, since
 * only the owner can decrypt it, until evidence or elimination decides;
 * nf_conntrack_esp_guess says otherwise for those who want no copies.
 */
#include <linux/jhash.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/xfrm.h>

#include "compat.h"
#include "nf_conntrack_esp.h"

/* An answer comes within four round trips, or in this time (milliseconds). */
#define NF_NAT_ESP_FRESH	500U
/* A longer one was measured across a pause (milliseconds). */
#define NF_NAT_ESP_RTT_MAX	5000U
/* A session that received this lately is served by the SPIs it has. */
#define NF_NAT_ESP_QUIET	HZ
/* Packets of the old and the new SPI overtake each other by so much. */
#define NF_NAT_ESP_HANDOVER	max(HZ / 100, 1)
/* From this packet on only candidates that had just begun get copies. */
#define NF_NAT_ESP_NARROW	5
/* Copies per second and remote host, and as a burst. */
#define NF_NAT_ESP_COPIES	8192
/* Seconds for which an inferred or guessed owner may turn out wrong. */
#define NF_NAT_ESP_DOUBT	20
/* At most one repair per remote host in this time, longer than the doubt. */
#define NF_NAT_ESP_REPAIR	(30 * HZ)
/* Sessions of one remote host that are looked at for others to serve. */
#define NF_NAT_ESP_SCAN		256

static unsigned int nf_nat_esp_net_id __read_mostly;

/**
 * struct nf_nat_esp_net - SPIs of the gateway's own security associations
 * @net: netns
 * @lock: for changes of @local and @generation
 * @local: &struct nf_nat_esp_sa
 * @generation: of the last walk over all states
 * @dead: the netns goes away; its last states may still expire
 * @resync: walks again after a flush
 */
struct nf_nat_esp_net {
	struct net *net;
	spinlock_t lock;	/* changes of @local and @generation */
	struct rhashtable local;
	u32 generation;
	bool dead;
	struct work_struct resync;
};

struct nf_nat_esp_sa_key {
	struct nf_vpn_host dst;
	__be32 spi;
};

/**
 * struct nf_nat_esp_sa - one security association, found under RCU
 * @node: in &nf_nat_esp_net.local
 * @key: destination and SPI
 * @generation: walk that met it last
 * @rcu: for freeing
 */
struct nf_nat_esp_sa {
	struct rhash_head node;
	struct nf_nat_esp_sa_key key;
	u32 generation;
	struct rcu_head rcu;
};

static const struct rhashtable_params nf_nat_esp_sa_params = {
	.head_offset		= offsetof(struct nf_nat_esp_sa, node),
	.key_offset		= offsetof(struct nf_nat_esp_sa, key),
	.key_len		= sizeof(struct nf_nat_esp_sa_key),
	.automatic_shrinking	= true,
};

/* ---- Security associations of the gateway ---- */

static struct nf_nat_esp_net *nf_nat_esp_pernet(const struct net *net)
{
	return net_generic(net, nf_nat_esp_net_id);
}

static void nf_nat_esp_sa_key(struct nf_nat_esp_sa_key *key,
			      const struct xfrm_state *x)
{
	memset(key, 0, sizeof(*key));
	key->spi = x->id.spi;
	key->dst.l3num = x->props.family;
	if (x->props.family == AF_INET)
		key->dst.addr.ip = x->id.daddr.a4;
	else
		key->dst.addr.in6 = x->id.daddr.in6;
}

static void nf_nat_esp_sa_add(struct nf_nat_esp_net *en,
			      const struct xfrm_state *x)
{
	struct nf_nat_esp_sa_key key;
	struct nf_nat_esp_sa *sa;

	if (x->id.proto != IPPROTO_ESP || !x->id.spi)
		return;
	nf_nat_esp_sa_key(&key, x);
	spin_lock_bh(&en->lock);
	if (en->dead)
		goto unlock;
	sa = rhashtable_lookup_fast(&en->local, &key, nf_nat_esp_sa_params);
	if (sa) {
		sa->generation = en->generation;
		goto unlock;
	}
	sa = kzalloc(sizeof(*sa), GFP_ATOMIC);
	if (!sa)
		goto unlock;
	sa->key = key;
	sa->generation = en->generation;
	if (rhashtable_insert_fast(&en->local, &sa->node,
				   nf_nat_esp_sa_params))
		kfree(sa);
unlock:
	spin_unlock_bh(&en->lock);
}

static void nf_nat_esp_sa_free(struct nf_nat_esp_net *en,
			       struct nf_nat_esp_sa *sa)
{
	rhashtable_remove_fast(&en->local, &sa->node, nf_nat_esp_sa_params);
	kfree_rcu(sa, rcu);
}

static void nf_nat_esp_sa_del(struct nf_nat_esp_net *en,
			      const struct xfrm_state *x)
{
	struct nf_nat_esp_sa_key key;
	struct nf_nat_esp_sa *sa = NULL;

	nf_nat_esp_sa_key(&key, x);
	spin_lock_bh(&en->lock);
	if (!en->dead)
		sa = rhashtable_lookup_fast(&en->local, &key,
					    nf_nat_esp_sa_params);
	if (sa)
		nf_nat_esp_sa_free(en, sa);
	spin_unlock_bh(&en->lock);
}

static int nf_nat_esp_sa_met(struct xfrm_state *x, int n, void *data)
{
	nf_nat_esp_sa_add(data, x);
	return 0;
}

static void nf_nat_esp_sa_walk(struct nf_nat_esp_net *en)
{
	struct xfrm_state_walk walk;

	xfrm_state_walk_init(&walk, IPPROTO_ESP, NULL);
	xfrm_state_walk(en->net, &walk, nf_nat_esp_sa_met, en);
	xfrm_state_walk_done(&walk, en->net);
}

/* Free those that the walks since @generation have not met. */
static void nf_nat_esp_sa_sweep(struct nf_nat_esp_net *en, u32 generation)
{
	struct rhashtable_iter iter;
	struct nf_nat_esp_sa *sa;

	rhashtable_walk_enter(&en->local, &iter);
	rhashtable_walk_start(&iter);
	while ((sa = rhashtable_walk_next(&iter))) {
		if (IS_ERR(sa))
			continue;
		spin_lock_bh(&en->lock);
		if ((s32)(sa->generation - generation) < 0)
			nf_nat_esp_sa_free(en, sa);
		spin_unlock_bh(&en->lock);
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
}

/* A flush names no state: look which are left. */
static void nf_nat_esp_resync(struct work_struct *work)
{
	struct nf_nat_esp_net *en = container_of(work, struct nf_nat_esp_net,
						 resync);
	u32 generation;

	spin_lock_bh(&en->lock);
	generation = ++en->generation;
	spin_unlock_bh(&en->lock);
	nf_nat_esp_sa_walk(en);
	nf_nat_esp_sa_sweep(en, generation);
}

static void nf_nat_esp_queue_resync(struct net *net)
{
	struct nf_nat_esp_net *en = nf_nat_esp_pernet(net);

	spin_lock_bh(&en->lock);
	if (!en->dead)
		queue_work(nf_vpn_unbound_wq, &en->resync);
	spin_unlock_bh(&en->lock);
}

static int nf_nat_esp_km_notify(struct xfrm_state *x, const struct km_event *c)
{
	switch (c->event) {
	case XFRM_MSG_NEWSA:
	case XFRM_MSG_UPDSA:
		nf_nat_esp_sa_add(nf_nat_esp_pernet(xs_net(x)), x);
		break;
	case XFRM_MSG_DELSA:
		nf_nat_esp_sa_del(nf_nat_esp_pernet(xs_net(x)), x);
		break;
	case XFRM_MSG_EXPIRE:
		if (c->data.hard)
			nf_nat_esp_sa_del(nf_nat_esp_pernet(xs_net(x)), x);
		break;
	case XFRM_MSG_FLUSHSA:
		nf_nat_esp_queue_resync(c->net);
		break;
	}
	return 0;
}

static int nf_nat_esp_km_acquire(struct xfrm_state *x, struct xfrm_tmpl *tmpl,
				 struct xfrm_policy *xp)
{
	return -EOPNOTSUPP;
}

/* Says nothing about socket policies; *dir keeps what others said. */
static struct xfrm_policy *nf_nat_esp_km_policy(struct sock *sk, int opt,
						u8 *data, int len, int *dir)
{
	return NULL;
}

/* MOBIKE moves states without naming them; what others answer stands. */
static int nf_nat_esp_km_migrate(const struct xfrm_selector *sel, u8 dir,
				 u8 type, const struct xfrm_migrate *m,
				 int num_bundles,
				 const struct xfrm_kmaddress *k,
				 struct net *net,
				 const struct xfrm_encap_tmpl *encap)
{
	nf_nat_esp_queue_resync(net);
	return -EOPNOTSUPP;
}

static struct xfrm_mgr nf_nat_esp_km = {
	.notify		= nf_nat_esp_km_notify,
	.acquire	= nf_nat_esp_km_acquire,
	.compile_policy	= nf_nat_esp_km_policy,
	.migrate	= nf_nat_esp_km_migrate,
};

/*
 * xfrm_state_lookup() wants the mark of the state, which VTI sets, and
 * xfrm_state_lookup_byspi() walks them all: hence a set of our own.
 */
static bool nf_nat_esp_is_local_sa(struct nf_vpn_net *vn,
				   const struct nf_vpn_pkt *pkt)
{
	struct nf_nat_esp_sa_key key = { .dst = pkt->dst, .spi = pkt->spi };

	return rhashtable_lookup_fast(&nf_nat_esp_pernet(vn->net)->local, &key,
				      nf_nat_esp_sa_params) != NULL;
}

/* The gateway's own: counted, and attached where its flow began here. */
static unsigned int nf_nat_esp_local(struct nf_vpn_net *vn, struct sk_buff *skb,
				     const struct nf_vpn_pkt *pkt)
{
	struct nf_vpn_session *s;
	struct nf_vpn_spi *spi;
	struct nf_conn *ct;

	nf_vpn_stat_inc(vn, LOCAL);
	spin_lock_bh(&vn->lock);
	s = nf_vpn_session_find(vn, &pkt->dst, &pkt->src);
	spi = s ? nf_vpn_spi_find_in(vn, pkt) : NULL;
	if (s && !spi)
		spi = nf_vpn_spi_bind(vn, s, pkt, NF_CT_VPN_CONF_CERTAIN);
	if (spi)
		nf_vpn_spi_seen(spi, pkt, skb->len);
	spin_unlock_bh(&vn->lock);
	ct = s ? nf_vpn_flow_get_in(vn, s, NF_VPN_FLOW_ESP, pkt) : NULL;
	return ct ? nf_esp_attach_in(vn, skb, s, ct, true) : NF_ACCEPT;
}

/**
 * struct nf_nat_esp_arrival - an inbound packet of unknown owner
 * @pkt: its addresses, SPI and sequence number
 * @len: its length
 * @guess: nf_conntrack_esp_guess, or 1 where copies can't go on
 * @stock: conntrack knows a receiver of its own
 */
struct nf_nat_esp_arrival {
	const struct nf_vpn_pkt *pkt;
	unsigned int len;
	int guess;
	bool stock;
};

/* ---- Candidates ---- */

/**
 * struct nf_nat_esp_choice - who may own an inbound SPI
 * @n: number of candidates
 * @expecting: they wait for a new SPI
 * @s: candidates, longest waiting first
 */
struct nf_nat_esp_choice {
	unsigned int n;
	bool expecting;
	struct nf_vpn_session *s[NF_VPN_CANDIDATES];
};

/*
 * New inbound SPIs that the session waits for: as many as its IKE has announced,
 * or, where that doesn't show, as it has outbound ones without a partner.
 */
static int nf_nat_esp_room(const struct nf_vpn_session *s)
{
	int need = nf_vpn_ike_need(s);

	return (need < 0 ? s->unpaired : need) - s->reserved;
}

/* Does it wait for an SPI that is new, or one in use before we saw it? */
static bool nf_nat_esp_waits(const struct nf_vpn_session *s, bool old)
{
	if (old)
		return s->pending_old && s->unpaired > s->reserved;
	if (nf_vpn_ike_need(s) < 0 && s->pending_old)
		return false;
	return nf_nat_esp_room(s) > 0;
}

/* The address that the remote host answers to, NULL if it knows none. */
static const union nf_inet_addr *nf_nat_esp_masq(const struct nf_vpn_session *s)
{
	const struct nf_vpn_ike *ike;

	/* Pairs with nf_vpn_flow_seen(): @masq is read after. */
	if (smp_load_acquire(&s->esp.seen))
		return &s->esp.masq;
	/* It has not sent ESP yet: its IKE says that it may receive some. */
	ike = nf_vpn_session_ike(s);
	/* Pairs with nf_vpn_flow_seen(). */
	if (!ike || !smp_load_acquire(&ike->flow.seen) ||
	    nf_vpn_ike_need(s) <= 0)
		return NULL;
	return &ike->flow.masq;
}

/*
 * Could a packet be this session's? One without a flow may yield to others
 * while we look at candidates.
 */
static bool nf_nat_esp_uses(const struct nf_vpn_session *s,
			    const struct nf_vpn_pkt *pkt)
{
	const union nf_inet_addr *masq;

	if (test_bit(NF_VPN_SESSION_LOCAL, &s->flags) ||
	    !(s->embryonic || list_empty(&s->lru)))
		return false;
	masq = nf_nat_esp_masq(s);
	return masq && nf_inet_addr_cmp(masq, &pkt->dst.addr);
}

static u32 nf_nat_esp_fresh_ms(const struct nf_vpn_session *s)
{
	const struct nf_vpn_ike *ike = nf_vpn_session_ike(s);

	return max(NF_NAT_ESP_FRESH, ike ? 4 * min(READ_ONCE(ike->rtt),
						   NF_NAT_ESP_RTT_MAX) : 0);
}

/* Has it begun to wait so lately that the first answer is due now? */
static bool nf_nat_esp_is_fresh(const struct nf_vpn_session *s)
{
	u32 fresh = nf_nat_esp_fresh_ms(s);

	if (nf_nat_esp_room(s) <= 0)
		return false;
	if (nf_vpn_ike_need(s) > 0 &&
	    nf_vpn_now_ms() - nf_vpn_ike_newest(s) <= fresh)
		return true;
	return s->unpaired &&
	       jiffies_to_msecs((u32)jiffies - s->pending_since) <= fresh;
}

static bool nf_nat_esp_is_quiet(const struct nf_vpn_session *s)
{
	return time_after(jiffies, READ_ONCE(s->last_in) + NF_NAT_ESP_QUIET);
}

static void nf_nat_esp_add(struct nf_nat_esp_choice *c,
			   struct nf_vpn_session *s)
{
	c->s[c->n++] = s;
}

static bool nf_nat_esp_full(const struct nf_nat_esp_choice *c)
{
	return c->n == ARRAY_SIZE(c->s);
}

/*
 * Sessions that wait for an SPI of the right age.
 * Where there are too many, those that began last: an answer comes within a
 * round trip.
 */
static void nf_nat_esp_pending(struct nf_nat_esp_choice *c,
			       const struct nf_vpn_remote *remote,
			       const struct nf_vpn_pkt *pkt, bool old)
{
	unsigned int scan = NF_NAT_ESP_SCAN, i;
	struct nf_vpn_session *s;

	list_for_each_entry_reverse(s, &remote->pending, pending) {
		if (nf_nat_esp_waits(s, old) && nf_nat_esp_uses(s, pkt))
			nf_nat_esp_add(c, s);
		if (!--scan || nf_nat_esp_full(c))
			break;
	}
	for (i = 0; i < c->n / 2; i++)
		swap(c->s[i], c->s[c->n - 1 - i]);
}

static void nf_nat_esp_any(struct nf_nat_esp_choice *c,
			   const struct nf_vpn_remote *remote,
			   const struct nf_vpn_pkt *pkt, bool quiet)
{
	unsigned int scan = NF_NAT_ESP_SCAN;
	struct nf_vpn_session *s;

	hlist_for_each_entry(s, &remote->sessions, by_remote) {
		if (nf_nat_esp_uses(s, pkt) && nf_nat_esp_is_quiet(s) == quiet)
			nf_nat_esp_add(c, s);
		if (!--scan || nf_nat_esp_full(c))
			return;
	}
}

/*
 * Nobody waits: the remote host may have changed its SPI on its own. It begins
 * a new one then, for any of its sessions; those that the old one still serves
 * are excluded later on. An SPI in use for long is one of ours only if there is
 * no choice.
 */
static void nf_nat_esp_unexpected(struct nf_nat_esp_choice *c,
				  const struct nf_vpn_remote *remote,
				  const struct nf_vpn_pkt *pkt)
{
	nf_nat_esp_any(c, remote, pkt, true);
	if (!nf_nat_esp_full(c))
		nf_nat_esp_any(c, remote, pkt, false);
	if (c->n > 1 && !esp_seq_is_new(pkt->seq))
		c->n = 0;
}

/* Position of @s among the candidates, or -1. */
static int nf_nat_esp_index(const struct nf_nat_esp_choice *c,
			    const struct nf_vpn_session *s)
{
	return s->order < c->n && c->s[s->order] == s ? s->order : -1;
}

/*
 * The last of our candidates among those of an older undecided SPI; -1 if there
 * is none, or if somebody else may own it.
 */
static int nf_nat_esp_last(const struct nf_nat_esp_choice *c,
			   const struct nf_vpn_undecided *u)
{
	int i, index, last = -1;

	for (i = 0; i < u->n; i++) {
		index = nf_nat_esp_index(c, u->cand[i]);
		if (index < 0 && nf_nat_esp_room(u->cand[i]) > 0)
			return -1;
		last = max(last, index);
	}
	return last;
}

/*
 * If k undecided SPIs can only belong to the k sessions that have waited
 * longest, then none of those owns yet another one. Without this, one pair of
 * hosts that started together would make every later SPI ambiguous.
 */
static unsigned int nf_nat_esp_taken(struct nf_nat_esp_choice *c,
				     const struct nf_vpn_remote *remote,
				     const struct nf_vpn_pkt *pkt)
{
	unsigned int i, taken = 0;
	int spis = 0, room = 0;
	u8 count[NF_VPN_CANDIDATES] = {};
	struct nf_vpn_undecided *u;

	for (i = 0; i < c->n; i++)
		c->s[i]->order = i;
	list_for_each_entry(u, &remote->undecided, by_remote) {
		int last = nf_nat_esp_last(c, u);

		if (last >= 0 && u->expecting &&
		    nf_inet_addr_cmp(&u->spi.gw, &pkt->dst.addr))
			count[last]++;
	}
	for (i = 0; i < c->n; i++) {
		spis += count[i];
		room += max(nf_nat_esp_room(c->s[i]), 0);
		if (spis >= room)
			taken = i + 1;
	}
	return taken;
}

static void nf_nat_esp_drop_taken(struct nf_nat_esp_choice *c,
				  const struct nf_vpn_remote *remote,
				  const struct nf_vpn_pkt *pkt)
{
	unsigned int taken = nf_nat_esp_taken(c, remote, pkt);

	/* All of them? Then somebody began another SA unseen. */
	if (taken == c->n)
		return;
	c->n -= taken;
	memmove(c->s, c->s + taken, c->n * sizeof(c->s[0]));
}

/* Whoever is spoken for has been answered, whichever SPI is its own. */
static void nf_nat_esp_mark_answered(struct nf_nat_esp_choice *c,
				     const struct nf_vpn_remote *remote,
				     const struct nf_vpn_pkt *pkt)
{
	unsigned int i, taken = nf_nat_esp_taken(c, remote, pkt);

	for (i = 0; i < taken; i++)
		set_bit(NF_VPN_SESSION_REPLIED, &c->s[i]->flags);
}

/*
 * @stock: conntrack knows a receiver of its own in zone 0. Then only sessions
 * that wait for just such an SPI are candidates.
 */
static void nf_nat_esp_choose(struct nf_nat_esp_choice *c,
			      const struct nf_vpn_remote *remote,
			      const struct nf_vpn_pkt *pkt, bool stock)
{
	bool old = !esp_seq_is_new(pkt->seq);

	c->n = 0;
	c->expecting = true;
	nf_nat_esp_pending(c, remote, pkt, old);
	/* An old session may have been rekeyed; a new one has no old SPI. */
	if (!c->n && !stock && !old)
		nf_nat_esp_pending(c, remote, pkt, true);
	if (c->n) {
		nf_nat_esp_drop_taken(c, remote, pkt);
		return;
	}
	c->expecting = false;
	if (!stock)
		nf_nat_esp_unexpected(c, remote, pkt);
}

/* ---- Undecided SPIs ---- */

/* Has the session one child SA only, as far as it is in use? */
static bool nf_nat_esp_single_child(const struct nf_vpn_session *s)
{
	const struct nf_vpn_spi *spi;
	unsigned int n = 0;

	hlist_for_each_entry(spi, &s->spis, by_session)
		if (spi->dir == NF_CT_VPN_DIR_IN && nf_vpn_spi_idle(spi) < 2 * HZ)
			n++;
	return n <= 1;
}

/* Has the session become an unlikely owner since @u began? */
static bool nf_nat_esp_excluded(const struct nf_vpn_undecided *u,
				const struct nf_vpn_session *s)
{
	if (u->expecting && nf_nat_esp_room(s) <= 0)
		return true;
	return time_after(READ_ONCE(s->last_in),
			  u->first + NF_NAT_ESP_HANDOVER) &&
	       nf_nat_esp_single_child(s);
}

/* Drop who can't be the owner; of those who might, not the last one. */
static void nf_nat_esp_narrow(struct nf_vpn_undecided *u,
			      const struct nf_vpn_pkt *pkt)
{
	bool late = atomic64_read(&u->spi.packets) + 1 >= NF_NAT_ESP_NARROW;
	unsigned int i;

	for (i = u->n; i--; )
		if (!nf_nat_esp_uses(u->cand[i], pkt))
			nf_vpn_undecided_drop(u, i);
	for (i = u->n; i-- && u->n > 1; )
		if (nf_nat_esp_excluded(u, u->cand[i]))
			nf_vpn_undecided_drop(u, i);
	if (!late || !u->fresh)
		return;
	for (i = u->n; i-- && u->n > 1; )
		if (!(u->fresh & BIT(i)))
			nf_vpn_undecided_drop(u, i);
}

static void nf_nat_esp_to_choice(struct nf_nat_esp_choice *c,
				 const struct nf_vpn_undecided *u)
{
	c->n = u->n;
	c->expecting = u->expecting;
	memcpy(c->s, u->cand, u->n * sizeof(c->s[0]));
}

/* Token bucket per remote host: may a packet go to @n candidates? */
static bool nf_nat_esp_may_spend(struct nf_vpn_remote *remote, unsigned int n)
{
	unsigned long now = jiffies, idle = now - remote->filled;
	u32 fill = min_t(unsigned long, idle, HZ) * NF_NAT_ESP_COPIES / HZ;

	if (fill) {
		remote->tokens = min(remote->tokens + fill,
				     (u32)NF_NAT_ESP_COPIES);
		remote->filled = now;
	}
	if (remote->tokens < n - 1)
		return false;
	remote->tokens -= n - 1;
	return true;
}

/* Over budget the one that has waited longest gets the packet. */
static void nf_nat_esp_budget(struct nf_vpn_net *vn,
			      struct nf_vpn_remote *remote,
			      struct nf_nat_esp_choice *c)
{
	if (c->n < 2 || nf_nat_esp_may_spend(remote, c->n))
		return;
	nf_vpn_stat_inc(vn, COPY_LIMIT);
	c->n = 1;
}

static bool nf_nat_esp_bind(struct nf_vpn_net *vn, struct nf_nat_esp_choice *c,
			    const struct nf_nat_esp_arrival *a,
			    enum nf_ct_vpn_conf conf)
{
	struct nf_vpn_spi *spi = nf_vpn_spi_bind(vn, c->s[0], a->pkt, conf);

	c->n = 1;
	if (spi)
		nf_vpn_spi_seen(spi, a->pkt, a->len);
	return true;
}

static void nf_nat_esp_open(struct nf_vpn_net *vn, struct nf_vpn_remote *remote,
			    struct nf_nat_esp_choice *c,
			    const struct nf_nat_esp_arrival *a)
{
	struct nf_vpn_undecided *u = nf_vpn_undecided_add(vn, remote, a->pkt);
	unsigned int i;

	if (u) {
		u->expecting = c->expecting;
		u->n = c->n;
		memcpy(u->cand, c->s, c->n * sizeof(c->s[0]));
		for (i = 0; i < c->n; i++)
			if (nf_nat_esp_is_fresh(c->s[i]))
				u->fresh |= BIT(i);
		nf_vpn_spi_seen(&u->spi, a->pkt, a->len);
		if (c->expecting)
			nf_nat_esp_mark_answered(c, remote, a->pkt);
	}
	nf_nat_esp_budget(vn, remote, c);
}

/*
 * One candidate has just begun to wait and the others have for long: it is the
 * one, if its IKE shows. (A host without visible IKE may be waiting unseen.)
 */
static bool nf_nat_esp_only_fresh(struct nf_nat_esp_choice *c)
{
	struct nf_vpn_session *fresh = NULL;
	unsigned int i;

	for (i = 0; i < c->n; i++) {
		if (nf_vpn_ike_need(c->s[i]) < 0)
			return false;
		if (!nf_nat_esp_is_fresh(c->s[i]))
			continue;
		if (fresh)
			return false;
		fresh = c->s[i];
	}
	if (!fresh)
		return false;
	c->s[0] = fresh;
	c->n = 1;
	return true;
}

/* The first packet of an SPI. Returns true if it is decided. */
static bool nf_nat_esp_first(struct nf_vpn_net *vn,
			     struct nf_vpn_remote *remote,
			     struct nf_nat_esp_choice *c,
			     const struct nf_nat_esp_arrival *a)
{
	nf_nat_esp_choose(c, remote, a->pkt, a->stock);
	if (!c->n)
		return false;
	if (c->n == 1 || (c->expecting && nf_nat_esp_only_fresh(c)))
		return nf_nat_esp_bind(vn, c, a, remote->nsessions == 1 ?
				       NF_CT_VPN_CONF_SOLE :
				       NF_CT_VPN_CONF_INFERRED);
	if (a->guess == 1)
		return nf_nat_esp_bind(vn, c, a, NF_CT_VPN_CONF_GUESSED);
	if (a->guess > 1)
		nf_nat_esp_open(vn, remote, c, a);
	return false;
}

/*
 * A further packet of an undecided SPI. Returns true if it is decided now: the
 * only candidate left is in @c.
 */
static bool nf_nat_esp_undecided(struct nf_vpn_net *vn,
				 struct nf_vpn_undecided *u,
				 struct nf_nat_esp_choice *c,
				 const struct nf_nat_esp_arrival *a)
{
	struct nf_vpn_remote *remote = u->remote;

	nf_nat_esp_narrow(u, a->pkt);
	if (!u->n) {
		nf_vpn_undecided_free(vn, u);
		return nf_nat_esp_first(vn, remote, c, a);
	}
	nf_nat_esp_to_choice(c, u);
	if (c->n == 1) {
		nf_vpn_undecided_free(vn, u);
		return nf_nat_esp_bind(vn, c, a, NF_CT_VPN_CONF_INFERRED);
	}
	nf_vpn_spi_seen(&u->spi, a->pkt, a->len);
	if (a->guess == 1)
		c->n = 1;
	else if (a->guess > 1)
		nf_nat_esp_budget(vn, remote, c);
	return false;
}

/* ---- Flows that the remote host begins ---- */

/*
 * The ESP flow of a session whose IKE flow is there, for a packet that comes
 * before one of the client. Client to remote host like any other, but RELATED
 * to the IKE flow until the client has confirmed it.
 */
static struct nf_conn *nf_nat_esp_create(struct nf_vpn_net *vn,
					 struct nf_vpn_session *s,
					 const struct nf_vpn_pkt *pkt,
					 const struct nf_hook_state *state)
{
	int seconds = READ_ONCE(vn->set.esp_timeout_unreplied);
	struct nf_conntrack_tuple orig, reply;
	struct nf_conn *master, *ct;

	if (!nf_vpn_conntrack_follows(state))
		return NULL;
	master = nf_vpn_flow_get_in(vn, s, NF_VPN_FLOW_IKE, pkt);
	if (!master)
		return NULL;
	nf_vpn_flow_tuple(&orig, &s->client->host, &s->remote->host,
			  NF_VPN_FLOW_ESP);
	nf_vpn_flow_tuple(&reply, &pkt->src, &pkt->dst, NF_VPN_FLOW_ESP);
	reply.dst.dir = IP_CT_DIR_REPLY;
	ct = nf_vpn_flow_create(vn->net, master, s->client->zone, &orig, &reply,
				nf_esp_label(pkt->src.l3num), seconds * HZ);
	nf_ct_put(master);
	if (IS_ERR(ct))
		return NULL;
	set_bit(NF_VPN_SESSION_USED, &s->flags);
	nf_vpn_stat_inc(vn, FLOW_NEW);
	return ct;
}

/*
 * An SPI that has been delivered before may resume its flow as long as IKE keeps
 * the session; one that never was needs nf_conntrack_esp_inbound_first.
 */
static struct nf_conn *nf_nat_esp_revive(struct nf_vpn_net *vn,
					 struct nf_vpn_session *s,
					 const struct nf_vpn_spi *spi,
					 const struct nf_vpn_pkt *pkt,
					 const struct nf_hook_state *state)
{
	/* Who preloaded it has vouched for it, as conntrack -I does. */
	if (spi->hold)
		return nf_vpn_flow_load(vn, s, NF_VPN_FLOW_ESP, &spi->gw,
					READ_ONCE(vn->set.esp_timeout));
	if (!READ_ONCE(spi->paired) && !READ_ONCE(vn->set.esp_inbound_first))
		return NULL;
	return nf_nat_esp_create(vn, s, pkt, state);
}

/* ---- Delivery, without the lock ---- */

/* A copy for each candidate with a flow; the last one gets the packet itself. */
static unsigned int nf_nat_esp_fan_out(struct nf_vpn_net *vn,
				       struct sk_buff *skb,
				       const struct nf_nat_esp_choice *c,
				       const struct nf_vpn_pkt *pkt,
				       const struct nf_hook_state *state)
{
	struct nf_conn *ct, *last = NULL;
	unsigned int i;

	for (i = 0; i < c->n; i++) {
		ct = nf_vpn_flow_get_in(vn, c->s[i], NF_VPN_FLOW_ESP, pkt);
		if (!ct)
			continue;
		/* The ruleset hasn't judged it: it shall not pass as established. */
		if (nf_vpn_flow_is_related(ct)) {
			nf_ct_put(ct);
			continue;
		}
		if (test_bit(NF_VPN_SESSION_REPLIED, &c->s[i]->flags))
			nf_vpn_flow_answered(ct);
		if (last && nf_vpn_copy(skb, last, state))
			nf_vpn_stat_inc(vn, COPY_FAILED);
		else if (last)
			nf_vpn_stat_inc(vn, COPIES);
		last = ct;
	}
	if (!last)
		return NF_ESP_NOT_OURS;
	nf_vpn_flow_attach_copy(skb, last);
	return NF_ACCEPT;
}

static unsigned int nf_nat_esp_deliver(struct nf_vpn_net *vn,
				       struct sk_buff *skb,
				       struct nf_vpn_session *s,
				       const struct nf_vpn_pkt *pkt,
				       const struct nf_hook_state *state)
{
	struct nf_conn *ct = nf_vpn_flow_get_in(vn, s, NF_VPN_FLOW_ESP, pkt);

	if (!ct && READ_ONCE(vn->set.esp_inbound_first))
		ct = nf_nat_esp_create(vn, s, pkt, state);
	return ct ? nf_esp_attach_in(vn, skb, s, ct, false) : NF_ESP_NOT_OURS;
}

/* Fill @c with who gets the packet. Returns true if they own its SPI. */
static bool nf_nat_esp_decide(struct nf_vpn_net *vn,
			      struct nf_nat_esp_choice *c,
			      const struct nf_nat_esp_arrival *a)
{
	struct nf_vpn_remote *remote = nf_vpn_remote_find(vn, &a->pkt->src);
	struct nf_vpn_spi *spi = nf_vpn_spi_find_in(vn, a->pkt);

	c->n = 0;
	if (!remote)
		return false;
	if (spi && spi->session) {
		/* Another CPU was faster. */
		c->s[c->n++] = spi->session;
		return true;
	}
	if (spi)
		return nf_nat_esp_undecided(vn, nf_vpn_spi_undecided(spi), c,
					    a);
	return nf_nat_esp_first(vn, remote, c, a);
}

/*
 * Does stock conntrack have a receiver? The gateway's own flow is none: its
 * SPIs are known, and this isn't one.
 */
static bool nf_nat_esp_is_stock(struct nf_vpn_net *vn,
				const struct nf_vpn_pkt *pkt)
{
	const struct nf_vpn_session *s;

	s = nf_vpn_session_find(vn, &pkt->dst, &pkt->src);
	if (s && test_bit(NF_VPN_SESSION_LOCAL, &s->flags))
		return false;
	return nf_vpn_flow_is_stock(vn->net, pkt, NF_VPN_FLOW_ESP);
}

static unsigned int nf_nat_esp_inbound(struct nf_vpn_net *vn,
				       struct sk_buff *skb,
				       const struct nf_vpn_pkt *pkt,
				       const struct nf_hook_state *state)
{
	struct nf_nat_esp_arrival a = { .pkt = pkt, .len = skb->len };
	struct nf_nat_esp_choice c;
	bool decided;

	if (nf_nat_esp_is_local_sa(vn, pkt))
		return nf_nat_esp_local(vn, skb, pkt);
	a.guess = READ_ONCE(vn->set.esp_guess);
	if (a.guess > 1 && !nf_vpn_may_copy(skb, state))
		a.guess = 1;
	a.stock = nf_nat_esp_is_stock(vn, pkt);
	spin_lock_bh(&vn->lock);
	decided = nf_nat_esp_decide(vn, &c, &a);
	spin_unlock_bh(&vn->lock);
	if (decided)
		return nf_nat_esp_deliver(vn, skb, c.s[0], pkt, state);
	if (c.n > 1 && !a.guess)
		return nf_vpn_drop(vn, pkt, NF_CT_VPN_A_STATS_AMBIGUOUS);
	return nf_nat_esp_fan_out(vn, skb, &c, pkt, state);
}

/* Another client's session with the remote host of @pkt, under the lock. */
static struct nf_vpn_session *nf_nat_esp_holder(struct nf_vpn_net *vn,
						const struct nf_vpn_pkt *pkt)
{
	const struct nf_vpn_remote *remote;
	unsigned int scan = NF_NAT_ESP_SCAN;
	struct nf_vpn_session *s;

	remote = nf_vpn_remote_find(vn, &pkt->dst);
	if (!remote)
		return NULL;
	hlist_for_each_entry(s, &remote->sessions, by_remote) {
		if (!scan--)
			break;
		if (!test_bit(NF_VPN_SESSION_LOCAL, &s->flags) &&
		    s->nspis[NF_CT_VPN_DIR_OUT] &&
		    (s->embryonic || list_empty(&s->lru)) &&
		    !nf_vpn_host_equal(&s->client->host, &pkt->src))
			return s;
	}
	return NULL;
}

/*
 * nf_conntrack_esp_parallel=0: one client per remote host at a time, until
 * its flow ends.
 */
static bool nf_nat_esp_admit(struct nf_vpn_net *vn,
			     const struct nf_vpn_pkt *pkt)
{
	enum nf_vpn_flow_state state;
	struct nf_vpn_session *s;

	if (READ_ONCE(vn->set.esp_parallel))
		return true;
	spin_lock_bh(&vn->lock);
	s = nf_nat_esp_holder(vn, pkt);
	spin_unlock_bh(&vn->lock);
	if (!s)
		return true;
	state = nf_vpn_flow_state(vn, s, NF_VPN_FLOW_ESP);
	if (state != NF_VPN_FLOW_DELETED && state != NF_VPN_FLOW_IDLE)
		return false;
	spin_lock_bh(&vn->lock);
	nf_vpn_session_end_esp(vn, s);
	s = nf_nat_esp_holder(vn, pkt);
	spin_unlock_bh(&vn->lock);
	return !s;
}

/* ---- Repair ---- */

/* May this binding be wrong, and is it young enough to hurt? */
static bool nf_nat_esp_doubtful(const struct nf_vpn_spi *spi)
{
	return spi->dir == NF_CT_VPN_DIR_IN &&
	       (spi->conf == NF_CT_VPN_CONF_GUESSED ||
		spi->conf == NF_CT_VPN_CONF_INFERRED) &&
	       (u32)ktime_get_seconds() - spi->first < NF_NAT_ESP_DOUBT;
}

/* Its SPIs may be those of @starved: both are candidates from now on. */
static void nf_nat_esp_reopen(struct nf_vpn_net *vn, struct nf_vpn_session *s,
			      const struct nf_vpn_session *starved)
{
	struct hlist_node *next;
	struct nf_vpn_spi *spi;

	hlist_for_each_entry_safe(spi, next, &s->spis, by_session) {
		if (!nf_nat_esp_doubtful(spi))
			continue;
		nf_vpn_event_spi(vn, NF_CT_VPN_EVENT_REBOUND, spi);
		nf_vpn_spi_free(vn, spi);
		nf_vpn_session_unpair(vn, s);
		s->pending_old = starved->pending_old;
	}
}

static bool nf_nat_esp_is_candidate(const struct nf_vpn_session *s)
{
	struct nf_vpn_undecided *u;

	list_for_each_entry(u, &s->remote->undecided, by_remote)
		if (nf_vpn_undecided_has(u, s))
			return true;
	return false;
}

/*
 * A session's packets stay unanswered, and it gets no copies: then what it
 * waits for may have been given to a sibling. Such SPIs are opened again, so
 * that both get them. Once per silence, and seldom: a host that is simply not
 * answered must not keep its siblings undecided.
 */
static void nf_nat_esp_starved(struct nf_vpn_net *vn, struct nf_vpn_session *s)
{
	unsigned int scan = NF_NAT_ESP_SCAN;
	struct nf_vpn_undecided *u, *next;
	struct nf_vpn_session *sibling;

	spin_lock_bh(&vn->lock);
	if (test_bit(NF_VPN_SESSION_DEAD, &s->flags) ||
	    READ_ONCE(vn->set.esp_guess) < 2 || nf_nat_esp_is_candidate(s) ||
	    time_before(jiffies, s->remote->repaired + NF_NAT_ESP_REPAIR))
		goto unlock;
	s->remote->repaired = jiffies;
	if (nf_nat_esp_room(s) <= 0)
		nf_vpn_session_unpair(vn, s);
	list_for_each_entry_safe(u, next, &s->remote->undecided, by_remote)
		nf_vpn_undecided_free(vn, u);
	hlist_for_each_entry(sibling, &s->remote->sessions, by_remote) {
		if (sibling != s)
			nf_nat_esp_reopen(vn, sibling, s);
		if (!--scan)
			break;
	}
unlock:
	spin_unlock_bh(&vn->lock);
}

static const struct nf_esp_nat_ops nf_nat_esp_ops = {
	.inbound	= nf_nat_esp_inbound,
	.admit		= nf_nat_esp_admit,
	.starved	= nf_nat_esp_starved,
	.revive		= nf_nat_esp_revive,
};

/* ---- Module ---- */

static int __net_init nf_nat_esp_net_init(struct net *net)
{
	struct nf_nat_esp_net *en = nf_nat_esp_pernet(net);

	en->net = net;
	spin_lock_init(&en->lock);
	INIT_WORK(&en->resync, nf_nat_esp_resync);
	return rhashtable_init(&en->local, &nf_nat_esp_sa_params);
}

static void __net_exit nf_nat_esp_net_exit(struct net *net)
{
	struct nf_nat_esp_net *en = nf_nat_esp_pernet(net);

	spin_lock_bh(&en->lock);
	en->dead = true;
	spin_unlock_bh(&en->lock);
	cancel_work_sync(&en->resync);
	nf_nat_esp_sa_sweep(en, en->generation + 1);
	rhashtable_destroy(&en->local);
}

static struct pernet_operations nf_nat_esp_pernet_ops = {
	.init	= nf_nat_esp_net_init,
	.exit	= nf_nat_esp_net_exit,
	.id	= &nf_nat_esp_net_id,
	.size	= sizeof(struct nf_nat_esp_net),
};

/* States that were there before us; those made meanwhile are notified. */
static void __init nf_nat_esp_load_sas(void)
{
	struct net *net;

	down_read(&net_rwsem);
	for_each_net(net)
		nf_nat_esp_sa_walk(nf_nat_esp_pernet(net));
	up_read(&net_rwsem);
}

static int __init nf_nat_esp_init(void)
{
	int err;

	err = register_pernet_subsys(&nf_nat_esp_pernet_ops);
	if (err)
		return err;
	xfrm_register_km(&nf_nat_esp_km);
	nf_nat_esp_load_sas();
	nf_esp_nat_register(&nf_nat_esp_ops);
	return 0;
}

static void __exit nf_nat_esp_exit(void)
{
	nf_esp_nat_unregister();
	xfrm_unregister_km(&nf_nat_esp_km);
	/* Notifications run under RCU. */
	synchronize_rcu();
	unregister_pernet_subsys(&nf_nat_esp_pernet_ops);
}

module_init(nf_nat_esp_init);
module_exit(nf_nat_esp_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("NAT of ESP: inbound SPIs to the right host");
MODULE_VERSION(NF_VPN_VERSION);
