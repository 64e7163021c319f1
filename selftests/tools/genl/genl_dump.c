// SPDX-License-Identifier: GPL-2.0-only
/*
 * genl_dump N [SECONDS]: loads N sessions with an ESP flow each, and dumps them
 * while another process makes and deletes others. Prints how many of the N a
 * dump told not at all or twice, the slowest dump, and how many there were.
 *
 * Sessions are those of 10.X.Y.Z with one of four servers, none of which is
 * there. nf_conntrack_vpn_max and zones must suffice.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "genl_nl.h"

#define SERVERS	4
#define CLIENT0	0x0a400001u	/* 10.64.0.1 */
#define SERVER0	0xc7090001u	/* 199.9.0.1 */
#define MASQ	0xc8c8c8c8u	/* 200.200.200.200 */

static uint16_t family;

static void put_addr(struct nlmsghdr *nlh, uint16_t attr, uint32_t addr)
{
	mnl_attr_put_u32(nlh, attr, htonl(addr));
}

/* error of the answer; messages of a dump go to @show */
static int receive(void (*show)(const struct nlmsghdr *nlh))
{
	const struct nlmsgerr *err;
	struct nlmsghdr *nlh;
	int len;

	for (;;) {
		len = mnl_socket_recvfrom(nl, buf, sizeof(buf));
		if (len < 0)
			die("receive");
		for (nlh = (void *)buf; mnl_nlmsg_ok(nlh, len);
		     nlh = mnl_nlmsg_next(nlh, &len)) {
			err = mnl_nlmsg_get_payload(nlh);
			if (nlh->nlmsg_type == NLMSG_ERROR ||
			    nlh->nlmsg_type == NLMSG_DONE)
				return err->error;
			show(nlh);
		}
	}
}

static int session(uint8_t cmd, uint32_t n)
{
	struct nlmsghdr *nlh = request(family, cmd, NLM_F_ACK);

	put_addr(nlh, NF_CT_VPN_A_SESSION_CLIENT, CLIENT0 + n / SERVERS);
	put_addr(nlh, NF_CT_VPN_A_SESSION_SERVER, SERVER0 + n % SERVERS);
	if (cmd == NF_CT_VPN_CMD_SESSION_NEW) {
		put_addr(nlh, NF_CT_VPN_A_SESSION_MASQ, MASQ);
		mnl_attr_put_u32(nlh, NF_CT_VPN_A_SESSION_ESP_TIMEOUT, 86400);
	}
	transmit(nlh);
	return receive(NULL);
}

/* Made and deleted in an order that leaves holes everywhere. */
static void churn(uint32_t n)
{
	uint32_t i, k = 1000;

	for (;;) {
		for (i = 0; i < k; i++)
			session(NF_CT_VPN_CMD_SESSION_NEW, n + i);
		for (i = 0; i < k; i++)
			session(NF_CT_VPN_CMD_SESSION_DEL, n + i * 7 % k);
	}
}

static uint8_t *seen;
static uint32_t wanted, told;

static void note(const struct nlmsghdr *nlh)
{
	uint32_t client = 0, server = 0, i;
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) == NF_CT_VPN_A_SESSION_CLIENT)
			client = ntohl(mnl_attr_get_u32(attr));
		if (mnl_attr_get_type(attr) == NF_CT_VPN_A_SESSION_SERVER)
			server = ntohl(mnl_attr_get_u32(attr));
	}
	told++;
	i = (client - CLIENT0) * SERVERS + (server - SERVER0);
	if (i < wanted && seen[i] < 255)
		seen[i]++;
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/* seconds it took */
static double dump(unsigned int *lost, unsigned int *twice)
{
	double start = now(), end;
	uint32_t i;
	int err;

	memset(seen, 0, wanted);
	told = 0;
	transmit(request(family, NF_CT_VPN_CMD_SESSION_GET, NLM_F_DUMP));
	err = receive(note);
	end = now();
	if (err) {
		errno = -err;
		die("dump");
	}
	for (i = 0; i < wanted; i++) {
		*lost += !seen[i];
		*twice += seen[i] > 1;
	}
	return end - start;
}

static void load(void)
{
	uint32_t i;
	int err;

	for (i = 0; i < wanted; i++) {
		err = session(NF_CT_VPN_CMD_SESSION_NEW, i);
		if (err) {
			errno = -err;
			die("load");
		}
	}
}

int main(int argc, char **argv)
{
	unsigned int dumps = 0, lost = 0, twice = 0, seconds;
	double end, took, worst = 0;
	pid_t child;

	if (argc < 2) {
		fprintf(stderr, "usage: genl_dump N [SECONDS]\n");
		return 2;
	}
	wanted = strtoul(argv[1], NULL, 0);
	seconds = argc > 2 ? strtoul(argv[2], NULL, 0) : 10;
	seen = calloc(wanted, 1);
	netlink_open();
	family = family_id(NULL);
	if (!seen || !family)
		die("family");
	load();
	/* the quiet one, to compare with others */
	printf("quiet=%.2f ", dump(&lost, &twice));
	fflush(stdout);
	child = fork();
	if (!child) {
		mnl_socket_close(nl);
		netlink_open();
		churn(wanted);
	}
	for (end = now() + seconds; now() < end; dumps++) {
		took = dump(&lost, &twice);
		worst = took > worst ? took : worst;
	}
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	printf("dumps=%u worst=%.2f told=%u lost=%u twice=%u\n", dumps, worst,
	       told, lost, twice);
	return 0;
}
