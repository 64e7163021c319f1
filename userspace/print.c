// SPDX-License-Identifier: GPL-2.0-only
/*
 * print - values for people and for programs, and tab-separated lines
 */
#include <stdio.h>
#include <string.h>

#include "print.h"
#include "vpnct.h"

#define NO_VALUE "-"

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

bool is_numeric(const struct field *f)
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
