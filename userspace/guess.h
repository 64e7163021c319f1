/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * guess - which word was meant
 */
#ifndef VPNCT_GUESS_H
#define VPNCT_GUESS_H

struct names;

/**
 * struct guess - the word that is most like one which isn't known
 * @word: as it was typed
 * @best: what comes closest of all that guess_try() was given, or NULL
 * @distance: letters between both
 */
struct guess {
	const char *word;
	const char *best;
	unsigned int distance;
};

#define GUESS_SIZE 64 /* of a hint */

/* Could @name have been meant? */
void guess_try(struct guess *guess, const char *name);

/* ": did you mean 'NAME'?" in @buf of GUESS_SIZE, or "". */
const char *guess_hint(char *buf, const struct guess *guess);

/*
 * Says that @where doesn't know @word, and which of @names was meant; returns an
 * &enum exit_status.
 */
int guess_error(const char *where, const char *word,
		const struct names *names);

#endif
