/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the generic netlink family share.
 */
#ifndef _NF_VPN_NETLINK_NETLINK_H
#define _NF_VPN_NETLINK_NETLINK_H

#include <linux/netlink.h>
#include <linux/skbuff.h>
#include <net/genetlink.h>

#include "core/net.h"
#include "core/packet.h"

/**
 * struct nf_vpn_hosts - addresses of a request
 * @client: l3num is 0 where it isn't given
 * @remote: likewise
 * @masq: likewise
 * @l3num: of all of them, 0 if none is given
 */
struct nf_vpn_hosts {
	struct nf_vpn_host client;
	struct nf_vpn_host remote;
	struct nf_vpn_host masq;
	u8 l3num;
};

/**
 * struct nf_vpn_host_attrs - attributes that bring them, 0 for none
 */
struct nf_vpn_host_attrs {
	u8 family;
	u8 client;
	u8 remote;
	u8 masq;
};

/**
 * struct nf_vpn_dump - state of a dump between two messages
 * @next: number of the entry to go on with
 * @hosts: only those of these, where given
 * @by_state: only those of @state
 * @by_conf: of @conf
 * @by_dir: of @dir
 * @by_spi: of @spi
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
 * @kind: of the entries
 * @hosts: attributes that ask for those of some hosts only
 * @state_attr: attribute that asks for one state only
 * @conf_attr: for one confidence, 0 if there is no such attribute
 * @dir_attr: for one direction
 * @spi_attr: for one SPI
 * @entry: put one entry into the message, if it is wanted; under RCU. Returns
 *	-EMSGSIZE if there is no room.
 */
struct nf_vpn_dump_what {
	enum nf_ct_vpn_kind kind;
	struct nf_vpn_host_attrs hosts;
	u8 state_attr;
	u8 conf_attr;
	u8 dir_attr;
	u8 spi_attr;
	int (*entry)(struct sk_buff *skb, struct netlink_callback *cb,
		     struct nf_vpn_net *vn, const struct nf_vpn_dump *d,
		     void *obj);
};

/* netlink/family.c */
int nf_vpn_netlink_init(void);
void nf_vpn_netlink_exit(void);

/* netlink/message.c */
extern struct genl_family nf_vpn_genl;
int nf_vpn_may(const struct sk_buff *skb, const struct net *net,
	       struct netlink_ext_ack *extack);
void *nf_vpn_msg_begin(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd);
int nf_vpn_msg_end(struct sk_buff *skb, void *hdr, int err);
int nf_vpn_put_addr(struct sk_buff *skb, int attr, u32 l3num,
		    const union nf_inet_addr *addr);
u64 nf_vpn_age_ms(u32 since);
int nf_vpn_answer(struct genl_info *info, u8 cmd,
		  int (*fill)(struct sk_buff *skb, const void *data),
		  const void *data);

/* netlink/request.c */
int nf_vpn_refuse(struct netlink_ext_ack *extack, const struct nlattr *nla,
		  const char *text, int err);
int nf_vpn_need(struct genl_info *info, int attr, const char *text);
int nf_vpn_get_hosts(struct nlattr **attrs, const struct nf_vpn_host_attrs *a,
		     struct nf_vpn_hosts *h, struct netlink_ext_ack *extack);
int nf_vpn_need_pair(struct genl_info *info, const struct nf_vpn_host_attrs *a,
		     struct nf_vpn_hosts *h);
bool nf_vpn_hosts_want(const struct nf_vpn_hosts *h,
		       const struct nf_vpn_host *client,
		       const struct nf_vpn_host *remote);

/* netlink/dump.c */
int nf_vpn_dump_start(struct netlink_callback *cb,
		      const struct nf_vpn_dump_what *what);
int nf_vpn_dump(struct sk_buff *skb, struct netlink_callback *cb,
		const struct nf_vpn_dump_what *what);
int nf_vpn_dump_done(struct netlink_callback *cb);

static inline bool nf_vpn_dump_wants_state(const struct nf_vpn_dump *d,
					   u8 state)
{
	return !d->by_state || d->state == state;
}

/*
 * What is dumped, and what of it is known without asking conntrack, for events.
 */
struct nf_vpn_call;
struct nf_vpn_cookie;
struct nf_vpn_session;
struct nf_vpn_spi;

extern const struct nf_vpn_dump_what nf_vpn_dump_sessions;
extern const struct nf_vpn_dump_what nf_vpn_dump_esp;
extern const struct nf_vpn_dump_what nf_vpn_dump_isakmp;
extern const struct nf_vpn_dump_what nf_vpn_dump_pptp;
int nf_vpn_put_session_known(struct sk_buff *skb,
			     const struct nf_vpn_session *s);
int nf_vpn_put_spi_known(struct sk_buff *skb, struct nf_vpn_spi *spi);
int nf_vpn_put_cookie_known(struct sk_buff *skb, const struct nf_vpn_cookie *c);
int nf_vpn_put_call_known(struct sk_buff *skb, const struct nf_vpn_call *call);

/* netlink/setting.c */
int nf_vpn_get_settings(struct sk_buff *skb, struct genl_info *info);
int nf_vpn_set_settings(struct sk_buff *skb, struct genl_info *info);

/* netlink/new_session.c, esp/netlink_new.c, isakmp/netlink_new.c */
int nf_vpn_new_session(struct sk_buff *skb, struct genl_info *info);
int nf_vpn_new_esp(struct sk_buff *skb, struct genl_info *info);
int nf_vpn_new_isakmp(struct sk_buff *skb, struct genl_info *info);

/* netlink/delete.c */
int nf_vpn_del_session(struct sk_buff *skb, struct genl_info *info);
int nf_vpn_del_esp(struct sk_buff *skb, struct genl_info *info);
int nf_vpn_del_isakmp(struct sk_buff *skb, struct genl_info *info);
int nf_vpn_del_pptp(struct sk_buff *skb, struct genl_info *info);
int nf_vpn_flush_some(struct sk_buff *skb, struct genl_info *info);

/* core/event.c */
void nf_vpn_events_start(void);
void nf_vpn_events_stop(void);

#endif /* _NF_VPN_NETLINK_NETLINK_H */
