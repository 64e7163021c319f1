// SPDX-License-Identifier: GPL-2.0-only
/*
 * guess - which word was meant
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "guess.h"
#include "value.h"
#include "vpnct.h"

/* Longer than any name that there is. */
#define WORD_MAX 40

/* So many letters may differ, and no more than one of three. */
#define DISTANCE_MAX 2

static unsigned int least(unsigned int a, unsigned int b, unsigned int c)
{
	unsigned int d = a < b ? a : b;

	return c < d ? c : d;
}

/* Letters to be put in, left out or replaced; two that changed places are one. */
static unsigned int distance(const char *a, const char *b)
{
	unsigned int d[WORD_MAX + 1][WORD_MAX + 1];
	size_t m = strlen(a), n = strlen(b), i, j;
	bool same;

	for (i = 0; i <= m; i++)
		d[i][0] = i;
	for (j = 0; j <= n; j++)
		d[0][j] = j;
	for (i = 1; i <= m; i++)
		for (j = 1; j <= n; j++) {
			same = tolower(a[i - 1]) == tolower(b[j - 1]);
			d[i][j] = least(d[i - 1][j] + 1, d[i][j - 1] + 1,
					d[i - 1][j - 1] + !same);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] &&
			    d[i - 2][j - 2] + 1 < d[i][j])
				d[i][j] = d[i - 2][j - 2] + 1;
		}
	return d[m][n];
}

static bool is_close(unsigned int distance, size_t length)
{
	return distance <= DISTANCE_MAX && distance < length &&
	       (distance <= 1 || distance * 3 <= length);
}

void guess_alias(struct guess *guess, const char *name)
{
	size_t n = strlen(guess->word);
	unsigned int new;

	if (n > WORD_MAX || strlen(name) > WORD_MAX)
		return;
	new = distance(guess->word, name);
	/* an abbreviation is as good as one wrong letter */
	if (n >= 2 && new > 1 && !strncasecmp(guess->word, name, n))
		new = 1;
	if (!is_close(new, n))
		return;
	if (guess->best && new >= guess->distance)
		return;
	guess->best = name;
	guess->distance = new;
}

void guess_try(struct guess *guess, const char *name)
{
	unsigned int i;

	guess_alias(guess, name);
	for (i = 0; i < guess->n_known; i++)
		if (!strcmp(name, guess->known[i]))
			return;
	if (i < GUESS_NAMES)
		guess->known[guess->n_known++] = name;
}

const char *guess_hint(char *buf, const struct guess *guess)
{
	struct names names = { .name = guess->known, .n = guess->n_known };
	int n;

	*buf = '\0';
	if (guess->best) {
		snprintf(buf, GUESS_SIZE, ": did you mean '%s'?", guess->best);
	} else if (names.n) {
		n = snprintf(buf, GUESS_SIZE, ": say ");
		names_text(buf + n, GUESS_SIZE - n, &names);
	}
	return buf;
}

int guess_error(const char *where, const char *word,
		const struct names *names)
{
	struct guess guess = { .word = word };
	char hint[GUESS_SIZE];
	unsigned int i;

	for (i = 0; i < names->n; i++)
		guess_try(&guess, names->name[i]);
	return usage_error(where, "unknown word '%s'%s", word,
			   guess_hint(hint, &guess));
}
