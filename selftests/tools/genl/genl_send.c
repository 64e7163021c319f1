// SPDX-License-Identifier: GPL-2.0-only
/*
 * genl_send COMMAND [dump|replace|excl]... [ATTR=VALUE]...
 * genl_send listen
 *
 * Sends one request to the family nf_ct_vpn and prints the answer, each message
 * as a line of "number=value" and then how it ended, as genl does; or prints
 * events until it is killed. Commands and attributes have numbers here and
 * types: 17:u32=5, 3:addr=10.0.0.2. A long value is one in host byte order.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "genl_nl.h"

static void usage(void)
{
	fprintf(stderr,
		"usage: genl_send COMMAND [dump|replace|excl] [NUMBER:TYPE=VALUE]...\n"
		"       genl_send listen\n"
		"types: u8 u16 u32 u64 addr hex\n");
	exit(2);
}

static void put_addr(struct nlmsghdr *nlh, uint16_t attr, const char *value)
{
	uint8_t addr[16];

	if (inet_pton(AF_INET, value, addr) == 1)
		mnl_attr_put(nlh, attr, 4, addr);
	else if (inet_pton(AF_INET6, value, addr) == 1)
		mnl_attr_put(nlh, attr, 16, addr);
	else
		usage();
}

static void put_hex(struct nlmsghdr *nlh, uint16_t attr, const char *value)
{
	uint8_t bytes[256];
	unsigned int n = 0;

	for (; value[0] && value[1] && n < sizeof(bytes); value += 2)
		if (sscanf(value, "%2hhx", &bytes[n++]) != 1)
			usage();
	mnl_attr_put(nlh, attr, n, bytes);
}

static void put_number(struct nlmsghdr *nlh, uint16_t attr, const char *type,
		       uint64_t value)
{
	if (!strcmp(type, "u8"))
		mnl_attr_put_u8(nlh, attr, value);
	else if (!strcmp(type, "u16"))
		mnl_attr_put_u16(nlh, attr, value);
	else if (!strcmp(type, "u32"))
		mnl_attr_put_u32(nlh, attr, value);
	else if (!strcmp(type, "u64"))
		mnl_attr_put_u64(nlh, attr, value);
	else
		usage();
}

/* NUMBER:TYPE=VALUE */
static void put(struct nlmsghdr *nlh, char *arg)
{
	char *type = strchr(arg, ':');
	char *value = strchr(arg, '=');
	uint16_t attr;

	if (!type || !value)
		usage();
	*type++ = '\0';
	*value++ = '\0';
	attr = strtoul(arg, NULL, 0);
	if (!strcmp(type, "addr"))
		put_addr(nlh, attr, value);
	else if (!strcmp(type, "hex"))
		put_hex(nlh, attr, value);
	else
		put_number(nlh, attr, type, strtoull(value, NULL, 0));
}

static void show_attr(const struct nlattr *attr)
{
	const uint8_t *p = mnl_attr_get_payload(attr);
	uint16_t len = mnl_attr_get_payload_len(attr), i;
	uint64_t number = 0;

	printf("%u=", mnl_attr_get_type(attr));
	if (len == 1 || len == 2 || len == 4 || len == 8) {
		memcpy(&number, p, len);
		printf("%llu", (unsigned long long)number);
	} else {
		for (i = 0; i < len; i++)
			printf("%02x", p[i]);
	}
	putchar(' ');
}

static void show_nested(const struct nlattr *nest)
{
	const struct nlattr *attr;

	printf("%u={ ", mnl_attr_get_type(nest));
	mnl_attr_for_each_nested(attr, nest)
		show_attr(attr);
	printf("} ");
}

static void show(const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;
	uint16_t type;

	mnl_attr_for_each(attr, nlh, sizeof(*genl)) {
		type = mnl_attr_get_type(attr);
		if (genl->cmd == NF_CT_VPN_CMD_EVENT &&
		    type >= NF_CT_VPN_A_EVENT_SESSION &&
		    type <= NF_CT_VPN_A_EVENT_PPTP)
			show_nested(attr);
		else
			show_attr(attr);
	}
	putchar('\n');
}

static void listen_forever(uint32_t group)
{
	struct nlmsghdr *nlh;
	int len;

	if (mnl_socket_setsockopt(nl, NETLINK_ADD_MEMBERSHIP, &group,
				  sizeof(group)) < 0)
		die("join");
	for (;;) {
		len = mnl_socket_recvfrom(nl, buf, sizeof(buf));
		if (len < 0)
			die("receive");
		for (nlh = (void *)buf; mnl_nlmsg_ok(nlh, len);
		     nlh = mnl_nlmsg_next(nlh, &len))
			show(nlh);
	}
}

static uint16_t flag(const char *word)
{
	if (!strcmp(word, "dump"))
		return NLM_F_DUMP;
	if (!strcmp(word, "replace"))
		return NLM_F_REPLACE;
	return strcmp(word, "excl") ? 0 : NLM_F_EXCL;
}

int main(int argc, char **argv)
{
	struct nlmsghdr *nlh;
	uint32_t group = 0;
	uint16_t family;
	int i;

	if (argc < 2)
		usage();
	setlinebuf(stdout);
	netlink_open();
	family = family_id(&group);
	if (!family) {
		fprintf(stderr, "genl_send: no family\n");
		return 1;
	}
	if (!strcmp(argv[1], "listen"))
		listen_forever(group);
	nlh = request(family, strtoul(argv[1], NULL, 0), NLM_F_ACK);
	for (i = 2; i < argc; i++) {
		if (flag(argv[i]))
			nlh->nlmsg_flags |= flag(argv[i]);
		else
			put(nlh, argv[i]);
	}
	transmit(nlh);
	print_answer(show);
	return 0;
}
