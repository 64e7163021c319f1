/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * table - records in aligned columns
 */
#ifndef VPNCT_TABLE_H
#define VPNCT_TABLE_H

#include <stdbool.h>
#include <stdio.h>

#include "record.h"

/**
 * struct table - aligned columns
 * @out: where it is printed to
 * @noun: of its rows
 * @indent: spaces before the first column
 * @owned: rows stand below their owner, columns that name it are left out
 * @width: of each column; 0 leaves it out
 */
struct table {
	FILE *out;
	const struct noun *noun;
	int indent;
	bool owned;
	int width[FIELD_MAX];
};

/*
 * Measure every row first, then print the heading and the rows. The heading
 * leaves out wide columns where the terminal is narrow.
 */
void table_measure(struct table *table, const void *rec);
void table_head(struct table *table);
void table_row(const struct table *table, const void *rec);

#endif
