// SPDX-License-Identifier: GPL-2.0-only
/*
 * Netlink: dumps. They walk entries by their numbers, under RCU. The next
 * message goes on with the number at which one was full, so that an entry that
 * lives through a dump is told exactly once, whatever changes meanwhile.
 */
#include <linux/sched.h>
#include <linux/slab.h>
#include <net/sock.h>

#include "compat.h"
#include "core/id.h"
#include "core/net.h"
#include "netlink/dump.h"
#include "netlink/kind.h"
#include "netlink/message.h"
#include "netlink/request.h"

/* Entries between two calls of cond_resched(). */
#define NF_VPN_DUMP_CHUNK	512

/*
 * Read what a request asks for beside hosts; the policies have tested values.
 */
static void nf_vpn_dump_filter(struct nf_vpn_dump *d, struct nlattr **attrs,
			       const struct nf_vpn_dump_what *what)
{
	d->by_state = attrs[what->state_attr];
	if (d->by_state)
		d->state = nla_get_u8(attrs[what->state_attr]);
	d->by_conf = attrs[what->conf_attr];
	if (d->by_conf)
		d->conf = nla_get_u8(attrs[what->conf_attr]);
	d->by_dir = attrs[what->dir_attr];
	if (d->by_dir)
		d->dir = nla_get_u8(attrs[what->dir_attr]);
	d->by_spi = attrs[what->spi_attr];
	if (d->by_spi)
		d->spi = nla_get_u32(attrs[what->spi_attr]);
}

/* The kind of entries that the command dumps. */
static enum nf_ct_vpn_kind nf_vpn_dump_kind(const struct netlink_callback *cb)
{
	const struct genlmsghdr *hdr = nlmsg_data(cb->nlh);

	switch (hdr->cmd) {
	case NF_CT_VPN_CMD_ESP_GET:
		return NF_CT_VPN_KIND_ESP;
	case NF_CT_VPN_CMD_ISAKMP_GET:
		return NF_CT_VPN_KIND_ISAKMP;
	case NF_CT_VPN_CMD_PPTP_GET:
		return NF_CT_VPN_KIND_PPTP;
	default:
		return NF_CT_VPN_KIND_SESSION;
	}
}

/*
 * Read what a request asks for. If its module isn't loaded, that doesn't
 * matter.
 */
static int nf_vpn_dump_read(struct nf_vpn_dump *d, struct netlink_callback *cb)
{
	struct nlattr **attrs = genl_info_dump(cb)->attrs;
	const struct nf_vpn_kind *kind;
	int err = 0;

	rcu_read_lock();
	kind = nf_vpn_kind(nf_vpn_dump_kind(cb));
	if (kind) {
		err = nf_vpn_get_hosts(attrs, &kind->dump.hosts, &d->hosts,
				       cb->extack);
		nf_vpn_dump_filter(d, attrs, &kind->dump);
	}
	rcu_read_unlock();
	return err;
}

static int nf_vpn_dump_open(struct netlink_callback *cb)
{
	struct nf_vpn_dump *d;
	int err;

	err = nf_vpn_check_cap(cb->skb, sock_net(cb->skb->sk), cb->extack);
	if (err)
		return err;
	d = kzalloc(sizeof(*d), GFP_KERNEL);
	if (!d)
		return -ENOMEM;
	err = nf_vpn_dump_read(d, cb);
	if (err) {
		kfree(d);
		return err;
	}
	cb->args[0] = (long)d;
	return 0;
}

/**
 * nf_vpn_dump_start - .start of a command that dumps
 * @cb: dump
 *
 * Older kernels have no extended ack yet when a dump starts. There the first
 * nf_vpn_dumpit() opens the dump, so that errors have a text.
 *
 * Return: 0 or a negative error
 */
int nf_vpn_dump_start(struct netlink_callback *cb)
{
	return cb->extack ? nf_vpn_dump_open(cb) : 0;
}

/*
 * Put up to NF_VPN_DUMP_CHUNK entries into the message, under RCU. Returns
 * whether to go on with the next ones.
 */
static bool nf_vpn_dump_chunk(struct sk_buff *skb, struct netlink_callback *cb,
			      struct nf_vpn_dump *d, bool *full)
{
	struct nf_vpn_net *vn = nf_vpn_pernet(sock_net(cb->skb->sk));
	const struct nf_vpn_kind *kind = nf_vpn_kind(nf_vpn_dump_kind(cb));
	unsigned int n;
	void *obj;

	for (n = 0; kind && n < NF_VPN_DUMP_CHUNK; n++) {
		obj = nf_vpn_id_next(vn, kind->kind, &d->next);
		if (!obj)
			return false;
		*full = kind->dump.entry(skb, cb, vn, d, obj);
		if (*full)
			return false;
		d->next++;
	}
	return kind;
}

/**
 * nf_vpn_dumpit - .dumpit of a command that dumps
 * @skb: message to fill
 * @cb: dump
 *
 * Return: length of the message, 0 at the end, or a negative error.
 */
int nf_vpn_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	bool more, full = false;
	int err;

	err = cb->args[0] ? 0 : nf_vpn_dump_open(cb);
	if (err)
		return err;
	do {
		rcu_read_lock();
		more = nf_vpn_dump_chunk(skb, cb,
					 (struct nf_vpn_dump *)cb->args[0],
					 &full);
		rcu_read_unlock();
		cond_resched();
	} while (more);
	/* An entry that doesn't fit into an empty message ends the dump. */
	return full && !skb->len ? -EMSGSIZE : skb->len;
}

/**
 * nf_vpn_dump_done - .done of a command that dumps
 * @cb: dump, which may have failed to open
 *
 * Return: 0
 */
int nf_vpn_dump_done(struct netlink_callback *cb)
{
	kfree((struct nf_vpn_dump *)cb->args[0]);
	return 0;
}
