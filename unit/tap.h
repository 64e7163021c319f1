/* SPDX-License-Identifier: GPL-2.0-only */
/* Assertions that print TAP. */
#ifndef TAP_H
#define TAP_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int n_tests, n_failed;

static inline void ok(bool good, const char *text)
{
	/* What a sanitizer ends has told how far it came. */
	if (!n_tests)
		setlinebuf(stdout);
	printf("%sok %d - %s\n", good ? "" : "not ", ++n_tests, text);
	n_failed += !good;
}

static inline void same(const char *got, const char *want, const char *text)
{
	ok(!strcmp(got, want), text);
	if (strcmp(got, want))
		printf("# got '%s', want '%s'\n", got, want);
}

static inline int done_testing(void)
{
	printf("1..%d\n", n_tests);
	return n_failed ? 1 : 0;
}

#endif
