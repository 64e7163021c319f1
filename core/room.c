// SPDX-License-Identifier: GPL-2.0-only
/*
 * Room for new hosts: a worker frees sessions that nobody has ever answered,
 * before zones or entries are all taken.
 *
 * Anybody behind the gateway can begin sessions, from as many addresses as he
 * makes up, with hosts that never answer. As with conntrack's early drop, such
 * sessions yield, and those that are answered don't. A host that starts
 * meanwhile is one of many that have sent a packet: it is safe for as long as a
 * server needs to answer, and goes after all that have sent only once if it has
 * sent again.
 *
 * It is done by a worker since flows must be deleted before their zone is given
 * to another client, and are not deleted under the lock.
 */
#include <linux/sched.h>
#include <net/netfilter/nf_conntrack.h>

#include "core/client.h"
#include "core/flow.h"
#include "core/net.h"
#include "core/room.h"
#include "core/session.h"

/* Sessions that are looked at in one run. */
#define NF_VPN_ROOM_BATCH	256
/* Time to wait where none was found. */
#define NF_VPN_ROOM_WAIT	(HZ / 10)

/**
 * struct nf_vpn_evicted - a session that yields
 * @s: the session, under RCU
 * @client: its client, held so that its zone stays taken; NULL if the session
 *	stays
 * @ct: its flows, with a reference each, or NULL
 */
struct nf_vpn_evicted {
	struct nf_vpn_session *s;
	struct nf_vpn_client *client;
	struct nf_conn *ct[NF_VPN_FLOWS];
};

/*
 * Take the flows of a session. Returns true if one was answered, before we were
 * loaded or since a look at the session.
 */
static bool nf_vpn_room_flows(struct nf_vpn_net *vn, struct nf_vpn_evicted *e)
{
	bool answered = false;
	int kind;

	for (kind = 0; kind < NF_VPN_FLOWS; kind++) {
		e->ct[kind] = nf_vpn_flow_get(vn->net, &e->s->client->host,
					      &e->s->remote->host, kind, NULL);
		answered |= e->ct[kind] &&
			    test_bit(IPS_SEEN_REPLY_BIT, &e->ct[kind]->status);
	}
	return answered;
}

/* Free a session unless it is needed after all; lock of the netns held. */
static void nf_vpn_room_evict(struct nf_vpn_net *vn, struct nf_vpn_evicted *e,
			      bool answered)
{
	struct nf_vpn_session *s = e->s;

	if (test_bit(NF_VPN_SESSION_DEAD, &s->flags) ||
	    !nf_vpn_session_yields(vn, s))
		return;
	if (answered) {
		nf_vpn_session_protect(vn, s);
		return;
	}
	e->client = s->client;
	e->client->sessions++;
	/* Its flows are deleted before its zone is free: no quarantine. */
	clear_bit(NF_VPN_SESSION_USED, &s->flags);
	nf_vpn_stat_inc(vn, EXPIRED);
	nf_vpn_session_free(vn, s);
}

static void nf_vpn_room_kill(struct nf_vpn_net *vn, struct nf_vpn_evicted *e)
{
	int kind;

	for (kind = 0; kind < NF_VPN_FLOWS; kind++) {
		if (!e->ct[kind])
			continue;
		if (e->client)
			nf_ct_kill(e->ct[kind]);
		nf_ct_put(e->ct[kind]);
	}
}

/* Look at one session that may yield. Returns false if there is none. */
static bool nf_vpn_room_step(struct nf_vpn_net *vn)
{
	struct nf_vpn_evicted e = {};
	bool answered;

	rcu_read_lock();
	spin_lock_bh(&vn->lock);
	e.s = nf_vpn_session_unanswered(vn);
	spin_unlock_bh(&vn->lock);
	if (e.s) {
		answered = nf_vpn_room_flows(vn, &e);
		spin_lock_bh(&vn->lock);
		nf_vpn_room_evict(vn, &e, answered);
		spin_unlock_bh(&vn->lock);
		nf_vpn_room_kill(vn, &e);
	}
	if (e.client) {
		spin_lock_bh(&vn->lock);
		nf_vpn_client_put(vn, e.client);
		spin_unlock_bh(&vn->lock);
	}
	rcu_read_unlock();
	return e.s;
}

/**
 * nf_vpn_room_work - free unanswered sessions until there is room
 * @work: &nf_vpn_net.room
 */
void nf_vpn_room_work(struct work_struct *work)
{
	struct nf_vpn_net *vn = container_of(work, struct nf_vpn_net, room);
	unsigned int n = NF_VPN_ROOM_BATCH;

	spin_lock_bh(&vn->lock);
	nf_vpn_sessions_sort(vn);
	spin_unlock_bh(&vn->lock);
	while (nf_vpn_clients_crowd(vn)) {
		if (!nf_vpn_room_step(vn)) {
			WRITE_ONCE(vn->no_room, jiffies + NF_VPN_ROOM_WAIT);
			return;
		}
		if (!--n) {
			nf_vpn_room_kick(vn);
			return;
		}
		cond_resched();
	}
}
