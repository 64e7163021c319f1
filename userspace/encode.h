/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * encode - values into the attributes of a request, by what nouns describe
 */
#ifndef VPNCT_ENCODE_H
#define VPNCT_ENCODE_H

#include <jansson.h>

#include "record.h"

/**
 * struct verb - what may be done to the records of a noun
 * @noun: whose keys are used
 * @word: the noun in the singular, as on the command line
 * @cmd: the kernel's command
 * @keys: that it takes, separated by blanks
 * @needs: those that must be given
 * @one_of: one of which must be given, too; or NULL
 * @family: whether the family goes with the addresses
 * @replace: whether NLM_F_REPLACE takes over what is another's
 */
struct verb {
	const struct noun *noun;
	const char *word;
	uint8_t cmd;
	const char *keys;
	const char *needs;
	const char *one_of;
	bool family;
	bool replace;
};

/* One that isn't an address. Returns false if @s is none for @f. */
bool parse_value(const struct field *f, const char *s, uint64_t *number);

/*
 * Says what a value of @f, which was asked for by @word, would be; returns an
 * &enum exit_status.
 */
int bad_value(const char *where, const char *word, const struct field *f,
	      const char *s);

/* Is @key one of the words of @keys? */
bool has_key(const char *keys, const char *key);

/* By the noun's word or plural; NULL if there is none. */
const struct verb *verb_find(const struct verb *verbs, size_t n,
			     const char *word);

/* Says what @word, which verb_find() didn't find, could be; see bad_value(). */
int unknown_verb(const char *where, const struct verb *verbs, size_t n,
		 const char *word);

/*
 * Key and value in pairs, as @where's arguments, into @nlh. The family comes
 * with the address of the server. Prints what is wrong and returns an
 * &enum exit_status.
 */
int encode_words(struct nlmsghdr *nlh, const struct verb *verb,
		 const char *where, char **words);

/*
 * The same from an object as -j prints it; keys that @verb doesn't take are
 * skipped. Returns the key that is missing or malformed, or NULL.
 */
const char *encode_json(struct nlmsghdr *nlh, const struct verb *verb,
			const json_t *object);

/* Those of @keys that @rec has, a record of @verb's noun. */
void encode_record(struct nlmsghdr *nlh, const struct verb *verb,
		   const char *keys, const void *rec);

void encode_number(struct nlmsghdr *nlh, const struct field *f,
		   uint64_t number);

void encode_addr(struct nlmsghdr *nlh, uint16_t attr, const struct addr *addr);

void encode_family(struct nlmsghdr *nlh, const struct noun *noun,
		   const struct addr *addr);

/* The attribute of a key of a noun. */
uint16_t attr_of(const struct noun *noun, const char *key);

#endif
