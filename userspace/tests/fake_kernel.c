// SPDX-License-Identifier: GPL-2.0-only
/*
 * fake_kernel - the kernel's side of the socket, for tests
 *
 * Requests are checked as the kernel would check them, answers are messages as
 * it would build them, and VPNCT_FAKE names what goes wrong on the way.
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netfilter/nf_ct_vpn.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>

#include "fake.h"
#include "fake_socket.h"

/* how often something went wrong */
static int faults;

/* An overrun dump is still open on this socket. */
static bool overrun;

bool scenario(const char *name)
{
	const char *s = getenv("VPNCT_FAKE");

	return s && !strcmp(s, name);
}

/* Messages that aren't for us must neither count nor end anything. */
static void add_strangers(void)
{
	struct nlmsghdr *nlh;

	add_message(NLMSG_DONE, NLM_F_MULTI)->nlmsg_seq--;
	end_message(queue.nlh);
	add_message(NLMSG_DONE, NLM_F_MULTI)->nlmsg_pid++;
	end_message(queue.nlh);
	end_message(add_message(NLMSG_NOOP, 0));
	nlh = add_message(FAKE_FAMILY + 1, NLM_F_MULTI);
	mnl_nlmsg_put_extra_header(nlh, GENL_HDRLEN);
	end_message(nlh);
	add_error(EINTR);
}

/* Returns true if the fault is all there is to say. */
static bool dump_fault(void)
{
	if (scenario("interrupted") ||
	    (scenario("interrupted-once") && !faults++))
		queue.nlh->nlmsg_flags |= NLM_F_DUMP_INTR;
	if (scenario("overrun") ||
	    (scenario("overrun-once") && !faults++)) {
		overrun = true;
		add_error(ENOBUFS);
		return true;
	}
	if (scenario("too-long")) {
		add_error(ENOSPC);
		return true;
	}
	if (scenario("short")) {
		end_message(add_message(FAKE_FAMILY, NLM_F_MULTI));
		return true;
	}
	if (scenario("short-error")) {
		end_message(add_message(NLMSG_ERROR, 0));
		return true;
	}
	if (scenario("late-error")) {
		add_done(-ENOMEM, "no room for the walk");
		return true;
	}
	return false;
}

static void answer_dump(const struct nlmsghdr *req, uint8_t cmd)
{
	if (!(req->nlmsg_flags & NLM_F_DUMP)) {
		add_ack(req, -EOPNOTSUPP, NULL);
		return;
	}
	if (scenario("strangers"))
		add_strangers();
	add_table(cmd);
	if (queue.nlh && dump_fault())
		return;
	add_done(0, NULL);
}

static void answer_stats(const struct nlmsghdr *req)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(req);
	struct nlmsghdr *nlh;
	int i;

	if (req->nlmsg_flags & NLM_F_DUMP) {
		add_ack(req, -EOPNOTSUPP, NULL);
		return;
	}
	nlh = add_answer(genl->cmd, 0);
	for (i = NF_CT_VPN_A_STATS_ENTRIES; i <= NF_CT_VPN_A_STATS_MAX; i++)
		put_u64(nlh, i,
			scenario("empty") ? 0 :
			genl->cmd == NF_CT_VPN_CMD_STATS_RESET ?
					    i :
					    i * 1000 + i);
	end_message(nlh);
	add_ack(req, 0, NULL);
}

/* nlctrl to all that listen: a family has come, or gone */
static void add_notice(uint8_t cmd, uint16_t family)
{
	struct nlmsghdr *nlh = add_message(GENL_ID_CTRL, 0);
	struct genlmsghdr *genl =
		mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));

	nlh->nlmsg_seq = 0;
	nlh->nlmsg_pid = 0;
	genl->cmd = cmd;
	mnl_attr_put_u16(nlh, CTRL_ATTR_FAMILY_ID, family);
	end_message(nlh);
}

static void put_groups(struct nlmsghdr *nlh)
{
	struct nlattr *groups, *group;

	if (scenario("no-events"))
		return;
	groups = mnl_attr_nest_start(nlh, CTRL_ATTR_MCAST_GROUPS);
	group = mnl_attr_nest_start(nlh, 1);
	mnl_attr_put_u32(nlh, CTRL_ATTR_MCAST_GRP_ID, FAKE_GROUP);
	mnl_attr_put_strz(nlh, CTRL_ATTR_MCAST_GRP_NAME, NF_CT_VPN_GENL_EVENTS);
	mnl_attr_nest_end(nlh, group);
	mnl_attr_nest_end(nlh, groups);
}

static void answer_family(const struct nlmsghdr *req)
{
	const struct nlattr *attr = mnl_nlmsg_get_payload_offset(req, 4);
	struct nlmsghdr *nlh;
	struct genlmsghdr *genl;

	if (mnl_attr_get_type(attr) != CTRL_ATTR_FAMILY_NAME ||
	    strcmp(mnl_attr_get_str(attr), NF_CT_VPN_GENL_NAME))
		abort();
	if (scenario("no-family")) {
		add_ack(req, -ENOENT, NULL);
		return;
	}
	/* unloaded; what comes first is something else */
	if (scenario("reload") && (faults == 1 || faults == 2)) {
		faults++;
		add_ack(req, -ENOENT, NULL);
		add_datagram();
		add_notice(CTRL_CMD_NEWFAMILY, FAKE_FAMILY + faults);
		return;
	}
	nlh = add_message(GENL_ID_CTRL, 0);
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = CTRL_CMD_NEWFAMILY;
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, NF_CT_VPN_GENL_NAME);
	mnl_attr_put_u16(nlh, CTRL_ATTR_FAMILY_ID, FAKE_FAMILY);
	mnl_attr_put_u32(nlh, CTRL_ATTR_VERSION, NF_CT_VPN_GENL_VERSION);
	put_groups(nlh);
	end_message(nlh);
	add_ack(req, 0, NULL);
}

static bool refuse(const struct nlmsghdr *req)
{
	if (overrun)
		add_ack(req, -EBUSY, NULL);
	else if (scenario("not-permitted"))
		add_ack(req, -EPERM, NULL);
	else if (scenario("older"))
		add_ack(req, -EOPNOTSUPP, NULL);
	else if (scenario("extack"))
		add_ack(req, -EINVAL, "Attribute failed policy validation");
	else
		return false;
	return true;
}

/* Bytes of the answers changed at random: anything but a crash is right. */
static void fuzz(unsigned int seed)
{
	struct datagram *d;
	unsigned int i, n;

	srandom(seed + queue.seq);
	for (d = queue.first; d; d = d->next) {
		n = d->len ? random() % 24 : 0;
		for (i = 0; i < n; i++)
			d->data[random() % d->len] =
				random() % 2 ? random() : random() % 4;
	}
	/* or nothing might end it */
	add_datagram();
	add_done(0, NULL);
}

void answer(const struct nlmsghdr *req)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(req);
	const char *name = getenv("VPNCT_FAKE");

	if (req->nlmsg_type == GENL_ID_CTRL) {
		answer_family(req);
		return;
	}
	if (req->nlmsg_type != FAKE_FAMILY)
		abort();
	if (refuse(req))
		return;
	if (genl->cmd == NF_CT_VPN_CMD_STATS_GET ||
	    genl->cmd == NF_CT_VPN_CMD_STATS_RESET)
		answer_stats(req);
	else if (genl->cmd > NF_CT_VPN_CMD_PPTP_GET)
		answer_change(req, genl->cmd);
	else
		answer_dump(req, genl->cmd);
	if (name && !strncmp(name, "fuzz:", 5))
		fuzz(atoi(name + 5));
}

void forget_overrun(void)
{
	overrun = false;
}

/* some events, some that are lost, and an end, which has no event */
void add_some_events(void)
{
	if (!faults++) {
		add_notice(CTRL_CMD_DELFAMILY, FAKE_FAMILY + 1);
		add_events();
		if (scenario("reload"))
			add_notice(CTRL_CMD_DELFAMILY, FAKE_FAMILY);
		else
			add_error(ENOBUFS);
	} else {
		add_events();
		add_error(EIO);
	}
}
