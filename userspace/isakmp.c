// SPDX-License-Identifier: GPL-2.0-only
/*
 * isakmp - an IKE exchange or SA, named by its two cookies
 */
#include <linux/netlink.h>

#include "nouns.h"
#include "vpnct.h"

static const char *const versions[] = {
	[1] = "ikev1",
	[2] = "ikev2",
};

static const struct names version_names = { versions, ARRAY_SIZE(versions) };

/*
 * RFC 2408 section 3.1, RFC 2409 appendix A (up to 33), RFC 7296 section 3.1.
 * What is rarer is shown by its number.
 */
static const char *const exchanges[] = {
	[2] = "main",
	[4] = "aggressive",
	[5] = "informational",
	[32] = "quick",
	[34] = "init",
	[35] = "auth",
	[36] = "child",
	[37] = "informational",
};

static const struct names exchange_names = { exchanges, ARRAY_SIZE(exchanges) };

static const char *const sides[] = { "client", "server" };

static const struct names side_names = { sides, ARRAY_SIZE(sides) };

static const struct field isakmp_fields[] = {
	{
		.key = "family",
		.help = "ipv4 or ipv6",
		.type = FIELD_NAME,
		.names = &family_names,
		.attr = NF_CT_VPN_A_ISAKMP_FAMILY,
		.size = 1,
		.offset = offsetof(struct isakmp, family),
	},
	{
		.key = "client",
		.head = "CLIENT",
		.help = "address of the client; while undecided, of the one on trial",
		.input = "address of the client",
		.type = FIELD_ADDR,
		.attr = NF_CT_VPN_A_ISAKMP_CLIENT,
		.offset = offsetof(struct isakmp, client),
	},
	{
		.key = "server",
		.head = "SERVER",
		.help = "address of the server",
		.type = FIELD_ADDR,
		.attr = NF_CT_VPN_A_ISAKMP_SERVER,
		.offset = offsetof(struct isakmp, server),
	},
	{
		.key = "masq",
		.help = "address the server sees; none before the first message left",
		.type = FIELD_ADDR,
		.attr = NF_CT_VPN_A_ISAKMP_MASQ,
		.offset = offsetof(struct isakmp, masq),
	},
	{
		.key = "zone",
		.help = "conntrack reply zone of the client, 0 for the gateway",
		.type = FIELD_NUMBER,
		.flags = FIELD_ID,
		.attr = NF_CT_VPN_A_ISAKMP_ZONE,
		.size = 2,
		.offset = offsetof(struct isakmp, zone),
	},
	{
		.key = "initiator",
		.head = "INITIATOR",
		.help = "initiator cookie, in hexadecimal",
		.type = FIELD_COOKIE,
		.attr = NF_CT_VPN_A_ISAKMP_INITIATOR,
		.size = 8,
		.offset = offsetof(struct isakmp, initiator),
	},
	{
		.key = "responder",
		.head = "RESPONDER",
		.help = "responder cookie, zeros until it is known",
		.input = "responder cookie, in hexadecimal (0)",
		.type = FIELD_COOKIE,
		.attr = NF_CT_VPN_A_ISAKMP_RESPONDER,
		.size = 8,
		.offset = offsetof(struct isakmp, responder),
	},
	{
		.key = "version",
		.head = "VERSION",
		.help = "ikev1 or ikev2",
		.type = FIELD_NAME,
		.flags = FIELD_WIDE,
		.names = &version_names,
		.attr = NF_CT_VPN_A_ISAKMP_VERSION,
		.size = 1,
		.offset = offsetof(struct isakmp, version),
	},
	{
		.key = "exchange",
		.head = "EXCHANGE",
		.help = "type of the last message, see EXCHANGES in vpnct(8)",
		.input = "type of its last message, see EXCHANGES in vpnct(8)",
		.type = FIELD_NAME,
		.flags = FIELD_WIDE,
		.names = &exchange_names,
		.attr = NF_CT_VPN_A_ISAKMP_EXCHANGE,
		.size = 1,
		.offset = offsetof(struct isakmp, exchange),
	},
	{
		.key = "state",
		.head = "STATE",
		.help = "see STATES in vpnct(8)",
		.type = FIELD_NAME,
		.names = &state_names,
		.attr = NF_CT_VPN_A_ISAKMP_STATE,
		.size = 1,
		.offset = offsetof(struct isakmp, state),
	},
	{
		.key = "begun_by",
		.head = "BEGUN BY",
		.help = "client or server: who used the cookies first",
		.type = FIELD_NAME,
		.flags = FIELD_WIDE,
		.names = &side_names,
		.attr = NF_CT_VPN_A_ISAKMP_BEGUN_BY,
		.size = 1,
		.offset = offsetof(struct isakmp, begun_by),
	},
	{
		.key = "packets",
		.head = "PACKETS",
		.help = "messages seen",
		.type = FIELD_NUMBER,
		.flags = FIELD_WIDE,
		.attr = NF_CT_VPN_A_ISAKMP_PACKETS,
		.size = 8,
		.offset = offsetof(struct isakmp, packets),
	},
	{
		.key = "first_ms",
		.head = "FIRST",
		.help = "time since the first message, to the second",
		.type = FIELD_MSECS,
		.flags = FIELD_WIDE,
		.attr = NF_CT_VPN_A_ISAKMP_FIRST,
		.size = 8,
		.offset = offsetof(struct isakmp, first),
	},
	{
		.key = "last_ms",
		.head = "LAST",
		.help = "time since the last message",
		.type = FIELD_MSECS,
		.flags = FIELD_WIDE,
		.attr = NF_CT_VPN_A_ISAKMP_LAST,
		.size = 8,
		.offset = offsetof(struct isakmp, last),
	},
};

/* By owner, then by the cookies, which say which one it is. */
static int isakmp_cmp(const void *a, const void *b)
{
	const struct isakmp *x = a, *y = b;
	const int order[] = {
		addr_cmp(&x->client, &y->client),
		addr_cmp(&x->server, &y->server),
		number_cmp(x->initiator, y->initiator),
		number_cmp(x->responder, y->responder),
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(order); i++)
		if (order[i])
			return order[i];
	return 0;
}

static bool isakmp_check(const void *rec)
{
	const struct isakmp *i = rec;

	return addr_fits(&i->client, i->family) &&
	       addr_fits(&i->server, i->family) &&
	       addr_fits(&i->masq, i->family);
}

const struct noun isakmp_noun = {
	.name = "isakmp",
	.plural = "isakmp",
	.title = "IKE exchanges",
	.field = isakmp_fields,
	.n_fields = ARRAY_SIZE(isakmp_fields),
	.size = sizeof(struct isakmp),
	.cmd = NF_CT_VPN_CMD_ISAKMP_GET,
	.flags = NLM_F_DUMP,
	.cmp = isakmp_cmp,
	.check = isakmp_check,
};
