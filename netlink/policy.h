/* SPDX-License-Identifier: GPL-2.0-only */
/* Netlink: policies, which say which attributes a command takes. */
#ifndef _NF_VPN_NETLINK_POLICY_H
#define _NF_VPN_NETLINK_POLICY_H

#include <net/netlink.h>
#include <uapi/linux/netfilter/nf_ct_vpn.h>

/*
 * Attributes that a request may have; all others are refused. The test
 * netlink-spec compares the policies with Documentation/netlink/specs.
 */
#define NF_VPN_ADDR	NLA_POLICY_RANGE(NLA_BINARY, 4, 16)

static const struct nla_policy
nf_vpn_session_policy[NF_CT_VPN_A_SESSION_MAX + 1] = {
	[NF_CT_VPN_A_SESSION_FAMILY]	= { .type = NLA_U8 },
	[NF_CT_VPN_A_SESSION_CLIENT]	= NF_VPN_ADDR,
	[NF_CT_VPN_A_SESSION_SERVER]	= NF_VPN_ADDR,
	[NF_CT_VPN_A_SESSION_STATE]	=
		NLA_POLICY_MAX(NLA_U8, NF_CT_VPN_STATE_CLOSED),
};

static const struct nla_policy
nf_vpn_session_new_policy[NF_CT_VPN_A_SESSION_MAX + 1] = {
	[NF_CT_VPN_A_SESSION_FAMILY]		= { .type = NLA_U8 },
	[NF_CT_VPN_A_SESSION_CLIENT]		= NF_VPN_ADDR,
	[NF_CT_VPN_A_SESSION_SERVER]		= NF_VPN_ADDR,
	[NF_CT_VPN_A_SESSION_MASQ]		= NF_VPN_ADDR,
	[NF_CT_VPN_A_SESSION_IKE_TIMEOUT]	= { .type = NLA_U32 },
	[NF_CT_VPN_A_SESSION_ESP_TIMEOUT]	= { .type = NLA_U32 },
};

static const struct nla_policy
nf_vpn_session_del_policy[NF_CT_VPN_A_SESSION_MAX + 1] = {
	[NF_CT_VPN_A_SESSION_FAMILY]	= { .type = NLA_U8 },
	[NF_CT_VPN_A_SESSION_CLIENT]	= NF_VPN_ADDR,
	[NF_CT_VPN_A_SESSION_SERVER]	= NF_VPN_ADDR,
};

static const struct nla_policy nf_vpn_esp_policy[NF_CT_VPN_A_ESP_MAX + 1] = {
	[NF_CT_VPN_A_ESP_FAMILY]	= { .type = NLA_U8 },
	[NF_CT_VPN_A_ESP_DIR]		=
		NLA_POLICY_MAX(NLA_U8, NF_CT_VPN_DIR_IN),
	[NF_CT_VPN_A_ESP_SPI]		= { .type = NLA_U32 },
	[NF_CT_VPN_A_ESP_CLIENT]	= NF_VPN_ADDR,
	[NF_CT_VPN_A_ESP_SERVER]	= NF_VPN_ADDR,
	[NF_CT_VPN_A_ESP_STATE]		=
		NLA_POLICY_MAX(NLA_U8, NF_CT_VPN_STATE_CLOSED),
	[NF_CT_VPN_A_ESP_CONFIDENCE]	=
		NLA_POLICY_MAX(NLA_U8, NF_CT_VPN_CONF_PRELOADED),
};

static const struct nla_policy
nf_vpn_esp_new_policy[NF_CT_VPN_A_ESP_MAX + 1] = {
	[NF_CT_VPN_A_ESP_FAMILY]	= { .type = NLA_U8 },
	[NF_CT_VPN_A_ESP_DIR]		=
		NLA_POLICY_MAX(NLA_U8, NF_CT_VPN_DIR_IN),
	[NF_CT_VPN_A_ESP_SPI]		= { .type = NLA_U32 },
	[NF_CT_VPN_A_ESP_CLIENT]	= NF_VPN_ADDR,
	[NF_CT_VPN_A_ESP_SERVER]	= NF_VPN_ADDR,
	[NF_CT_VPN_A_ESP_MASQ]		= NF_VPN_ADDR,
	[NF_CT_VPN_A_ESP_STATE]		=
		NLA_POLICY_MAX(NLA_U8, NF_CT_VPN_STATE_CLOSED),
	[NF_CT_VPN_A_ESP_CONFIDENCE]	=
		NLA_POLICY_MAX(NLA_U8, NF_CT_VPN_CONF_PRELOADED),
	[NF_CT_VPN_A_ESP_SEQ]		= { .type = NLA_U32 },
	[NF_CT_VPN_A_ESP_PIN]		= NLA_POLICY_MAX(NLA_U8, 1),
};

static const struct nla_policy
nf_vpn_esp_del_policy[NF_CT_VPN_A_ESP_MAX + 1] = {
	[NF_CT_VPN_A_ESP_FAMILY]	= { .type = NLA_U8 },
	[NF_CT_VPN_A_ESP_DIR]		=
		NLA_POLICY_MAX(NLA_U8, NF_CT_VPN_DIR_IN),
	[NF_CT_VPN_A_ESP_SPI]		= { .type = NLA_U32 },
	[NF_CT_VPN_A_ESP_CLIENT]	= NF_VPN_ADDR,
	[NF_CT_VPN_A_ESP_SERVER]	= NF_VPN_ADDR,
	[NF_CT_VPN_A_ESP_MASQ]		= NF_VPN_ADDR,
};

static const struct nla_policy
nf_vpn_isakmp_policy[NF_CT_VPN_A_ISAKMP_MAX + 1] = {
	[NF_CT_VPN_A_ISAKMP_FAMILY]	= { .type = NLA_U8 },
	[NF_CT_VPN_A_ISAKMP_CLIENT]	= NF_VPN_ADDR,
	[NF_CT_VPN_A_ISAKMP_SERVER]	= NF_VPN_ADDR,
	[NF_CT_VPN_A_ISAKMP_STATE]	=
		NLA_POLICY_MAX(NLA_U8, NF_CT_VPN_STATE_CLOSED),
};

static const struct nla_policy
nf_vpn_isakmp_new_policy[NF_CT_VPN_A_ISAKMP_MAX + 1] = {
	[NF_CT_VPN_A_ISAKMP_FAMILY]		= { .type = NLA_U8 },
	[NF_CT_VPN_A_ISAKMP_CLIENT]		= NF_VPN_ADDR,
	[NF_CT_VPN_A_ISAKMP_SERVER]		= NF_VPN_ADDR,
	[NF_CT_VPN_A_ISAKMP_INITIATOR]		= { .type = NLA_U64 },
	[NF_CT_VPN_A_ISAKMP_RESPONDER]		= { .type = NLA_U64 },
	[NF_CT_VPN_A_ISAKMP_VERSION]		=
		NLA_POLICY_RANGE(NLA_U8, 1, 2),
	[NF_CT_VPN_A_ISAKMP_EXCHANGE]		= { .type = NLA_U8 },
	[NF_CT_VPN_A_ISAKMP_BEGUN_BY]		= NLA_POLICY_MAX(NLA_U8, 1),
};

static const struct nla_policy
nf_vpn_isakmp_del_policy[NF_CT_VPN_A_ISAKMP_MAX + 1] = {
	[NF_CT_VPN_A_ISAKMP_FAMILY]		= { .type = NLA_U8 },
	[NF_CT_VPN_A_ISAKMP_CLIENT]		= NF_VPN_ADDR,
	[NF_CT_VPN_A_ISAKMP_SERVER]		= NF_VPN_ADDR,
	[NF_CT_VPN_A_ISAKMP_INITIATOR]		= { .type = NLA_U64 },
	[NF_CT_VPN_A_ISAKMP_RESPONDER]		= { .type = NLA_U64 },
};

static const struct nla_policy nf_vpn_pptp_policy[NF_CT_VPN_A_PPTP_MAX + 1] = {
	[NF_CT_VPN_A_PPTP_FAMILY]	= { .type = NLA_U8 },
	[NF_CT_VPN_A_PPTP_CLIENT]	= NF_VPN_ADDR,
	[NF_CT_VPN_A_PPTP_SERVER]	= NF_VPN_ADDR,
	[NF_CT_VPN_A_PPTP_STATE]	=
		NLA_POLICY_MAX(NLA_U8, NF_CT_VPN_STATE_CLOSED),
};

static const struct nla_policy
nf_vpn_pptp_del_policy[NF_CT_VPN_A_PPTP_MAX + 1] = {
	[NF_CT_VPN_A_PPTP_CLIENT]	= NF_VPN_ADDR,
	[NF_CT_VPN_A_PPTP_SERVER]	= NF_VPN_ADDR,
	[NF_CT_VPN_A_PPTP_CLIENT_PORT]	= { .type = NLA_U16 },
	[NF_CT_VPN_A_PPTP_CLIENT_ID]	= { .type = NLA_U16 },
	[NF_CT_VPN_A_PPTP_HOST_ID]	= { .type = NLA_U16 },
};

static const struct nla_policy
nf_vpn_setting_policy[NF_CT_VPN_A_SETTING_MAX + 1] = {
	[NF_CT_VPN_A_SETTING_VPN_ENABLE ... NF_CT_VPN_A_SETTING_MAX] = {
		.type	= NLA_U32,
	},
};

static const struct nla_policy
nf_vpn_flush_policy[NF_CT_VPN_A_FLUSH_MAX + 1] = {
	[NF_CT_VPN_A_FLUSH_FAMILY]	= { .type = NLA_U8 },
	[NF_CT_VPN_A_FLUSH_CLIENT]	= NF_VPN_ADDR,
	[NF_CT_VPN_A_FLUSH_SERVER]	= NF_VPN_ADDR,
	[NF_CT_VPN_A_FLUSH_KIND]	=
		NLA_POLICY_MAX(NLA_U8, NF_CT_VPN_KIND_PPTP),
};

/* For a command without attributes. */
static const struct nla_policy nf_vpn_no_policy[2] = {
	[1]	= { .type = NLA_REJECT },
};

#endif /* _NF_VPN_NETLINK_POLICY_H */
