// SPDX-License-Identifier: GPL-2.0-only
/* Clients, their reply zones, and the quotas that are charged to them. */
#include <linux/jhash.h>
#include <linux/slab.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "core/client.h"
#include "core/event.h"
#include "core/net.h"
#include "core/packet.h"

static const struct rhashtable_params nf_vpn_client_params = {
	.head_offset		= offsetof(struct nf_vpn_client, node),
	.key_offset		= offsetof(struct nf_vpn_client, host),
	.key_len		= sizeof(struct nf_vpn_host),
	.automatic_shrinking	= true,
};

int nf_vpn_clients_init(struct nf_vpn_net *vn)
{
	xa_init_flags(&vn->zones, XA_FLAGS_ALLOC | XA_FLAGS_LOCK_BH);
	INIT_LIST_HEAD(&vn->idle_clients);
	return rhashtable_init(&vn->clients, &nf_vpn_client_params);
}

void nf_vpn_clients_exit(struct nf_vpn_net *vn)
{
	rhashtable_destroy(&vn->clients);
	xa_destroy(&vn->zones);
}

static void nf_vpn_client_free(struct nf_vpn_net *vn,
			       struct nf_vpn_client *client);

static bool nf_vpn_is_crowded(u32 used, u32 all)
{
	return used > all - all / NF_VPN_SPARE;
}

/**
 * nf_vpn_clients_crowd - tell whether there is little room for new hosts
 * @vn: netns
 *
 * Return: true if sessions that nobody has answered are to yield.
 */
bool nf_vpn_clients_crowd(const struct nf_vpn_net *vn)
{
	u32 zones = U16_MAX + 1 - READ_ONCE(vn->set.zone_base);

	return nf_vpn_is_crowded(READ_ONCE(vn->nclients), zones) ||
	       nf_vpn_is_crowded(READ_ONCE(vn->entries),
				 READ_ONCE(vn->set.max));
}

/*
 * All zones are taken: the oldest quarantine ends early, or else a session
 * without a flow goes. Returns whether there may be a zone now.
 */
static bool nf_vpn_zone_make_room(struct nf_vpn_net *vn)
{
	struct nf_vpn_client *client;

	client = list_first_entry_or_null(&vn->idle_clients,
					  struct nf_vpn_client, idle);
	if (!client)
		return vn->reclaim(vn, NULL);
	list_del(&client->idle);
	nf_vpn_client_free(vn, client);
	return true;
}

/*
 * Ids are given out in a circle, so that a zone is used again as late as
 * possible: replies to a flow that outlived its client must not reach the next
 * client of the zone.
 */
static int nf_vpn_zone_alloc(struct nf_vpn_net *vn,
			     struct nf_vpn_client *client)
{
	u32 base = READ_ONCE(vn->set.zone_base), id;
	int err;

	if (vn->zone_next < base)
		vn->zone_next = base;
	do {
		err = xa_alloc_cyclic_bh(&vn->zones, &id, client,
					 XA_LIMIT(base, U16_MAX),
					 &vn->zone_next, GFP_ATOMIC);
	} while (err == -EBUSY && nf_vpn_zone_make_room(vn));
	if (err == -ENOMEM) {
		nf_vpn_stat_inc(vn, NO_MEMORY);
		return err;
	}
	if (err < 0) {
		nf_vpn_stat_inc(vn, NO_ZONE);
		nf_vpn_event_full(vn, client, NF_CT_VPN_A_STATS_NO_ZONE);
		net_warn_ratelimited("nf_conntrack_vpn: no free zone, new clients are left to stock conntrack\n");
		return err;
	}
	client->zone = id;
	vn->nclients++;
	return 0;
}

static void nf_vpn_zone_free(struct nf_vpn_net *vn,
			     struct nf_vpn_client *client)
{
	if (!client->zone)
		return;
	xa_erase_bh(&vn->zones, client->zone);
	vn->nclients--;
}

static struct nf_vpn_client *nf_vpn_client_alloc(struct nf_vpn_net *vn,
						 const struct nf_vpn_host *host)
{
	struct nf_vpn_client *client;
	int err;

	client = kzalloc(sizeof(*client), GFP_ATOMIC);
	if (!client) {
		nf_vpn_stat_inc(vn, NO_MEMORY);
		return ERR_PTR(-ENOMEM);
	}
	client->host = *host;
	err = rhashtable_insert_fast(&vn->clients, &client->node,
				     nf_vpn_client_params);
	if (!err)
		return client;
	nf_vpn_stat_inc(vn, NO_MEMORY);
	kfree(client);
	return ERR_PTR(err);
}

static void nf_vpn_client_free(struct nf_vpn_net *vn,
			       struct nf_vpn_client *client)
{
	rhashtable_remove_fast(&vn->clients, &client->node,
			       nf_vpn_client_params);
	nf_vpn_zone_free(vn, client);
	kfree_rcu(client, rcu);
}

/**
 * nf_vpn_client_hold - find or make a client, with or without a zone
 * @vn: netns, its lock held
 * @host: address
 *
 * Return: client with its session count raised, or an ERR_PTR.
 */
struct nf_vpn_client *nf_vpn_client_hold(struct nf_vpn_net *vn,
					 const struct nf_vpn_host *host)
{
	struct nf_vpn_client *client;

	lockdep_assert_held(&vn->lock);
	client = rhashtable_lookup_fast(&vn->clients, host,
					nf_vpn_client_params);
	if (!client) {
		client = nf_vpn_client_alloc(vn, host);
		if (IS_ERR(client))
			return client;
	} else if (!client->sessions) {
		list_del_init(&client->idle);
	}
	client->sessions++;
	return client;
}
EXPORT_SYMBOL_GPL(nf_vpn_client_hold);

/**
 * nf_vpn_client_get - find or make a client for one more session
 * @vn: netns, its lock held
 * @host: address
 * @local: it is the gateway itself and needs no zone
 *
 * Return: client with its session count raised, or an ERR_PTR.
 */
struct nf_vpn_client *nf_vpn_client_get(struct nf_vpn_net *vn,
					const struct nf_vpn_host *host,
					bool local)
{
	struct nf_vpn_client *client = nf_vpn_client_hold(vn, host);
	int err;

	if (IS_ERR(client) || local || client->zone)
		return client;
	err = nf_vpn_zone_alloc(vn, client);
	if (err) {
		nf_vpn_client_put(vn, client);
		return ERR_PTR(err);
	}
	return client;
}

/**
 * nf_vpn_client_put - a session of the client is gone
 * @vn: netns, its lock held
 * @client: client
 *
 * The zone stays reserved for NF_VPN_ZONE_QUARANTINE, unless no flow has ever
 * been in it.
 */
void nf_vpn_client_put(struct nf_vpn_net *vn, struct nf_vpn_client *client)
{
	lockdep_assert_held(&vn->lock);
	if (--client->sessions)
		return;
	if (!client->used) {
		nf_vpn_client_free(vn, client);
		return;
	}
	client->idle_since = jiffies;
	list_add_tail(&client->idle, &vn->idle_clients);
}
EXPORT_SYMBOL_GPL(nf_vpn_client_put);

/**
 * nf_vpn_client_gc - free clients whose quarantine is over
 * @vn: netns
 * @all: free those in quarantine as well
 */
void nf_vpn_client_gc(struct nf_vpn_net *vn, bool all)
{
	struct nf_vpn_client *client, *next;

	spin_lock_bh(&vn->lock);
	list_for_each_entry_safe(client, next, &vn->idle_clients, idle) {
		if (!all && time_before(jiffies, client->idle_since +
					NF_VPN_ZONE_QUARANTINE))
			break;
		list_del(&client->idle);
		nf_vpn_client_free(vn, client);
	}
	spin_unlock_bh(&vn->lock);
}

/**
 * nf_vpn_charge - account for one more session or SPI
 * @vn: netns, its lock held
 * @client: who is charged; NULL for an undecided SPI
 *
 * Return: 0, -ENOSPC if the netns is full, -EDQUOT if the client is.
 */
int nf_vpn_charge(struct nf_vpn_net *vn, struct nf_vpn_client *client)
{
	lockdep_assert_held(&vn->lock);
	while (client && client->entries >= READ_ONCE(vn->set.max_per_client)) {
		if (vn->reclaim(vn, client))
			continue;
		nf_vpn_stat_inc(vn, CLIENT_FULL);
		nf_vpn_event_full(vn, client, NF_CT_VPN_A_STATS_CLIENT_FULL);
		net_warn_ratelimited("nf_conntrack_vpn: a client reached nf_conntrack_vpn_max_per_client, its further packets are left to stock conntrack\n");
		return -EDQUOT;
	}
	while (vn->entries >= READ_ONCE(vn->set.max)) {
		if (vn->reclaim(vn, NULL))
			continue;
		nf_vpn_stat_inc(vn, FULL);
		nf_vpn_event_full(vn, client, NF_CT_VPN_A_STATS_FULL);
		net_warn_ratelimited("nf_conntrack_vpn: table full (nf_conntrack_vpn_max), new sessions are left to stock conntrack\n");
		return -ENOSPC;
	}
	vn->entries++;
	if (client)
		client->entries++;
	if (unlikely(nf_vpn_clients_crowd(vn)))
		nf_vpn_room_kick(vn);
	return 0;
}
EXPORT_SYMBOL_GPL(nf_vpn_charge);

void nf_vpn_uncharge(struct nf_vpn_net *vn, struct nf_vpn_client *client)
{
	lockdep_assert_held(&vn->lock);
	vn->entries--;
	if (client)
		client->entries--;
}
EXPORT_SYMBOL_GPL(nf_vpn_uncharge);
