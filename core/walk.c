// SPDX-License-Identifier: GPL-2.0-only
/* One walk over a hash table for all. */
#include <linux/export.h>
#include <linux/rhashtable.h>
#include <linux/sched.h>

#include "core/walk.h"

/* Entries looked at between two chances to schedule. */
#define NF_VPN_WALK_CHUNK	32

/**
 * nf_vpn_walk - call a function for each entry of a hash table
 * @table: its entries are freed after a grace period
 * @fn: called under RCU; may remove the entry
 * @data: for @fn
 *
 * May sleep. One entry may be met twice while the table grows or others go.
 *
 * Return: false if one may have been missed, too.
 */
bool nf_vpn_walk(struct rhashtable *table, void (*fn)(void *data, void *entry),
		 void *data)
{
	struct rhashtable_iter iter;
	bool complete = true;
	unsigned int n = 0;
	void *entry;

	rhashtable_walk_enter(table, &iter);
	rhashtable_walk_start(&iter);
	while ((entry = rhashtable_walk_next(&iter))) {
		if (IS_ERR(entry)) {
			complete = false;
			continue;
		}
		fn(data, entry);
		if (++n % NF_VPN_WALK_CHUNK)
			continue;
		rhashtable_walk_stop(&iter);
		cond_resched();
		/*
		 * The entry may have gone, by @fn or others: what follows it has
		 * moved up, so its bucket is walked again. In another table, all
		 * are; not every kernel forgets the entry then.
		 */
		if (rhashtable_walk_start_check(&iter) || !iter.p) {
			iter.p = NULL;
			iter.skip = 0;
		}
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	return complete;
}
EXPORT_SYMBOL_GPL(nf_vpn_walk);
