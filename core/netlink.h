/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the generic netlink family share.
 */
#ifndef _NF_VPN_NETLINK_H
#define _NF_VPN_NETLINK_H

#include <linux/netlink.h>
#include <linux/rhashtable.h>
#include <linux/skbuff.h>
#include <net/genetlink.h>

#include "nf_conntrack_vpn.h"

/**
 * struct nf_vpn_dump - state of a dump between two messages
 * @iter: position
 * @family: only this l3num, 0 for any
 * @client: only of this client, if l3num is not 0
 * @remote: only of this remote host, if l3num is not 0
 * @done: the table's end was reached
 */
struct nf_vpn_dump {
	struct rhashtable_iter iter;
	u8 family;
	struct nf_vpn_host client;
	struct nf_vpn_host remote;
	bool done;
};

/**
 * struct nf_vpn_dump_what - what a command dumps
 * @table: offset of the hash table in &struct nf_vpn_net
 * @family_attr: attribute that asks for one family only
 * @client_attr: for one client only
 * @remote_attr: for one remote host only
 * @entry: put one entry of the table into the message, if it is wanted; under
 *	RCU. Returns -EMSGSIZE if there is no room.
 */
struct nf_vpn_dump_what {
	size_t table;
	u8 family_attr;
	u8 client_attr;
	u8 remote_attr;
	int (*entry)(struct sk_buff *skb, struct netlink_callback *cb,
		     struct nf_vpn_net *vn, const struct nf_vpn_dump *d,
		     void *obj);
};

/* core/netlink.c */
int nf_vpn_may(const struct sk_buff *skb, const struct net *net,
	       struct netlink_ext_ack *extack);
void *nf_vpn_msg_begin(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd);
int nf_vpn_msg_end(struct sk_buff *skb, void *hdr, int err);
int nf_vpn_put_addr(struct sk_buff *skb, int attr, u32 l3num,
		    const union nf_inet_addr *addr);
u64 nf_vpn_age_ms(u32 since);

/* core/netlink_dump.c */
bool nf_vpn_dump_wants(const struct nf_vpn_dump *d,
		       const struct nf_vpn_host *client,
		       const struct nf_vpn_host *remote);
int nf_vpn_dump_start(struct netlink_callback *cb,
		      const struct nf_vpn_dump_what *what);
int nf_vpn_dump(struct sk_buff *skb, struct netlink_callback *cb,
		const struct nf_vpn_dump_what *what);
int nf_vpn_dump_done(struct netlink_callback *cb);

/*
 * core/netlink_session.c, core/netlink_esp.c, core/netlink_isakmp.c,
 * core/netlink_call.c
 */
extern const struct nf_vpn_dump_what nf_vpn_dump_sessions;
extern const struct nf_vpn_dump_what nf_vpn_dump_esp;
extern const struct nf_vpn_dump_what nf_vpn_dump_isakmp;
extern const struct nf_vpn_dump_what nf_vpn_dump_pptp;

#endif /* _NF_VPN_NETLINK_H */
