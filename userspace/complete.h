/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * complete - what may stand at the cursor, for the completion of shells
 */
#ifndef VPNCT_COMPLETE_H
#define VPNCT_COMPLETE_H

#include "encode.h"
#include "nl.h"
#include "record.h"

struct command;

/**
 * struct completion - a command line that isn't finished
 * @words: what stands between the command and the cursor, without options; ends
 *	with NULL
 * @n: how many these are
 * @prefix: what there is of the word at the cursor
 * @nl: the tracker's socket, once it was asked for something
 * @offers: lines to be printed
 * @n_offers: how many these are
 * @room: how many @offers has room for
 */
struct completion {
	char **words;
	size_t n;
	const char *prefix;
	struct nl *nl;
	char **offers;
	size_t n_offers, room;
};

/*
 * "vpnct --complete WORD...": prints what may stand in the place of the last
 * word, one a line, maybe with a tab and what it means; ":file" stands for names
 * of files. Returns an &enum exit_status.
 */
int complete(char **words);

/* If @word begins as what there is does; @help may be NULL. */
void offer(struct completion *c, const char *word, const char *help);

/* The same, unless @word was given already. */
void offer_once(struct completion *c, const char *word, const char *help);

void offer_files(struct completion *c);

/* By their plurals. NULL ends @of. */
void offer_nouns(struct completion *c, const struct noun *const *of);

/* What field @f of @noun may be: all values, or those that there are now. */
void offer_values(struct completion *c, const struct noun *noun,
		  const struct field *f);

/* Keys of @verb and their values, in pairs from word @from on. */
void offer_pairs(struct completion *c, const struct verb *verb, size_t from);

#endif
