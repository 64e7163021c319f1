// SPDX-License-Identifier: GPL-2.0-only
/*
 * print - records as text for people, JSON, and tab-separated lines
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "nouns.h"
#include "print.h"

#define NO_VALUE "-"
#define COLUMN_GAP 2
#define TEXT_MIN 20 /* columns, to be worth breaking lines */

#define BOLD "\033[1m"
#define DIM "\033[2m"
#define GREEN "\033[32m"
#define YELLOW "\033[33m"
#define RED "\033[31m"
#define PLAIN "\033[0m"

static int forced_width;

void set_output_width(int columns)
{
	forced_width = columns;
}

static bool use_colour(void)
{
	static int colour = -1;
	const char *no_color, *term;

	if (colour >= 0)
		return colour;
	no_color = getenv("NO_COLOR");
	term = getenv("TERM");
	colour = isatty(STDOUT_FILENO) && !(no_color && *no_color) &&
		 !(term && !strcmp(term, "dumb"));
	return colour;
}

void print_coloured(enum colour colour, const char *s, int width)
{
	static const char *const codes[] = {
		[COLOUR_GOOD] = GREEN,
		[COLOUR_DIM] = DIM,
		[COLOUR_WARN] = YELLOW,
		[COLOUR_BAD] = RED,
		[COLOUR_HEAD] = BOLD,
	};

	printf("%s%-*s%s", use_colour() ? codes[colour] : "", width, s,
	       use_colour() ? PLAIN : "");
}

static const char *value_colour(const struct field *f, const void *rec)
{
	if (!use_colour() || f->names != &state_names)
		return NULL;
	switch (field_number(f, rec)) {
	case NF_CT_VPN_STATE_ESTABLISHED:
		return GREEN;
	case NF_CT_VPN_STATE_UNREPLIED:
	case NF_CT_VPN_STATE_UNDECIDED:
		return YELLOW;
	case NF_CT_VPN_STATE_REMEMBERED:
	case NF_CT_VPN_STATE_CLOSED:
		return DIM;
	}
	return NULL;
}

/* The largest unit that leaves a whole number: people want one glance. */
static int print_age(char *buf, unsigned long long secs)
{
	static const struct {
		unsigned int secs;
		char unit;
	} units[] = {
		{ 86400, 'd' },
		{ 3600, 'h' },
		{ 60, 'm' },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(units); i++)
		if (secs >= units[i].secs)
			return snprintf(buf, VALUE_SIZE, "%llu%c",
					secs / units[i].secs, units[i].unit);
	return snprintf(buf, VALUE_SIZE, "%llus", secs);
}

static int print_bytes(char *buf, unsigned long long bytes)
{
	static const char units[] = "KMGTPE";
	double n = bytes;
	int i = -1;

	if (bytes < 1024)
		return snprintf(buf, VALUE_SIZE, "%llu B", bytes);
	/* 1023.95 would be rounded to a fifth digit. */
	while (n >= 1023.95 && units[i + 1]) {
		n /= 1024;
		i++;
	}
	return snprintf(buf, VALUE_SIZE, "%.1f %ciB", n, units[i]);
}

static int print_name(char *buf, const struct field *f,
		      unsigned long long number)
{
	if (number < f->names->n && f->names->name[number])
		return snprintf(buf, VALUE_SIZE, "%s", f->names->name[number]);
	/* from a kernel that is newer than this tool */
	return snprintf(buf, VALUE_SIZE, "%llu", number);
}

int print_plain(char *buf, const struct noun *noun, const struct field *f,
		const void *rec)
{
	unsigned long long number;

	if (!field_present(noun, f, rec))
		return snprintf(buf, VALUE_SIZE, NO_VALUE);
	if (f->type == FIELD_ADDR)
		return print_addr(buf, field_addr(f, rec));
	number = field_number(f, rec);
	switch (f->type) {
	case FIELD_NAME:
		return print_name(buf, f, number);
	case FIELD_SPI:
		return snprintf(buf, VALUE_SIZE, "0x%08llx", number);
	case FIELD_COOKIE:
		return snprintf(buf, VALUE_SIZE, "%016llx", number);
	case FIELD_BOOL:
		return snprintf(buf, VALUE_SIZE, number ? "yes" : "no");
	default:
		return snprintf(buf, VALUE_SIZE, "%llu", number);
	}
}

int print_value(char *buf, const struct noun *noun, const struct field *f,
		const void *rec)
{
	if (!field_present(noun, f, rec))
		return print_plain(buf, noun, f, rec);
	switch (f->type) {
	case FIELD_BYTES:
		return print_bytes(buf, field_number(f, rec));
	case FIELD_MSECS:
		return print_age(buf, field_number(f, rec) / 1000);
	case FIELD_SECS:
		return print_age(buf, field_number(f, rec));
	default:
		return print_plain(buf, noun, f, rec);
	}
}

static bool is_numeric(const struct field *f)
{
	switch (f->type) {
	case FIELD_NUMBER:
	case FIELD_BYTES:
	case FIELD_MSECS:
	case FIELD_SECS:
		return true;
	default:
		return false;
	}
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
	fprintf(out, "%*s%s%s%s%*s", right ? pad : 0, "", colour ? colour : "",
		s, colour ? PLAIN : "", right ? 0 : pad, "");
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
		colour = rec ? value_colour(f, rec) : NULL;
		fprintf(table->out, "%*s", gap, "");
		print_cell(table->out, rec ? buf : f->head,
			   i < last || is_numeric(f) ? table->width[i] : 0,
			   is_numeric(f), colour);
		gap = COLUMN_GAP;
	}
}

/* As wide as the terminal; what goes elsewhere has no limit. */
static int output_width(void)
{
	struct winsize ws;

	if (forced_width)
		return forced_width;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) || !ws.ws_col)
		return INT_MAX;
	return ws.ws_col;
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
	fputs(use_colour() ? BOLD : "", table->out);
	table_line(table, NULL);
	fprintf(table->out, "%s\n", use_colour() ? PLAIN : "");
}

void table_row(const struct table *table, const void *rec)
{
	table_line(table, rec);
	fputc('\n', table->out);
}

void tsv_row(const struct noun *noun, const void *rec)
{
	char buf[VALUE_SIZE];
	unsigned int i;

	fputs(noun->name, stdout);
	for (i = 0; i < noun->n_fields; i++) {
		print_plain(buf, noun, &noun->field[i], rec);
		printf("\t%s", buf);
	}
	putchar('\n');
}

static json_t *json_value(const struct noun *noun, const struct field *f,
			  const void *rec)
{
	char buf[VALUE_SIZE];

	if (!field_present(noun, f, rec))
		return json_null();
	if (is_numeric(f))
		return json_integer(field_number(f, rec));
	if (f->type == FIELD_BOOL)
		return json_boolean(field_number(f, rec));
	print_plain(buf, noun, f, rec);
	return json_string(buf);
}

/* Every key is always there, with null for what has no value. */
json_t *json_record(const struct noun *noun, const void *rec)
{
	json_t *object = json_object();
	unsigned int i;

	for (i = 0; i < noun->n_fields; i++)
		json_object_set_new(object, noun->field[i].key,
				    json_value(noun, &noun->field[i], rec));
	return object;
}

/* Also fails for an object that there was no memory for. */
static void json_write(json_t *json, size_t flags)
{
	if (json_dumpf(json, stdout, JSON_PRESERVE_ORDER | flags)) {
		error("writing JSON: %s", strerror(errno ?: ENOMEM));
		exit(EXIT_FAILED);
	}
	json_decref(json);
}

bool json_line_to(FILE *out, json_t *json)
{
	bool good = !json_dumpf(json, out, JSON_PRESERVE_ORDER);

	json_decref(json);
	return putc('\n', out) != EOF && good;
}

void json_line(json_t *json, size_t flags)
{
	json_write(json, flags);
	putchar('\n');
}

/*
 * The outermost level is written by hand: a full table would take hundreds of
 * megabytes as one tree of objects.
 */
static bool json_first;

void json_open(const char *opening)
{
	fputs(opening, stdout);
	json_first = true;
}

void json_item(json_t *item)
{
	printf("%s\n  ", json_first ? "" : ",");
	json_write(item, 0);
	json_first = false;
}

void json_close(const char *closing)
{
	printf("%s%s\n", json_first ? "" : "\n", closing);
}

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
			printf("%s%s%s\n", use_colour() ? BOLD : "", group,
			       use_colour() ? PLAIN : "");
		group = NULL;
		print_value(buf, noun, f, rec);
		printf("  %-*s  %*s  ", key_width, f->key, value_width, buf);
		print_wrapped(f->help, indent, text_width(indent));
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

static const char *field_unit(const struct field *f)
{
	switch (f->type) {
	case FIELD_MSECS:
		return " (ms)";
	case FIELD_SECS:
		return " (s)";
	default:
		return "";
	}
}

void print_columns(const struct noun *noun)
{
	const struct field *f;
	unsigned int i;

	printf("  %2u  %-13s  always '%s'\n", 1, "-", noun->name);
	for (i = 0, f = noun->field; i < noun->n_fields; i++, f++)
		printf("  %2u  %-13s  %s%s\n", i + 2, f->key, f->help,
		       field_unit(f));
}
