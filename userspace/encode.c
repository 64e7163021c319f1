// SPDX-License-Identifier: GPL-2.0-only
/*
 * encode - values into the attributes of a request, by what nouns describe
 */
#include <string.h>
#include <sys/socket.h>

#include "encode.h"
#include "guess.h"
#include "vpnct.h"

const struct verb *verb_find(const struct verb *verbs, size_t n,
			     const char *word)
{
	size_t i;

	for (i = 0; word && i < n; i++)
		if (!strcmp(word, verbs[i].word) ||
		    !strcmp(word, verbs[i].noun->plural))
			return &verbs[i];
	return NULL;
}

int unknown_verb(const char *where, const struct verb *verbs, size_t n,
		 const char *word)
{
	struct guess guess = { .word = word };
	char hint[GUESS_SIZE];
	size_t i;

	for (i = 0; i < n; i++) {
		guess_try(&guess, verbs[i].word);
		guess_alias(&guess, verbs[i].noun->plural);
	}
	return usage_error(where, "can't %s '%s'%s", where, word,
			   guess_hint(hint, &guess));
}

uint16_t attr_of(const struct noun *noun, const char *key)
{
	const struct field *f = field_find(noun, key);

	return f ? f->attr : 0;
}

/* Is @key one of the words of @keys? */
bool has_key(const char *keys, const char *key)
{
	size_t n = strlen(key);
	const char *s;

	for (s = keys; s; s = strchr(s, ' ')) {
		s += *s == ' ';
		if (!strncmp(s, key, n) && (s[n] == ' ' || !s[n]))
			return true;
	}
	return false;
}

void encode_addr(struct nlmsghdr *nlh, uint16_t attr, const struct addr *addr)
{
	nl_put(nlh, attr, addr->byte, addr->len);
}

void encode_family(struct nlmsghdr *nlh, const struct noun *noun,
		   const struct addr *addr)
{
	nl_put_u8(nlh, attr_of(noun, "family"),
		  addr->len == 4 ? AF_INET : AF_INET6);
}

void encode_number(struct nlmsghdr *nlh, const struct field *f, uint64_t number)
{
	uint16_t half = number;

	switch (f->size) {
	case 1:
		nl_put_u8(nlh, f->attr, number);
		break;
	case 2:
		nl_put(nlh, f->attr, &half, sizeof(half));
		break;
	case 4:
		nl_put_u32(nlh, f->attr, number);
		break;
	case 8:
		nl_put(nlh, f->attr, &number, sizeof(number));
		break;
	}
}

static uint64_t largest(const struct field *f)
{
	return f->size < 8 ? (1ULL << 8 * f->size) - 1 : UINT64_MAX;
}

static bool parse_name(const struct field *f, const char *s,
		       uint64_t *number)
{
	*number = names_find(f->names, s);
	if (*number < f->names->n)
		return true;
	/* what has no name is shown as a number */
	return parse_number(s, 10, largest(f), number);
}

static bool parse_bool(const char *s, uint64_t *number)
{
	*number = !strcmp(s, "yes");
	return *number || !strcmp(s, "no");
}

bool parse_value(const struct field *f, const char *s, uint64_t *number)
{
	switch (f->type) {
	case FIELD_NAME:
		return parse_name(f, s, number);
	case FIELD_BOOL:
		return parse_bool(s, number);
	case FIELD_COOKIE:
		return parse_number(s, 16, largest(f), number);
	case FIELD_SPI:
		return parse_spi(s, number);
	default:
		return parse_number(s, 10, largest(f), number);
	}
}

static const char *kind_of(const struct field *f)
{
	switch (f->type) {
	case FIELD_ADDR:
		return "an address";
	case FIELD_BOOL:
		return "yes or no";
	case FIELD_COOKIE:
		return "a cookie of 16 hexadecimal digits";
	case FIELD_SPI:
		return "a 32-bit number (hex: 0x...)";
	default:
		return "a number that fits";
	}
}

int bad_value(const char *where, const char *word, const struct field *f,
	      const char *s)
{
	char text[256];

	if (f->type != FIELD_NAME)
		return usage_error(where, "%s '%s' is not %s", word, s,
				   kind_of(f));
	names_text(text, sizeof(text), f->names);
	return usage_error(where, "%s '%s' is unknown: %s", word, s, text);
}

static int unknown_key(const char *where, const struct verb *verb,
		       const char *word)
{
	const struct field *f = verb->noun->field;
	struct guess guess = { .word = word };
	char hint[GUESS_SIZE];
	unsigned int i;

	for (i = 0; i < verb->noun->n_fields; i++, f++)
		if (has_key(verb->keys, f->key))
			guess_try(&guess, f->key);
	return usage_error(where, "unknown word '%s'%s", word,
			   guess_hint(hint, &guess));
}

static bool encode_text(struct nlmsghdr *nlh, const struct verb *verb,
			const struct field *f, const char *s)
{
	uint64_t number;
	struct addr addr;

	if (f->type != FIELD_ADDR) {
		if (!parse_value(f, s, &number))
			return false;
		encode_number(nlh, f, number);
		return true;
	}
	if (!parse_addr(s, &addr))
		return false;
	encode_addr(nlh, f->attr, &addr);
	if (verb->family && !strcmp(f->key, "server"))
		encode_family(nlh, verb->noun, &addr);
	return true;
}

/* The first of @verb->needs that is no key in @seen, a set of keys' words. */
static const char *missing_key(const struct verb *verb, uint64_t seen)
{
	const struct field *f = verb->noun->field;
	unsigned int i;

	for (i = 0; i < verb->noun->n_fields; i++, f++)
		if (has_key(verb->needs, f->key) && !(seen & 1ULL << i))
			return f->key;
	return NULL;
}

int encode_words(struct nlmsghdr *nlh, const struct verb *verb,
		 const char *where, char **words)
{
	const struct noun *noun = verb->noun;
	const struct field *f;
	const char *missing;
	uint64_t seen = 0;

	for (; *words; words += 2) {
		f = has_key(verb->keys, *words) ? field_find(noun, *words) :
						  NULL;
		if (!f)
			return unknown_key(where, verb, *words);
		if (seen & 1ULL << (f - noun->field))
			return usage_error(where, "%s is given twice", *words);
		if (!words[1])
			return usage_error(where, "%s needs a value", *words);
		if (!encode_text(nlh, verb, f, words[1]))
			return bad_value(where, *words, f, words[1]);
		seen |= 1ULL << (f - noun->field);
	}
	missing = missing_key(verb, seen);
	if (missing)
		return usage_error(where, "%s is missing", missing);
	return 0;
}

static bool encode_value(struct nlmsghdr *nlh, const struct verb *verb,
			 const struct field *f, const json_t *value)
{
	uint64_t number;

	if (json_is_string(value) && f->type != FIELD_BOOL)
		return encode_text(nlh, verb, f, json_string_value(value));
	if (json_is_boolean(value) && f->type == FIELD_BOOL)
		number = json_is_true(value);
	else if (json_is_integer(value) && f->type != FIELD_ADDR)
		number = json_integer_value(value);
	else
		return false;
	if (number > largest(f))
		return false;
	encode_number(nlh, f, number);
	return true;
}

/* No time left is no flow: nothing to ask for. */
static bool is_nothing(const struct field *f, const json_t *value)
{
	return !value || json_is_null(value) ||
	       (f->type == FIELD_SECS && json_is_integer(value) &&
		!json_integer_value(value));
}

const char *encode_json(struct nlmsghdr *nlh, const struct verb *verb,
			const json_t *object)
{
	const struct field *f = verb->noun->field;
	const json_t *value;
	uint64_t seen = 0;
	unsigned int i;

	for (i = 0; i < verb->noun->n_fields; i++, f++) {
		value = json_object_get(object, f->key);
		if (!has_key(verb->keys, f->key) || is_nothing(f, value))
			continue;
		if (!encode_value(nlh, verb, f, value))
			return f->key;
		seen |= 1ULL << i;
	}
	return missing_key(verb, seen);
}

void encode_record(struct nlmsghdr *nlh, const struct verb *verb,
		   const char *keys, const void *rec)
{
	const struct noun *noun = verb->noun;
	const struct field *f;
	unsigned int i;

	for (i = 0, f = noun->field; i < noun->n_fields; i++, f++) {
		if (!has_key(keys, f->key) || !field_present(noun, f, rec))
			continue;
		if (f->type != FIELD_ADDR) {
			encode_number(nlh, f, field_number(f, rec));
			continue;
		}
		encode_addr(nlh, f->attr, field_addr(f, rec));
		if (verb->family && !strcmp(f->key, "server"))
			encode_family(nlh, noun, field_addr(f, rec));
	}
}
