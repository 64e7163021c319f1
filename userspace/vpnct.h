/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vpnct - what every command shares: options, exit status, errors
 */
#ifndef VPNCT_H
#define VPNCT_H

#include <stdbool.h>
#include <stddef.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

enum exit_status {
	EXIT_OK = 0,
	EXIT_FAILED = 1, /* the kernel, or the output file, said no */
	EXIT_USAGE = 2, /* the command line makes no sense */
	EXIT_TROUBLE = 3, /* done, and something is wrong (doctor, trace) */
};

enum format {
	FORMAT_TEXT,
	FORMAT_JSON,
	FORMAT_TSV,
};

struct options {
	enum format format;
	bool help;
	bool version;
};

/* The options that every level takes, for its --help. */
#define OPTIONS_HELP                                                    \
	"Options:\n"                                                    \
	"  -j, --json     JSON\n"                                       \
	"  -p, --plain    tab-separated, plain numbers, for programs\n" \
	"  -h, --help     this text\n"

int parse_options(struct options *opt, int argc, char **argv, bool nested);
int usage_error(const char *where, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
bool parse_number(const char *s, int base, unsigned long max,
		  unsigned long *number);
void command_text(char *buf, size_t size, const char *where, char **words);
void *xrealloc(void *old, size_t n, size_t size);

#endif
