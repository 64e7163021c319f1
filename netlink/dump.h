/* SPDX-License-Identifier: GPL-2.0-only */
/* Netlink: dumps of all entries of a kind, or of those that are asked for. */
#ifndef _NF_VPN_NETLINK_DUMP_H
#define _NF_VPN_NETLINK_DUMP_H

#include <net/genetlink.h>

#include "core/net.h"
#include "netlink/request.h"

/**
 * struct nf_vpn_dump - state of a dump between two messages
 * @next: number of the entry to go on with
 * @hosts: dump entries of these hosts only, where given
 * @by_state: dump entries of @state only
 * @by_conf: dump entries of @conf only
 * @by_dir: dump entries of @dir only
 * @by_spi: dump entries of @spi only
 * @state: &enum nf_ct_vpn_state
 * @conf: &enum nf_ct_vpn_conf
 * @dir: &enum nf_ct_vpn_dir
 * @spi: number
 */
struct nf_vpn_dump {
	unsigned long next;
	struct nf_vpn_hosts hosts;
	bool by_state;
	bool by_conf;
	bool by_dir;
	bool by_spi;
	u8 state;
	u8 conf;
	u8 dir;
	u32 spi;
};

/**
 * struct nf_vpn_dump_what - what a command dumps
 * @hosts: attributes that ask for entries of some hosts only
 * @state_attr: attribute that asks for one state only
 * @conf_attr: attribute that asks for one confidence only, 0 if there is none
 * @dir_attr: attribute that asks for one direction only, 0 if there is none
 * @spi_attr: attribute that asks for one SPI only, 0 if there is none
 * @entry: puts an entry into the message, if it is asked for; under RCU.
 *	Returns -EMSGSIZE if there is no room.
 */
struct nf_vpn_dump_what {
	struct nf_vpn_host_attrs hosts;
	u8 state_attr;
	u8 conf_attr;
	u8 dir_attr;
	u8 spi_attr;
	int (*entry)(struct sk_buff *skb, struct netlink_callback *cb,
		     struct nf_vpn_net *vn, const struct nf_vpn_dump *d,
		     void *obj);
};

int nf_vpn_dump_start(struct netlink_callback *cb);
int nf_vpn_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int nf_vpn_dump_done(struct netlink_callback *cb);

static inline bool nf_vpn_dump_wants_state(const struct nf_vpn_dump *d,
					   u8 state)
{
	return !d->by_state || d->state == state;
}

#endif /* _NF_VPN_NETLINK_DUMP_H */
