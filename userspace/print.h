/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * print - records as text for people, JSON, and tab-separated lines
 */
#ifndef VPNCT_PRINT_H
#define VPNCT_PRINT_H

#include <jansson.h>
#include <stdio.h>

#include "record.h"
#include "vpnct.h"

#define VALUE_SIZE 64 /* fits every value in every format */

enum colour {
	COLOUR_GOOD,
	COLOUR_DIM,
	COLOUR_WARN,
	COLOUR_BAD,
	COLOUR_HEAD,
};

/* Left-aligned in @width columns, coloured where the output allows it. */
void print_coloured(enum colour colour, const char *s, int width);

/* One value for people, and for programs. Return their length. */
int print_value(char *buf, const struct noun *noun, const struct field *f,
		const void *rec);
int print_plain(char *buf, const struct noun *noun, const struct field *f,
		const void *rec);

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

/* For output that goes to the terminal by another way; 0: none does. */
void set_output_width(int columns);

void tsv_row(const struct noun *noun, const void *rec);
json_t *json_record(const struct noun *noun, const void *rec);

/* An array of objects, one per line; what is around it is up to the caller. */
void json_open(const char *opening);
void json_item(json_t *item);
void json_close(const char *closing);

/*
 * Writes @json and a newline, and drops it. What can't be written ends the
 * program, or is said by false.
 */
void json_line(json_t *json, size_t flags);
bool json_line_to(FILE *out, json_t *json);

/*
 * Words of @s in lines of @width that begin at column @indent, where the cursor
 * is.
 */
void print_wrapped(const char *s, int indent, int width);

/* A single record, one field per line, in the format of @opt. */
void print_pairs(const struct options *opt, const struct noun *noun,
		 const void *rec);

/* The columns of a noun in the order of TSV, for --help. */
void print_columns(const struct noun *noun);

#endif
