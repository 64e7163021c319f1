// SPDX-License-Identifier: GPL-2.0-only
/*
 * doctor_fast - why no packet takes the fast path
 */
#include "doctor.h"

#define FASTPATH "/proc/sys/net/netfilter/nf_conntrack_vpn_fastpath"

/**
 * struct obstacle - a counter of packets that couldn't take it
 * @attr: the counter
 * @why: what was in the way
 */
struct obstacle {
	int attr;
	const char *why;
};

static const struct obstacle obstacles[] = {
	{ NF_CT_VPN_A_STATS_FAST_XFRM,
	  "this gateway has IPsec policies of its own (ip xfrm policy), "
	  "which have to see every packet" },
	{ NF_CT_VPN_A_STATS_FAST_ROUTE,
	  "they leave by the device that they come from, by a VRF or a "
	  "tunnel, or a rule other than NAT changes their addresses" },
	{ NF_CT_VPN_A_STATS_FAST_STATE,
	  "their SPIs are guessed, or conntrack has no ASSURED entry for them" },
	{ NF_CT_VPN_A_STATS_FAST_PACKET,
	  "they are bridged (br_netfilter), traced, come from a VRF, or have options" },
	{ NF_CT_VPN_A_STATS_FAST_MTU,
	  "they are larger than the MTU of their route" },
};

/* No tunnel breaks by it. */
void check_fast(struct doctor *d)
{
	const struct obstacle *o, *worst = &obstacles[0];
	const uint64_t *count = d->snap.stats.count;

	if (read_number(FASTPATH, 0) != 1 || count[NF_CT_VPN_A_STATS_FAST])
		return;
	for (o = obstacles; o < obstacles + ARRAY_SIZE(obstacles); o++)
		if (count[o->attr] > count[worst->attr])
			worst = o;
	if (!count[worst->attr])
		return;
	found(d, LEVEL_NOTE,
	      "nf_conntrack_vpn_fastpath is 1, but no packet has taken the fast path: %s",
	      worst->why);
}
