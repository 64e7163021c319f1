// SPDX-License-Identifier: GPL-2.0-only
/*
 * genl_fuzz [SECONDS [SEED]]: sends valid requests to the family nf_ct_vpn with
 * a few bytes changed, cut or repeated, for so long. The kernel shall answer
 * all of them and say nothing in its log.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "genl_nl.h"

static uint32_t state;

/* xorshift: the same everywhere for the same seed */
static uint32_t random_number(uint32_t below)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state % below;
}

/* few of each, so that requests meet the same entries */
static void put_host(struct nlmsghdr *nlh, uint16_t attr, const char *net4,
		     const char *net6, bool ipv6)
{
	uint8_t addr[16];

	inet_pton(ipv6 ? AF_INET6 : AF_INET, ipv6 ? net6 : net4, addr);
	addr[ipv6 ? 15 : 3] = 1 + random_number(4);
	mnl_attr_put(nlh, attr, ipv6 ? 16 : 4, addr);
}

#define CLIENT(attr)	put_host(nlh, (attr), "10.9.0.0", "fd09::", ipv6)
#define REMOTE(attr)	put_host(nlh, (attr), "199.9.0.0", "2001:db8:9::", ipv6)
#define MASQ(attr)	put_host(nlh, (attr), "200.9.0.0", "2001:db8:8::", ipv6)

static void put_session(struct nlmsghdr *nlh, uint8_t cmd, bool ipv6)
{
	CLIENT(NF_CT_VPN_A_SESSION_CLIENT);
	REMOTE(NF_CT_VPN_A_SESSION_SERVER);
	if (cmd == NF_CT_VPN_CMD_SESSION_GET)
		mnl_attr_put_u8(nlh, NF_CT_VPN_A_SESSION_STATE,
				random_number(5));
	if (cmd != NF_CT_VPN_CMD_SESSION_NEW)
		return;
	MASQ(NF_CT_VPN_A_SESSION_MASQ);
	if (random_number(2))
		mnl_attr_put_u32(nlh, NF_CT_VPN_A_SESSION_ESP_TIMEOUT,
				 1 + random_number(100));
	if (random_number(2))
		mnl_attr_put_u32(nlh, NF_CT_VPN_A_SESSION_IKE_TIMEOUT,
				 1 + random_number(100));
}

static void put_esp(struct nlmsghdr *nlh, uint8_t cmd, bool ipv6)
{
	CLIENT(NF_CT_VPN_A_ESP_CLIENT);
	REMOTE(NF_CT_VPN_A_ESP_SERVER);
	mnl_attr_put_u8(nlh, NF_CT_VPN_A_ESP_DIR, random_number(2));
	mnl_attr_put_u32(nlh, NF_CT_VPN_A_ESP_SPI, 0x100 + random_number(32));
	if (cmd == NF_CT_VPN_CMD_ESP_GET)
		return;
	MASQ(NF_CT_VPN_A_ESP_MASQ);
	if (cmd == NF_CT_VPN_CMD_ESP_DEL)
		return;
	mnl_attr_put_u8(nlh, NF_CT_VPN_A_ESP_STATE, random_number(2));
	mnl_attr_put_u8(nlh, NF_CT_VPN_A_ESP_CONFIDENCE, random_number(6));
	mnl_attr_put_u32(nlh, NF_CT_VPN_A_ESP_SEQ, random_number(1000));
	mnl_attr_put_u8(nlh, NF_CT_VPN_A_ESP_PIN, random_number(2));
}

static void put_isakmp(struct nlmsghdr *nlh, uint8_t cmd, bool ipv6)
{
	CLIENT(NF_CT_VPN_A_ISAKMP_CLIENT);
	REMOTE(NF_CT_VPN_A_ISAKMP_SERVER);
	if (cmd == NF_CT_VPN_CMD_ISAKMP_GET)
		return;
	mnl_attr_put_u64(nlh, NF_CT_VPN_A_ISAKMP_INITIATOR,
			 1 + random_number(16));
	mnl_attr_put_u64(nlh, NF_CT_VPN_A_ISAKMP_RESPONDER,
			 random_number(4));
	if (cmd == NF_CT_VPN_CMD_ISAKMP_DEL)
		return;
	mnl_attr_put_u8(nlh, NF_CT_VPN_A_ISAKMP_VERSION, 1 + random_number(2));
	mnl_attr_put_u8(nlh, NF_CT_VPN_A_ISAKMP_EXCHANGE, random_number(256));
	mnl_attr_put_u8(nlh, NF_CT_VPN_A_ISAKMP_BEGUN_BY, random_number(2));
}

static void put_pptp(struct nlmsghdr *nlh, uint8_t cmd, bool ipv6)
{
	CLIENT(NF_CT_VPN_A_PPTP_CLIENT);
	REMOTE(NF_CT_VPN_A_PPTP_SERVER);
	if (cmd == NF_CT_VPN_CMD_PPTP_GET)
		return;
	mnl_attr_put_u16(nlh, NF_CT_VPN_A_PPTP_CLIENT_PORT,
			 random_number(65536));
	mnl_attr_put_u16(nlh, NF_CT_VPN_A_PPTP_HOST_ID, random_number(65536));
}

/* Nothing can be made while vpn_enable is 0, as a mutated request may set it. */
static void put_setting(struct nlmsghdr *nlh)
{
	mnl_attr_put_u32(nlh, NF_CT_VPN_A_SETTING_VPN_ENABLE, 1);
	mnl_attr_put_u32(nlh, NF_CT_VPN_A_SETTING_ESP_TIMEOUT,
			 1 + random_number(3000));
	mnl_attr_put_u32(nlh, 2 + random_number(NF_CT_VPN_A_SETTING_MAX - 1),
			 random_number(70000));
}

static void put_flush(struct nlmsghdr *nlh, bool ipv6)
{
	if (random_number(4))
		CLIENT(NF_CT_VPN_A_FLUSH_CLIENT);
	mnl_attr_put_u8(nlh, NF_CT_VPN_A_FLUSH_KIND, random_number(4));
}

static void put_attrs(struct nlmsghdr *nlh, uint8_t cmd)
{
	bool ipv6 = !random_number(3);

	switch (cmd) {
	case NF_CT_VPN_CMD_SESSION_GET:
	case NF_CT_VPN_CMD_SESSION_NEW:
	case NF_CT_VPN_CMD_SESSION_DEL:
		put_session(nlh, cmd, ipv6);
		break;
	case NF_CT_VPN_CMD_ESP_GET:
	case NF_CT_VPN_CMD_ESP_NEW:
	case NF_CT_VPN_CMD_ESP_DEL:
		put_esp(nlh, cmd, ipv6);
		break;
	case NF_CT_VPN_CMD_ISAKMP_GET:
	case NF_CT_VPN_CMD_ISAKMP_NEW:
	case NF_CT_VPN_CMD_ISAKMP_DEL:
		put_isakmp(nlh, cmd, ipv6);
		break;
	case NF_CT_VPN_CMD_PPTP_GET:
	case NF_CT_VPN_CMD_PPTP_DEL:
		put_pptp(nlh, cmd, ipv6);
		break;
	case NF_CT_VPN_CMD_SETTING_SET:
		put_setting(nlh);
		break;
	case NF_CT_VPN_CMD_FLUSH:
		put_flush(nlh, ipv6);
		break;
	}
}

static bool is_dump(uint8_t cmd)
{
	return cmd == NF_CT_VPN_CMD_SESSION_GET ||
	       cmd == NF_CT_VPN_CMD_ESP_GET ||
	       cmd == NF_CT_VPN_CMD_ISAKMP_GET || cmd == NF_CT_VPN_CMD_PPTP_GET;
}

/* Behind the header of the message, which the socket layer would refuse. */
static void mutate(struct nlmsghdr *nlh)
{
	uint8_t *body = mnl_nlmsg_get_payload(nlh);
	uint32_t len = nlh->nlmsg_len - NLMSG_HDRLEN, at, n;

	for (n = random_number(4); n; n--)
		body[random_number(len)] = random_number(256);
	switch (random_number(6)) {
	case 0:
		nlh->nlmsg_len -= random_number(len);
		break;
	case 1:
		at = random_number(len);
		memcpy(body + len, body + at, len - at);
		nlh->nlmsg_len += len - at;
		break;
	}
}

static void send_one(uint16_t family)
{
	uint8_t cmd = 1 + random_number(NF_CT_VPN_CMD_MAX + 1);
	static const uint16_t flags[] = {
		0, NLM_F_CREATE, NLM_F_CREATE | NLM_F_REPLACE, NLM_F_EXCL,
	};
	struct nlmsghdr *nlh;

	nlh = request(family, cmd, NLM_F_ACK | (is_dump(cmd) ? NLM_F_DUMP :
						flags[random_number(4)]));
	put_attrs(nlh, cmd);
	if (random_number(3))
		mutate(nlh);
	transmit(nlh);
}

/* Returns whether the last request was done; every one has an end. */
static bool receive_end(void)
{
	const struct nlmsgerr *err;
	struct nlmsghdr *nlh;
	int len;

	for (;;) {
		len = mnl_socket_recvfrom(nl, buf, sizeof(buf));
		if (len < 0 && errno == ENOBUFS)
			return false;
		if (len < 0)
			die("no answer");
		for (nlh = (void *)buf; mnl_nlmsg_ok(nlh, len);
		     nlh = mnl_nlmsg_next(nlh, &len)) {
			err = mnl_nlmsg_get_payload(nlh);
			if (nlh->nlmsg_type == NLMSG_ERROR ||
			    nlh->nlmsg_type == NLMSG_DONE)
				return !err->error;
		}
	}
}

int main(int argc, char **argv)
{
	unsigned long seconds = argc > 1 ? strtoul(argv[1], NULL, 0) : 10;
	struct timeval patience = { .tv_sec = 30 };
	unsigned long sent = 0, done = 0;
	time_t end = time(NULL) + seconds;
	uint16_t family;

	state = argc > 2 ? strtoul(argv[2], NULL, 0) : (unsigned long)end;
	state = state ? state : 1;
	printf("seed=%u ", state);
	fflush(stdout);
	netlink_open();
	setsockopt(mnl_socket_get_fd(nl), SOL_SOCKET, SO_RCVTIMEO, &patience,
		   sizeof(patience));
	family = family_id(NULL);
	if (!family) {
		fprintf(stderr, "genl_fuzz: no family\n");
		return 1;
	}
	while (time(NULL) < end) {
		send_one(family);
		done += receive_end();
		sent++;
	}
	printf("sent=%lu good=%lu\n", sent, done);
	return 0;
}
