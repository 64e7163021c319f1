// SPDX-License-Identifier: GPL-2.0-only
/*
 * pairs - one record, one field per line
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "pairs.h"
#include "print.h"
#include "terminal.h"

#define COLUMN_GAP 2
#define TEXT_MIN 20 /* columns, to be worth breaking lines */

static bool pair_shown(const struct noun *noun, const struct field *f,
		       const void *rec)
{
	return !(f->flags & FIELD_RARE) || field_present(noun, f, rec);
}

void print_wrapped(const char *s, int indent, int width)
{
	int column = indent, len;

	for (; *s; s += len, s += strspn(s, " ")) {
		len = strcspn(s, " ");
		if (column > indent && column + 1 + len > width) {
			printf("\n%*s", indent, "");
			column = indent;
		}
		column += printf("%s%.*s", column > indent ? " " : "", len, s);
	}
	putchar('\n');
}

/* Columns for text beside @indent; where nothing would fit lines run over. */
static int text_width(int indent)
{
	int width = output_width();

	return width - indent < TEXT_MIN ? INT_MAX : width;
}

/* What it means, and what it may be. */
static void pair_help(const struct field *f, int indent)
{
	char text[160], range[RANGE_SIZE];
	int n = snprintf(text, sizeof(text), "%s", f->help);

	if (f->range)
		snprintf(text + n, sizeof(text) - n, " (%s, default %u)",
			 range_text(range, f->range), f->range->usual);
	print_wrapped(text, indent, text_width(indent));
}

static void pairs_text(const struct noun *noun, const void *rec)
{
	int key_width = 0, value_width = 0, len, indent;
	const char *group = NULL;
	const struct field *f;
	char buf[VALUE_SIZE];
	unsigned int i;

	for (i = 0, f = noun->field; i < noun->n_fields; i++, f++) {
		if (!pair_shown(noun, f, rec))
			continue;
		len = strlen(f->key);
		key_width = len > key_width ? len : key_width;
		len = print_value(buf, noun, f, rec);
		value_width = len > value_width ? len : value_width;
	}
	indent = key_width + value_width + 3 * COLUMN_GAP;
	for (i = 0, f = noun->field; i < noun->n_fields; i++, f++) {
		group = f->group ? f->group : group;
		if (!pair_shown(noun, f, rec))
			continue;
		if (group)
			printf("%s%s%s\n", colour_on(COLOUR_HEAD), group,
			       colour_off());
		group = NULL;
		print_value(buf, noun, f, rec);
		printf("  %-*s  %*s  ", key_width, f->key, value_width, buf);
		pair_help(f, indent);
	}
}

static void pairs_tsv(const struct noun *noun, const void *rec)
{
	const struct field *f;
	char buf[VALUE_SIZE];
	unsigned int i;

	for (i = 0, f = noun->field; i < noun->n_fields; i++, f++) {
		if (!pair_shown(noun, f, rec))
			continue;
		print_plain(buf, noun, f, rec);
		printf("%s\t%s\n", f->key, buf);
	}
}

static void pairs_json(const struct noun *noun, const void *rec)
{
	json_t *object = json_record(noun, rec);
	unsigned int i;

	for (i = 0; i < noun->n_fields; i++)
		if (!pair_shown(noun, &noun->field[i], rec))
			json_object_del(object, noun->field[i].key);
	json_line(object, JSON_INDENT(2));
}

void print_pairs(const struct options *opt, const struct noun *noun,
		 const void *rec)
{
	switch (opt->format) {
	case FORMAT_TEXT:
		pairs_text(noun, rec);
		break;
	case FORMAT_TSV:
		pairs_tsv(noun, rec);
		break;
	case FORMAT_JSON:
		pairs_json(noun, rec);
		break;
	}
}
