// SPDX-License-Identifier: GPL-2.0-only
/*
 * add - tell the tracker what it can't know yet
 */
#include <assert.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "add.h"
#include "command.h"
#include "complete.h"

const struct verb add_verbs[] = {
	{
		.noun = &session_noun,
		.word = "session",
		.cmd = NF_CT_VPN_CMD_SESSION_NEW,
		.family = true,
		.replace = true,
		.keys = "client server masq esp_timeout_s ike_timeout_s",
		.needs = "client server",
	},
	{
		.noun = &esp_noun,
		.word = "esp",
		.cmd = NF_CT_VPN_CMD_ESP_NEW,
		.family = true,
		.replace = true,
		.keys = "client server masq dir spi state confidence seq pin",
		.needs = "client server spi",
	},
	{
		.noun = &isakmp_noun,
		.word = "isakmp",
		.cmd = NF_CT_VPN_CMD_ISAKMP_NEW,
		.family = true,
		.keys = "client server initiator responder version exchange begun_by",
		.needs = "client server initiator",
	},
};

const size_t n_add_verbs = ARRAY_SIZE(add_verbs);

static void help_keys(const struct verb *verb)
{
	const struct field *f = verb->noun->field;
	unsigned int i;

	printf("\nWith '%s' (needed: %s):\n", verb->word, verb->needs);
	for (i = 0; i < verb->noun->n_fields; i++, f++)
		if (has_key(verb->keys, f->key))
			printf("  %-13s  %s\n", f->key, f->input ?: f->help);
}

static void usage(void)
{
	size_t i;

	printf("Usage: vpnct add session|esp|isakmp [replace|new] KEY VALUE... [OPTIONS]\n\n"
	       "Tell the tracker what it can't know yet: whose an SPI is before its first\n"
	       "packet, a session with its flows, the cookies of an IKE SA. Values are written\n"
	       "as 'list' shows them. What exists is changed, or left as it is.\n\n"
	       "  replace        take it from another client; delete flows in the way\n"
	       "                 (session, esp)\n"
	       "  new            it is an error if it exists\n");
	for (i = 0; i < n_add_verbs; i++)
		help_keys(&add_verbs[i]);
	printf("\nWithout dir an SPI is one that the server uses (in).\n\n");
	print_options("");
}

static bool has_word(char **words, const char *word)
{
	for (; *words; words++)
		if (!strcmp(*words, word))
			return true;
	return false;
}

/* A new array: "dir in" for an SPI that has none, and @words. */
static char **with_dir(const struct verb *verb, char **words)
{
	static char dir[4] = "dir", in[3] = "in"; /* getopt's words are char * */
	size_t room, n = 0;
	char **copy;

	for (room = 3; words[room - 3]; room++)
		;
	copy = xrealloc(NULL, room, sizeof(*copy));
	if (verb->noun == &esp_noun && !has_word(words, dir)) {
		copy[n++] = dir;
		copy[n++] = in;
	}
	do {
		copy[n++] = *words;
	} while (*words++);
	return copy;
}

/**
 * struct add - what shall be made
 * @verb: of which kind
 * @flags: of the request
 * @words: keys and values
 */
struct add {
	const struct verb *verb;
	uint16_t flags;
	char **words;
};

static int run(const struct call *call)
{
	const struct add *a = call->args;
	char **words = with_dir(a->verb, a->words);
	struct nlmsghdr *nlh;
	char text[512];
	int err;

	nlh = nl_request(call->nl, a->verb->cmd, a->flags);
	err = encode_words(nlh, a->verb, "add", words);
	free(words);
	if (err)
		return err;
	err = nl_talk(call->nl, nlh, NULL, NULL);
	if (!err)
		return EXIT_OK;
	command_text(text, sizeof(text), "add", call->words);
	nl_error(call->nl, text, err);
	return EXIT_FAILED;
}

static int parse(struct call *call)
{
	struct add *a = call->args;
	char **words = call->words;

	a->verb = verb_find(add_verbs, n_add_verbs, *words);
	if (!*words)
		return usage_error("add", "add what?");
	if (!a->verb)
		return unknown_verb("add", add_verbs, n_add_verbs, *words);
	words++;
	if (*words && !strcmp(*words, "replace"))
		a->flags = NLM_F_REPLACE;
	else if (*words && !strcmp(*words, "new"))
		a->flags = NLM_F_EXCL;
	if (a->flags == NLM_F_REPLACE && !a->verb->replace)
		return usage_error("add", "%s can't be replaced",
				   a->verb->word);
	a->words = words + !!a->flags;
	return 0;
}

static void complete_add(struct completion *c)
{
	const struct verb *verb;
	size_t i, from;

	if (!c->n)
		for (i = 0; i < n_add_verbs; i++)
			offer(c, add_verbs[i].word, NULL);
	verb = verb_find(add_verbs, n_add_verbs, *c->words);
	if (!verb)
		return;
	if (c->n == 1) {
		offer(c, "new", "it is an error if it exists");
		if (verb->replace)
			offer(c, "replace", "take it from another client");
	}
	from = c->n > 1 && (!strcmp(c->words[1], "new") ||
			    !strcmp(c->words[1], "replace")) ?
		       2 :
		       1;
	offer_pairs(c, verb, from);
}

const struct command add_command = {
	.name = "add",
	.help = "preload an SPI, a session, an IKE SA",
	.usage = usage,
	.parse = parse,
	.run = run,
	.complete = complete_add,
	.args = sizeof(struct add),
	.words = true,
	.nl = true,
};
