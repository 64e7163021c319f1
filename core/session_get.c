// SPDX-License-Identifier: GPL-2.0-only
/* Sessions that are found or made. */
#include <linux/err.h>

#include "core/client.h"
#include "core/net.h"
#include "core/session.h"

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
	s = nf_vpn_session_new(vn, owner, remote, local);
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
