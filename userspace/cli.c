// SPDX-License-Identifier: GPL-2.0-only
/*
 * cli - options and complaints, the same at every level
 */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vpnct.h"

/*
 * The length of the character at @s if a terminal only shows it, else 0: it is
 * no UTF-8 or a control character, as those from U+0080 to U+009F are, too.
 */
static size_t harmless(const char *s)
{
	static const uint32_t least[] = { [2] = 0xa0, 0x800, 0x10000 };
	unsigned char c = *s;
	uint32_t code;
	size_t i, n;

	if (c < 0x80)
		return c >= ' ' && c != 0x7f;
	if (c < 0xc0 || c >= 0xf8)
		return 0;
	n = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	code = c & (0x7f >> n);
	for (i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (s[i] & 0x3f);
	}
	return code >= least[n] && code <= 0x10ffff ? n : 0;
}

/* A copy of @s with "\x1b" for what a terminal would obey, or NULL. */
static char *escape(const char *s)
{
	char *text = malloc(4 * strlen(s) + 1), *end = text;
	size_t n;

	if (!text)
		return NULL;
	while (*s) {
		n = harmless(s);
		if (n)
			end = mempcpy(end, s, n);
		else
			end += sprintf(end, "\\x%02x", (unsigned char)*s);
		s += n ?: 1;
	}
	*end = '\0';
	return text;
}

/*
 * All that goes to stderr: a word of the command line or of a file may be in
 * it, and whoever wrote that must not command the terminal of who reads it.
 */
static void verror(const char *fmt, va_list ap)
{
	char *raw, *text;

	if (vasprintf(&raw, fmt, ap) < 0)
		raw = NULL;
	text = raw ? escape(raw) : NULL;
	fprintf(stderr, "vpnct: %s\n", text ?: strerror(ENOMEM));
	free(text);
	free(raw);
}

void error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	verror(fmt, ap);
	va_end(ap);
}

/* @where: the command that was meant, "" if that much isn't known */
int usage_error(const char *where, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	verror(fmt, ap);
	va_end(ap);
	fprintf(stderr, "Try 'vpnct%s%s --help'.\n", *where ? " " : "", where);
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
	if (optopt >= '0' && optopt <= '9')
		return usage_error(where, "'%s' is negative", word);
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
