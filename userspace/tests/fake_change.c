// SPDX-License-Identifier: GPL-2.0-only
/*
 * fake_change - a kernel that is told things
 *
 * Requests to change something are printed, attribute by attribute, so that
 * golden outputs show what would have gone to the kernel.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netfilter/nf_ct_vpn.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "fake.h"

static void print_attr(const struct nlattr *attr)
{
	const uint8_t *byte = mnl_attr_get_payload(attr);
	uint16_t i;

	printf("  %u:", mnl_attr_get_type(attr));
	for (i = 0; i < mnl_attr_get_payload_len(attr); i++)
		printf(" %02x", byte[i]);
	putchar('\n');
}

static void print_request(const struct nlmsghdr *req, uint8_t cmd)
{
	const struct nlattr *attr;
	uint16_t flags = req->nlmsg_flags;

	printf("request %u%s%s\n", cmd, flags & NLM_F_REPLACE ? " replace" : "",
	       flags & NLM_F_EXCL ? " excl" : "");
	mnl_attr_for_each(attr, req, GENL_HDRLEN)
		print_attr(attr);
	fflush(stdout);
}

static void answer_settings(const struct nlmsghdr *req)
{
	struct nlmsghdr *nlh = add_answer(NF_CT_VPN_CMD_SETTING_GET, 0);
	int i;

	for (i = NF_CT_VPN_A_SETTING_VPN_ENABLE; i <= NF_CT_VPN_A_SETTING_MAX;
	     i++)
		mnl_attr_put_u32(nlh, i, i == 1 ? 1 : i * 100);
	end_message(nlh);
	add_ack(req, 0, NULL);
}

/* As the real one words it. */
static const char *refusal(uint8_t cmd)
{
	switch (cmd) {
	case NF_CT_VPN_CMD_SETTING_SET:
		return "nf_conntrack_esp_guess is out of range";
	case NF_CT_VPN_CMD_SESSION_DEL:
		return "client and server have no session";
	case NF_CT_VPN_CMD_ISAKMP_DEL:
		return "initiator and responder are not known";
	default:
		return "spi: is reserved";
	}
}

void answer_change(const struct nlmsghdr *req, uint8_t cmd)
{
	struct nlmsghdr *nlh;

	if (cmd == NF_CT_VPN_CMD_SETTING_GET) {
		answer_settings(req);
		return;
	}
	print_request(req, cmd);
	if (scenario("refuse")) {
		add_ack(req, -ERANGE, refusal(cmd));
		return;
	}
	if (cmd == NF_CT_VPN_CMD_FLUSH) {
		nlh = add_answer(cmd, 0);
		mnl_attr_put_u32(nlh, NF_CT_VPN_A_FLUSH_COUNT, 42);
		end_message(nlh);
	}
	add_ack(req, 0, NULL);
}

static struct nlmsghdr *begin_event(uint8_t event)
{
	struct nlmsghdr *nlh = add_answer(NF_CT_VPN_CMD_EVENT, 0);

	/* nobody has asked */
	nlh->nlmsg_seq = 0;
	nlh->nlmsg_pid = 0;
	mnl_attr_put_u8(nlh, NF_CT_VPN_A_EVENT_EVENT, event);
	return nlh;
}

static void put_ipv4(struct nlmsghdr *nlh, uint16_t type, const char *text)
{
	struct in_addr addr;

	inet_pton(AF_INET, text, &addr);
	mnl_attr_put(nlh, type, sizeof(addr), &addr);
}

static void add_spi_event(uint8_t event, const char *client, uint8_t conf)
{
	struct nlmsghdr *nlh = begin_event(event);
	struct nlattr *nest =
		mnl_attr_nest_start(nlh, NF_CT_VPN_A_EVENT_ESP);

	mnl_attr_put_u8(nlh, NF_CT_VPN_A_ESP_FAMILY, AF_INET);
	mnl_attr_put_u8(nlh, NF_CT_VPN_A_ESP_DIR, NF_CT_VPN_DIR_IN);
	mnl_attr_put_u32(nlh, NF_CT_VPN_A_ESP_SPI, 0xc30f00d1);
	if (client)
		put_ipv4(nlh, NF_CT_VPN_A_ESP_CLIENT, client);
	put_ipv4(nlh, NF_CT_VPN_A_ESP_SERVER, "199.0.0.1");
	mnl_attr_put_u8(nlh, NF_CT_VPN_A_ESP_CONFIDENCE, conf);
	mnl_attr_put_u64(nlh, NF_CT_VPN_A_ESP_FIRST, 0);
	mnl_attr_nest_end(nlh, nest);
	end_message(nlh);
}

static void add_session_event(void)
{
	struct nlmsghdr *nlh = begin_event(NF_CT_VPN_EVENT_NEW);
	struct nlattr *nest =
		mnl_attr_nest_start(nlh, NF_CT_VPN_A_EVENT_SESSION);

	mnl_attr_put_u8(nlh, NF_CT_VPN_A_SESSION_FAMILY, AF_INET);
	put_ipv4(nlh, NF_CT_VPN_A_SESSION_CLIENT, "10.0.0.2");
	put_ipv4(nlh, NF_CT_VPN_A_SESSION_SERVER, "199.0.0.1");
	mnl_attr_put_u16(nlh, NF_CT_VPN_A_SESSION_ZONE, 32768);
	mnl_attr_nest_end(nlh, nest);
	end_message(nlh);
}

static void add_full_event(void)
{
	struct nlmsghdr *nlh = begin_event(NF_CT_VPN_EVENT_FULL);

	put_ipv4(nlh, NF_CT_VPN_A_EVENT_CLIENT, "10.0.0.3");
	mnl_attr_put_u32(nlh, NF_CT_VPN_A_EVENT_LIMIT,
			 NF_CT_VPN_A_STATS_CLIENT_FULL);
	end_message(nlh);
}

void add_events(void)
{
	struct nlmsghdr *nlh;

	add_session_event();
	add_spi_event(NF_CT_VPN_EVENT_NEW, NULL, NF_CT_VPN_CONF_NONE);
	add_spi_event(NF_CT_VPN_EVENT_BOUND, "10.0.0.2",
		      NF_CT_VPN_CONF_INFERRED);
	add_spi_event(NF_CT_VPN_EVENT_REBOUND, "10.0.0.3",
		      NF_CT_VPN_CONF_GUESSED);
	add_spi_event(NF_CT_VPN_EVENT_EXPIRED, "10.0.0.3",
		      NF_CT_VPN_CONF_GUESSED);
	add_full_event();
	if (scenario("newer")) {
		add_spi_event(NF_CT_VPN_EVENT_FULL + 1, NULL,
			      NF_CT_VPN_CONF_NONE);
		add_spi_event(200, NULL, NF_CT_VPN_CONF_NONE);
	}
	if (!scenario("bad-event"))
		return;
	nlh = begin_event(NF_CT_VPN_EVENT_NEW);
	mnl_attr_put_u16(nlh, NF_CT_VPN_A_EVENT_CLIENT, 1);
	end_message(nlh);
}
