/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * snapshot - all there is, at about the same moment
 */
#ifndef VPNCT_SNAPSHOT_H
#define VPNCT_SNAPSHOT_H

#include "nouns.h"

struct snapshot {
	struct list sessions;
	struct list esp;
	struct list isakmp;
	struct list pptp;
	struct stats stats;
};

/* Returns 0 or a negative errno that has been reported; free it in any case. */
int snapshot_fetch(struct nl *nl, struct snapshot *snap);
void snapshot_free(struct snapshot *snap);

#endif
