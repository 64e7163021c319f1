// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whose the gateway takes each inbound SPI for, by looking at its table again
 * and again: often while one is undecided or wrong, else rarely.
 */
#include <errno.h>
#include <linux/netfilter/nf_ct_vpn.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/nl.h"
#include "vpnemu.h"

#define RARELY		10	/* factor */

struct watch {
	struct nl *nl;
	int64_t now;		/* of the look that is going on */
	struct emu *e;
};

struct watch *watch_open(const char *netns)
{
	struct watch *w = calloc(1, sizeof(*w));
	int here = netns_enter(netns);

	if (!w)
		die("no memory");
	w->nl = nl_open();
	netns_leave(here);
	if (!w->nl)
		exit(2);
	return w;
}

static bool watch_addr(struct addr *a, int family, const struct nlattr *attr)
{
	if (mnl_attr_get_payload_len(attr) != (family == AF_INET ? 4 : 16))
		return false;
	memset(a, 0, sizeof(*a));
	a->family = family;
	memcpy(&a->v6, mnl_attr_get_payload(attr),
	       mnl_attr_get_payload_len(attr));
	return true;
}

static void sa_is_wrong(struct sa *sa, uint32_t held_by, int64_t now)
{
	if (!sa->wrong_since)
		sa->wrong_since = now;
	else
		sa->wrong_ns += now - sa->wrong_last;
	if (!sa->wrong_first)
		sa->wrong_first = now;
	sa->wrong_last = now;
	sa->held_by = held_by;
}

/* No longer wrong. That it was until now is the worse assumption. */
static void sa_isnt_wrong(struct sa *sa, int64_t now)
{
	if (!sa->wrong_since)
		return;
	sa->wrong_ns += now - sa->wrong_last;
	sa->wrong_last = now;
	sa->wrong_since = 0;
}

/* client NULL: nobody's yet */
static void watch_note(struct watch *w, uint32_t spi, const struct addr *client,
		       uint8_t conf)
{
	struct sa *sa = sa_find(w->e, spi);
	uint32_t i;

	if (!sa || !sa->inbound)
		return;
	sa->conf = conf;
	if (client && !addr_equal(client, &sa->host->addr)) {
		for (i = 0; i < w->e->n_hosts; i++)
			if (addr_equal(&w->e->hosts[i].addr, client))
				break;
		sa_is_wrong(sa, i, w->now);
		sa->decided = 0;
		return;
	}
	sa_isnt_wrong(sa, w->now);
	if (!client)
		sa->decided = 0;
	else if (!sa->decided)
		sa->decided = w->now;
}

static int watch_entry(const struct nlmsghdr *nlh, void *data)
{
	int family = AF_INET, dir = NF_CT_VPN_DIR_OUT;
	const struct nlattr *attr, *client = NULL;
	uint8_t conf = NF_CT_VPN_CONF_NONE;
	uint32_t spi = 0;
	struct addr a;

	mnl_attr_for_each(attr, nlh, GENL_HDRLEN) {
		switch (mnl_attr_get_type(attr)) {
		case NF_CT_VPN_A_ESP_FAMILY:
			family = mnl_attr_get_u8(attr);
			break;
		case NF_CT_VPN_A_ESP_DIR:
			dir = mnl_attr_get_u8(attr);
			break;
		case NF_CT_VPN_A_ESP_SPI:
			spi = mnl_attr_get_u32(attr);
			break;
		case NF_CT_VPN_A_ESP_CONFIDENCE:
			conf = mnl_attr_get_u8(attr);
			break;
		case NF_CT_VPN_A_ESP_CLIENT:
			client = attr;
			break;
		}
	}
	if (dir != NF_CT_VPN_DIR_IN)
		return 0;
	if (client && !watch_addr(&a, family, client))
		return -EBADMSG;
	watch_note(data, spi, client ? &a : NULL, conf);
	return 0;
}

static void watch_dump(struct emu *e)
{
	struct watch *w = e->watch;
	struct nlmsghdr *nlh = nl_request(w->nl, NF_CT_VPN_CMD_ESP_GET,
					  NLM_F_DUMP);
	int err;

	w->e = e;
	w->now = now_ns();
	err = nl_talk(w->nl, nlh, watch_entry, w);
	if (err && err != -EINTR && err != -ENOBUFS)
		die("the gateway's table: %s", strerror(-err));
}

/* Is there an SPI in use whose owner isn't found? */
static bool watch_is_busy(const struct emu *e)
{
	uint32_t i;

	for (i = 0; i < e->n_hosts; i++) {
		const struct sa *in = e->hosts[i].in;

		if (in && !in->decided && !in->dead)
			return true;
	}
	return false;
}

void watch_look(struct emu *e, struct host *h, long arg)
{
	watch_dump(e);
	if (!e->stopping)
		after(e, e->set.poll * (watch_is_busy(e) ? 1 : RARELY) * MS,
		      watch_look, h, arg);
}

/* What is wrong still is so to the end. */
void watch_end(struct emu *e)
{
	watch_dump(e);
	nl_close(e->watch->nl);
	free(e->watch);
}
