/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Round trips to a remote host, built in userspace for unit tests as well.
 *
 * Times are microseconds of any clock and wrap after 71 minutes; each is
 * compared with others of the same seconds.
 */
#ifndef _NF_VPN_RTT_H
#define _NF_VPN_RTT_H

#include <linux/types.h>

/* What is said of round trips is forgotten after this time. */
#define NF_VPN_RTT_AGE_US		(60 * 1000 * 1000)
/* A longer one was measured across a pause. */
#define NF_VPN_RTT_MAX_US		(5 * 1000 * 1000)

/**
 * struct nf_vpn_rtt - round trip to a remote host
 * @us: the shortest seen lately, 0 if none
 * @date: when
 */
struct nf_vpn_rtt {
	u32 us;
	u32 date;
};

/* Is it the first, the shortest, or was the shortest long ago? */
static inline bool nf_vpn_rtt_is_news(const struct nf_vpn_rtt *r, u32 us,
				      u32 now)
{
	return !r->us || us <= r->us || now - r->date >= NF_VPN_RTT_AGE_US;
}

/**
 * nf_vpn_rtt_sample - a round trip was measured
 * @r: round trip to the remote host
 * @us: its length, or rather more
 * @now: time
 *
 * The shortest one counts: what is longer has waited somewhere.
 */
static inline void nf_vpn_rtt_sample(struct nf_vpn_rtt *r, u32 us, u32 now)
{
	if (!us || us > NF_VPN_RTT_MAX_US || !nf_vpn_rtt_is_news(r, us, now))
		return;
	r->us = us;
	r->date = now;
}

#endif /* _NF_VPN_RTT_H */
