/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * terminal - what standard output can show: colours, and how many columns
 */
#ifndef VPNCT_TERMINAL_H
#define VPNCT_TERMINAL_H

#include <stdbool.h>

enum colour {
	COLOUR_GOOD,
	COLOUR_DIM,
	COLOUR_WARN,
	COLOUR_BAD,
	COLOUR_HEAD,
};

/*
 * "auto", "always" or "never"; false if @word is none of them. Auto: on a
 * terminal, unless the environment says no.
 */
bool set_colour(const char *word);

/* What begins and what ends a colour; "" where the output has none. */
const char *colour_on(enum colour colour);
const char *colour_off(void);

/* Left-aligned in @width columns, coloured where the output allows it. */
void print_coloured(enum colour colour, const char *s, int width);

/* As wide as the terminal; what goes elsewhere has no limit: INT_MAX. */
int output_width(void);

/* For output that goes to the terminal by another way; 0: none does. */
void set_output_width(int columns);

#endif
