/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pairs - one record, one field per line
 */
#ifndef VPNCT_PAIRS_H
#define VPNCT_PAIRS_H

#include "record.h"
#include "vpnct.h"

/* In the format of @opt. */
void print_pairs(const struct options *opt, const struct noun *noun,
		 const void *rec);

/*
 * Words of @s in lines of @width that begin at column @indent, where the cursor
 * is.
 */
void print_wrapped(const char *s, int indent, int width);

#endif
