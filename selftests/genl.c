// SPDX-License-Identifier: GPL-2.0-only
/*
 * genl CASE: sends one good or bad request to the family nf_ct_vpn and prints
 * how the kernel answers: "error=EINVAL message=..." or "error=0 messages=3".
 */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/netfilter/nf_ct_vpn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef NLM_F_ACK_TLVS
#error kernel headers are too old for extended ACKs
#endif

static struct mnl_socket *nl;
static char buf[65536];

static void die(const char *what)
{
	fprintf(stderr, "genl: %s: %s\n", what, strerror(errno));
	exit(2);
}

static struct nlmsghdr *request(uint16_t family, uint8_t cmd, uint16_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *genl;

	nlh->nlmsg_type = family;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = 1;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = NF_CT_VPN_GENL_VERSION;
	return nlh;
}

static void transmit(const struct nlmsghdr *nlh)
{
	if (mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0)
		die("send");
}

static const char *error_name(int err)
{
	static char number[16];

	switch (err) {
	case 0: return "0";
	case EPERM: return "EPERM";
	case EINVAL: return "EINVAL";
	case ERANGE: return "ERANGE";
	case EOPNOTSUPP: return "EOPNOTSUPP";
	case ENOENT: return "ENOENT";
	case EAFNOSUPPORT: return "EAFNOSUPPORT";
	case EMSGSIZE: return "EMSGSIZE";
	}
	snprintf(number, sizeof(number), "%d", err);
	return number;
}

/* the text of an extended ACK, which follows the request that is quoted */
static const char *ack_message(const struct nlmsghdr *nlh, size_t head)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, head)
		if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG)
			return mnl_attr_get_str(attr);
	return "";
}

/* true: there is more to come */
static bool print_end(const struct nlmsghdr *nlh, unsigned int messages)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(nlh);
	const char *text = "";
	size_t head;

	if (nlh->nlmsg_type != NLMSG_ERROR && nlh->nlmsg_type != NLMSG_DONE)
		return true;
	head = nlh->nlmsg_type == NLMSG_ERROR ? sizeof(*err) : sizeof(int);
	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS)
		text = ack_message(nlh, head);
	printf("error=%s messages=%u message=%s\n", error_name(-err->error),
	       messages, text);
	return false;
}

static void print_answer(void)
{
	unsigned int messages = 0;
	struct nlmsghdr *nlh;
	int len;

	for (;;) {
		len = mnl_socket_recvfrom(nl, buf, sizeof(buf));
		if (len < 0)
			die("receive");
		for (nlh = (void *)buf; mnl_nlmsg_ok(nlh, len);
		     nlh = mnl_nlmsg_next(nlh, &len)) {
			if (!print_end(nlh, messages))
				return;
			messages++;
		}
	}
}

static uint16_t family_id(void)
{
	struct nlmsghdr *nlh = request(GENL_ID_CTRL, CTRL_CMD_GETFAMILY,
				       NLM_F_ACK);
	struct nlattr *attr;
	uint16_t id = 0;

	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, NF_CT_VPN_GENL_NAME);
	transmit(nlh);
	if (mnl_socket_recvfrom(nl, buf, sizeof(buf)) < 0)
		die("receive");
	nlh = (void *)buf;
	if (nlh->nlmsg_type != GENL_ID_CTRL)
		return 0;
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
			id = mnl_attr_get_u16(attr);
	/* the ACK is a message of its own */
	mnl_socket_recvfrom(nl, buf, sizeof(buf));
	return id;
}

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
	print_answer();
}

static void netlink_open(void)
{
	int on = 1;

	nl = mnl_socket_open(NETLINK_GENERIC);
	if (!nl || mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    mnl_socket_setsockopt(nl, NETLINK_EXT_ACK, &on, sizeof(on)) ||
	    mnl_socket_setsockopt(nl, NETLINK_CAP_ACK, &on, sizeof(on)))
		die("netlink");
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
	family = family_id();
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
