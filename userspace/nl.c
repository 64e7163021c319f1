// SPDX-License-Identifier: GPL-2.0-only
/*
 * nl - requests to the generic netlink family of the tracker
 *
 * The reply loop is our own rather than mnl_cb_run(): that stops in the middle
 * of an interrupted dump, ignores the error in NLMSG_DONE, and doesn't know the
 * extended ack.
 */
#include <errno.h>
#include <linux/netlink.h>
#include <linux/netfilter/nf_ct_vpn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "nl.h"
#include "vpnct.h"
#include "wording.h"

/* The kernel fills dump messages up to 32 KiB if the reader has room. */
#define NL_BUFSIZE 65536

/* Grown each time the kernel had to drop an answer. */
#define NL_RCVBUF (1024 * 1024)

/* What the kernel says of an EPERM about which nl_hint() says more. */
#define NEEDS_ADMIN "CAP_NET_ADMIN is required"

/* The group "notify" of nlctrl, which tells of families that come and go. */
#define NL_GROUP_CTRL GENL_ID_CTRL

struct nl {
	struct mnl_socket *sock;
	unsigned int seq;
	int rcvbuf;
	uint16_t family;
	uint32_t group; /* of events; 0: the kernel has none */
	bool interrupted;
	char extack[256];
	char buf[NL_BUFSIZE] __attribute__((aligned(8)));
};

static void nl_disconnect(struct nl *nl)
{
	if (nl->sock)
		mnl_socket_close(nl->sock);
	nl->sock = NULL;
}

static void nl_set_rcvbuf(struct nl *nl)
{
	int fd = mnl_socket_get_fd(nl->sock);

	/* FORCE ignores rmem_max but needs CAP_NET_ADMIN; any size will do. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &nl->rcvbuf,
		       sizeof(nl->rcvbuf)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &nl->rcvbuf,
			   sizeof(nl->rcvbuf));
}

static int nl_connect(struct nl *nl)
{
	int one = 1, err;

	nl->sock = mnl_socket_open(NETLINK_GENERIC);
	if (!nl->sock)
		return -errno;
	if (mnl_socket_bind(nl->sock, 0, MNL_SOCKET_AUTOPID) < 0) {
		err = -errno;
		nl_disconnect(nl);
		return err;
	}
	if (nl->rcvbuf)
		nl_set_rcvbuf(nl);
	/* Without these two, errors still come, only without a text. */
	mnl_socket_setsockopt(nl->sock, NETLINK_EXT_ACK, &one, sizeof(one));
	mnl_socket_setsockopt(nl->sock, NETLINK_CAP_ACK, &one, sizeof(one));
	return 0;
}

/*
 * Answers were lost, perhaps the last one: what is still queued belongs to a
 * dump without a known end, and the kernel refuses a second one beside it.
 */
static int nl_overrun(struct nl *nl)
{
	int err;

	nl->rcvbuf = nl->rcvbuf ? nl->rcvbuf * 2 : NL_RCVBUF;
	nl_disconnect(nl);
	err = nl_connect(nl);
	return err ?: -ENOBUFS;
}

static void nl_keep_extack(struct nl *nl, const struct nlmsghdr *nlh,
			   size_t offset)
{
	const struct nlattr *attr;

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (mnl_nlmsg_get_payload_len(nlh) < MNL_ALIGN(offset))
		return;
	mnl_attr_for_each(attr, nlh, offset) {
		if (mnl_attr_get_type(attr) != NLMSGERR_ATTR_MSG)
			continue;
		if (mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) < 0)
			continue;
		put_in_our_words(nl->extack, sizeof(nl->extack),
				 mnl_attr_get_str(attr));
	}
}

/* NLMSG_ERROR ends a request, with error 0 as the acknowledgment asked for. */
static int nl_got_error(struct nl *nl, const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *e = mnl_nlmsg_get_payload(nlh);
	size_t offset = sizeof(*e);

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*e))
		return -EBADMSG;
	/* Kernels without NETLINK_CAP_ACK return the whole request. */
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED) &&
	    e->msg.nlmsg_len > sizeof(e->msg))
		offset += e->msg.nlmsg_len - sizeof(e->msg);
	nl_keep_extack(nl, nlh, offset);
	return e->error < 0 ? e->error : 0;
}

/* A dump that fails on its way says so in its NLMSG_DONE. */
static int nl_got_done(struct nl *nl, const struct nlmsghdr *nlh)
{
	int err;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(err))
		return 0;
	memcpy(&err, mnl_nlmsg_get_payload(nlh), sizeof(err));
	nl_keep_extack(nl, nlh, sizeof(err));
	return err < 0 ? err : 0;
}

/* Returns 1 if more is to come, else what the request came to. */
static int nl_got_message(struct nl *nl, const struct nlmsghdr *nlh,
			  uint16_t type, nl_cb_t cb, void *data)
{
	int err;

	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		nl->interrupted = true;

	switch (nlh->nlmsg_type) {
	case NLMSG_NOOP:
		return 1;
	case NLMSG_OVERRUN:
		return nl_overrun(nl);
	case NLMSG_ERROR:
		return nl_got_error(nl, nlh);
	case NLMSG_DONE:
		return nl_got_done(nl, nlh);
	}
	if (nlh->nlmsg_type != type)
		return 1;
	if (mnl_nlmsg_get_payload_len(nlh) < GENL_HDRLEN)
		return -EBADMSG;
	err = cb ? cb(nlh, data) : 0;
	return err ?: 1;
}

/* mnl_nlmsg_ok() takes lengths from 2^31 on for negative ones, which fit. */
static bool nl_message_ok(const struct nlmsghdr *nlh, int len)
{
	return mnl_nlmsg_ok(nlh, len) && nlh->nlmsg_len <= (unsigned int)len;
}

static int nl_got_datagram(struct nl *nl, ssize_t n, uint16_t type, nl_cb_t cb,
			   void *data)
{
	const struct nlmsghdr *nlh = (const void *)nl->buf;
	unsigned int portid = mnl_socket_get_portid(nl->sock);
	int len = n, ret;

	for (; nl_message_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len)) {
		if (nlh->nlmsg_seq != nl->seq || nlh->nlmsg_pid != portid)
			continue;
		ret = nl_got_message(nl, nlh, type, cb, data);
		if (ret <= 0)
			return ret;
	}
	return 1;
}

static ssize_t nl_receive(struct nl *nl)
{
	ssize_t n;

	do {
		n = mnl_socket_recvfrom(nl->sock, nl->buf, sizeof(nl->buf));
	} while (n < 0 && errno == EINTR);
	if (n >= 0)
		return n;
	if (errno == ENOBUFS)
		return nl_overrun(nl);
	/* libmnl's word for a datagram that didn't fit */
	return errno == ENOSPC ? -EMSGSIZE : -errno;
}

int nl_talk(struct nl *nl, struct nlmsghdr *nlh, nl_cb_t cb, void *data)
{
	uint16_t type = nlh->nlmsg_type;
	ssize_t n;
	int ret;

	nl->interrupted = false;
	nl->extack[0] = '\0';
	if (mnl_socket_sendto(nl->sock, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	do {
		n = nl_receive(nl);
		if (n < 0)
			return n;
		ret = nl_got_datagram(nl, n, type, cb, data);
	} while (ret > 0);
	if (!ret && nl->interrupted)
		return -EINTR;
	return ret;
}

static struct nlmsghdr *nl_header(struct nl *nl, uint16_t type, uint8_t cmd,
				  uint8_t version, uint16_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(nl->buf);
	struct genlmsghdr *genl;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	nlh->nlmsg_seq = ++nl->seq;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = version;
	return nlh;
}

struct nlmsghdr *nl_request(struct nl *nl, uint8_t cmd, uint16_t flags)
{
	return nl_header(nl, nl->family, cmd, NF_CT_VPN_GENL_VERSION, flags);
}

void nl_put(struct nlmsghdr *nlh, uint16_t attr, const void *data, size_t len)
{
	if (mnl_attr_put_check(nlh, NL_BUFSIZE, attr, len, data))
		return;
	error("the request is too long");
	exit(EXIT_FAILED);
}

static void nl_got_group(struct nl *nl, const struct nlattr *group)
{
	const struct nlattr *attr;
	bool events = false;
	uint32_t id = 0;

	mnl_attr_for_each_nested(attr, group) {
		switch (mnl_attr_get_type(attr)) {
		case CTRL_ATTR_MCAST_GRP_NAME:
			events = mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >=
					 0 &&
				 !strcmp(mnl_attr_get_str(attr),
					 NF_CT_VPN_GENL_EVENTS);
			break;
		case CTRL_ATTR_MCAST_GRP_ID:
			if (mnl_attr_validate(attr, MNL_TYPE_U32) >= 0)
				id = mnl_attr_get_u32(attr);
			break;
		}
	}
	if (events)
		nl->group = id;
}

static int nl_got_family(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr, *group;
	struct nl *nl = data;

	mnl_attr_for_each(attr, nlh, GENL_HDRLEN) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GROUPS)
			mnl_attr_for_each_nested(group, attr)
				nl_got_group(nl, group);
		if (mnl_attr_get_type(attr) != CTRL_ATTR_FAMILY_ID)
			continue;
		if (mnl_attr_validate(attr, MNL_TYPE_U16) < 0)
			return -EBADMSG;
		nl->family = mnl_attr_get_u16(attr);
	}
	return 0;
}

static int nl_find_family(struct nl *nl)
{
	struct nlmsghdr *nlh;
	int err;

	nl->family = 0;
	nl->group = 0;
	nlh = nl_header(nl, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1, 0);
	nl_put(nlh, CTRL_ATTR_FAMILY_NAME, NF_CT_VPN_GENL_NAME,
	       sizeof(NF_CT_VPN_GENL_NAME));
	err = nl_talk(nl, nlh, nl_got_family, nl);
	return err ?: nl->family ? 0 : -ENOENT;
}

static int nl_join(struct nl *nl, uint32_t group)
{
	return mnl_socket_setsockopt(nl->sock, NETLINK_ADD_MEMBERSHIP, &group,
				     sizeof(group)) < 0 ?
		       -errno :
		       0;
}

/* Is it news of our family's end? Nothing more comes to its groups then. */
static bool nl_is_end(const struct nl *nl, const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;

	if (nlh->nlmsg_type != GENL_ID_CTRL || genl->cmd != CTRL_CMD_DELFAMILY)
		return false;
	mnl_attr_for_each(attr, nlh, GENL_HDRLEN)
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID &&
		    mnl_attr_validate(attr, MNL_TYPE_U16) >= 0)
			return mnl_attr_get_u16(attr) == nl->family;
	return false;
}

static int nl_got_events(struct nl *nl, ssize_t n, nl_cb_t cb, void *data)
{
	const struct nlmsghdr *nlh = (const void *)nl->buf;
	int len = n, err;

	for (; nl_message_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len)) {
		if (nlh->nlmsg_type != nl->family &&
		    nlh->nlmsg_type != GENL_ID_CTRL)
			continue;
		if (mnl_nlmsg_get_payload_len(nlh) < GENL_HDRLEN)
			return -EBADMSG;
		if (nl_is_end(nl, nlh))
			return -ENODEV;
		err = nlh->nlmsg_type == nl->family ? cb(nlh, data) : 0;
		if (err)
			return err;
	}
	return 0;
}

int nl_subscribe(struct nl *nl)
{
	int err;

	if (!nl->group)
		return -EOPNOTSUPP;
	err = nl_join(nl, NL_GROUP_CTRL);
	return err ?: nl_join(nl, nl->group);
}

int nl_listen(struct nl *nl, nl_cb_t cb, void *data)
{
	int err = nl_subscribe(nl);
	ssize_t n;

	while (!err) {
		n = nl_receive(nl);
		err = n < 0 ? n : nl_got_events(nl, n, cb, data);
	}
	return err;
}

int nl_wait(struct nl *nl)
{
	ssize_t n;
	int err;

	for (;;) {
		err = nl_join(nl, NL_GROUP_CTRL);
		if (!err)
			err = nl_find_family(nl);
		if (err != -ENOENT)
			return err;
		/* whatever it says: some family may be new */
		n = nl_receive(nl);
		if (n < 0 && n != -ENOBUFS)
			return n;
	}
}

struct nl *nl_open(void)
{
	struct nl *nl = xrealloc(NULL, 1, sizeof(*nl));
	int err;

	memset(nl, 0, sizeof(*nl));
	err = nl_connect(nl);
	if (err) {
		nl_error(nl, "netlink", err);
		goto err_free;
	}
	err = nl_find_family(nl);
	if (err == -ENOENT) {
		error("module nf_conntrack_vpn is not loaded: modprobe -a nf_nat_esp nf_conntrack_isakmp");
		goto err_close;
	}
	if (err) {
		nl_error(nl, "looking up family " NF_CT_VPN_GENL_NAME, err);
		goto err_close;
	}
	return nl;

err_close:
	nl_disconnect(nl);
err_free:
	free(nl);
	return NULL;
}

void nl_close(struct nl *nl)
{
	nl_disconnect(nl);
	free(nl);
}

const char *nl_hint(int err)
{
	switch (-err) {
	case EPERM:
		return " (needs CAP_NET_ADMIN in this network namespace: try as root)";
	case EOPNOTSUPP:
		return " (is the loaded module older than this tool?)";
	case EBADMSG:
		return " (malformed answer from the kernel)";
	}
	return "";
}

/* Where the kernel says why, the name of the error says nothing more. */
void nl_error(const struct nl *nl, const char *what, int err)
{
	if (*nl->extack && strcmp(nl->extack, NEEDS_ADMIN))
		error("%s: %s", what, nl->extack);
	else
		error("%s: %s%s", what, strerror(-err), nl_hint(err));
}

const char *nl_reason(const struct nl *nl)
{
	return nl->extack;
}
