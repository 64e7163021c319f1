/* SPDX-License-Identifier: GPL-2.0-only */
/* Where it was before 6.12; found only if the kernel has none of that name. */
#include <asm/unaligned.h>
