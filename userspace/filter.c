// SPDX-License-Identifier: GPL-2.0-only
/*
 * filter - which records a command is about
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "complete.h"
#include "encode.h"
#include "filter.h"
#include "guess.h"
#include "pairs.h"
#include "vpnct.h"

/* Where --help tells values of a key, and where its lines end. */
#define HELP_INDENT 15
#define HELP_WIDTH 79

/* Words that stand for several keys of a noun, one of which has to match. */
static const struct alias {
	const char *word;
	const char *keys;
	const char *help;
} aliases[] = {
	{ "cookie", "initiator responder", "initiator or responder" },
	{ "call_id", "client_id client_wire host_id host_wire",
	  "any of the four" },
};

/*
 * What is counted or measured is no way to name a record; nor is what doesn't come
 * with it.
 */
static bool is_key(const struct field *f)
{
	if (!f->attr)
		return false;
	switch (f->type) {
	case FIELD_ADDR:
	case FIELD_BOOL:
	case FIELD_COOKIE:
	case FIELD_NAME:
	case FIELD_SPI:
		return true;
	default:
		return f->flags & FIELD_ID;
	}
}

/* The keys that @word stands for. */
static const char *keys_of(const char *word)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(aliases); i++)
		if (!strcmp(word, aliases[i].word))
			return aliases[i].keys;
	return word;
}

/* The first field of @noun after @f, or from NULL on, that @word stands for. */
static const struct field *next_field(const struct noun *noun,
				      const struct field *f, const char *word)
{
	const struct field *end = noun->field + noun->n_fields;

	for (f = f ? f + 1 : noun->field; f < end; f++)
		if (is_key(f) && has_key(keys_of(word), f->key))
			return f;
	return NULL;
}

static const struct field *field_of(const struct noun *const *of,
				    const char *word)
{
	const struct field *f = NULL;

	for (; *of && !f; of++)
		f = next_field(*of, NULL, word);
	return f;
}

static const char *value_help(char *buf, size_t size, const struct field *f)
{
	switch (f->type) {
	case FIELD_ADDR:
		return "ADDRESS or ADDRESS/BITS";
	case FIELD_BOOL:
		return "yes or no";
	case FIELD_COOKIE:
		return "hexadecimal digits";
	case FIELD_NAME:
		names_text(buf, size, f->names);
		return buf;
	case FIELD_SPI:
		return "a number; hexadecimal with 0x";
	default:
		return "a number";
	}
}

bool filter_has(const struct noun *const *of, const char *word)
{
	return field_of(of, word);
}

/* " (esp, pptp)": which nouns have @word, unless all have. */
static const char *nouns_help(char *buf, size_t size,
			      const struct noun *const *of, const char *word)
{
	const struct noun *const *noun;
	bool all = true;
	size_t n = 0;

	for (noun = of; *noun; noun++) {
		if (next_field(*noun, NULL, word))
			n += snprintf(buf + n, size - n, "%s%s",
				      n ? ", " : " (", (*noun)->plural);
		else
			all = false;
	}
	snprintf(buf + n, size - n, ")");
	return all ? "" : buf;
}

static void key_help(const struct noun *const *of, const struct field *f,
		     const char *word, const char *help)
{
	char value[128], which[64], text[256];

	snprintf(text, sizeof(text), "%s%s%s%s",
		 value_help(value, sizeof(value), f), *help ? "; " : "", help,
		 nouns_help(which, sizeof(which), of, word));
	printf("  %-11s  ", word);
	print_wrapped(text, HELP_INDENT, HELP_WIDTH);
}

/* Has a noun before @noun of @of the same key? */
static bool told_of(const struct noun *const *of, const struct noun *noun,
		    const char *key)
{
	for (; *of != noun; of++)
		if (next_field(*of, NULL, key))
			return true;
	return false;
}

void filter_help(const struct noun *const *of)
{
	const struct noun *const *noun;
	const struct field *f;
	unsigned int i;

	printf("Filters, KEY VALUE or not KEY VALUE, all of which must match:\n");
	for (noun = of; *noun; noun++)
		for (i = 0, f = (*noun)->field; i < (*noun)->n_fields; i++, f++)
			if (is_key(f) && !told_of(of, *noun, f->key))
				key_help(of, f, f->key, "");
	for (i = 0; i < ARRAY_SIZE(aliases); i++) {
		f = field_of(of, aliases[i].word);
		if (f)
			key_help(of, f, aliases[i].word, aliases[i].help);
	}
}

static const char *parse_prefix(const char *s, struct term *term)
{
	char buf[INET6_ADDRSTRLEN];
	const char *slash = strchr(s, '/');
	size_t len = slash ? (size_t)(slash - s) : strlen(s);
	uint64_t bits;

	if (len >= sizeof(buf))
		return "is not an address";
	memcpy(buf, s, len);
	buf[len] = '\0';
	if (!parse_addr(buf, &term->addr))
		return "is not an address";
	bits = term->addr.len * 8;
	if (slash && !parse_number(slash + 1, 10, bits, &bits))
		return term->addr.len == 4 ?
			       "has no prefix length from 0 to 32" :
			       "has no prefix length from 0 to 128";
	term->bits = bits;
	return NULL;
}

static int parse_term(struct term *term, const struct field *f,
		      const char *where, const char *s)
{
	const char *wrong;

	if (f->type == FIELD_ADDR) {
		wrong = parse_prefix(s, term);
		return wrong ? usage_error(where, "%s '%s' %s", term->word, s,
					   wrong) :
			       0;
	}
	if (parse_value(f, s, &term->number))
		return 0;
	return bad_value(where, term->word, f, s);
}

/* A key, but not of these nouns. */
static int strange_key(const struct noun *const *of, const char *where,
		       const char *word)
{
	size_t i;

	for (i = 0; i < n_nouns; i++)
		if (next_field(nouns[i], NULL, word))
			break;
	if (i == n_nouns)
		return 0;
	if (!of[1])
		return usage_error(where, "%s is no filter of %s", word,
				   (*of)->plural);
	return usage_error(where, "%s is a filter of %s: say '%s %s %s'", word,
			   nouns[i]->plural, where, nouns[i]->plural, word);
}

/* A key that @word, which stands without one, may be a value of; or NULL. */
static const char *key_of_value(const struct noun *const *of, const char *word)
{
	const struct field *f;
	unsigned int i;

	for (; *of; of++)
		for (i = 0, f = (*of)->field; i < (*of)->n_fields; i++, f++)
			if (is_key(f) &&
			    ((f->type == FIELD_NAME &&
			      names_find(f->names, word) < f->names->n) ||
			     (f->type == FIELD_SPI && !strncmp(word, "0x", 2))))
				return f->key;
	return NULL;
}

/* What may stand where the first word of @filter does. */
static void guess_first(struct guess *guess, const struct filter *filter)
{
	const struct noun *const *noun;
	unsigned int i;

	for (noun = filter->nouns; noun && *noun; noun++)
		guess_try(guess, (*noun)->plural);
	for (i = 0; filter->words && i < filter->words->n; i++)
		guess_try(guess, filter->words->name[i]);
}

/* Words of others' tools, and values without a word, are told of. */
static int unknown_word(const struct filter *filter,
			const struct noun *const *of, const char *where,
			const struct term *term)
{
	const char *word = term->word;
	struct guess guess = { .word = word };
	const char *key = key_of_value(of, word);
	char hint[GUESS_SIZE];
	struct addr addr;
	unsigned int i;
	int err = strange_key(of, where, word);

	if (err)
		return err;
	if (key)
		return usage_error(where, "unknown word '%s': say %s %s", word,
				   key, word);
	if (parse_addr(word, &addr) || strchr(word, '/') ||
	    !strcmp(word, "src") || !strcmp(word, "dst"))
		return usage_error(where, "unknown word '%s': say client ADDRESS or server ADDRESS",
				   word);
	if (!filter->n && !term->negated)
		guess_first(&guess, filter);
	for (; *of; of++)
		for (i = 0; i < (*of)->n_fields; i++)
			if (is_key(&(*of)->field[i]))
				guess_try(&guess, (*of)->field[i].key);
	if (!term->negated)
		guess_try(&guess, "not");
	return usage_error(where, "unknown word '%s'%s", word,
			   guess_hint(hint, &guess));
}

/* The same key twice could never match; but there may be several negated. */
static bool is_twice(const struct filter *filter, const struct term *term)
{
	unsigned int i;

	for (i = 0; i < filter->n; i++)
		if (!filter->term[i].negated && !term->negated &&
		    !strcmp(filter->term[i].word, term->word))
			return true;
	return false;
}

int filter_parse(struct filter *filter, const struct noun *const *of,
		 const char *where, char **words)
{
	const struct field *f;
	struct term term;
	int err;

	for (; *words; words += 2) {
		term = (struct term){ .negated = !strcmp(*words, "not") };
		if (term.negated && !*++words)
			return usage_error(where, "not what?");
		term.word = *words;
		f = field_of(of, *words);
		if (!f)
			return unknown_word(filter, of, where, &term);
		if (is_twice(filter, &term))
			return usage_error(where, "%s is given twice", *words);
		if (!words[1])
			return usage_error(where, "%s needs a value", *words);
		err = parse_term(&term, f, where, words[1]);
		if (err)
			return err;
		if (filter->n == TERMS_MAX)
			return usage_error(where,
					   "there may be %u filters at most",
					   TERMS_MAX);
		filter->term[filter->n++] = term;
	}
	return 0;
}

/* The word after a filter: NULL if it isn't complete, as "not" and a key are. */
static char **filter_end(char **words)
{
	if (*words && !strcmp(*words, "not"))
		words++;
	return *words && words[1] ? words + 2 : NULL;
}

/* Is @key given before @end? More can't match, but for what is negated. */
static bool was_given(char **words, char **end, const char *key)
{
	for (; words != end; words = filter_end(words))
		if (!strcmp(*words, key))
			return true;
	return false;
}

/* @words: those before, up to @end, that make a key superfluous */
static void complete_keys(struct completion *c, const struct noun *const *of,
			  char **words, char **end)
{
	const struct field *f;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(aliases); i++)
		if (field_of(of, aliases[i].word) &&
		    !was_given(words, end, aliases[i].word))
			offer(c, aliases[i].word, aliases[i].help);
	for (; *of; of++)
		for (i = 0, f = (*of)->field; i < (*of)->n_fields; i++, f++)
			if (is_key(f) && !was_given(words, end, f->key))
				offer(c, f->key, NULL);
}

void filter_complete(struct completion *c, const struct noun *const *of,
		     size_t from)
{
	char **words = c->words + from, **word = words, **end;
	const struct field *f;

	while ((end = filter_end(word)))
		word = end;
	if (!*word) {
		complete_keys(c, of, words, word);
		offer(c, "not", "all but what follows");
		return;
	}
	if (!strcmp(*word, "not") && !*++word) {
		complete_keys(c, of, word, word);
		return;
	}
	for (; *of; of++)
		for (f = next_field(*of, NULL, *word); f;
		     f = next_field(*of, f, *word))
			offer_values(c, *of, f);
}

/* Some names are those of two values, as informational is of IKEv1 and 2. */
static bool same_value(const struct field *f, uint64_t a, uint64_t b)
{
	if (a == b)
		return true;
	return f->type == FIELD_NAME && a < f->names->n && b < f->names->n &&
	       f->names->name[a] && f->names->name[b] &&
	       !strcmp(f->names->name[a], f->names->name[b]);
}

static bool term_match(const struct term *term, const struct noun *noun,
		       const void *rec)
{
	const struct field *f = next_field(noun, NULL, term->word);
	bool same = false;

	if (!f)
		return false;
	for (; f && !same; f = next_field(noun, f, term->word)) {
		if (!field_present(noun, f, rec))
			continue;
		same = f->type == FIELD_ADDR ?
			       addr_in(field_addr(f, rec), &term->addr,
				       term->bits) :
			       same_value(f, field_number(f, rec),
					  term->number);
	}
	return same != term->negated;
}

bool filter_record(const struct filter *filter, const struct noun *noun,
		   const void *rec)
{
	unsigned int i;

	for (i = 0; i < filter->n; i++)
		if (!term_match(&filter->term[i], noun, rec))
			return false;
	return true;
}

bool filter_fits(const struct filter *filter, const struct noun *noun)
{
	unsigned int i;

	for (i = 0; i < filter->n; i++)
		if (!next_field(noun, NULL, filter->term[i].word))
			return false;
	return true;
}

struct filter filter_part(const struct filter *from, const struct noun *has,
			  const struct noun *lacks)
{
	struct filter part = {};
	unsigned int i;

	for (i = 0; i < from->n; i++)
		if (next_field(has, NULL, from->term[i].word) &&
		    !(lacks && next_field(lacks, NULL, from->term[i].word)))
			part.term[part.n++] = from->term[i];
	return part;
}

static bool is_whole(const struct term *term)
{
	return term->bits == term->addr.len * 8U;
}

/* The kernel refuses names that it doesn't know. */
static bool is_known(const struct field *f, const struct term *term)
{
	return f->type != FIELD_NAME || term->number < f->names->n;
}

/* What requests for a noun may name; the rest is left to filter_record(). */
static const char asked_for[] = "client server dir spi state confidence";

void filter_request(const struct filter *filter, const struct noun *noun,
		    struct nlmsghdr *nlh)
{
	const struct addr *host = NULL;
	const struct term *term;
	const struct field *f;

	for (term = filter->term; term < filter->term + filter->n; term++) {
		f = field_find(noun, term->word);
		if (!f || term->negated || !has_key(asked_for, f->key))
			continue;
		if (f->type != FIELD_ADDR && is_known(f, term))
			encode_number(nlh, f, term->number);
		else if (f->type == FIELD_ADDR && is_whole(term))
			encode_addr(nlh, f->attr, &term->addr);
		if (f->type == FIELD_ADDR)
			host = &term->addr;
	}
	if (host)
		encode_family(nlh, noun, host);
}
