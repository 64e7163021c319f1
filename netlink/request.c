// SPDX-License-Identifier: GPL-2.0-only
/* Netlink: reading requests. The policies have tested lengths and ranges. */
#include "core/packet.h"
#include "netlink/request.h"

/**
 * nf_vpn_refuse - refuse a request
 * @extack: filled; may be NULL
 * @nla: attribute that is wrong, NULL if none is
 * @text: text of the extended ack, a literal
 * @err: error
 *
 * Return: @err
 */
int nf_vpn_refuse(struct netlink_ext_ack *extack, const struct nlattr *nla,
		  const char *text, int err)
{
	if (extack) {
		extack->_msg = text;
		extack->bad_attr = nla;
	}
	return err;
}
EXPORT_SYMBOL_GPL(nf_vpn_refuse);

/**
 * nf_vpn_need_attr - refuse a request if an attribute is missing
 * @info: request
 * @attr: attribute
 * @text: text of the extended ack if it is missing
 *
 * Return: 0 or -EINVAL
 */
int nf_vpn_need_attr(struct genl_info *info, int attr, const char *text)
{
	if (info->attrs[attr])
		return 0;
	return nf_vpn_refuse(info->extack, NULL, text, -EINVAL);
}
EXPORT_SYMBOL_GPL(nf_vpn_need_attr);

static int nf_vpn_get_family(const struct nlattr *nla, u8 *l3num,
			     struct netlink_ext_ack *extack)
{
	if (!nla)
		return 0;
	*l3num = nla_get_u8(nla);
	if (*l3num == AF_INET || *l3num == AF_INET6)
		return 0;
	return nf_vpn_refuse(extack, nla,
			     "family is neither AF_INET nor AF_INET6",
			     -EAFNOSUPPORT);
}

/* Texts of the extended ack for which an address can be refused. */
struct nf_vpn_addr_errors {
	const char *length;
	const char *family;
	const char *zero;
};

static const struct nf_vpn_addr_errors nf_vpn_client_errors = {
	.length	= "client is neither 4 nor 16 bytes long",
	.family	= "client is of another family",
	.zero	= "client is no address of a host",
};

static const struct nf_vpn_addr_errors nf_vpn_remote_errors = {
	.length	= "server is neither 4 nor 16 bytes long",
	.family	= "server is of another family",
	.zero	= "server is no address of a host",
};

static const struct nf_vpn_addr_errors nf_vpn_masq_errors = {
	.length	= "masq is neither 4 nor 16 bytes long",
	.family	= "masq is of another family",
	.zero	= "masq is no address of a host",
};

static int nf_vpn_get_host(const struct nlattr *nla, struct nf_vpn_host *host,
			   u8 *l3num, const struct nf_vpn_addr_errors *e,
			   struct netlink_ext_ack *extack)
{
	static const union nf_inet_addr zero;

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
		return nf_vpn_refuse(extack, nla, e->length, -EINVAL);
	}
	nla_memcpy(&host->addr, nla, sizeof(host->addr));
	if (nf_inet_addr_cmp(&host->addr, &zero))
		return nf_vpn_refuse(extack, nla, e->zero, -EINVAL);
	if (*l3num && *l3num != host->l3num)
		return nf_vpn_refuse(extack, nla, e->family, -EINVAL);
	*l3num = host->l3num;
	return 0;
}

/**
 * nf_vpn_get_hosts - read the addresses of a request
 * @attrs: attributes of the request
 * @a: attributes that contain addresses
 * @h: zeroed, filled
 * @extack: filled if an address is refused
 *
 * Return: 0, or a negative error if an address is wrong or their families
 * differ.
 */
int nf_vpn_get_hosts(struct nlattr **attrs, const struct nf_vpn_host_attrs *a,
		     struct nf_vpn_hosts *h, struct netlink_ext_ack *extack)
{
	int err;

	/* If @a has no such attribute (0), the pointer is NULL. */
	err = nf_vpn_get_family(attrs[a->family], &h->l3num, extack);
	if (!err)
		err = nf_vpn_get_host(attrs[a->client], &h->client, &h->l3num,
				      &nf_vpn_client_errors, extack);
	if (!err)
		err = nf_vpn_get_host(attrs[a->remote], &h->remote, &h->l3num,
				      &nf_vpn_remote_errors, extack);
	if (!err)
		err = nf_vpn_get_host(attrs[a->masq], &h->masq, &h->l3num,
				      &nf_vpn_masq_errors, extack);
	return err;
}
EXPORT_SYMBOL_GPL(nf_vpn_get_hosts);

/**
 * nf_vpn_need_pair - read the addresses of a request that is about one session
 * @info: request
 * @a: attributes that contain addresses
 * @h: zeroed, filled
 *
 * Return: 0 or a negative error, as if client or remote are missing
 */
int nf_vpn_need_pair(struct genl_info *info, const struct nf_vpn_host_attrs *a,
		     struct nf_vpn_hosts *h)
{
	int err = nf_vpn_need_attr(info, a->client, "client is missing");

	if (!err)
		err = nf_vpn_need_attr(info, a->remote, "server is missing");
	return err ?: nf_vpn_get_hosts(info->attrs, a, h, info->extack);
}
EXPORT_SYMBOL_GPL(nf_vpn_need_pair);

/**
 * nf_vpn_hosts_want - tell whether the hosts of an entry match a request
 * @h: hosts of the request
 * @client: client of the entry, NULL if that isn't known
 * @remote: remote host of the entry
 *
 * Return: whether they do
 */
bool nf_vpn_hosts_want(const struct nf_vpn_hosts *h,
		       const struct nf_vpn_host *client,
		       const struct nf_vpn_host *remote)
{
	if (h->l3num && h->l3num != remote->l3num)
		return false;
	if (h->client.l3num &&
	    (!client || !nf_vpn_host_equal(&h->client, client)))
		return false;
	return !h->remote.l3num || nf_vpn_host_equal(&h->remote, remote);
}
EXPORT_SYMBOL_GPL(nf_vpn_hosts_want);
