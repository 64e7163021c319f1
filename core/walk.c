// SPDX-License-Identifier: GPL-2.0-only
/* A walk over all entries of a hash table that may sleep. */
#include <linux/export.h>
#include <linux/rhashtable.h>
#include <linux/sched.h>

#include "core/walk.h"

/* Entries between two calls of cond_resched(). */
#define NF_VPN_WALK_CHUNK	32

/**
 * nf_vpn_walk - call a function for each entry of a hash table
 * @table: its entries are freed after a grace period
 * @fn: called under RCU; may remove the entry
 * @data: for @fn
 *
 * May sleep. An entry may be met twice while the table is resized, or while
 * others are removed.
 *
 * Return: false if the table was resized, so that an entry may have been
 * missed.
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
		 * If the present entry has been removed, by @fn or others,
		 * those behind it have moved up: walk its bucket again. If the
		 * table has been resized, the walk begins anew; not every
		 * kernel resets the iterator for that.
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
