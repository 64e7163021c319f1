/* SPDX-License-Identifier: GPL-2.0-only */
/* cmdline - options of test programs, described by a table */
#ifndef CMDLINE_H
#define CMDLINE_H

#include <stddef.h>

/**
 * struct cmdline_option - one option
 * @name: without its dashes
 * @set: puts the text into @field; all but set_flag() want one
 * @field: offset in the program's structure of options
 */
struct cmdline_option {
	const char *name;
	void (*set)(void *field, const char *name, char *text);
	size_t field;
};

void set_number(void *field, const char *name, char *text);
void set_addr(void *field, const char *name, char *text);
void set_text(void *field, const char *name, char *text);
void set_flag(void *field, const char *name, char *text);

unsigned int cmdline_word(const char *name, const char *text,
			  const char *const *words);
void cmdline_parse(void *options, const struct cmdline_option *table, size_t n,
		   int argc, char **argv);

#endif
