// SPDX-License-Identifier: GPL-2.0-only
/*
 * A clock for machines in which an instruction takes a nanosecond (boot.sh,
 * ICOUNT), and whose kernel needs many for everything since it checks itself.
 * It goes slower than the machine: a second of it has as many packets, and as
 * many programs that start, as one on a kernel that has nothing to check.
 *
 * The processor's time stamp counts the nanoseconds there. Timers are still set
 * in those of the machine: they come too early, and the kernel sets them again
 * for the rest, a few dozen times for a second. That is all that it costs.
 */
#include <linux/clocksource.h>
#include <linux/module.h>
#include <asm/msr.h>

/* time stamps in a millisecond of the machine */
#define SLOW_CLOCK_KHZ		1000000U
/* the frequency is an u32 of kHz */
#define SLOW_CLOCK_FACTOR_MAX	1000U

static unsigned int factor = 8;
module_param(factor, uint, 0444);
MODULE_PARM_DESC(factor, "by how much the clock is slower than the machine");

static u64 slow_clock_read(struct clocksource *cs)
{
	return rdtsc();
}

static struct clocksource slow_clock = {
	.name	= "slow",
	.rating	= 499,
	.read	= slow_clock_read,
	.mask	= CLOCKSOURCE_MASK(64),
	.flags	= CLOCK_SOURCE_IS_CONTINUOUS | CLOCK_SOURCE_VALID_FOR_HRES,
	.owner	= THIS_MODULE,
};

static int __init slow_clock_init(void)
{
	if (!factor || factor > SLOW_CLOCK_FACTOR_MAX)
		return -EINVAL;
	return clocksource_register_khz(&slow_clock, factor * SLOW_CLOCK_KHZ);
}

static void __exit slow_clock_exit(void)
{
	clocksource_unregister(&slow_clock);
}

module_init(slow_clock_init);
module_exit(slow_clock_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Clock that is slower than its machine");
