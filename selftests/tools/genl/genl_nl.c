// SPDX-License-Identifier: GPL-2.0-only
/*
 * genl_nl - the socket of the programs that speak to the family nf_ct_vpn
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "genl_nl.h"

#ifndef NLM_F_ACK_TLVS
#error kernel headers are too old for extended ACKs
#endif

struct mnl_socket *nl;
char buf[65536];

void die(const char *what)
{
	fprintf(stderr, "genl: %s: %s\n", what, strerror(errno));
	exit(2);
}

struct nlmsghdr *request(uint16_t family, uint8_t cmd, uint16_t flags)
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

void transmit(const struct nlmsghdr *nlh)
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
	case EEXIST: return "EEXIST";
	case ENOSPC: return "ENOSPC";
	case EBUSY: return "EBUSY";
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

void print_answer(void (*show)(const struct nlmsghdr *nlh))
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
			if (show)
				show(nlh);
		}
	}
}

/* the family has one group */
static uint32_t group_id(const struct nlattr *groups)
{
	const struct nlattr *group, *attr;

	mnl_attr_for_each_nested(group, groups)
		mnl_attr_for_each_nested(attr, group)
			if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_ID)
				return mnl_attr_get_u32(attr);
	return 0;
}

uint16_t family_id(uint32_t *group)
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
		else if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GROUPS &&
			 group)
			*group = group_id(attr);
	/* the ACK is a message of its own */
	mnl_socket_recvfrom(nl, buf, sizeof(buf));
	return id;
}

void netlink_open(void)
{
	int on = 1;

	nl = mnl_socket_open(NETLINK_GENERIC);
	if (!nl || mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    mnl_socket_setsockopt(nl, NETLINK_EXT_ACK, &on, sizeof(on)) ||
	    mnl_socket_setsockopt(nl, NETLINK_CAP_ACK, &on, sizeof(on)))
		die("netlink");
}

