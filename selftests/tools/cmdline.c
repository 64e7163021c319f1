// SPDX-License-Identifier: GPL-2.0-only
/* options of test programs, described by a table */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmdline.h"
#include "endpoint.h"

void die(const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	/* One write: other programs use the same terminal. */
	fprintf(stderr, "%s: %s\n", program_invocation_short_name, text);
	exit(2);
}

/* What a word of the command line becomes: one function for each kind. */

void set_number(void *field, const char *name, char *text)
{
	char *end;
	unsigned long n = strtoul(text, &end, 0);

	if (!*text || *end || n > UINT32_MAX)
		die("--%s: \"%s\" is not a number", name, text);
	*(uint32_t *)field = n;
}

void set_addr(void *field, const char *name, char *text)
{
	if (!addr_parse(field, text))
		die("--%s: \"%s\" is not an address", name, text);
}

void set_text(void *field, const char *name, char *text)
{
	(void)name;
	*(const char **)field = text;
}

void set_flag(void *field, const char *name, char *text)
{
	(void)name;
	(void)text;
	*(bool *)field = true;
}

/* the index of text in a list of words that ends with NULL */
unsigned int cmdline_word(const char *name, const char *text,
			  const char *const *words)
{
	unsigned int i;

	for (i = 0; words[i]; i++)
		if (!strcmp(words[i], text))
			return i;
	die("--%s: \"%s\" is not known", name, text);
}

void cmdline_parse(void *options, const struct cmdline_option *table, size_t n,
		   int argc, char **argv)
{
	struct option *longopts = calloc(n + 1, sizeof(*longopts));
	int opt, index;
	size_t i;

	if (!longopts)
		die("no memory");
	for (i = 0; i < n; i++) {
		longopts[i].name = table[i].name;
		longopts[i].has_arg = table[i].set == set_flag ?
				      no_argument : required_argument;
	}
	while ((opt = getopt_long(argc, argv, "", longopts, &index)) != -1) {
		if (opt == '?')
			exit(2);
		table[index].set((char *)options + table[index].field,
				 table[index].name, optarg);
	}
	if (optind < argc)
		die("\"%s\": what is that?", argv[optind]);
	free(longopts);
}
