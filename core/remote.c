// SPDX-License-Identifier: GPL-2.0-only
/* Remote hosts that sessions talk to. */
#include <linux/export.h>
#include <linux/slab.h>

#include "core/clock.h"
#include "core/flow.h"
#include "core/net.h"
#include "core/packet.h"
#include "core/remote.h"
#include "core/scan.h"
#include "core/session.h"

static const struct rhashtable_params nf_vpn_remote_params = {
	.head_offset		= offsetof(struct nf_vpn_remote, node),
	.key_offset		= offsetof(struct nf_vpn_remote, host),
	.key_len		= sizeof(struct nf_vpn_host),
	.automatic_shrinking	= true,
};

int nf_vpn_remotes_init(struct nf_vpn_net *vn)
{
	return rhashtable_init(&vn->remotes, &nf_vpn_remote_params);
}

void nf_vpn_remotes_exit(struct nf_vpn_net *vn)
{
	rhashtable_destroy(&vn->remotes);
}

/**
 * nf_vpn_remote_find - look a remote host up
 * @vn: netns, under RCU or its lock
 * @host: address
 *
 * Return: remote host, NULL if no session talks to it.
 */
struct nf_vpn_remote *nf_vpn_remote_find(struct nf_vpn_net *vn,
					 const struct nf_vpn_host *host)
{
	return rhashtable_lookup_fast(&vn->remotes, host,
				      nf_vpn_remote_params);
}
EXPORT_SYMBOL_GPL(nf_vpn_remote_find);

/* Is the session's client translated to this address? */
static bool nf_vpn_session_has_masq(const struct nf_vpn_session *s,
				    const union nf_inet_addr *addr)
{
	if (nf_inet_addr_cmp(addr, &s->client->host.addr))
		return false;
	return nf_vpn_flow_has_masq(&s->flow[NF_VPN_FLOW_ESP], addr) ||
	       nf_vpn_flow_has_masq(&s->flow[NF_VPN_FLOW_IKE], addr);
}

/**
 * nf_vpn_remote_knows - tell whether a packet's destination stands for a client
 * @vn: netns, its lock not held
 * @pkt: packet from a remote host
 *
 * A client may be translated to an address that isn't the gateway's own, such
 * as one of a routed pool: that is no host to forward to.
 *
 * Return: whether a client of the remote host is translated to the destination.
 */
bool nf_vpn_remote_knows(struct nf_vpn_net *vn, const struct nf_vpn_pkt *pkt)
{
	struct nf_vpn_remote *remote;
	struct nf_vpn_session *s;
	bool known = false;

	if (!nf_vpn_remote_find(vn, &pkt->src))
		return false;
	spin_lock_bh(&vn->lock);
	remote = nf_vpn_remote_find(vn, &pkt->src);
	if (!remote)
		goto unlock;
	nf_vpn_for_each_session(s, remote) {
		known = nf_vpn_session_has_masq(s, &pkt->dst.addr);
		if (known)
			break;
	}
unlock:
	spin_unlock_bh(&vn->lock);
	return known;
}
EXPORT_SYMBOL_GPL(nf_vpn_remote_knows);

/**
 * nf_vpn_remote_get - find or make a remote host
 * @vn: netns, its lock held
 * @host: address
 *
 * Return: remote host, to be put if it gets no session; NULL if memory is
 * short.
 */
struct nf_vpn_remote *nf_vpn_remote_get(struct nf_vpn_net *vn,
					const struct nf_vpn_host *host)
{
	struct nf_vpn_remote *remote = nf_vpn_remote_find(vn, host);

	if (remote)
		return remote;
	remote = kzalloc(sizeof(*remote), GFP_ATOMIC);
	if (!remote)
		return NULL;
	remote->host = *host;
	INIT_LIST_HEAD(&remote->pending);
	INIT_LIST_HEAD(&remote->undecided);
	/* The token buckets are full at first. */
	remote->filled = jiffies - HZ;
	remote->counted = remote->filled;
	remote->repaired = jiffies - NF_VPN_LONG_AGO;
	remote->asked = remote->repaired;
	if (!rhashtable_insert_fast(&vn->remotes, &remote->node,
				    nf_vpn_remote_params))
		return remote;
	kfree(remote);
	return NULL;
}

/**
 * nf_vpn_remote_put - free a remote host that has no session
 * @vn: netns, its lock held
 * @remote: remote host
 */
void nf_vpn_remote_put(struct nf_vpn_net *vn, struct nf_vpn_remote *remote)
{
	if (remote->nsessions)
		return;
	rhashtable_remove_fast(&vn->remotes, &remote->node,
			       nf_vpn_remote_params);
	kfree_rcu(remote, rcu);
}
