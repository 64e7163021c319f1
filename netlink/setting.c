// SPDX-License-Identifier: GPL-2.0-only
/* Netlink: how settings, which are also sysctls, are read and changed. */
#include "core/net.h"
#include "core/settings.h"
#include "netlink/family.h"
#include "netlink/message.h"
#include "netlink/request.h"

#define NF_VPN_RANGE(NAME, name) \
	[NF_CT_VPN_A_SETTING_##NAME] = "nf_conntrack_" name " is out of range"

static const char *const nf_vpn_range_errors[NF_CT_VPN_A_SETTING_MAX + 1] = {
	NF_VPN_RANGE(VPN_ENABLE, "vpn_enable"),
	NF_VPN_RANGE(VPN_ZONE_BASE, "vpn_zone_base"),
	NF_VPN_RANGE(VPN_MAX, "vpn_max"),
	NF_VPN_RANGE(VPN_MAX_PER_CLIENT, "vpn_max_per_client"),
	NF_VPN_RANGE(ESP_TIMEOUT_UNREPLIED, "esp_timeout_unreplied"),
	NF_VPN_RANGE(ESP_TIMEOUT, "esp_timeout"),
	NF_VPN_RANGE(ESP_PARALLEL, "esp_parallel"),
	NF_VPN_RANGE(ESP_GUESS, "esp_guess"),
	NF_VPN_RANGE(ESP_INBOUND_FIRST, "esp_inbound_first"),
	NF_VPN_RANGE(ISAKMP_TIMEOUT, "isakmp_timeout"),
	NF_VPN_RANGE(ISAKMP_KEEP_PORT, "isakmp_keep_port"),
	NF_VPN_RANGE(PPTP_EXT_TIMEOUT, "pptp_ext_timeout"),
	NF_VPN_RANGE(VPN_FASTPATH, "vpn_fastpath"),
};

static const char nf_vpn_quota_error[] =
	"nf_conntrack_vpn_max and _max_per_client are for the host to change";

static int nf_vpn_put_settings(struct sk_buff *skb, const void *data)
{
	struct nf_vpn_net *vn = (struct nf_vpn_net *)data;
	int attr;

	for (attr = 1; attr <= NF_CT_VPN_A_SETTING_MAX; attr++)
		if (nla_put_u32(skb, attr, nf_vpn_setting_get(vn, attr)))
			return -EMSGSIZE;
	return 0;
}

int nf_vpn_get_settings(struct sk_buff *skb, struct genl_info *info)
{
	struct nf_vpn_net *vn = nf_vpn_pernet(genl_info_net(info));
	int err = nf_vpn_check_cap(skb, vn->net, info->extack);

	return err ?: nf_vpn_msg_reply(info, NF_CT_VPN_CMD_SETTING_GET,
				       nf_vpn_put_settings, vn);
}

static int nf_vpn_check_settings(struct nf_vpn_net *vn, struct genl_info *info)
{
	bool any = false;
	int attr, err;

	for (attr = 1; attr <= NF_CT_VPN_A_SETTING_MAX; attr++) {
		const struct nlattr *nla = info->attrs[attr];

		if (!nla)
			continue;
		any = true;
		err = nf_vpn_setting_check(vn, attr, nla_get_u32(nla));
		if (err)
			return nf_vpn_refuse(info->extack, nla, err == -EPERM ?
					     nf_vpn_quota_error :
					     nf_vpn_range_errors[attr], err);
	}
	return any ? 0 : nf_vpn_refuse(info->extack, NULL, "no setting is given",
				       -EINVAL);
}

/* All settings of a request are changed, or none. */
int nf_vpn_set_settings(struct sk_buff *skb, struct genl_info *info)
{
	struct nf_vpn_net *vn = nf_vpn_pernet(genl_info_net(info));
	int attr, err;

	err = nf_vpn_check_cap(skb, vn->net, info->extack);
	if (!err)
		err = nf_vpn_check_settings(vn, info);
	if (err)
		return err;
	for (attr = 1; attr <= NF_CT_VPN_A_SETTING_MAX; attr++)
		if (info->attrs[attr])
			nf_vpn_setting_set(vn, attr,
					   nla_get_u32(info->attrs[attr]));
	return 0;
}
