// SPDX-License-Identifier: GPL-2.0-only
/*
 * table - records in aligned columns
 *
 * libsmartcols would do what 135 lines do here, and is larger than all of vpnct
 * (240 kB to 200 kB on Debian 12), which has to find room on OpenWrt.
 */
#include <string.h>

#include "nouns.h"
#include "print.h"
#include "table.h"
#include "terminal.h"

#define COLUMN_GAP 2

/* What begins the colour of a value, or "". */
static const char *value_colour(const struct field *f, const void *rec)
{
	if (f->names != &state_names)
		return "";
	switch (field_number(f, rec)) {
	case NF_CT_VPN_STATE_ESTABLISHED:
		return colour_on(COLOUR_GOOD);
	case NF_CT_VPN_STATE_UNREPLIED:
	case NF_CT_VPN_STATE_UNDECIDED:
		return colour_on(COLOUR_WARN);
	case NF_CT_VPN_STATE_REMEMBERED:
	case NF_CT_VPN_STATE_CLOSED:
		return colour_on(COLOUR_DIM);
	}
	return "";
}

static bool table_has(const struct table *table, const struct field *f)
{
	return f->head && !(table->owned && f->flags & FIELD_OWNER);
}

void table_measure(struct table *table, const void *rec)
{
	const struct noun *noun = table->noun;
	const struct field *f;
	char buf[VALUE_SIZE];
	unsigned int i;
	int len;

	for (i = 0; i < noun->n_fields; i++) {
		f = &noun->field[i];
		if (!table_has(table, f))
			continue;
		if (f->flags & FIELD_RARE && !field_present(noun, f, rec))
			continue;
		len = print_value(buf, noun, f, rec);
		if (!table->width[i])
			table->width[i] = strlen(f->head);
		if (len > table->width[i])
			table->width[i] = len;
	}
}

static void print_cell(FILE *out, const char *s, int width, bool right,
		       const char *colour)
{
	int pad = width - (int)strlen(s);

	if (pad < 0)
		pad = 0;
	fprintf(out, "%*s%s%s%s%*s", right ? pad : 0, "", colour, s,
		*colour ? colour_off() : "", right ? 0 : pad, "");
}

/* The last column is not padded: lines don't end in blanks. */
static int table_last(const struct table *table)
{
	int i;

	for (i = table->noun->n_fields - 1; i > 0; i--)
		if (table->width[i])
			break;
	return i;
}

static void table_line(const struct table *table, const void *rec)
{
	int last = table_last(table), gap = table->indent, i;
	const struct field *f = table->noun->field;
	char buf[VALUE_SIZE];
	const char *colour;

	for (i = 0; i <= last; i++, f++) {
		if (!table->width[i])
			continue;
		if (rec)
			print_value(buf, table->noun, f, rec);
		colour = rec ? value_colour(f, rec) : "";
		fprintf(table->out, "%*s", gap, "");
		print_cell(table->out, rec ? buf : f->head,
			   i < last || is_numeric(f) ? table->width[i] : 0,
			   is_numeric(f), colour);
		gap = COLUMN_GAP;
	}
}

static int table_width(const struct table *table)
{
	unsigned int i;
	int width = table->indent - COLUMN_GAP;

	for (i = 0; i < table->noun->n_fields; i++)
		if (table->width[i])
			width += table->width[i] + COLUMN_GAP;
	return width;
}

static void table_fit(struct table *table)
{
	int i, width = output_width();

	for (i = table->noun->n_fields - 1; i > 0; i--)
		if (table_width(table) > width &&
		    table->noun->field[i].flags & FIELD_WIDE)
			table->width[i] = 0;
}

void table_head(struct table *table)
{
	table_fit(table);
	fputs(colour_on(COLOUR_HEAD), table->out);
	table_line(table, NULL);
	fprintf(table->out, "%s\n", colour_off());
}

void table_row(const struct table *table, const void *rec)
{
	table_line(table, rec);
	fputc('\n', table->out);
}
