/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * filter - which records a command is about
 *
 * The keys of a filter are those of records, so that what can be seen can be
 * asked for. A noun that hasn't a key that is asked for has no record that
 * matches, whether the key is negated or not.
 */
#ifndef VPNCT_FILTER_H
#define VPNCT_FILTER_H

#include "nouns.h"

struct names;

#define TERMS_MAX 24

/**
 * struct term - a key and its value
 * @word: the key, or a word for several keys
 * @negated: all but this value
 * @addr: the value of an address
 * @bits: so many of it count
 * @number: any other value
 */
struct term {
	const char *word;
	bool negated;
	struct addr addr;
	unsigned int bits;
	uint64_t number;
};

/**
 * struct filter - terms, all of which must match
 * @nouns: those that may stand before the first one but don't, for who misspelt
 *	one; NULL ends them; or NULL
 * @words: other words that may stand there, likewise
 * @n: number of terms
 * @term: the terms
 */
struct filter {
	const struct noun *const *nouns;
	const struct names *words;
	unsigned int n;
	struct term term[TERMS_MAX];
};

/* For --help of @where: which keys the nouns have. NULL ends @of. */
void filter_help(const struct noun *const *of);

/*
 * "[not] KEY VALUE" in pairs, with keys of the nouns @of, which NULL ends; prints
 * what is wrong and returns an &enum exit_status. What @filter has already stays.
 */
int filter_parse(struct filter *filter, const struct noun *const *of,
		 const char *where, char **words);

struct completion;

/* For completion: keys and values from word @from on. */
void filter_complete(struct completion *c, const struct noun *const *of,
		     size_t from);

/* Is @word a key of one of them? */
bool filter_has(const struct noun *const *of, const char *word);

bool filter_record(const struct filter *filter, const struct noun *noun,
		   const void *rec);

/* Does @noun have all the keys? */
bool filter_fits(const struct filter *filter, const struct noun *noun);

/* What of @from is about keys that @has has and, unless it is NULL, @lacks lacks. */
struct filter filter_part(const struct filter *from, const struct noun *has,
			  const struct noun *lacks);

/* Adds what the kernel can filter to a request for @noun. */
void filter_request(const struct filter *filter, const struct noun *noun,
		    struct nlmsghdr *nlh);

#endif
