// SPDX-License-Identifier: GPL-2.0-only
/*
 * cli - options and complaints, the same at every level
 */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vpnct.h"

void error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("vpnct: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
}

/* @where: the command that was meant, "" if that much isn't known */
int usage_error(const char *where, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("vpnct: ", stderr);
	vfprintf(stderr, fmt, ap);
	fprintf(stderr, "\nTry 'vpnct%s%s --help'.\n", *where ? " " : "",
		where);
	va_end(ap);
	return EXIT_USAGE;
}

/* The whole command, for an error: "set NAME VALUE". */
void command_text(char *buf, size_t size, const char *where, char **words)
{
	size_t n = snprintf(buf, size, "%s", where);

	for (; *words && n < size; words++)
		n += snprintf(buf + n, size - n, " %s", *words);
}

void *xrealloc(void *old, size_t n, size_t size)
{
	void *p = reallocarray(old, n, size);

	if (!p && n) {
		error("%s", strerror(ENOMEM));
		exit(EXIT_FAILED);
	}
	return p;
}

/* Digits only: strtoul() alone takes signs, blanks, a prefix and "". */
bool parse_number(const char *s, int base, unsigned long max,
		  unsigned long *number)
{
	const char *digits = base == 16 ? "0123456789abcdefABCDEF" :
					  "0123456789";

	if (!*s || s[strspn(s, digits)])
		return false;
	errno = 0;
	*number = strtoul(s, NULL, base);
	return !errno && *number <= max;
}

static int set_format(struct options *opt, enum format format)
{
	if (opt->format != FORMAT_TEXT && opt->format != format)
		return -1;
	opt->format = format;
	return 0;
}

/* @word: where getopt stopped; in "-jx" it isn't past the word yet */
static int bad_option(const char *where, const char *word)
{
	if (optopt && !strchr("jphV", optopt))
		return usage_error(where, "unknown option '-%c'", optopt);
	return usage_error(where, "bad option '%s'", word);
}

/*
 * Options may stand before the command and after it. Before it the first
 * other word ends them; after it (@nested) they may stand anywhere.
 * Leaves optind at the first word that isn't an option.
 */
int parse_options(struct options *opt, int argc, char **argv, bool nested)
{
	static const struct option longopts[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "plain", no_argument, NULL, 'p' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{}
	};
	const char *where = nested ? argv[0] : "";
	const char *letters = nested ? ":jphV" : "+:jphV";
	int c, conflict = 0;

	optind = 0; /* glibc: start again, with another argv */
	while ((c = getopt_long(argc, argv, letters, longopts, NULL)) != -1) {
		switch (c) {
		case 'j':
			conflict |= set_format(opt, FORMAT_JSON);
			break;
		case 'p':
			conflict |= set_format(opt, FORMAT_TSV);
			break;
		case 'h':
			opt->help = true;
			break;
		case 'V':
			opt->version = true;
			break;
		default:
			return bad_option(where, argv[optind - 1]);
		}
	}
	if (nested && opt->version)
		return usage_error(where, "--version is no option of '%s'",
				   where);
	if (conflict)
		return usage_error(where, "-j and -p exclude each other");
	return 0;
}
