/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * summary - all tables in a few numbers
 */
#ifndef VPNCT_SUMMARY_H
#define VPNCT_SUMMARY_H

#include "record.h"

struct summary {
	struct record rec;
	uint64_t sessions;
	uint64_t established;
	uint64_t spis_out;
	uint64_t spis_in;
	uint64_t undecided;
	uint64_t remembered;
	uint64_t dropped;
	uint64_t untracked;
	uint64_t cookies;
	uint64_t calls;
};

/* Returns 0 or a negative errno that has been reported. */
int sum_up(struct nl *nl, struct summary *sum);

#endif
