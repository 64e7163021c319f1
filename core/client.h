/* SPDX-License-Identifier: GPL-2.0-only */
/* Clients, their reply zones, and the quotas that are charged to them. */
#ifndef _NF_VPN_CLIENT_H
#define _NF_VPN_CLIENT_H

#include <linux/list.h>
#include <linux/rhashtable.h>

#include "core/net.h"
#include "core/packet.h"

/* An unused zone may hold packets that still sit in a user's NFQUEUE. */
#define NF_VPN_ZONE_QUARANTINE	(60 * HZ)

/*
 * Of zones and of entries this part is kept free for new hosts, as long as there
 * are sessions that nobody has answered: one of so many.
 */
#define NF_VPN_SPARE		8

/**
 * struct nf_vpn_client - inside host (or address of the gateway) with sessions
 * @node: in &nf_vpn_net.clients
 * @host: its address
 * @entries: sessions, SPIs, PPTP connections and calls charged to it
 * @sessions: number of its sessions and PPTP connections
 * @zone: reply zone id, 0 for an address of the gateway and for a client that
 *	has used nothing but PPTP
 * @used: a flow was confirmed in the zone
 * @idle_since: jiffies when @sessions fell to 0
 * @idle: in &nf_vpn_net.idle_clients while @sessions is 0
 * @rcu: for freeing
 */
struct nf_vpn_client {
	struct rhash_head node;
	struct nf_vpn_host host;
	u32 entries;
	u32 sessions;
	u16 zone;
	bool used;
	unsigned long idle_since;
	union {
		struct list_head idle;
		struct rcu_head rcu;
	};
};

int nf_vpn_clients_init(struct nf_vpn_net *vn);
void nf_vpn_clients_exit(struct nf_vpn_net *vn);
struct nf_vpn_client *nf_vpn_client_get(struct nf_vpn_net *vn,
					const struct nf_vpn_host *host,
					bool local);
struct nf_vpn_client *nf_vpn_client_hold(struct nf_vpn_net *vn,
					 const struct nf_vpn_host *host);
void nf_vpn_client_put(struct nf_vpn_net *vn, struct nf_vpn_client *client);
bool nf_vpn_clients_crowd(const struct nf_vpn_net *vn);
void nf_vpn_client_gc(struct nf_vpn_net *vn, bool all);
int nf_vpn_charge(struct nf_vpn_net *vn, struct nf_vpn_client *client);
void nf_vpn_uncharge(struct nf_vpn_net *vn, struct nf_vpn_client *client);

#endif /* _NF_VPN_CLIENT_H */
