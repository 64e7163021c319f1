/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * print - values for people and for programs, and tab-separated lines
 */
#ifndef VPNCT_PRINT_H
#define VPNCT_PRINT_H

#include "record.h"

#define VALUE_SIZE 64 /* fits every value in every format */

/* One value for people, and for programs. Return their length. */
int print_value(char *buf, const struct noun *noun, const struct field *f,
		const void *rec);
int print_plain(char *buf, const struct noun *noun, const struct field *f,
		const void *rec);

/* A number in all formats: right-aligned, and without quotes in JSON. */
bool is_numeric(const struct field *f);

void tsv_row(const struct noun *noun, const void *rec);

/* The columns of a noun in the order of TSV, for --help. */
void print_columns(const struct noun *noun);

#endif
