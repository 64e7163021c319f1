/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * guess - which word was meant
 */
#ifndef VPNCT_GUESS_H
#define VPNCT_GUESS_H

struct names;

#define GUESS_NAMES 48

/**
 * struct guess - the word that is most like one which isn't known
 * @word: as it was typed
 * @best: what comes closest of all that guess_try() was given, or NULL
 * @distance: letters between both
 * @known: what to say if nothing comes close
 * @n_known: how many of @known
 */
struct guess {
	const char *word;
	const char *best;
	unsigned int distance;
	const char *known[GUESS_NAMES];
	unsigned int n_known;
};

#define GUESS_SIZE 512 /* of a hint */

/* Could @name have been meant? It isn't named if nothing comes close. */
void guess_alias(struct guess *guess, const char *name);

/* Could @name have been meant? */
void guess_try(struct guess *guess, const char *name);

/* ": did you mean 'NAME'?" or ": say NAME or NAME" in @buf of GUESS_SIZE, or "". */
const char *guess_hint(char *buf, const struct guess *guess);

/*
 * Says that @where doesn't know @word, and which of @names was meant, or all of
 * them; returns an &enum exit_status.
 */
int guess_error(const char *where, const char *word,
		const struct names *names);

#endif
