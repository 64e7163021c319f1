/* SPDX-License-Identifier: GPL-2.0-only */
/* Netlink: reading requests. */
#ifndef _NF_VPN_NETLINK_REQUEST_H
#define _NF_VPN_NETLINK_REQUEST_H

#include <net/genetlink.h>

#include "core/packet.h"

/**
 * struct nf_vpn_hosts - addresses of a request
 * @client: client; l3num is 0 if it isn't given
 * @remote: remote host; likewise
 * @masq: address that the client is translated to; likewise
 * @l3num: address family of all of them, 0 if none is given
 */
struct nf_vpn_hosts {
	struct nf_vpn_host client;
	struct nf_vpn_host remote;
	struct nf_vpn_host masq;
	u8 l3num;
};

/**
 * struct nf_vpn_host_attrs - attributes of a request that contain its addresses
 * @family: address family
 * @client: client
 * @remote: remote host
 * @masq: address that the client is translated to
 *
 * An attribute that the request doesn't have is 0.
 */
struct nf_vpn_host_attrs {
	u8 family;
	u8 client;
	u8 remote;
	u8 masq;
};

int nf_vpn_refuse(struct netlink_ext_ack *extack, const struct nlattr *nla,
		  const char *text, int err);
int nf_vpn_need_attr(struct genl_info *info, int attr, const char *text);
int nf_vpn_get_hosts(struct nlattr **attrs, const struct nf_vpn_host_attrs *a,
		     struct nf_vpn_hosts *h, struct netlink_ext_ack *extack);
int nf_vpn_need_pair(struct genl_info *info, const struct nf_vpn_host_attrs *a,
		     struct nf_vpn_hosts *h);
bool nf_vpn_hosts_want(const struct nf_vpn_hosts *h,
		       const struct nf_vpn_host *client,
		       const struct nf_vpn_host *remote);

#endif /* _NF_VPN_NETLINK_REQUEST_H */
