// SPDX-License-Identifier: GPL-2.0-only
/*
 * Netlink: how entries are made, such as SPIs that a host knows, and entries
 * that were saved before the modules were unloaded or on another gateway. They
 * count in quotas and limits like those that are learnt from packets.
 */
#include <linux/inetdevice.h>
#include <linux/netfilter_ipv6.h>
#include <net/addrconf.h>
#include <net/route.h>

#include "core/net.h"
#include "core/packet.h"
#include "core/session.h"
#include "netlink/message.h"
#include "netlink/new.h"
#include "netlink/request.h"

/**
 * nf_vpn_new_refuse - refuse a request
 * @n: request
 * @attr: attribute that is wrong
 * @text: text of the extended ack, a literal
 * @err: error
 *
 * Return: @err
 */
int nf_vpn_new_refuse(const struct nf_vpn_new *n, int attr, const char *text,
		      int err)
{
	return nf_vpn_refuse(n->info->extack, n->info->attrs[attr], text, err);
}
EXPORT_SYMBOL_GPL(nf_vpn_new_refuse);

static bool nf_vpn_addr_is_local(struct net *net, const struct nf_vpn_host *h)
{
	if (h->l3num == AF_INET)
		return inet_addr_type(net, h->addr.ip) != RTN_UNICAST;
	return ipv6_addr_is_multicast(&h->addr.in6) ||
	       nf_ipv6_chk_addr(net, &h->addr.in6, NULL, 0);
}

/**
 * nf_vpn_new_read - read the hosts of a request, and check its sender
 * @n: zeroed, filled
 * @skb: request, under RCU
 * @info: what is in it
 * @a: attributes with the addresses
 *
 * Return: 0 or a negative error
 */
int nf_vpn_new_read(struct nf_vpn_new *n, struct sk_buff *skb,
		    struct genl_info *info, const struct nf_vpn_host_attrs *a)
{
	int err;

	n->vn = nf_vpn_pernet(genl_info_net(info));
	n->info = info;
	n->replace = info->nlhdr->nlmsg_flags & NLM_F_REPLACE;
	n->excl = info->nlhdr->nlmsg_flags & NLM_F_EXCL;
	err = nf_vpn_check_cap(skb, n->vn->net, info->extack);
	if (!err)
		err = nf_vpn_need_pair(info, a, &n->hosts);
	if (err)
		return err;
	if (!READ_ONCE(n->vn->set.enable))
		return nf_vpn_refuse(info->extack, NULL,
				     "nf_conntrack_vpn_enable is 0",
				     -EOPNOTSUPP);
	if (nf_vpn_addr_is_local(n->vn->net, &n->hosts.client))
		return nf_vpn_new_refuse(n, a->client,
					 "client is an address of the gateway, which needs no zone",
					 -EINVAL);
	return 0;
}
EXPORT_SYMBOL_GPL(nf_vpn_new_read);

static const char *nf_vpn_owner_error(int err)
{
	switch (err) {
	case -EDQUOT:
		return "client has nf_conntrack_vpn_max_per_client entries";
	case -ENOSPC:
		return "nf_conntrack_vpn_max entries exist";
	default:
		return "no memory or no zone for the client";
	}
}

/**
 * nf_vpn_new_owner - find or make the session that a request is about
 * @n: request, lock of its netns held
 *
 * Return: session or an ERR_PTR.
 */
struct nf_vpn_session *nf_vpn_new_owner(const struct nf_vpn_new *n)
{
	struct nf_vpn_session *s;

	s = nf_vpn_session_get(n->vn, &n->hosts.client, &n->hosts.remote,
			       false);
	if (IS_ERR(s))
		nf_vpn_refuse(n->info->extack, NULL,
			      nf_vpn_owner_error(PTR_ERR(s)), PTR_ERR(s));
	return s;
}
EXPORT_SYMBOL_GPL(nf_vpn_new_owner);
