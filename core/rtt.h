/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The round trip to a remote host. Built in userspace as well, for unit tests.
 *
 * Times are microseconds of any clock. They wrap after 71 minutes, which
 * doesn't matter: only times that are seconds apart are compared.
 */
#ifndef _NF_VPN_RTT_H
#define _NF_VPN_RTT_H

#include <linux/types.h>

/* A measured round trip is forgotten after this time. */
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

/* Would nf_vpn_rtt_sample() store this sample? */
static inline bool nf_vpn_rtt_is_news(const struct nf_vpn_rtt *r, u32 us,
				      u32 now)
{
	return !r->us || us <= r->us || now - r->date >= NF_VPN_RTT_AGE_US;
}

/**
 * nf_vpn_rtt_sample - note a measured round trip
 * @r: round trip to the remote host
 * @us: upper bound of its length
 * @now: time
 *
 * The shortest sample of the last %NF_VPN_RTT_AGE_US counts, since longer ones
 * have waited in a queue.
 */
static inline void nf_vpn_rtt_sample(struct nf_vpn_rtt *r, u32 us, u32 now)
{
	if (!us || us > NF_VPN_RTT_MAX_US || !nf_vpn_rtt_is_news(r, us, now))
		return;
	r->us = us;
	r->date = now;
}

#endif /* _NF_VPN_RTT_H */
