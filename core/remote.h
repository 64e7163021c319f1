/* SPDX-License-Identifier: GPL-2.0-only */
/* Remote hosts that sessions talk to; see core/session.h for their lifetime. */
#ifndef _NF_VPN_REMOTE_H
#define _NF_VPN_REMOTE_H

#include <linux/list.h>
#include <linux/rhashtable.h>

#include "core/net.h"
#include "core/packet.h"
#include "core/rtt.h"

struct nf_vpn_client;

/*
 * Milliseconds between IKE messages of different clients that announce an SPI
 * to the same remote host, where packets aren't copied (isakmp/pace.c).
 */
#define NF_VPN_PACE_MS		250U

/**
 * struct nf_vpn_remote - host that sessions talk to
 * @node: in &nf_vpn_net.remotes
 * @host: its address
 * @nsessions: length of @sessions
 * @nundecided: length of @undecided
 * @nunproven: unproven inbound SPIs of its sessions
 * @flooded: this host has sent on more unproven or undecided SPIs than its
 *	sessions have begun to wait for. Some must be forged, so an unproven SPI
 *	doesn't count any more as the one that a session waits for.
 * @doubtful: the same with the SPI that came last, beside undecided ones. Nobody
 *	owns one only because no other session waits.
 * @sessions: its sessions, newest first
 * @expects: &struct nf_vpn_expect of those that have one, newest first
 * @pending: sessions that wait for an inbound SPI, longest waiting first
 * @undecided: inbound SPIs with several candidates, oldest first
 * @tokens: copies that may still be made, see nat/budget.c
 * @filled: jiffies when @tokens was last filled
 * @news: new inbound SPIs that may still be looked at, see esp/sieve.c
 * @counted: jiffies when @news was last filled
 * @asked: jiffies when the ruleset was last asked for a host behind dnat, see
 *	nat/decide.c
 * @repaired: jiffies when an SPI was last looked for that was given to the
 *	wrong session, see nat/repair.c
 * @rtt: round trip, from IKE or from first answers
 * @paced: jiffies when the last message that announces an SPI went out, or
 *	will; see isakmp/pace.c
 * @paced_by: client that sent it; compared, never followed
 * @rcu: for freeing
 *
 * All but @host is protected by &nf_vpn_net.lock.
 */
struct nf_vpn_remote {
	struct rhash_head node;
	struct nf_vpn_host host;
	u32 nsessions;
	u32 nundecided;
	u32 nunproven;
	bool flooded;
	bool doubtful;
	struct hlist_head sessions;
	struct hlist_head expects;
	struct list_head pending;
	struct list_head undecided;
	u32 tokens;
	unsigned long filled;
	u32 news;
	unsigned long counted;
	unsigned long asked;
	unsigned long repaired;
	struct nf_vpn_rtt rtt;
	unsigned long paced;
	const struct nf_vpn_client *paced_by;
	struct rcu_head rcu;
};

int nf_vpn_remotes_init(struct nf_vpn_net *vn);
void nf_vpn_remotes_exit(struct nf_vpn_net *vn);
struct nf_vpn_remote *nf_vpn_remote_find(struct nf_vpn_net *vn,
					 const struct nf_vpn_host *host);
struct nf_vpn_remote *nf_vpn_remote_get(struct nf_vpn_net *vn,
					const struct nf_vpn_host *host);
void nf_vpn_remote_put(struct nf_vpn_net *vn, struct nf_vpn_remote *remote);
bool nf_vpn_remote_knows(struct nf_vpn_net *vn, const struct nf_vpn_pkt *pkt);

#endif /* _NF_VPN_REMOTE_H */
