/* SPDX-License-Identifier: GPL-2.0-only */
/* Where it was before 6.5; found only if the kernel has none of that name. */
#include <linux/netdevice.h>
