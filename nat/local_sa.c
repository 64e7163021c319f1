// SPDX-License-Identifier: GPL-2.0-only
/*
 * SPIs of the gateway's own security associations, of each netns.
 *
 * xfrm_state_lookup() needs the mark of a state, which VTI sets and we don't
 * know; xfrm_state_lookup_byspi() walks all states. So there is a set of SPIs
 * of our own, which is kept up to date by a key manager that only listens.
 */
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>
#include <net/xfrm.h>

#include "compat.h"
#include "core/packet.h"
#include "core/walk.h"
#include "nat/local_sa.h"

static unsigned int nf_nat_esp_sas_net_id __read_mostly;

/**
 * struct nf_nat_esp_sas - SPIs of the gateway's own security associations
 * @net: netns
 * @lock: protects changes of @local and @generation
 * @local: &struct nf_nat_esp_sa by destination and SPI
 * @generation: number of the last walk over all states
 * @swept: entries of an earlier generation are freed by the sweep that is
 *	running, of which there is only one at a time
 * @dead: the netns goes away; its last states may still expire
 * @resync: walks all states again, after a flush
 */
struct nf_nat_esp_sas {
	struct net *net;
	spinlock_t lock;	/* @local and @generation */
	struct rhashtable local;
	u32 generation;
	u32 swept;
	bool dead;
	struct work_struct resync;
};

struct nf_nat_esp_sa_key {
	struct nf_vpn_host dst;
	__be32 spi;
};

/**
 * struct nf_nat_esp_sa - one security association, found under RCU
 * @node: in &nf_nat_esp_sas.local
 * @key: destination and SPI
 * @generation: number of the last walk that has met it
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

static struct nf_nat_esp_sas *nf_nat_esp_sas_pernet(const struct net *net)
{
	return net_generic(net, nf_nat_esp_sas_net_id);
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

static void nf_nat_esp_sa_add(struct nf_nat_esp_sas *sas,
			      const struct xfrm_state *x)
{
	struct nf_nat_esp_sa_key key;
	struct nf_nat_esp_sa *sa;

	if (x->id.proto != IPPROTO_ESP || !x->id.spi)
		return;
	nf_nat_esp_sa_key(&key, x);
	spin_lock_bh(&sas->lock);
	if (sas->dead)
		goto unlock;
	sa = rhashtable_lookup_fast(&sas->local, &key, nf_nat_esp_sa_params);
	if (sa) {
		sa->generation = sas->generation;
		goto unlock;
	}
	sa = kzalloc(sizeof(*sa), GFP_ATOMIC);
	if (!sa)
		goto unlock;
	sa->key = key;
	sa->generation = sas->generation;
	if (rhashtable_insert_fast(&sas->local, &sa->node,
				   nf_nat_esp_sa_params))
		kfree(sa);
unlock:
	spin_unlock_bh(&sas->lock);
}

static void nf_nat_esp_sa_free(struct nf_nat_esp_sas *sas,
			       struct nf_nat_esp_sa *sa)
{
	rhashtable_remove_fast(&sas->local, &sa->node, nf_nat_esp_sa_params);
	kfree_rcu(sa, rcu);
}

static void nf_nat_esp_sa_del(struct nf_nat_esp_sas *sas,
			      const struct xfrm_state *x)
{
	struct nf_nat_esp_sa_key key;
	struct nf_nat_esp_sa *sa = NULL;

	nf_nat_esp_sa_key(&key, x);
	spin_lock_bh(&sas->lock);
	if (!sas->dead)
		sa = rhashtable_lookup_fast(&sas->local, &key,
					    nf_nat_esp_sa_params);
	if (sa)
		nf_nat_esp_sa_free(sas, sa);
	spin_unlock_bh(&sas->lock);
}

static int nf_nat_esp_sa_met(struct xfrm_state *x, int n, void *data)
{
	nf_nat_esp_sa_add(data, x);
	return 0;
}

static void nf_nat_esp_sa_walk(struct nf_nat_esp_sas *sas)
{
	struct xfrm_state_walk walk;

	xfrm_state_walk_init(&walk, IPPROTO_ESP, NULL);
	xfrm_state_walk(sas->net, &walk, nf_nat_esp_sa_met, sas);
	xfrm_state_walk_done(&walk, sas->net);
}

/* Free an entry that the last walk hasn't met. */
static void nf_nat_esp_sa_sweep_one(void *data, void *entry)
{
	struct nf_nat_esp_sas *sas = data;
	struct nf_nat_esp_sa *sa = entry;

	spin_lock_bh(&sas->lock);
	if ((s32)(sa->generation - sas->swept) < 0)
		nf_nat_esp_sa_free(sas, sa);
	spin_unlock_bh(&sas->lock);
}

static void nf_nat_esp_sa_sweep(struct nf_nat_esp_sas *sas, u32 generation)
{
	sas->swept = generation;
	nf_vpn_walk(&sas->local, nf_nat_esp_sa_sweep_one, sas);
}

/* The notification of a flush names no state: see which are left. */
static void nf_nat_esp_sas_resync(struct work_struct *work)
{
	struct nf_nat_esp_sas *sas = container_of(work, struct nf_nat_esp_sas,
						 resync);
	u32 generation;

	spin_lock_bh(&sas->lock);
	generation = ++sas->generation;
	spin_unlock_bh(&sas->lock);
	nf_nat_esp_sa_walk(sas);
	nf_nat_esp_sa_sweep(sas, generation);
}

static void nf_nat_esp_sas_queue_resync(struct net *net)
{
	struct nf_nat_esp_sas *sas = nf_nat_esp_sas_pernet(net);

	spin_lock_bh(&sas->lock);
	if (!sas->dead)
		queue_work(system_dfl_wq, &sas->resync);
	spin_unlock_bh(&sas->lock);
}

static int nf_nat_esp_sas_km_notify(struct xfrm_state *x,
				    const struct km_event *c)
{
	switch (c->event) {
	case XFRM_MSG_NEWSA:
	case XFRM_MSG_UPDSA:
		nf_nat_esp_sa_add(nf_nat_esp_sas_pernet(xs_net(x)), x);
		break;
	case XFRM_MSG_DELSA:
		nf_nat_esp_sa_del(nf_nat_esp_sas_pernet(xs_net(x)), x);
		break;
	case XFRM_MSG_EXPIRE:
		if (c->data.hard)
			nf_nat_esp_sa_del(nf_nat_esp_sas_pernet(xs_net(x)), x);
		break;
	case XFRM_MSG_FLUSHSA:
		nf_nat_esp_sas_queue_resync(c->net);
		break;
	}
	return 0;
}

static int nf_nat_esp_sas_km_acquire(struct xfrm_state *x,
				     struct xfrm_tmpl *tmpl,
				     struct xfrm_policy *xp)
{
	return -EOPNOTSUPP;
}

/* We compile no policies; *dir keeps what another key manager has set. */
static struct xfrm_policy *nf_nat_esp_sas_km_policy(struct sock *sk, int opt,
						    u8 *data, int len, int *dir)
{
	return NULL;
}

/*
 * MOBIKE moves states without naming them. Another key manager does the work.
 */
static int nf_nat_esp_sas_km_migrate(const struct xfrm_selector *sel, u8 dir,
				     u8 type, const struct xfrm_migrate *m,
				     int num_bundles,
				     const struct xfrm_kmaddress *k,
				     struct net *net,
				     const struct xfrm_encap_tmpl *encap)
{
	nf_nat_esp_sas_queue_resync(net);
	return -EOPNOTSUPP;
}

static struct xfrm_mgr nf_nat_esp_sas_km = {
	.notify		= nf_nat_esp_sas_km_notify,
	.acquire	= nf_nat_esp_sas_km_acquire,
	.compile_policy	= nf_nat_esp_sas_km_policy,
	.migrate	= nf_nat_esp_sas_km_migrate,
};

/**
 * nf_nat_esp_sas_has - tell whether a packet is for an SA of the gateway itself
 * @net: netns, under RCU
 * @pkt: inbound packet
 *
 * Return: whether it is
 */
bool nf_nat_esp_sas_has(const struct net *net, const struct nf_vpn_pkt *pkt)
{
	struct nf_nat_esp_sa_key key = { .dst = pkt->dst, .spi = pkt->spi };

	return rhashtable_lookup_fast(&nf_nat_esp_sas_pernet(net)->local, &key,
				      nf_nat_esp_sa_params) != NULL;
}

static int __net_init nf_nat_esp_sas_net_init(struct net *net)
{
	struct nf_nat_esp_sas *sas = nf_nat_esp_sas_pernet(net);

	sas->net = net;
	spin_lock_init(&sas->lock);
	INIT_WORK(&sas->resync, nf_nat_esp_sas_resync);
	return rhashtable_init(&sas->local, &nf_nat_esp_sa_params);
}

static void __net_exit nf_nat_esp_sas_net_exit(struct net *net)
{
	struct nf_nat_esp_sas *sas = nf_nat_esp_sas_pernet(net);

	spin_lock_bh(&sas->lock);
	sas->dead = true;
	spin_unlock_bh(&sas->lock);
	cancel_work_sync(&sas->resync);
	nf_nat_esp_sa_sweep(sas, sas->generation + 1);
	rhashtable_destroy(&sas->local);
}

static struct pernet_operations nf_nat_esp_sas_pernet_ops = {
	.init	= nf_nat_esp_sas_net_init,
	.exit	= nf_nat_esp_sas_net_exit,
	.id	= &nf_nat_esp_sas_net_id,
	.size	= sizeof(struct nf_nat_esp_sas),
};

/* Learn the states that are older than this module. */
static void nf_nat_esp_sas_load(void)
{
	struct net *net;

	down_read(&net_rwsem);
	for_each_net(net)
		nf_nat_esp_sa_walk(nf_nat_esp_sas_pernet(net));
	up_read(&net_rwsem);
}

/**
 * nf_nat_esp_sas_register - learn the SPIs of the gateway's own SAs
 *
 * Return: 0 or an error.
 */
int nf_nat_esp_sas_register(void)
{
	int err;

	err = register_pernet_subsys(&nf_nat_esp_sas_pernet_ops);
	if (err)
		return err;
	xfrm_register_km(&nf_nat_esp_sas_km);
	nf_nat_esp_sas_load();
	return 0;
}

/*
 * Undo nf_nat_esp_sas_register(), after the last call of nf_nat_esp_sas_has().
 */
void nf_nat_esp_sas_unregister(void)
{
	xfrm_unregister_km(&nf_nat_esp_sas_km);
	/* Notifications run under RCU. */
	synchronize_rcu();
	unregister_pernet_subsys(&nf_nat_esp_sas_pernet_ops);
}
