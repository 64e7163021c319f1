/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tree - sessions with their SPIs below them
 */
#ifndef VPNCT_TREE_H
#define VPNCT_TREE_H

#include <stdio.h>

#include "nouns.h"
#include "vpnct.h"

/*
 * Once linked, SPIs stand in the order of their sessions and those without a
 * session at the end, so that one walk over both lists shows the tree.
 */
struct tree {
	struct list sessions;
	struct list esp;
};

struct filter;

/* Of which keys in a filter may be: sessions and SPIs. NULL ends them. */
extern const struct noun *const tree_nouns[];

/*
 * Sessions that match or head an SPI that does, and those SPIs. Returns 0 or a
 * negative errno that has been reported.
 */
int tree_select(struct nl *nl, const struct filter *filter, struct tree *tree);

/* Sessions that match, and have the SPI that may be part of @filter. */
int tree_select_sessions(struct nl *nl, const struct filter *filter,
			 struct tree *tree);

/*
 * For people, and in the format that was asked for, to stdout. The first returns
 * how many lines are headings.
 */
unsigned int tree_text(FILE *out, const struct tree *tree);
void tree_print(enum format format, const struct tree *tree);
void tree_free(struct tree *tree);

#endif
