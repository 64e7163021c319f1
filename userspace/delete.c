// SPDX-License-Identifier: GPL-2.0-only
/*
 * delete - forget what a filter describes: delete and flush
 *
 * What names one entry is one request, and an error if there is none. All else is
 * looked up first, and what is found is deleted one by one.
 */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "complete.h"
#include "encode.h"
#include "filter.h"

/* In the order of enum nf_ct_vpn_kind, as nouns[] is. */
static const struct verb delete_verbs[] = {
	{
		.noun = &session_noun,
		.word = "session",
		.cmd = NF_CT_VPN_CMD_SESSION_DEL,
		.family = true,
		.keys = "client server",
		.needs = "client server",
	},
	{
		.noun = &esp_noun,
		.word = "esp",
		.cmd = NF_CT_VPN_CMD_ESP_DEL,
		.family = true,
		.keys = "client server masq dir spi",
		.needs = "server spi",
		.one_of = "client masq",
	},
	{
		.noun = &isakmp_noun,
		.word = "isakmp",
		.cmd = NF_CT_VPN_CMD_ISAKMP_DEL,
		.family = true,
		.keys = "client server initiator responder",
		.needs = "server initiator",
	},
	{
		.noun = &pptp_noun,
		.word = "pptp",
		.cmd = NF_CT_VPN_CMD_PPTP_DEL,
		.keys = "client server client_port client_id host_id",
		.needs = "client server client_port",
		.one_of = "client_id host_id",
	},
};

/**
 * struct delete - what shall be forgotten
 * @where: "delete" or "flush"
 * @verb: of the noun that was named, or NULL
 * @filter: which of them
 */
struct delete {
	const char *where;
	const struct verb *verb;
	struct filter filter;
};

static void usage_delete(void)
{
	printf("Usage: vpnct delete sessions|esp|isakmp|pptp FILTER... [OPTIONS]\n\n"
	       "Forget a session with all that belongs to it, an SPI, a cookie pair or a call.\n"
	       "What names one entry (as client and server name a session; server, spi and\n"
	       "client an SPI) must be there; any other filter forgets all that match, and\n"
	       "says how many. Without dir an SPI that is named is one that the server uses\n"
	       "(in).\n\n");
	filter_help(nouns);
	putchar('\n');
	print_options("");
}

static void usage_flush(void)
{
	printf("Usage: vpnct flush [sessions|esp|isakmp|pptp] [FILTER...] [OPTIONS]\n\n"
	       "Forget everything, or all of a kind, or what matches. Sessions take their SPIs,\n"
	       "cookie pairs and entries in conntrack along: both hosts start over.\n\n");
	filter_help(nouns);
	putchar('\n');
	print_options("");
}

static bool has_word(char **words, const char *word)
{
	for (; *words; words++)
		if (!strcmp(*words, word))
			return true;
	return false;
}

static int parse_some(struct delete *d, char **words)
{
	const struct noun *only[] = { d->verb ? d->verb->noun : NULL, NULL };

	/* an SPI's number says little without its direction */
	if (*only == &esp_noun && has_word(words, "spi") &&
	    !has_word(words, "dir"))
		d->filter.term[d->filter.n++] =
			(struct term){ .word = "dir",
				       .number = NF_CT_VPN_DIR_IN };
	return filter_parse(&d->filter, *only ? only : nouns, d->where, words);
}

static int parse_delete(struct call *call)
{
	struct delete *d = call->args;
	char **words = call->words;

	d->where = "delete";
	d->verb = verb_find(delete_verbs, ARRAY_SIZE(delete_verbs), *words);
	if (!*words)
		return usage_error("delete", "delete what?");
	if (!d->verb)
		return unknown_verb("delete", delete_verbs,
				    ARRAY_SIZE(delete_verbs), *words);
	if (!words[1])
		return usage_error("delete",
				   "which %s? 'vpnct flush %s' forgets all",
				   d->verb->noun->title, d->verb->noun->plural);
	return parse_some(d, words + 1);
}

static int parse_flush(struct call *call)
{
	struct delete *d = call->args;
	char **words = call->words;

	d->where = "flush";
	d->verb = verb_find(delete_verbs, ARRAY_SIZE(delete_verbs), *words);
	if (!d->verb)
		d->filter.nouns = nouns;
	return parse_some(d, words + !!d->verb);
}

static const struct term *term_of(const struct filter *filter, const char *key)
{
	const struct term *term = filter->term, *end = term + filter->n;

	for (; term < end; term++)
		if (!strcmp(term->word, key))
			return term;
	return NULL;
}

/* Can the kernel be asked by these terms, which have to be of @keys? */
static bool is_exact(const struct filter *filter, const char *keys)
{
	const struct term *term = filter->term, *end = term + filter->n;

	for (; term < end; term++)
		if (term->negated || !has_key(keys, term->word) ||
		    term->bits != term->addr.len * 8U)
			return false;
	return true;
}

/* Do they name one entry? */
static bool is_name(const struct verb *verb, const struct filter *filter)
{
	const struct field *f = verb->noun->field,
			   *end = f + verb->noun->n_fields;
	bool one = !verb->one_of;

	if (!is_exact(filter, verb->keys))
		return false;
	for (; f < end; f++) {
		if (has_key(verb->needs, f->key) && !term_of(filter, f->key))
			return false;
		if (verb->one_of && has_key(verb->one_of, f->key))
			one = one || term_of(filter, f->key);
	}
	return one;
}

static int refused(const struct call *call, int err)
{
	const struct delete *d = call->args;
	char text[512];

	command_text(text, sizeof(text), d->where, call->words);
	nl_error(call->nl, text, err);
	return EXIT_FAILED;
}

static int delete_named(const struct call *call)
{
	const struct delete *d = call->args;
	const struct term *term = d->filter.term, *end = term + d->filter.n;
	struct nlmsghdr *nlh = nl_request(call->nl, d->verb->cmd, 0);
	const struct field *f;
	int err;

	for (; term < end; term++) {
		f = field_find(d->verb->noun, term->word);
		if (f->type != FIELD_ADDR) {
			encode_number(nlh, f, term->number);
			continue;
		}
		encode_addr(nlh, f->attr, &term->addr);
		if (d->verb->family && !strcmp(f->key, "server"))
			encode_family(nlh, d->verb->noun, &term->addr);
	}
	err = nl_talk(call->nl, nlh, NULL, NULL);
	return err ? refused(call, err) : EXIT_OK;
}

/* Whose an exchange on trial is may be another one by now. */
static const char *keys_of(const struct verb *verb, const void *rec)
{
	const struct isakmp *i = rec;

	if (verb->noun == &isakmp_noun && i->state == NF_CT_VPN_STATE_UNDECIDED)
		return "server initiator responder";
	return verb->keys;
}

/* Returns an errno; what has gone with something else is none. */
static int delete_record(struct nl *nl, const struct verb *verb,
			 const void *rec, unsigned int *count)
{
	struct nlmsghdr *nlh = nl_request(nl, verb->cmd, 0);
	int err;

	encode_record(nlh, verb, keys_of(verb, rec), rec);
	err = nl_talk(nl, nlh, NULL, NULL);
	*count += !err;
	return err == -ENOENT ? 0 : err;
}

/* Returns 0 or an errno that has been reported. */
static int delete_matching(const struct call *call, const struct verb *verb,
			   unsigned int *count)
{
	const struct delete *d = call->args;
	struct list list;
	const void *rec;
	int err, failed;

	err = fetch_some(call->nl, verb->noun, &d->filter, &list);
	for (rec = err ? NULL : list_next(&list, NULL); rec;
	     rec = list_next(&list, rec)) {
		failed = delete_record(call->nl, verb, rec, count);
		if (failed && !err)
			refused(call, failed);
		err = err ?: failed;
	}
	list_free(&list);
	return err;
}

static int delete_some(const struct call *call)
{
	const struct delete *d = call->args;
	unsigned int count = 0;
	size_t i;
	int err = 0;

	/* sessions first: they take along what is theirs */
	for (i = 0; i < ARRAY_SIZE(delete_verbs) && !err; i++)
		if ((!d->verb || d->verb == &delete_verbs[i]) &&
		    filter_fits(&d->filter, delete_verbs[i].noun))
			err = delete_matching(call, &delete_verbs[i], &count);
	printf("%u entries forgotten\n", count);
	return err ? EXIT_FAILED : EXIT_OK;
}

static void complete_delete(struct completion *c)
{
	const struct noun *only[] = { noun_find(*c->words), NULL };

	if (!c->n)
		offer_nouns(c, nouns);
	else if (*only)
		filter_complete(c, only, 1);
}

static void complete_flush(struct completion *c)
{
	complete_delete(c);
	if (!noun_find(*c->words))
		filter_complete(c, nouns, 0);
}

static int run_delete(const struct call *call)
{
	const struct delete *d = call->args;

	return is_name(d->verb, &d->filter) ? delete_named(call) :
					      delete_some(call);
}

const struct command delete_command = {
	.name = "delete",
	.help = "forget a session, an SPI, an IKE SA, a call",
	.usage = usage_delete,
	.parse = parse_delete,
	.run = run_delete,
	.complete = complete_delete,
	.args = sizeof(struct delete),
	.words = true,
	.nl = true,
};

static int got_flushed(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, GENL_HDRLEN)
		if (mnl_attr_get_type(attr) == NF_CT_VPN_A_FLUSH_COUNT &&
		    mnl_attr_validate(attr, MNL_TYPE_U32) >= 0)
			*(uint32_t *)data = mnl_attr_get_u32(attr);
	return 0;
}

/* One request, for what the kernel can tell apart. */
static int flush_all(const struct call *call)
{
	const struct delete *d = call->args;
	const struct term *term = d->filter.term, *end = term + d->filter.n;
	struct nlmsghdr *nlh = nl_request(call->nl, NF_CT_VPN_CMD_FLUSH, 0);
	uint32_t count = 0;
	int err;

	if (d->verb)
		nl_put_u8(nlh, NF_CT_VPN_A_FLUSH_KIND, d->verb - delete_verbs);
	for (; term < end; term++)
		encode_addr(nlh,
			    *term->word == 'c' ? NF_CT_VPN_A_FLUSH_CLIENT :
						 NF_CT_VPN_A_FLUSH_SERVER,
			    &term->addr);
	err = nl_talk(call->nl, nlh, got_flushed, &count);
	if (err)
		return refused(call, err);
	printf("%u entries forgotten\n", count);
	return EXIT_OK;
}

static int run_flush(const struct call *call)
{
	const struct delete *d = call->args;

	return is_exact(&d->filter, "client server") ? flush_all(call) :
						       delete_some(call);
}

const struct command flush_command = {
	.name = "flush",
	.help = "forget everything, or all that match a filter",
	.usage = usage_flush,
	.parse = parse_flush,
	.run = run_flush,
	.complete = complete_flush,
	.args = sizeof(struct delete),
	.words = true,
	.nl = true,
};
