// SPDX-License-Identifier: GPL-2.0-only
/*
 * genl CASE: sends one good or bad request to the family nf_ct_vpn and prints
 * how the kernel answers: "error=EINVAL message=..." or "error=0 messages=3".
 */
#include <stdio.h>
#include <string.h>

#include "genl_nl.h"

#define ATTR_FAR	4000	/* no attribute has this number */

enum flaw {
	FLAW_NONE,
	FLAW_SHORT,		/* no room for the generic netlink header */
	FLAW_UNKNOWN_ATTR,
	FLAW_LONG_ATTR,		/* reaches beyond the message */
	FLAW_SHORT_ATTR,	/* shorter than its own header */
	FLAW_FAMILY,		/* a filter by no family of addresses */
	FLAW_ADDRESS,		/* a filter by an address of odd length */
	FLAW_TRAILING,		/* bytes after the last attribute */
};

static const struct test {
	const char *name;
	uint8_t cmd;
	uint16_t flags;
	enum flaw flaw;
} tests[] = {
	{ "sessions", NF_CT_VPN_CMD_SESSION_GET, NLM_F_DUMP, 0 },
	{ "spis", NF_CT_VPN_CMD_ESP_GET, NLM_F_DUMP, 0 },
	{ "stats", NF_CT_VPN_CMD_STATS_GET, 0, 0 },
	{ "sessions-do", NF_CT_VPN_CMD_SESSION_GET, 0, 0 },
	{ "spis-do", NF_CT_VPN_CMD_ESP_GET, 0, 0 },
	{ "stats-dump", NF_CT_VPN_CMD_STATS_GET, NLM_F_DUMP, 0 },
	{ "command-0", NF_CT_VPN_CMD_UNSPEC, 0, 0 },
	{ "command-250", 250, 0, 0 },
	{ "short", NF_CT_VPN_CMD_STATS_GET, 0, FLAW_SHORT },
	{ "stats-unknown-attr", NF_CT_VPN_CMD_STATS_GET, 0,
	  FLAW_UNKNOWN_ATTR },
	{ "sessions-unknown-attr", NF_CT_VPN_CMD_SESSION_GET, NLM_F_DUMP,
	  FLAW_UNKNOWN_ATTR },
	{ "stats-long-attr", NF_CT_VPN_CMD_STATS_GET, 0, FLAW_LONG_ATTR },
	{ "spis-long-attr", NF_CT_VPN_CMD_ESP_GET, NLM_F_DUMP,
	  FLAW_LONG_ATTR },
	{ "stats-short-attr", NF_CT_VPN_CMD_STATS_GET, 0, FLAW_SHORT_ATTR },
	{ "isakmp", NF_CT_VPN_CMD_ISAKMP_GET, NLM_F_DUMP, 0 },
	{ "isakmp-do", NF_CT_VPN_CMD_ISAKMP_GET, 0, 0 },
	{ "isakmp-unknown-attr", NF_CT_VPN_CMD_ISAKMP_GET, NLM_F_DUMP,
	  FLAW_UNKNOWN_ATTR },
	{ "isakmp-long-attr", NF_CT_VPN_CMD_ISAKMP_GET, NLM_F_DUMP,
	  FLAW_LONG_ATTR },
	{ "isakmp-family", NF_CT_VPN_CMD_ISAKMP_GET, NLM_F_DUMP, FLAW_FAMILY },
	{ "isakmp-address", NF_CT_VPN_CMD_ISAKMP_GET, NLM_F_DUMP,
	  FLAW_ADDRESS },
	{ "stats-trailing", NF_CT_VPN_CMD_STATS_GET, 0, FLAW_TRAILING },
	{}
};

static void spoil(struct nlmsghdr *nlh, enum flaw flaw)
{
	struct nlattr *attr = mnl_nlmsg_get_payload_tail(nlh);

	switch (flaw) {
	case FLAW_NONE:
		break;
	case FLAW_SHORT:
		nlh->nlmsg_len = NLMSG_HDRLEN + 1;
		break;
	case FLAW_FAMILY:
		mnl_attr_put_u8(nlh, NF_CT_VPN_A_ISAKMP_FAMILY, 77);
		break;
	case FLAW_ADDRESS:
		mnl_attr_put(nlh, NF_CT_VPN_A_ISAKMP_CLIENT, 5, "12345");
		break;
	case FLAW_TRAILING:
		memset(attr, 0, sizeof(*attr));
		nlh->nlmsg_len += 2;
		break;
	default:
		mnl_attr_put_u32(nlh, ATTR_FAR, 1);
		if (flaw == FLAW_LONG_ATTR)
			attr->nla_len = 200;
		else if (flaw == FLAW_SHORT_ATTR)
			attr->nla_len = 2;
	}
}

static void run(const struct test *t, uint16_t family)
{
	struct nlmsghdr *nlh = request(family, t->cmd, t->flags | NLM_F_ACK);

	spoil(nlh, t->flaw);
	transmit(nlh);
	print_answer(NULL);
}

int main(int argc, char **argv)
{
	const struct test *t;
	uint16_t family;

	if (argc != 2) {
		fprintf(stderr, "usage: genl CASE\ncases:");
		for (t = tests; t->name; t++)
			fprintf(stderr, " %s", t->name);
		fprintf(stderr, "\n");
		return 2;
	}
	netlink_open();
	family = family_id(NULL);
	if (!family) {
		fprintf(stderr, "genl: no family " NF_CT_VPN_GENL_NAME "\n");
		return 1;
	}
	for (t = tests; t->name; t++) {
		if (strcmp(t->name, argv[1]))
			continue;
		run(t, family);
		mnl_socket_close(nl);
		return 0;
	}
	fprintf(stderr, "genl: no case \"%s\"\n", argv[1]);
	return 2;
}
