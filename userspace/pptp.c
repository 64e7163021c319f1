// SPDX-License-Identifier: GPL-2.0-only
/*
 * pptp - a PPTP call
 */
#include <linux/netlink.h>

#include "nouns.h"
#include "vpnct.h"

static const struct field pptp_fields[] = {
	{
		.key = "family",
		.help = "always ipv4",
		.type = FIELD_NAME,
		.names = &family_names,
		.attr = NF_CT_VPN_A_PPTP_FAMILY,
		.size = 1,
		.offset = offsetof(struct pptp, family),
	},
	{
		.key = "client",
		.head = "CLIENT",
		.help = "address of who opened the control connection",
		.type = FIELD_ADDR,
		.attr = NF_CT_VPN_A_PPTP_CLIENT,
		.offset = offsetof(struct pptp, client),
	},
	{
		.key = "server",
		.head = "SERVER",
		.help = "address it talks to",
		.type = FIELD_ADDR,
		.attr = NF_CT_VPN_A_PPTP_SERVER,
		.offset = offsetof(struct pptp, server),
	},
	{
		.key = "masq",
		.head = "MASQ",
		.help = "address the other side sees",
		.type = FIELD_ADDR,
		.flags = FIELD_WIDE,
		.attr = NF_CT_VPN_A_PPTP_MASQ,
		.offset = offsetof(struct pptp, masq),
	},
	{
		.key = "host",
		.help = "address of who answers; not the server's behind dnat",
		.type = FIELD_ADDR,
		.attr = NF_CT_VPN_A_PPTP_HOST,
		.offset = offsetof(struct pptp, host),
	},
	{
		.key = "state",
		.head = "STATE",
		.help = "see STATES in vpnct(8)",
		.type = FIELD_NAME,
		.names = &state_names,
		.attr = NF_CT_VPN_A_PPTP_STATE,
		.size = 1,
		.offset = offsetof(struct pptp, state),
	},
	{
		.key = "client_id",
		.head = "ID",
		.help = "Call-ID that the client chose; none until it has",
		.type = FIELD_NUMBER,
		.flags = FIELD_ID,
		.attr = NF_CT_VPN_A_PPTP_CLIENT_ID,
		.size = 2,
		.offset = offsetof(struct pptp, client_id),
	},
	{
		.key = "client_wire",
		.head = "WIRE",
		.help = "the same as the other side knows it",
		.type = FIELD_NUMBER,
		.flags = FIELD_ID,
		.attr = NF_CT_VPN_A_PPTP_CLIENT_WIRE,
		.size = 2,
		.offset = offsetof(struct pptp, client_wire),
	},
	{
		.key = "host_id",
		.head = "SERVER-ID",
		.help = "Call-ID that the other side chose; none until it has",
		.type = FIELD_NUMBER,
		.flags = FIELD_ID,
		.attr = NF_CT_VPN_A_PPTP_HOST_ID,
		.size = 2,
		.offset = offsetof(struct pptp, host_id),
	},
	{
		.key = "host_wire",
		.head = "SERVER-WIRE",
		.help = "the same as the client knows it",
		.type = FIELD_NUMBER,
		.flags = FIELD_ID,
		.attr = NF_CT_VPN_A_PPTP_HOST_WIRE,
		.size = 2,
		.offset = offsetof(struct pptp, host_wire),
	},
	{
		.key = "client_port",
		.help = "client's port of the control connection",
		.type = FIELD_NUMBER,
		.flags = FIELD_ID,
		.attr = NF_CT_VPN_A_PPTP_CLIENT_PORT,
		.size = 2,
		.offset = offsetof(struct pptp, client_port),
	},
	{
		.key = "server_port",
		.help = "server's port of it",
		.type = FIELD_NUMBER,
		.flags = FIELD_ID,
		.attr = NF_CT_VPN_A_PPTP_SERVER_PORT,
		.size = 2,
		.offset = offsetof(struct pptp, server_port),
	},
	{
		.key = "age_ms",
		.head = "AGE",
		.help = "time since it was asked for, to the second",
		.type = FIELD_MSECS,
		.flags = FIELD_WIDE,
		.attr = NF_CT_VPN_A_PPTP_AGE,
		.size = 8,
		.offset = offsetof(struct pptp, age),
	},
	{
		.key = "idle_ms",
		.head = "IDLE",
		.help = "time since its last packet",
		.type = FIELD_MSECS,
		.flags = FIELD_WIDE,
		.attr = NF_CT_VPN_A_PPTP_IDLE,
		.size = 8,
		.offset = offsetof(struct pptp, idle),
	},
	{
		.key = "timeout_s",
		.head = "TIMEOUT",
		.help = "time until its flow entry expires, 0 if it has none",
		.type = FIELD_SECS,
		.flags = FIELD_WIDE,
		.attr = NF_CT_VPN_A_PPTP_TIMEOUT,
		.size = 4,
		.offset = offsetof(struct pptp, timeout),
	},
	{
		.key = "packets_out",
		.head = "OUT",
		.help = "packets from the client, if conntrack counts",
		.type = FIELD_NUMBER,
		.flags = FIELD_WIDE,
		.attr = NF_CT_VPN_A_PPTP_PACKETS_OUT,
		.size = 8,
		.offset = offsetof(struct pptp, packets_out),
	},
	{
		.key = "packets_in",
		.head = "IN",
		.help = "packets to the client, if conntrack counts",
		.type = FIELD_NUMBER,
		.flags = FIELD_WIDE,
		.attr = NF_CT_VPN_A_PPTP_PACKETS_IN,
		.size = 8,
		.offset = offsetof(struct pptp, packets_in),
	},
};

/* By client and server; a Call-ID is one call's only on the wire. */
static int pptp_cmp(const void *a, const void *b)
{
	const struct pptp *x = a, *y = b;
	const int order[] = {
		addr_cmp(&x->client, &y->client),
		addr_cmp(&x->server, &y->server),
		number_cmp(x->client_port, y->client_port),
		number_cmp(x->server_port, y->server_port),
		number_cmp(x->client_wire, y->client_wire),
		number_cmp(x->host_wire, y->host_wire),
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(order); i++)
		if (order[i])
			return order[i];
	return 0;
}

static bool pptp_check(const void *rec)
{
	const struct pptp *p = rec;

	return addr_fits(&p->client, p->family) &&
	       addr_fits(&p->server, p->family) &&
	       addr_fits(&p->masq, p->family) &&
	       addr_fits(&p->host, p->family);
}

const struct noun pptp_noun = {
	.name = "pptp",
	.plural = "pptp",
	.title = "PPTP calls",
	.field = pptp_fields,
	.n_fields = ARRAY_SIZE(pptp_fields),
	.size = sizeof(struct pptp),
	.cmd = NF_CT_VPN_CMD_PPTP_GET,
	.flags = NLM_F_DUMP,
	.cmp = pptp_cmp,
	.check = pptp_check,
};
