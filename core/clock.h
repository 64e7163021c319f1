/* SPDX-License-Identifier: GPL-2.0-only */
/* Stamps and clocks, read without a lock. */
#ifndef _NF_VPN_CLOCK_H
#define _NF_VPN_CLOCK_H

#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/timekeeping.h>
#include <linux/types.h>

/* For stamps of what has not happened yet. */
#define NF_VPN_LONG_AGO		(3600 * HZ)

/* The clock of tickets: milliseconds, wraps. */
static inline u32 nf_vpn_now_ms(void)
{
	if (!(MSEC_PER_SEC % HZ))
		return (u32)jiffies * (u32)(MSEC_PER_SEC / HZ);
	return (u32)div_u64(ktime_get_coarse_ns(), NSEC_PER_MSEC);
}

/* The clock of evidence: microseconds, wraps. */
static inline u32 nf_vpn_now_us(void)
{
	return (u32)div_u64(ktime_get_mono_fast_ns(), NSEC_PER_USEC);
}

/* Lockless: only the newest value matters, and most packets write none. */
static inline void nf_vpn_stamp(unsigned long *stamp, unsigned long now)
{
	if (READ_ONCE(*stamp) != now)
		WRITE_ONCE(*stamp, now);
}

/**
 * nf_vpn_since - jiffies since a stamp that others may renew meanwhile
 * @then: the stamp, read before: as an argument it is
 *
 * Were the clock read first, a packet and a tick between the two would make
 * what is in use look idle for ever. So would a CPU that reads them in another
 * order: what is of the future is of now.
 */
static inline unsigned long nf_vpn_since(unsigned long then)
{
	unsigned long now = jiffies;

	return time_after(then, now) ? 0 : now - then;
}

/**
 * nf_vpn_since_low - nf_vpn_since() for a stamp that is the low half of jiffies
 * @then: the stamp
 *
 * Only the last second counts as the future: pinned SPIs may well be idle for
 * half of the range, 25 days and more.
 */
static inline u32 nf_vpn_since_low(u32 then)
{
	u32 idle = (u32)jiffies - then;

	return idle > U32_MAX - HZ ? 0 : idle;
}

#endif /* _NF_VPN_CLOCK_H */
