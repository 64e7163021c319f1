/* SPDX-License-Identifier: GPL-2.0-only */
/* Clocks, and time stamps that are read and written without a lock. */
#ifndef _NF_VPN_CLOCK_H
#define _NF_VPN_CLOCK_H

#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/timekeeping.h>
#include <linux/types.h>

/* The age of a stamp of something that hasn't happened yet. */
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

/*
 * Set a time stamp. Racing CPUs all write the present, and the second packet of
 * a jiffy writes nothing, so that the cache line stays shared.
 */
static inline void nf_vpn_stamp(unsigned long *stamp, unsigned long now)
{
	if (READ_ONCE(*stamp) != now)
		WRITE_ONCE(*stamp, now);
}

/**
 * nf_vpn_since - jiffies since a stamp that another CPU may renew meanwhile
 * @then: the stamp; evaluated before the clock is read here
 *
 * If the clock were read first, a packet that renews the stamp in between would
 * make the difference negative, which is huge. A CPU may reorder the two reads
 * nevertheless, so a stamp of the future counts as one of now.
 *
 * Return: jiffies
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
 * Only the last second of the range counts as the future, rather than half of
 * it: a pinned SPI may be idle for 25 days and more.
 *
 * Return: jiffies
 */
static inline u32 nf_vpn_since_low(u32 then)
{
	u32 idle = (u32)jiffies - then;

	return idle > U32_MAX - HZ ? 0 : idle;
}

#endif /* _NF_VPN_CLOCK_H */
