// SPDX-License-Identifier: GPL-2.0-only
/*
 * session - a client and the server it speaks to
 */
#include <linux/netlink.h>

#include "nouns.h"
#include "vpnct.h"

static const char *const flow_kinds[] = {
	[FLOW_ESP] = "esp",
	[FLOW_IKE] = "ike",
};

static const struct names flow_names = { flow_kinds, ARRAY_SIZE(flow_kinds) };

static const struct field session_fields[] = {
	{
		.key = "family",
		.help = "ipv4 or ipv6",
		.type = FIELD_NAME,
		.names = &family_names,
		.attr = NF_CT_VPN_A_SESSION_FAMILY,
		.size = 1,
		.offset = offsetof(struct session, family),
	},
	{
		.key = "client",
		.head = "CLIENT",
		.help = "address of the client",
		.type = FIELD_ADDR,
		.attr = NF_CT_VPN_A_SESSION_CLIENT,
		.offset = offsetof(struct session, client),
	},
	{
		.key = "server",
		.head = "SERVER",
		.help = "address of the server",
		.type = FIELD_ADDR,
		.attr = NF_CT_VPN_A_SESSION_SERVER,
		.offset = offsetof(struct session, server),
	},
	{
		.key = "masq",
		.head = "MASQ",
		.help = "address the server sees; none before the first packet left",
		.input = "address that the server sees",
		.type = FIELD_ADDR,
		.attr = NF_CT_VPN_A_SESSION_MASQ,
		.offset = offsetof(struct session, masq),
	},
	{
		.key = "zone",
		.head = "ZONE",
		.help = "conntrack reply zone of the client, 0 for the gateway",
		.type = FIELD_NUMBER,
		.flags = FIELD_WIDE | FIELD_ID,
		.attr = NF_CT_VPN_A_SESSION_ZONE,
		.size = 2,
		.offset = offsetof(struct session, zone),
	},
	{
		.key = "state",
		.head = "STATE",
		.help = "see STATES in vpnct(8)",
		.type = FIELD_NAME,
		.names = &state_names,
		.attr = NF_CT_VPN_A_SESSION_STATE,
		.size = 1,
		.offset = offsetof(struct session, state),
	},
	{
		.key = "age_ms",
		.head = "AGE",
		.help = "time since it was made",
		.type = FIELD_MSECS,
		.flags = FIELD_WIDE,
		.attr = NF_CT_VPN_A_SESSION_AGE,
		.size = 8,
		.offset = offsetof(struct session, age),
	},
	{
		.key = "idle_ms",
		.head = "IDLE",
		.help = "time since its last packet",
		.type = FIELD_MSECS,
		.flags = FIELD_WIDE,
		.attr = NF_CT_VPN_A_SESSION_IDLE,
		.size = 8,
		.offset = offsetof(struct session, idle),
	},
	{
		.key = "timeout_s",
		.head = "TIMEOUT",
		.help = "time until its ESP flow expires, or else its IKE flow",
		.type = FIELD_SECS,
		.attr = NF_CT_VPN_A_SESSION_TIMEOUT,
		.size = 4,
		.offset = offsetof(struct session, timeout),
	},
	{
		.key = "spis_out",
		.head = "OUT",
		.help = "outbound SPIs known",
		.type = FIELD_NUMBER,
		.attr = NF_CT_VPN_A_SESSION_SPIS_OUT,
		.size = 4,
		.offset = offsetof(struct session, spis_out),
	},
	{
		.key = "spis_in",
		.head = "IN",
		.help = "inbound SPIs bound to it",
		.type = FIELD_NUMBER,
		.attr = NF_CT_VPN_A_SESSION_SPIS_IN,
		.size = 4,
		.offset = offsetof(struct session, spis_in),
	},
	{
		.key = "cookies",
		.head = "COOKIES",
		.help = "cookie pairs of its IKE known",
		.type = FIELD_NUMBER,
		.flags = FIELD_WIDE,
		.attr = NF_CT_VPN_A_SESSION_COOKIES,
		.size = 4,
		.offset = offsetof(struct session, cookies),
	},
	{
		.key = "tickets",
		.head = "TICKETS",
		.help = "inbound SPIs that its IKE lets expect",
		.type = FIELD_NUMBER,
		.flags = FIELD_WIDE,
		.attr = NF_CT_VPN_A_SESSION_TICKETS,
		.size = 4,
		.offset = offsetof(struct session, tickets),
	},
	{
		.key = "ike_timeout_s",
		.help = "time until its IKE flow expires, 0 if it has none",
		.input = "makes its IKE flow, too, with so many seconds to live",
		.type = FIELD_SECS,
		.attr = NF_CT_VPN_A_SESSION_IKE_TIMEOUT,
		.size = 4,
		.offset = offsetof(struct session, ike_timeout),
	},
	{
		.key = "natt",
		.head = "NAT-T",
		.help = "yes if its IKE has moved its ESP into UDP",
		.type = FIELD_BOOL,
		.attr = NF_CT_VPN_A_SESSION_NATT,
		.size = 1,
		.offset = offsetof(struct session, natt),
	},
	{
		.key = "esp_timeout_s",
		.help = "time until its ESP flow expires, 0 if it has none",
		.input = "makes its ESP flow, too, with so many seconds to live",
		.type = FIELD_SECS,
		.attr = NF_CT_VPN_A_SESSION_ESP_TIMEOUT,
		.size = 4,
		.offset = offsetof(struct session, esp_timeout),
	},
	{
		.key = "flow",
		.help = "esp or ike: whose conntrack entry the rest is of",
		.type = FIELD_NAME,
		.names = &flow_names,
		.offset = offsetof(struct session, flow),
	},
	{
		.key = "flow_timeout_s",
		.help = "time until that entry expires",
		.type = FIELD_SECS,
		.offset = offsetof(struct session, flow_timeout),
	},
	{
		.key = "mark",
		.help = "its mark",
		.type = FIELD_NUMBER,
		.flags = FIELD_ID,
		.offset = offsetof(struct session, mark),
	},
	{
		.key = "packets_out",
		.head = "PKTS OUT",
		.help = "packets from the client; needs nf_conntrack_acct",
		.type = FIELD_NUMBER,
		.flags = FIELD_RARE | FIELD_WIDE,
		.offset = offsetof(struct session, packets_out),
	},
	{
		.key = "bytes_out",
		.head = "BYTES OUT",
		.help = "bytes from the client",
		.type = FIELD_BYTES,
		.flags = FIELD_RARE | FIELD_WIDE,
		.offset = offsetof(struct session, bytes_out),
	},
	{
		.key = "packets_in",
		.head = "PKTS IN",
		.help = "packets to the client",
		.type = FIELD_NUMBER,
		.flags = FIELD_RARE | FIELD_WIDE,
		.offset = offsetof(struct session, packets_in),
	},
	{
		.key = "bytes_in",
		.head = "BYTES IN",
		.help = "bytes to the client",
		.type = FIELD_BYTES,
		.flags = FIELD_RARE | FIELD_WIDE,
		.offset = offsetof(struct session, bytes_in),
	},
};

void session_has(struct session *s, size_t offset)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(session_fields); i++)
		if (session_fields[i].offset == offset)
			s->rec.present |= 1ULL << i;
}

static int session_cmp(const void *a, const void *b)
{
	const struct session *x = a, *y = b;

	int c = addr_cmp(&x->client, &y->client);

	return c ? c : addr_cmp(&x->server, &y->server);
}

static bool session_check(const void *rec)
{
	const struct session *s = rec;

	return addr_fits(&s->client, s->family) &&
	       addr_fits(&s->server, s->family) &&
	       addr_fits(&s->masq, s->family);
}

const struct noun session_noun = {
	.name = "session",
	.plural = "sessions",
	.title = "sessions",
	.field = session_fields,
	.n_fields = ARRAY_SIZE(session_fields),
	.size = sizeof(struct session),
	.cmd = NF_CT_VPN_CMD_SESSION_GET,
	.flags = NLM_F_DUMP,
	.cmp = session_cmp,
	.check = session_check,
};
