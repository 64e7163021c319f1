/* SPDX-License-Identifier: GPL-2.0-only */
/* A walk over all entries of a hash table that may sleep, see core/walk.c. */
#ifndef _NF_VPN_WALK_H
#define _NF_VPN_WALK_H

#include <linux/types.h>

struct rhashtable;

bool nf_vpn_walk(struct rhashtable *table, void (*fn)(void *data, void *entry),
		 void *data);

#endif /* _NF_VPN_WALK_H */
