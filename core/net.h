/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the core keeps of a netns.
 *
 * Locking
 *	&nf_vpn_net.lock (BH) is taken to learn or drop an identifier and for
 *	packets whose owner is undecided or whose flow is gone, never for one
 *	that finds its SPI and its flow. No conntrack entry is looked up or
 *	released under it: a destructor may take conntrack's own locks.
 *	&nf_vpn_expect.lock (BH) serializes the IKE messages of one session. It
 *	may be taken while &nf_vpn_net.lock is held.
 *	&nf_vpn_net.fast_lock (BH) protects the routes of core/fast.h. It is
 *	taken last.
 *	fast_nets_mutex of core/fast.c is taken with none of these held.
 */
#ifndef _NF_VPN_NET_H
#define _NF_VPN_NET_H

#include <linux/netfilter.h>
#include <linux/percpu.h>
#include <linux/rhashtable.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <uapi/linux/netfilter/nf_ct_vpn.h>

#include "core/clock.h"

struct ctl_table_header;
struct net;
struct nf_esp_net;
struct nf_isakmp_net;
struct nf_pptp_net;
struct nf_vpn_client;

/*
 * The sysctls of a netns, by their names without nf_conntrack_ (and vpn_): see
 * Documentation/nf_conntrack_vpn-sysctl.rst. Times are seconds.
 */
struct nf_vpn_settings {
	int enable;
	int zone_base;
	int max;
	int max_per_client;
	int esp_timeout_unreplied;
	int esp_timeout;
	int esp_parallel;
	int esp_guess;
	int esp_inbound_first;
	int isakmp_timeout;
	int isakmp_keep_port;
	int pptp_ext_timeout;
	int fastpath;
};

/* Counters are indexed by the netlink attribute that reports them. */
struct nf_vpn_stats {
	unsigned long count[NF_CT_VPN_A_STATS_MAX + 1];
};

#define NF_VPN_KINDS	(NF_CT_VPN_KIND_PPTP + 1)

/* PRE_ROUTING and LOCAL_OUT of IPv4 and IPv6, see core/hook.c */
#define NF_VPN_HOOKS	4

/* &enum nf_vpn_yields has so many: core/session.h */
#define NF_VPN_YIELD_LISTS	5

/*
 * Limits whose events nf_vpn_event_full() tells; their counters are
 * consecutive.
 */
#define NF_VPN_LIMITS	(NF_CT_VPN_A_STATS_NO_MEMORY - NF_CT_VPN_A_STATS_FULL + 1)

/**
 * struct nf_vpn_net - state of one netns
 * @net: the netns
 * @set: sysctls, read with READ_ONCE()
 * @stats: counters
 * @stats_base: what they were when netlink last reset them
 * @lock: see the head of this file
 * @clients: &struct nf_vpn_client by address
 * @remotes: &struct nf_vpn_remote by address
 * @sessions: &struct nf_vpn_session by both addresses
 * @zones: &struct nf_vpn_client by zone id; also tells that a zone is ours
 * @zone_next: where the search for a free zone goes on
 * @entries: sessions and SPIs, bounded by nf_conntrack_vpn_max
 * @nsessions: sessions
 * @nclients: clients with a zone
 * @nconns: PPTP control connections
 * @ncalls: PPTP calls, closed ones included
 * @reclaim: frees the oldest session that may yield, one of @client if that
 *	isn't NULL; @lock held. Returns false if there is none.
 * @idle_clients: clients without sessions, in quarantine, oldest first
 * @yield: sessions that are freed if others need room, by &enum nf_vpn_yields;
 *	the oldest, or least recently idled, first
 * @nunconfirmed: sessions of %NF_VPN_YIELDS_UNCONFIRMED
 * @room: frees unanswered sessions before zones or entries are all taken
 * @no_room: jiffies until which @room need not run, since it has found none
 * @esp: what nf_conntrack_esp keeps of this netns, NULL if it isn't loaded
 * @isakmp: likewise nf_conntrack_isakmp
 * @pptp: likewise nf_conntrack_pptp_ext
 * @ids: entries by number and &enum nf_ct_vpn_kind, for dumps
 * @full_told: jiffies of the last event that something was full, by reason
 * @fast_lock: see the head of this file
 * @fast: &struct nf_vpn_fast with a route
 * @fast_counted: the netns is one of nf_vpn_fast_nets; fast_nets_mutex protects
 *	it
 * @dead: the netns is going away: helpers may still be called, but learn
 *	nothing
 * @gc: runs while there is anything to expire
 * @sysctl: registered table
 * @hooks: our hooks; their &nf_hook_ops.priv is the &struct nf_vpn_net
 */
struct nf_vpn_net {
	struct net *net;
	struct nf_vpn_settings set;
	struct nf_vpn_stats __percpu *stats;
	u64 stats_base[NF_CT_VPN_A_STATS_MAX + 1];
	spinlock_t lock;	/* tables and lists of all modules */
	struct rhashtable clients;
	struct rhashtable remotes;
	struct rhashtable sessions;
	struct xarray zones;
	u32 zone_next;
	u32 entries;
	u32 nsessions;
	u32 nclients;
	u32 nconns;
	u32 ncalls;
	bool (*reclaim)(struct nf_vpn_net *vn,
			const struct nf_vpn_client *client);
	struct list_head idle_clients;
	struct list_head yield[NF_VPN_YIELD_LISTS];
	u32 nunconfirmed;
	struct work_struct room;
	unsigned long no_room;
	struct nf_esp_net *esp;
	struct nf_isakmp_net *isakmp;
	struct nf_pptp_net *pptp;
	struct xarray ids[NF_VPN_KINDS];
	unsigned long full_told[NF_VPN_LIMITS];
	spinlock_t fast_lock;	/* routes of the fast path */
	struct list_head fast;
	bool fast_counted;
	bool dead;
	struct delayed_work gc;
	struct ctl_table_header *sysctl;
	struct nf_hook_ops hooks[NF_VPN_HOOKS];
};

/* core/net.c */
extern unsigned int nf_vpn_net_id;

struct nf_vpn_net *nf_vpn_pernet(const struct net *net);
void nf_vpn_gc_kick(struct nf_vpn_net *vn);
void nf_vpn_room_kick(struct nf_vpn_net *vn);
void nf_vpn_gc_stop(struct nf_vpn_net *vn);

static inline void nf_vpn_stat_add(struct nf_vpn_net *vn,
				   enum nf_ct_vpn_stats_attr stat,
				   unsigned long n)
{
	this_cpu_add(vn->stats->count[stat], n);
}

#define nf_vpn_stat_inc(vn, name) \
	nf_vpn_stat_add(vn, NF_CT_VPN_A_STATS_##name, 1)

/* Leave a packet to stock conntrack, for one of the reasons STOCK_*. */
static inline unsigned int nf_vpn_stock(struct nf_vpn_net *vn,
					enum nf_ct_vpn_stats_attr reason)
{
	nf_vpn_stat_inc(vn, STOCK);
	nf_vpn_stat_add(vn, reason, 1);
	return NF_ACCEPT;
}

#endif /* _NF_VPN_NET_H */
