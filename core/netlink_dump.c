// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dumps: requests are read, and a hash table is walked.
 *
 * The walk is under RCU and resumes where the last message was full; a resize
 * meanwhile may repeat an entry and is told by NLM_F_DUMP_INTR.
 */
#include <linux/slab.h>
#include <net/sock.h>

#include "compat.h"
#include "netlink.h"

static int nf_vpn_get_family(const struct nlattr *nla, u8 *family,
			     struct netlink_ext_ack *extack)
{
	if (!nla)
		return 0;
	*family = nla_get_u8(nla);
	if (*family == AF_INET || *family == AF_INET6)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, nla, "family is neither AF_INET nor AF_INET6");
	return -EAFNOSUPPORT;
}

static int nf_vpn_get_host(const struct nlattr *nla, struct nf_vpn_host *host,
			   struct netlink_ext_ack *extack)
{
	if (!nla)
		return 0;
	switch (nla_len(nla)) {
	case sizeof(struct in_addr):
		host->l3num = AF_INET;
		break;
	case sizeof(struct in6_addr):
		host->l3num = AF_INET6;
		break;
	default:
		NL_SET_ERR_MSG_ATTR(extack, nla, "address is neither 4 nor 16 bytes long");
		return -EINVAL;
	}
	nla_memcpy(&host->addr, nla, sizeof(host->addr));
	return 0;
}

/**
 * nf_vpn_dump_wants - is an entry asked for?
 * @d: dump
 * @client: its client, NULL if that isn't known
 * @remote: its remote host
 */
bool nf_vpn_dump_wants(const struct nf_vpn_dump *d,
		       const struct nf_vpn_host *client,
		       const struct nf_vpn_host *remote)
{
	if (d->family && d->family != remote->l3num)
		return false;
	if (d->client.l3num &&
	    (!client || !nf_vpn_host_equal(&d->client, client)))
		return false;
	return !d->remote.l3num || nf_vpn_host_equal(&d->remote, remote);
}

static struct rhashtable *nf_vpn_dump_table(const struct netlink_callback *cb,
					    const struct nf_vpn_dump_what *what)
{
	struct nf_vpn_net *vn = nf_vpn_pernet(sock_net(cb->skb->sk));

	return (void *)vn + what->table;
}

static int nf_vpn_dump_open(struct netlink_callback *cb,
			    const struct nf_vpn_dump_what *what)
{
	struct nlattr **attrs = nf_vpn_dump_attrs(cb);
	struct nf_vpn_dump *d;
	int err;

	err = nf_vpn_may(cb->skb, sock_net(cb->skb->sk), cb->extack);
	if (err)
		return err;
	d = kzalloc(sizeof(*d), GFP_KERNEL);
	if (!d)
		return -ENOMEM;
	err = nf_vpn_get_family(attrs[what->family_attr], &d->family,
				cb->extack);
	if (!err)
		err = nf_vpn_get_host(attrs[what->client_attr], &d->client,
				      cb->extack);
	if (!err)
		err = nf_vpn_get_host(attrs[what->remote_attr], &d->remote,
				      cb->extack);
	if (err) {
		kfree(d);
		return err;
	}
	rhashtable_walk_enter(nf_vpn_dump_table(cb, what), &d->iter);
	cb->args[0] = (long)d;
	return 0;
}

/**
 * nf_vpn_dump_start - .start of a command that dumps
 * @cb: dump
 * @what: what to dump
 *
 * Older kernels have no extended ack yet when a dump starts: there the first
 * message opens it.
 */
int nf_vpn_dump_start(struct netlink_callback *cb,
		      const struct nf_vpn_dump_what *what)
{
	return cb->extack ? nf_vpn_dump_open(cb, what) : 0;
}

/**
 * nf_vpn_dump - .dumpit of a command that dumps
 * @skb: message to fill
 * @cb: dump
 * @what: what to dump
 *
 * Return: length of the message, 0 at the end, or a negative error.
 */
int nf_vpn_dump(struct sk_buff *skb, struct netlink_callback *cb,
		const struct nf_vpn_dump_what *what)
{
	struct nf_vpn_net *vn = nf_vpn_pernet(sock_net(cb->skb->sk));
	struct nf_vpn_dump *d;
	void *obj;
	int err;

	err = cb->args[0] ? 0 : nf_vpn_dump_open(cb, what);
	if (err)
		return err;
	d = (struct nf_vpn_dump *)cb->args[0];
	if (d->done)
		return 0;
	/* Any value but 0, as long as it changes with a resize. */
	if (!cb->seq)
		cb->seq = 1;
	if (rhashtable_walk_start_check(&d->iter) == -EAGAIN)
		cb->seq++;
	for (obj = rhashtable_walk_peek(&d->iter); obj;
	     obj = rhashtable_walk_next(&d->iter)) {
		if (IS_ERR(obj)) {
			cb->seq++;
			continue;
		}
		if (what->entry(skb, cb, vn, d, obj))
			break;
	}
	rhashtable_walk_stop(&d->iter);
	d->done = !obj;
	return skb->len;
}

/**
 * nf_vpn_dump_done - .done of a command that dumps
 * @cb: dump, which may have failed to open
 */
int nf_vpn_dump_done(struct netlink_callback *cb)
{
	struct nf_vpn_dump *d = (struct nf_vpn_dump *)cb->args[0];

	if (d) {
		rhashtable_walk_exit(&d->iter);
		kfree(d);
	}
	return 0;
}
