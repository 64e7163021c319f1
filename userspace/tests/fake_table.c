// SPDX-License-Identifier: GPL-2.0-only
/*
 * fake_table - what the fake kernel knows, and the messages that tell it
 */
#include <arpa/inet.h>
#include <linux/netfilter/nf_ct_vpn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "fake.h"

#define MANY 3000

struct fake_session {
	const char *client, *server, *masq;
	uint16_t zone;
	uint8_t state;
	uint64_t age, idle;
	uint32_t timeout, spis_out, spis_in;
	uint32_t cookies, tickets, ike_timeout;
	uint8_t natt;
};

struct fake_esp {
	uint8_t dir;
	uint32_t spi;
	const char *client, *server, *masq;
	uint16_t zone;
	uint8_t state, conf;
	uint64_t packets, bytes, first, last;
	uint32_t seq, candidates;
};

struct fake_isakmp {
	const char *client, *server, *masq;
	uint16_t zone;
	uint64_t init, resp;
	uint8_t version, exchange, state, by_remote;
	uint64_t packets, first, last;
};

struct fake_call {
	const char *client, *server, *masq, *host;
	uint8_t state;
	int client_id, client_wire, host_id, host_wire; /* -1: none */
	uint16_t client_port, server_port;
	uint64_t age, idle;
	uint32_t timeout;
	uint64_t packets_out, packets_in;
};

#define SERVER "199.0.0.1"
#define GATEWAY "200.200.200.200"
#define SERVER6 "2001:db8:1::1"
#define GATEWAY6 "2001:db8:2::1"

enum {
	UNREPLIED = NF_CT_VPN_STATE_UNREPLIED,
	ESTABLISHED = NF_CT_VPN_STATE_ESTABLISHED,
	UNDECIDED = NF_CT_VPN_STATE_UNDECIDED,
	REMEMBERED = NF_CT_VPN_STATE_REMEMBERED,
	CLOSED = NF_CT_VPN_STATE_CLOSED,
};

/* Not in order, and one twice, as a hash table that grows would have it. */
static const struct fake_session sessions[] = {
	{ "10.0.0.3", SERVER, GATEWAY, 32769, ESTABLISHED, 3725000, 999, 1799,
	  2, 1, 2, 1, 1700, 0 },
	{ "10.0.0.10", SERVER, GATEWAY, 32771, UNREPLIED, 2500, 1500, 118, 1,
	  0, 1, 0, 90, 0 },
	{ "10.0.0.2", SERVER, GATEWAY, 32768, ESTABLISHED, 185000, 2000, 1798,
	  1, 1, 1, 0, 1750, 0 },
	{ "fd00::2", SERVER6, GATEWAY6, 32772, ESTABLISHED, 172800000, 59999,
	  1741, 1, 1, 1, 0, 1741, 0 },
	{ "10.0.0.3", SERVER, GATEWAY, 32769, ESTABLISHED, 3725000, 999, 1799,
	  2, 1, 2, 1, 1700, 0 },
	{ "10.0.0.2", "198.51.100.7", NULL, 32768, UNREPLIED, 12, 12, 0, 0, 0,
	  0, 0, 0, 0 },
	/* nothing but IKE: its ESP goes into UDP */
	{ "10.0.0.4", SERVER, GATEWAY, 32773, ESTABLISHED, 61000, 61000, 1739,
	  0, 0, 1, 0, 1739, 1 },
};

static const struct fake_esp spis[] = {
	{ NF_CT_VPN_DIR_IN, 0xc30f00d1, "10.0.0.3", SERVER, GATEWAY, 32769,
	  ESTABLISHED, NF_CT_VPN_CONF_INFERRED, 120, 1023, 3724000, 2000, 120,
	  0 },
	{ NF_CT_VPN_DIR_OUT, 0x00000100, "10.0.0.3", SERVER, GATEWAY, 32769,
	  ESTABLISHED, NF_CT_VPN_CONF_NONE, 4000000000ULL, 5000000000000ULL,
	  3725000, 999, 4000000000U, 0 },
	{ NF_CT_VPN_DIR_OUT, 0x7fffffff, "10.0.0.3", SERVER, GATEWAY, 32769,
	  UNREPLIED, NF_CT_VPN_CONF_NONE, 1, 152, 0, 0, 1, 0 },
	{ NF_CT_VPN_DIR_IN, 0xaabbccdd, NULL, SERVER, GATEWAY, 0, UNDECIDED,
	  NF_CT_VPN_CONF_NONE, 3, 456, 1000, 100, 3, 2 },
	{ NF_CT_VPN_DIR_OUT, 0x12345678, "10.0.0.2", SERVER, GATEWAY, 32768,
	  ESTABLISHED, NF_CT_VPN_CONF_NONE, 1000, 152000, 185000, 2000, 1000,
	  0 },
	{ NF_CT_VPN_DIR_IN, 0x87654321, "10.0.0.2", SERVER, GATEWAY, 32768,
	  ESTABLISHED, NF_CT_VPN_CONF_SOLE, 999, 1048576, 184000, 2000, 999,
	  0 },
	{ NF_CT_VPN_DIR_IN, 0x0badcafe, "10.0.0.99", SERVER, GATEWAY, 32770,
	  REMEMBERED, NF_CT_VPN_CONF_GUESSED, 7, 1064, 90000000, 7200000, 7,
	  0 },
	{ NF_CT_VPN_DIR_OUT, 0x0000abcd, "10.0.0.10", SERVER, GATEWAY, 32771,
	  UNREPLIED, NF_CT_VPN_CONF_NONE, 2, 304, 2000, 1500, 2, 0 },
	{ NF_CT_VPN_DIR_OUT, 0xfeed0001, "fd00::2", SERVER6, GATEWAY6, 32772,
	  ESTABLISHED, NF_CT_VPN_CONF_NONE, 10, 1720, 172800000, 60000, 10, 0 },
	{ NF_CT_VPN_DIR_IN, 0xfeed0002, "fd00::2", SERVER6, GATEWAY6, 32772,
	  ESTABLISHED, NF_CT_VPN_CONF_CERTAIN, 10, 1048575, 172799000, 59999,
	  10, 0 },
};

/* Both versions, every state, and an exchange that has no name. */
static const struct fake_isakmp exchanges[] = {
	{ "10.0.0.3", SERVER, GATEWAY, 32769, 0xfedcba9876543210,
	  0x0000000000000001, 2, 36, ESTABLISHED, 0, 12, 3725000, 999 },
	{ "10.0.0.2", SERVER, GATEWAY, 32768, 0x0102030405060708,
	  0x1112131415161718, 2, 35, ESTABLISHED, 0, 4, 185000, 184000 },
	{ "10.0.0.3", SERVER, GATEWAY, 32769, 0xaaaaaaaaaaaaaaaa,
	  0xbbbbbbbbbbbbbbbb, 2, 37, UNDECIDED, 1, 2, 60000, 2000 },
	{ "10.0.0.10", SERVER, GATEWAY, 32771, 0x8000000000000000, 0, 1, 2,
	  UNREPLIED, 0, 1, 2500, 1500 },
	{ "fd00::2", SERVER6, GATEWAY6, 32772, 0xffffffffffffffff,
	  0xfffffffffffffffe, 1, 32, ESTABLISHED, 1, 4000000000U, 172800000,
	  59999 },
	{ "10.0.0.2", SERVER, GATEWAY, 32768, 0x0102030405060708,
	  0x1112131415161718, 2, 35, ESTABLISHED, 0, 4, 185000, 184000 },
	{ "10.0.0.4", SERVER, GATEWAY, 32773, 0x0a0b0c0d0e0f0001,
	  0x1a1b1c1d1e1f0002, 2, 43, ESTABLISHED, 0, 6, 61000, 61000 },
	{ "10.0.0.99", SERVER, NULL, 32770, 0x00000000deadbeef,
	  0x00000000feedface, 1, 5, REMEMBERED, 0, 9, 90000000, 7200000 },
};

static const struct fake_call calls[] = {
	{ "10.0.0.3", SERVER, GATEWAY, SERVER, ESTABLISHED, 0, 1, 128, 128,
	  40001, 1723, 61000, 400, 17999, 4000000000ULL, 120 },
	{ "10.0.0.2", SERVER, GATEWAY, SERVER, ESTABLISHED, 0, 0, 0, 0, 40000,
	  1723, 125000, 2000, 17998, 7, 5 },
	{ "10.0.0.2", SERVER, GATEWAY, SERVER, UNREPLIED, 65535, 65535, -1, -1,
	  40000, 1723, 1000, 1000, 0, 0, 0 },
	{ SERVER, GATEWAY, SERVER, "10.0.0.4", CLOSED, 7, 7, 9, 10, 50000,
	  1723, 3600000, 9000, 0, 1, 1 },
};

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

void put_u64(struct nlmsghdr *nlh, uint16_t type, uint64_t value)
{
	if (!scenario("sparse"))
		mnl_attr_put_u64(nlh, type, value);
}

static void put_addr(struct nlmsghdr *nlh, uint16_t type, const char *text)
{
	char addr[16];

	if (!text)
		return;
	if (inet_pton(AF_INET, text, addr))
		mnl_attr_put(nlh, type, 4, addr);
	else if (inet_pton(AF_INET6, text, addr))
		mnl_attr_put(nlh, type, 16, addr);
	else
		abort();
}

static void put_family(struct nlmsghdr *nlh, uint16_t type, const char *text)
{
	uint8_t family = strchr(text, ':') ? AF_INET6 : AF_INET;

	mnl_attr_put_u8(nlh, type, scenario("bad-family") ? 77 : family);
}

/* What a future kernel may add, and what a broken one may send. */
static void put_oddities(struct nlmsghdr *nlh)
{
	if (scenario("newer")) {
		mnl_attr_put_u32(nlh, 200, 1);
		mnl_attr_put_strz(nlh, 201, "unheard of");
		mnl_attr_put(nlh, 202 | NLA_F_NESTED, 0, NULL);
	}
	if (scenario("bad-length"))
		mnl_attr_put_u32(nlh, NF_CT_VPN_A_SESSION_STATE, 1);
	if (scenario("bad-address"))
		mnl_attr_put(nlh, NF_CT_VPN_A_SESSION_CLIENT, 3, "abc");
	if (scenario("mixed-addresses"))
		put_addr(nlh, NF_CT_VPN_A_SESSION_CLIENT, "fd00::1");
}

/* What the first version of the family didn't have. */
static void put_session_ike(struct nlmsghdr *nlh, const struct fake_session *s)
{
	mnl_attr_put_u32(nlh, NF_CT_VPN_A_SESSION_COOKIES, s->cookies);
	mnl_attr_put_u32(nlh, NF_CT_VPN_A_SESSION_TICKETS, s->tickets);
	mnl_attr_put_u32(nlh, NF_CT_VPN_A_SESSION_IKE_TIMEOUT, s->ike_timeout);
	mnl_attr_put_u8(nlh, NF_CT_VPN_A_SESSION_NATT, s->natt);
	mnl_attr_put_u32(nlh, NF_CT_VPN_A_SESSION_ESP_TIMEOUT,
			 s->spis_out ? s->timeout : 0);
}

static void add_session(const struct fake_session *s)
{
	struct nlmsghdr *nlh =
		add_answer(NF_CT_VPN_CMD_SESSION_GET, NLM_F_MULTI);

	put_family(nlh, NF_CT_VPN_A_SESSION_FAMILY, s->client);
	put_addr(nlh, NF_CT_VPN_A_SESSION_CLIENT, s->client);
	put_addr(nlh, NF_CT_VPN_A_SESSION_SERVER, s->server);
	put_addr(nlh, NF_CT_VPN_A_SESSION_MASQ, s->masq);
	mnl_attr_put_u16(nlh, NF_CT_VPN_A_SESSION_ZONE, s->zone);
	mnl_attr_put_u8(nlh, NF_CT_VPN_A_SESSION_STATE,
			scenario("newer") ? 9 : s->state);
	put_u64(nlh, NF_CT_VPN_A_SESSION_AGE, s->age);
	put_u64(nlh, NF_CT_VPN_A_SESSION_IDLE, s->idle);
	mnl_attr_put_u32(nlh, NF_CT_VPN_A_SESSION_TIMEOUT, s->timeout);
	mnl_attr_put_u32(nlh, NF_CT_VPN_A_SESSION_SPIS_OUT, s->spis_out);
	mnl_attr_put_u32(nlh, NF_CT_VPN_A_SESSION_SPIS_IN, s->spis_in);
	if (!scenario("sparse"))
		put_session_ike(nlh, s);
	put_oddities(nlh);
	end_message(nlh);
}

static void add_esp(const struct fake_esp *e)
{
	struct nlmsghdr *nlh = add_answer(NF_CT_VPN_CMD_ESP_GET, NLM_F_MULTI);

	put_family(nlh, NF_CT_VPN_A_ESP_FAMILY, e->server);
	mnl_attr_put_u8(nlh, NF_CT_VPN_A_ESP_DIR, e->dir);
	mnl_attr_put_u32(nlh, NF_CT_VPN_A_ESP_SPI, e->spi);
	put_addr(nlh, NF_CT_VPN_A_ESP_CLIENT, e->client);
	put_addr(nlh, NF_CT_VPN_A_ESP_SERVER, e->server);
	put_addr(nlh, NF_CT_VPN_A_ESP_MASQ, e->masq);
	if (e->client)
		mnl_attr_put_u16(nlh, NF_CT_VPN_A_ESP_ZONE, e->zone);
	mnl_attr_put_u8(nlh, NF_CT_VPN_A_ESP_STATE, e->state);
	mnl_attr_put_u8(nlh, NF_CT_VPN_A_ESP_CONFIDENCE, e->conf);
	put_u64(nlh, NF_CT_VPN_A_ESP_PACKETS, e->packets);
	put_u64(nlh, NF_CT_VPN_A_ESP_BYTES, e->bytes);
	put_u64(nlh, NF_CT_VPN_A_ESP_FIRST, e->first);
	put_u64(nlh, NF_CT_VPN_A_ESP_LAST, e->last);
	mnl_attr_put_u32(nlh, NF_CT_VPN_A_ESP_SEQ, e->seq);
	if (e->candidates)
		mnl_attr_put_u32(nlh, NF_CT_VPN_A_ESP_CANDIDATES,
				 e->candidates);
	mnl_attr_put_u8(nlh, NF_CT_VPN_A_ESP_PIN, e->spi == 0xfeed0001);
	if (scenario("fast"))
		put_u64(nlh, NF_CT_VPN_A_ESP_FAST, e->packets / 2);
	if (scenario("newer"))
		put_oddities(nlh);
	end_message(nlh);
}

static void add_isakmp(const struct fake_isakmp *e)
{
	struct nlmsghdr *nlh =
		add_answer(NF_CT_VPN_CMD_ISAKMP_GET, NLM_F_MULTI);

	put_family(nlh, NF_CT_VPN_A_ISAKMP_FAMILY, e->server);
	put_addr(nlh, NF_CT_VPN_A_ISAKMP_CLIENT, e->client);
	put_addr(nlh, NF_CT_VPN_A_ISAKMP_SERVER, e->server);
	put_addr(nlh, NF_CT_VPN_A_ISAKMP_MASQ, e->masq);
	mnl_attr_put_u16(nlh, NF_CT_VPN_A_ISAKMP_ZONE, e->zone);
	mnl_attr_put_u64(nlh, NF_CT_VPN_A_ISAKMP_INITIATOR, e->init);
	mnl_attr_put_u64(nlh, NF_CT_VPN_A_ISAKMP_RESPONDER, e->resp);
	mnl_attr_put_u8(nlh, NF_CT_VPN_A_ISAKMP_VERSION, e->version);
	mnl_attr_put_u8(nlh, NF_CT_VPN_A_ISAKMP_EXCHANGE, e->exchange);
	mnl_attr_put_u8(nlh, NF_CT_VPN_A_ISAKMP_STATE, e->state);
	mnl_attr_put_u8(nlh, NF_CT_VPN_A_ISAKMP_BEGUN_BY, e->by_remote);
	put_u64(nlh, NF_CT_VPN_A_ISAKMP_PACKETS, e->packets);
	put_u64(nlh, NF_CT_VPN_A_ISAKMP_FIRST, e->first);
	put_u64(nlh, NF_CT_VPN_A_ISAKMP_LAST, e->last);
	end_message(nlh);
}

static void put_id(struct nlmsghdr *nlh, uint16_t type, int id)
{
	if (id >= 0)
		mnl_attr_put_u16(nlh, type, id);
}

static void add_call(const struct fake_call *c)
{
	struct nlmsghdr *nlh = add_answer(NF_CT_VPN_CMD_PPTP_GET, NLM_F_MULTI);

	put_family(nlh, NF_CT_VPN_A_PPTP_FAMILY, c->client);
	put_addr(nlh, NF_CT_VPN_A_PPTP_CLIENT, c->client);
	put_addr(nlh, NF_CT_VPN_A_PPTP_SERVER, c->server);
	put_addr(nlh, NF_CT_VPN_A_PPTP_MASQ, c->masq);
	put_addr(nlh, NF_CT_VPN_A_PPTP_HOST, c->host);
	mnl_attr_put_u8(nlh, NF_CT_VPN_A_PPTP_STATE, c->state);
	put_id(nlh, NF_CT_VPN_A_PPTP_CLIENT_ID, c->client_id);
	put_id(nlh, NF_CT_VPN_A_PPTP_CLIENT_WIRE, c->client_wire);
	put_id(nlh, NF_CT_VPN_A_PPTP_HOST_ID, c->host_id);
	put_id(nlh, NF_CT_VPN_A_PPTP_HOST_WIRE, c->host_wire);
	mnl_attr_put_u16(nlh, NF_CT_VPN_A_PPTP_CLIENT_PORT, c->client_port);
	mnl_attr_put_u16(nlh, NF_CT_VPN_A_PPTP_SERVER_PORT, c->server_port);
	put_u64(nlh, NF_CT_VPN_A_PPTP_AGE, c->age);
	put_u64(nlh, NF_CT_VPN_A_PPTP_IDLE, c->idle);
	mnl_attr_put_u32(nlh, NF_CT_VPN_A_PPTP_TIMEOUT, c->timeout);
	if (c->timeout) {
		put_u64(nlh, NF_CT_VPN_A_PPTP_PACKETS_OUT, c->packets_out);
		put_u64(nlh, NF_CT_VPN_A_PPTP_PACKETS_IN, c->packets_in);
	}
	if (scenario("newer"))
		put_oddities(nlh);
	end_message(nlh);
}

/* One server, MANY clients with an SPI each way: several datagrams. */
static void add_many(uint8_t cmd)
{
	char client[INET_ADDRSTRLEN];
	struct fake_session s = sessions[0];
	struct fake_esp e = spis[0];
	uint32_t addr;
	int i;

	s.client = client;
	e.client = client;
	for (i = 0; i < MANY; i++) {
		addr = htonl(0x0a000000 + (i * 7919) % MANY);
		inet_ntop(AF_INET, &addr, client, sizeof(client));
		if (cmd == NF_CT_VPN_CMD_SESSION_GET) {
			add_session(&s);
			continue;
		}
		e.dir = NF_CT_VPN_DIR_OUT;
		e.spi = 0x1000 + i;
		add_esp(&e);
		e.dir = NF_CT_VPN_DIR_IN;
		e.spi = 0x80000000 + i;
		add_esp(&e);
	}
}

static void add_demo(uint8_t cmd)
{
	size_t i;

	if (cmd == NF_CT_VPN_CMD_SESSION_GET)
		for (i = 0; i < ARRAY_SIZE(sessions); i++)
			add_session(&sessions[i]);
	else if (cmd == NF_CT_VPN_CMD_ISAKMP_GET)
		for (i = 0; i < ARRAY_SIZE(exchanges); i++)
			add_isakmp(&exchanges[i]);
	else if (cmd == NF_CT_VPN_CMD_PPTP_GET)
		for (i = 0; i < ARRAY_SIZE(calls); i++)
			add_call(&calls[i]);
	else
		for (i = 0; i < ARRAY_SIZE(spis); i++)
			add_esp(&spis[i]);
}

void add_table(uint8_t cmd)
{
	if (scenario("many"))
		add_many(cmd);
	else if (!scenario("empty"))
		add_demo(cmd);
}
