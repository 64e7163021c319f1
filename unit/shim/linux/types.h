/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel's linux/types.h has beyond the exported one. */
#ifndef _SHIM_LINUX_TYPES_H
#define _SHIM_LINUX_TYPES_H

#include_next <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#define __packed __attribute__((__packed__))
#define __force

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s16 s16;
typedef __s32 s32;

#endif
