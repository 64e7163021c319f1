// SPDX-License-Identifier: GPL-2.0-only
/*
 * cli - words of the command line and complaints about them, the same at every
 * level
 */
#include <errno.h>
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

/* Digits only: strtoull() alone takes signs, blanks, a prefix and "". */
bool parse_number(const char *s, int base, uint64_t max, uint64_t *number)
{
	const char *digits = base == 16 ? "0123456789abcdefABCDEF" :
					  "0123456789";

	if (!*s || s[strspn(s, digits)])
		return false;
	errno = 0;
	*number = strtoull(s, NULL, base);
	return !errno && *number <= max;
}
