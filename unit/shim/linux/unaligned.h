/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_UNALIGNED_H
#define _SHIM_LINUX_UNALIGNED_H

#include <linux/types.h>

static inline u16 get_unaligned_be16(const void *data)
{
	const u8 *p = data;

	return p[0] << 8 | p[1];
}

static inline u32 get_unaligned_be32(const void *data)
{
	const u8 *p = data;

	return (u32)get_unaligned_be16(p) << 16 | get_unaligned_be16(p + 2);
}

#endif
