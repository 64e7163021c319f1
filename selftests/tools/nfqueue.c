// SPDX-License-Identifier: GPL-2.0-only
/*
 * nfqueue QUEUE READY-FILE: accepts every packet of a netfilter queue, as an
 * IDS in user space would, until SIGTERM; then prints how many there were.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_queue.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct mnl_socket *nl;
static unsigned int queue;
static unsigned long packets;

static void die(const char *what)
{
	fprintf(stderr, "nfqueue: %s: %s\n", what, strerror(errno));
	exit(2);
}

static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
}

/* The signal comes through here only, not between a test and a receive. */
static bool wait_packet(void)
{
	struct pollfd fd = {
		.fd	= mnl_socket_get_fd(nl),
		.events	= POLLIN,
	};
	sigset_t none;

	sigemptyset(&none);
	while (!stopped)
		if (ppoll(&fd, 1, NULL, &none) > 0)
			return true;
		else if (errno != EINTR)
			die("poll");
	return false;
}

static struct nlmsghdr *message(char *buf, int type)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct nfgenmsg *nfg;

	nlh->nlmsg_type = NFNL_SUBSYS_QUEUE << 8 | type;
	nlh->nlmsg_flags = NLM_F_REQUEST;
	nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));
	nfg->nfgen_family = AF_UNSPEC;
	nfg->version = NFNETLINK_V0;
	nfg->res_id = htons(queue);
	return nlh;
}

static void queue_bind(void)
{
	struct nfqnl_msg_config_params params = {
		.copy_range = htonl(64),
		.copy_mode = NFQNL_COPY_PACKET,
	};
	struct nfqnl_msg_config_cmd cmd = { .command = NFQNL_CFG_CMD_BIND };
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *nlh = message(buf, NFQNL_MSG_CONFIG);

	mnl_attr_put(nlh, NFQA_CFG_CMD, sizeof(cmd), &cmd);
	mnl_attr_put(nlh, NFQA_CFG_PARAMS, sizeof(params), &params);
	nlh->nlmsg_flags |= NLM_F_ACK;
	if (mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0 ||
	    mnl_cb_run(buf, mnl_socket_recvfrom(nl, buf, sizeof(buf)), 0,
		       mnl_socket_get_portid(nl), NULL, NULL) < 0)
		die("bind");
}

static int packet_cb(const struct nlmsghdr *nlh, void *data)
{
	struct nfqnl_msg_verdict_hdr verdict = {
		.verdict = htonl(NF_ACCEPT),
	};
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct nlattr *attr;
	struct nlmsghdr *answer;

	(void)data;
	mnl_attr_for_each(attr, nlh, sizeof(struct nfgenmsg)) {
		struct nfqnl_msg_packet_hdr *h = mnl_attr_get_payload(attr);

		if (mnl_attr_get_type(attr) != NFQA_PACKET_HDR)
			continue;
		verdict.id = h->packet_id;
		answer = message(buf, NFQNL_MSG_VERDICT);
		mnl_attr_put(answer, NFQA_VERDICT_HDR, sizeof(verdict),
			     &verdict);
		if (mnl_socket_sendto(nl, answer, answer->nlmsg_len) < 0)
			die("verdict");
		packets++;
	}
	return MNL_CB_OK;
}

int main(int argc, char **argv)
{
	struct sigaction sa = { .sa_handler = stop };
	char buf[0xffff + MNL_SOCKET_BUFFER_SIZE / 2];
	sigset_t term;
	ssize_t len;
	int fd;

	if (argc != 3) {
		fprintf(stderr, "usage: nfqueue QUEUE READY-FILE\n");
		return 2;
	}
	queue = atoi(argv[1]);
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	sigaction(SIGTERM, &sa, NULL);
	nl = mnl_socket_open(NETLINK_NETFILTER);
	if (!nl || mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0)
		die("netlink");
	queue_bind();
	fd = open(argv[2], O_WRONLY | O_CREAT, 0644);
	if (fd < 0)
		die(argv[2]);
	close(fd);
	while (wait_packet()) {
		len = mnl_socket_recvfrom(nl, buf, sizeof(buf));
		if (len < 0)
			die("receive");
		mnl_cb_run(buf, len, 0, 0, packet_cb, NULL);
	}
	printf("%lu\n", packets);
	mnl_socket_close(nl);
	return 0;
}
