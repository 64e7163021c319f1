// SPDX-License-Identifier: GPL-2.0-only
/*
 * esp - an ESP SPI as it stands on the wire
 */
#include <linux/netlink.h>

#include "nouns.h"
#include "vpnct.h"

static const char *const dirs[] = {
	[NF_CT_VPN_DIR_OUT] = "out",
	[NF_CT_VPN_DIR_IN] = "in",
};

const struct names dir_names = { dirs, ARRAY_SIZE(dirs) };

static const char *const confs[] = {
	[NF_CT_VPN_CONF_NONE] = "none",
	[NF_CT_VPN_CONF_GUESSED] = "guessed",
	[NF_CT_VPN_CONF_INFERRED] = "inferred",
	[NF_CT_VPN_CONF_SOLE] = "sole",
	[NF_CT_VPN_CONF_CERTAIN] = "certain",
	[NF_CT_VPN_CONF_PRELOADED] = "preloaded",
};

static const struct names conf_names = { confs, ARRAY_SIZE(confs) };

static const struct field esp_fields[] = {
	{
		.key = "family",
		.help = "ipv4 or ipv6",
		.type = FIELD_NAME,
		.names = &family_names,
		.attr = NF_CT_VPN_A_ESP_FAMILY,
		.size = 1,
		.offset = offsetof(struct esp, family),
	},
	{
		.key = "client",
		.head = "CLIENT",
		.help = "address of the client; none while undecided",
		.input = "address of the client",
		.type = FIELD_ADDR,
		.flags = FIELD_OWNER,
		.attr = NF_CT_VPN_A_ESP_CLIENT,
		.offset = offsetof(struct esp, client),
	},
	{
		.key = "server",
		.head = "SERVER",
		.help = "address of the server",
		.type = FIELD_ADDR,
		.flags = FIELD_OWNER,
		.attr = NF_CT_VPN_A_ESP_SERVER,
		.offset = offsetof(struct esp, server),
	},
	{
		.key = "masq",
		.help = "address the server uses for the client",
		.input = "address that the server sees",
		.type = FIELD_ADDR,
		.attr = NF_CT_VPN_A_ESP_MASQ,
		.offset = offsetof(struct esp, masq),
	},
	{
		.key = "zone",
		.help = "conntrack reply zone of the client; none while undecided",
		.type = FIELD_NUMBER,
		.flags = FIELD_ID,
		.attr = NF_CT_VPN_A_ESP_ZONE,
		.size = 2,
		.offset = offsetof(struct esp, zone),
	},
	{
		.key = "dir",
		.head = "DIR",
		.help = "out: client to server; in: server to client",
		.type = FIELD_NAME,
		.names = &dir_names,
		.attr = NF_CT_VPN_A_ESP_DIR,
		.size = 1,
		.offset = offsetof(struct esp, dir),
	},
	{
		.key = "spi",
		.head = "SPI",
		.help = "the SPI, in hexadecimal",
		.input = "the SPI: decimal, or hexadecimal with 0x",
		.type = FIELD_SPI,
		.attr = NF_CT_VPN_A_ESP_SPI,
		.size = 4,
		.offset = offsetof(struct esp, spi),
	},
	{
		.key = "state",
		.head = "STATE",
		.help = "see STATES in vpnct(8)",
		.input = "unreplied: its partner is still to come (out only)",
		.type = FIELD_NAME,
		.names = &state_names,
		.attr = NF_CT_VPN_A_ESP_STATE,
		.size = 1,
		.offset = offsetof(struct esp, state),
	},
	{
		.key = "confidence",
		.head = "CONFIDENCE",
		.help = "how sure the owner is, see CONFIDENCE in vpnct(8)",
		.input = "how sure that is (preloaded), see CONFIDENCE in vpnct(8)",
		.type = FIELD_NAME,
		.names = &conf_names,
		.attr = NF_CT_VPN_A_ESP_CONFIDENCE,
		.size = 1,
		.offset = offsetof(struct esp, confidence),
	},
	{
		.key = "packets",
		.head = "PACKETS",
		.help = "packets seen",
		.type = FIELD_NUMBER,
		.flags = FIELD_WIDE,
		.attr = NF_CT_VPN_A_ESP_PACKETS,
		.size = 8,
		.offset = offsetof(struct esp, packets),
	},
	{
		.key = "bytes",
		.head = "BYTES",
		.help = "bytes, IP headers included",
		.type = FIELD_BYTES,
		.attr = NF_CT_VPN_A_ESP_BYTES,
		.size = 8,
		.offset = offsetof(struct esp, bytes),
	},
	{
		.key = "first_ms",
		.head = "FIRST",
		.help = "time since the first packet, to the second",
		.type = FIELD_MSECS,
		.flags = FIELD_WIDE,
		.attr = NF_CT_VPN_A_ESP_FIRST,
		.size = 8,
		.offset = offsetof(struct esp, first),
	},
	{
		.key = "last_ms",
		.head = "LAST",
		.help = "time since the last packet",
		.type = FIELD_MSECS,
		.flags = FIELD_WIDE,
		.attr = NF_CT_VPN_A_ESP_LAST,
		.size = 8,
		.offset = offsetof(struct esp, last),
	},
	{
		.key = "seq",
		.help = "highest sequence number seen",
		.input = "highest sequence number that was seen",
		.type = FIELD_NUMBER,
		.attr = NF_CT_VPN_A_ESP_SEQ,
		.size = 4,
		.offset = offsetof(struct esp, seq),
	},
	{
		.key = "candidates",
		.head = "CANDIDATES",
		.help = "sessions that may own it, while undecided",
		.type = FIELD_NUMBER,
		.flags = FIELD_RARE | FIELD_WIDE,
		.attr = NF_CT_VPN_A_ESP_CANDIDATES,
		.size = 4,
		.offset = offsetof(struct esp, candidates),
	},
	{
		.key = "pin",
		.help = "whether it stays until it is deleted",
		.input = "yes: it stays until it is deleted",
		.type = FIELD_BOOL,
		.attr = NF_CT_VPN_A_ESP_PIN,
		.size = 1,
		.offset = offsetof(struct esp, pin),
	},
	{
		.key = "fast",
		.head = "FAST",
		.help = "packets on the fast path (nf_conntrack_vpn_fastpath)",
		.type = FIELD_NUMBER,
		.flags = FIELD_RARE | FIELD_WIDE,
		.attr = NF_CT_VPN_A_ESP_FAST,
		.size = 8,
		.offset = offsetof(struct esp, fast),
	},
};

/*
 * By owner, outbound before inbound; orphans last. An inbound SPI without an
 * owner is told apart by its two addresses on the wire.
 */
static int esp_cmp(const void *a, const void *b)
{
	const struct esp *x = a, *y = b;
	const int order[] = {
		number_cmp(x->orphan, y->orphan),
		addr_cmp(&x->client, &y->client),
		addr_cmp(&x->server, &y->server),
		number_cmp(x->dir, y->dir),
		number_cmp(x->spi, y->spi),
		addr_cmp(&x->masq, &y->masq),
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(order); i++)
		if (order[i])
			return order[i];
	return 0;
}

static bool esp_check(const void *rec)
{
	const struct esp *e = rec;

	return addr_fits(&e->client, e->family) &&
	       addr_fits(&e->server, e->family) &&
	       addr_fits(&e->masq, e->family);
}

const struct noun esp_noun = {
	.name = "esp",
	.plural = "esp",
	.title = "SPIs",
	.field = esp_fields,
	.n_fields = ARRAY_SIZE(esp_fields),
	.size = sizeof(struct esp),
	.cmd = NF_CT_VPN_CMD_ESP_GET,
	.flags = NLM_F_DUMP,
	.cmp = esp_cmp,
	.check = esp_check,
};
