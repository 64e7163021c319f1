/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vpnct - what every command shares: options, exit status, errors
 */
#ifndef VPNCT_H
#define VPNCT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

/**
 * struct options - what is the same for all commands
 * @format: -j or -p, or text
 * @netns: name of a network namespace to go to, or NULL
 * @dates: dates before times
 * @dump: what there is already, first
 * @dry_run: only say what would be done
 * @prometheus: metrics instead of @format
 * @count: how many before it ends; 0: it doesn't
 * @help: show a text instead
 * @version: the same
 * @given: letters of those that not every command takes
 */
struct options {
	enum format format;
	const char *netns;
	bool dates;
	bool dump;
	bool dry_run;
	bool prometheus;
	uint64_t count;
	bool help;
	bool version;
	char given[16];
};

int parse_options(struct options *opt, int argc, char **argv,
		  const char *nested);

/* Of @word, "-p" or "--plain": 0 if that is none. */
char option_letter(const char *word);

/* The letter of the option whose value is the word after @word; 0: it has none. */
char option_wants_value(const char *word);

/*
 * For completion: the options of @letters and those that every command takes;
 * NULL: all. Not those of @given.
 */
struct completion;
void offer_options(struct completion *c, const char *letters,
		   const char *given);

/*
 * Of the options that not every command takes, @letters are those that @where
 * does. The first one that was given and isn't among them is complained of.
 */
int check_options(const struct options *opt, const char *where,
		  const char *letters);

/* For --help: the options of @letters, and those that every command takes. */
void print_options(const char *letters);
int usage_error(const char *where, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
bool parse_number(const char *s, int base, uint64_t max, uint64_t *number);
void command_text(char *buf, size_t size, const char *where, char **words);
void *xrealloc(void *old, size_t n, size_t size);

#endif
