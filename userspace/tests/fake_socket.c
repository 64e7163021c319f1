// SPDX-License-Identifier: GPL-2.0-only
/*
 * fake_socket - the socket to the fake kernel: messages in datagrams
 *
 * Linked with --wrap into a vpnct that is otherwise the real one. What is sent
 * is answered at once, and what is received is what has been queued by then.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/netfilter/nf_ct_vpn.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#include "fake.h"
#include "fake_socket.h"

struct queue queue;

/* It has a number as the real ones have, and takes what is written to it. */
static int number = -1;

/* to events, of which none has been read */
static bool listening;

struct datagram *add_datagram(void)
{
	struct datagram *d = calloc(1, sizeof(*d));

	if (!d)
		abort();
	if (queue.first)
		queue.last->next = d;
	else
		queue.first = d;
	queue.last = d;
	return d;
}

void add_error(int err)
{
	add_datagram()->err = err;
	add_datagram();
}

/* As the kernel does, many messages share a datagram. */
struct nlmsghdr *add_message(uint16_t type, uint16_t flags)
{
	struct datagram *d;

	if (!queue.first)
		add_datagram();
	d = queue.last;
	if (d->len + 512 > 4096)
		d = add_datagram();
	queue.nlh = mnl_nlmsg_put_header(d->data + d->len);
	queue.nlh->nlmsg_type = type;
	queue.nlh->nlmsg_flags = flags;
	queue.nlh->nlmsg_seq = queue.seq;
	queue.nlh->nlmsg_pid = FAKE_PORTID;
	return queue.nlh;
}

void end_message(const struct nlmsghdr *nlh)
{
	queue.last->len += MNL_ALIGN(nlh->nlmsg_len);
}

struct nlmsghdr *add_answer(uint8_t cmd, uint16_t flags)
{
	struct nlmsghdr *nlh = add_message(FAKE_FAMILY, flags);
	struct genlmsghdr *genl =
		mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));

	genl->cmd = cmd;
	genl->version = NF_CT_VPN_GENL_VERSION;
	return nlh;
}

/* with NETLINK_CAP_ACK and NETLINK_EXT_ACK */
void add_ack(const struct nlmsghdr *req, int err, const char *text)
{
	uint16_t flags = NLM_F_CAPPED | (text ? NLM_F_ACK_TLVS : 0);
	struct nlmsghdr *nlh = add_message(NLMSG_ERROR, flags);
	struct nlmsgerr *e = mnl_nlmsg_put_extra_header(nlh, sizeof(*e));

	e->error = err;
	e->msg = *req;
	if (text)
		mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, text);
	end_message(nlh);
}

void add_done(int err, const char *text)
{
	uint16_t flags = NLM_F_MULTI | (text ? NLM_F_ACK_TLVS : 0);
	struct nlmsghdr *nlh = add_message(NLMSG_DONE, flags);
	int *payload = mnl_nlmsg_put_extra_header(nlh, sizeof(*payload));

	*payload = err;
	if (text)
		mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, text);
	end_message(nlh);
}

static void forget_answers(void)
{
	struct datagram *d;

	while ((d = queue.first)) {
		queue.first = d->next;
		free(d);
	}
	queue.nlh = NULL;
}

struct mnl_socket *__wrap_mnl_socket_open(int bus);
int __wrap_mnl_socket_bind(struct mnl_socket *nl, unsigned int groups,
			   pid_t pid);
int __wrap_mnl_socket_close(struct mnl_socket *nl);
int __wrap_mnl_socket_get_fd(const struct mnl_socket *nl);
unsigned int __wrap_mnl_socket_get_portid(const struct mnl_socket *nl);
int __wrap_mnl_socket_setsockopt(const struct mnl_socket *nl, int type,
				 void *buf, socklen_t len);
ssize_t __wrap_mnl_socket_sendto(const struct mnl_socket *nl, const void *req,
				 size_t len);
ssize_t __wrap_mnl_socket_recvfrom(const struct mnl_socket *nl, void *buf,
				   size_t size);
int __wrap_isatty(int fd);

struct mnl_socket *__wrap_mnl_socket_open(int bus)
{
	if (bus != NETLINK_GENERIC && bus != NETLINK_XFRM)
		abort();
	if (bus != NETLINK_GENERIC || scenario("no-netlink")) {
		errno = EPROTONOSUPPORT;
		return NULL;
	}
	forget_overrun();
	if (number < 0)
		number = open("/dev/null", O_RDWR | O_CLOEXEC);
	return (struct mnl_socket *)&queue;
}

int __wrap_mnl_socket_bind(struct mnl_socket *nl, unsigned int groups,
			   pid_t pid)
{
	(void)nl;
	(void)groups;
	(void)pid;
	return 0;
}

int __wrap_mnl_socket_close(struct mnl_socket *nl)
{
	(void)nl;
	forget_answers();
	return 0;
}

int __wrap_mnl_socket_get_fd(const struct mnl_socket *nl)
{
	(void)nl;
	return -1;
}

unsigned int __wrap_mnl_socket_get_portid(const struct mnl_socket *nl)
{
	(void)nl;
	return FAKE_PORTID;
}

int __wrap_mnl_socket_setsockopt(const struct mnl_socket *nl, int type,
				 void *buf, socklen_t len)
{
	(void)nl;
	(void)len;
	if (type != NETLINK_ADD_MEMBERSHIP)
		return 0;
	if (*(uint32_t *)buf == GENL_ID_CTRL)
		return 0;
	if (*(uint32_t *)buf != FAKE_GROUP)
		abort();
	listening = true;
	return 0;
}

ssize_t __wrap_mnl_socket_sendto(const struct mnl_socket *nl, const void *req,
				 size_t len)
{
	const struct nlmsghdr *nlh = req;

	(void)nl;
	if (!mnl_nlmsg_ok(nlh, len))
		abort();
	forget_answers();
	queue.seq = nlh->nlmsg_seq;
	answer(nlh);
	return len;
}

ssize_t __wrap_mnl_socket_recvfrom(const struct mnl_socket *nl, void *buf,
				   size_t size)
{
	struct datagram *d;
	ssize_t len = -1;

	(void)nl;
	if (!queue.first && listening) {
		listening = false;
		add_some_events();
	}
	d = queue.first;
	/* The real one would block for ever. */
	if (!d) {
		fputs("fake kernel: nothing to receive\n", stderr);
		abort();
	}
	queue.first = d->next;
	errno = d->err;
	if (!d->err) {
		len = d->len > size ? size : d->len;
		memcpy(buf, d->data, len);
	}
	free(d);
	return len;
}

int __wrap_isatty(int fd)
{
	return fd == STDOUT_FILENO && getenv("VPNCT_FAKE_TTY");
}
