// SPDX-License-Identifier: GPL-2.0-only
/*
 * json - records and other objects as JSON
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "print.h"
#include "vpnct.h"

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
