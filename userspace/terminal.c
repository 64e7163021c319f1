// SPDX-License-Identifier: GPL-2.0-only
/*
 * terminal - what standard output can show: colours, and how many columns
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "terminal.h"
#include "vpnct.h"

#define BOLD "\033[1m"
#define DIM "\033[2m"
#define GREEN "\033[32m"
#define YELLOW "\033[33m"
#define RED "\033[31m"
#define PLAIN "\033[0m"

static int forced_width;

void set_output_width(int columns)
{
	forced_width = columns;
}

static enum { AUTO, NEVER, ALWAYS } when;

bool set_colour(const char *word)
{
	static const char *const words[] = {
		[AUTO] = "auto",
		[NEVER] = "never",
		[ALWAYS] = "always",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcmp(word, words[i]))
			continue;
		when = i;
		return true;
	}
	return false;
}

static bool use_colour(void)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (when == AUTO)
		when = isatty(STDOUT_FILENO) && !(no_color && *no_color) &&
				       !(term && !strcmp(term, "dumb")) ?
			       ALWAYS :
			       NEVER;
	return when == ALWAYS;
}

const char *colour_on(enum colour colour)
{
	static const char *const codes[] = {
		[COLOUR_GOOD] = GREEN,	[COLOUR_DIM] = DIM,
		[COLOUR_WARN] = YELLOW, [COLOUR_BAD] = RED,
		[COLOUR_HEAD] = BOLD,
	};

	return use_colour() ? codes[colour] : "";
}

const char *colour_off(void)
{
	return use_colour() ? PLAIN : "";
}

void print_coloured(enum colour colour, const char *s, int width)
{
	printf("%s%-*s%s", colour_on(colour), width, s, colour_off());
}

int output_width(void)
{
	struct winsize ws;

	if (forced_width)
		return forced_width;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) || !ws.ws_col)
		return INT_MAX;
	return ws.ws_col;
}
