// SPDX-License-Identifier: GPL-2.0-only
/*
 * change - add, delete and flush
 */
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "change.h"
#include "command.h"
#include "filter.h"

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
		.needs = "client server",
	},
};

static void help_keys(const struct verb *verbs, size_t n)
{
	const struct field *f;
	unsigned int i;

	for (; n--; verbs++) {
		printf("\nWith '%s' (needed: %s):\n", verbs->word, verbs->needs);
		for (i = 0, f = verbs->noun->field; i < verbs->noun->n_fields;
		     i++, f++)
			if (has_key(verbs->keys, f->key))
				printf("  %-13s  %s\n", f->key,
				       f->input ?: f->help);
	}
}

static void usage_add(void)
{
	printf("Usage: vpnct add session|esp|isakmp [replace|new] KEY VALUE... [OPTIONS]\n\n"
	       "Tell the tracker what it can't know yet: whose an SPI is before its first\n"
	       "packet, a session with its flows, the cookies of an IKE SA. Values are written\n"
	       "as 'list' shows them. What exists is changed, or left as it is.\n\n"
	       "  replace        take it from another client; delete flows in the way\n"
	       "                 (session, esp)\n"
	       "  new            it is an error if it exists\n");
	help_keys(add_verbs, n_add_verbs);
	printf("\nWithout dir an SPI is one that the server uses (in).\n\n");
	print_options("");
}

static void usage_delete(void)
{
	printf("Usage: vpnct delete session|esp|isakmp|pptp KEY VALUE... [OPTIONS]\n\n"
	       "Forget a session with all that belongs to it, an SPI, a cookie pair or a call.\n");
	help_keys(delete_verbs, ARRAY_SIZE(delete_verbs));
	printf("\nWithout dir an SPI is one that the server uses (in): that needs client or masq,\n"
	       "an outbound one needs client.\n\n");
	print_options("");
}

static void usage_flush(void)
{
	printf("Usage: vpnct flush [sessions|esp|isakmp|pptp] [client ADDRESS] [server ADDRESS]\n"
	       "                   [OPTIONS]\n\n"
	       "Forget everything, or all of a kind, of a client, of a server. Sessions take\n"
	       "their SPIs, cookie pairs and entries in conntrack along: both hosts start over.\n\n");
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
 * struct change - what add or delete shall do
 * @verb: to what
 * @where: "add" or "delete"
 * @flags: of the request
 * @words: keys and values
 */
struct change {
	const struct verb *verb;
	const char *where;
	uint16_t flags;
	char **words;
};

static int change(const struct call *call)
{
	const struct change *c = call->args;
	char **words = with_dir(c->verb, c->words);
	struct nlmsghdr *nlh;
	char text[512];
	int err;

	nlh = nl_request(call->nl, c->verb->cmd, c->flags);
	err = encode_words(nlh, c->verb, c->where, words);
	free(words);
	if (err)
		return err;
	err = nl_talk(call->nl, nlh, NULL, NULL);
	if (!err)
		return EXIT_OK;
	command_text(text, sizeof(text), c->where, call->words);
	nl_error(call->nl, text, err);
	return EXIT_FAILED;
}

static int which_noun(const char *where, const char *word)
{
	if (!word)
		return usage_error(where, "%s what?", where);
	return usage_error(where, "can't %s '%s'", where, word);
}

static int parse_add(struct call *call)
{
	struct change *c = call->args;
	char **words = call->words;

	c->where = "add";
	c->verb = verb_find(add_verbs, n_add_verbs, *words);
	if (!c->verb)
		return which_noun("add", *words);
	words++;
	if (*words && !strcmp(*words, "replace"))
		c->flags = NLM_F_REPLACE;
	else if (*words && !strcmp(*words, "new"))
		c->flags = NLM_F_EXCL;
	if (c->flags == NLM_F_REPLACE && !c->verb->replace)
		return usage_error("add", "%s can't be replaced",
				   c->verb->word);
	c->words = words + !!c->flags;
	return 0;
}

const struct command add_command = {
	.name = "add",
	.help = "preload an SPI, a session, an IKE SA",
	.usage = usage_add,
	.parse = parse_add,
	.run = change,
	.args = sizeof(struct change),
	.words = true,
	.nl = true,
};

static int parse_delete(struct call *call)
{
	struct change *c = call->args;

	c->where = "delete";
	c->verb = verb_find(delete_verbs, ARRAY_SIZE(delete_verbs),
			    *call->words);
	if (!c->verb)
		return which_noun("delete", *call->words);
	c->words = call->words + 1;
	return 0;
}

const struct command delete_command = {
	.name = "delete",
	.help = "forget a session, an SPI, an IKE SA, a call",
	.usage = usage_delete,
	.parse = parse_delete,
	.run = change,
	.args = sizeof(struct change),
	.words = true,
	.nl = true,
};

static int kind_of_noun(const char *word)
{
	static const struct noun *const kinds[] = {
		[NF_CT_VPN_KIND_SESSION] = &session_noun,
		[NF_CT_VPN_KIND_ESP] = &esp_noun,
		[NF_CT_VPN_KIND_ISAKMP] = &isakmp_noun,
		[NF_CT_VPN_KIND_PPTP] = &pptp_noun,
	};
	size_t i;

	for (i = 0; word && i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(word, kinds[i]->plural) ||
		    !strcmp(word, kinds[i]->name))
			return i;
	return -1;
}

static int got_flushed(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, GENL_HDRLEN)
		if (mnl_attr_get_type(attr) == NF_CT_VPN_A_FLUSH_COUNT &&
		    mnl_attr_validate(attr, MNL_TYPE_U32) >= 0)
			*(uint32_t *)data = mnl_attr_get_u32(attr);
	return 0;
}

/* "client ADDRESS" or "server ADDRESS"; @seen: a bit for each that was there */
static int encode_side(struct nlmsghdr *nlh, unsigned int *seen, char **words)
{
	uint16_t attr;
	struct addr addr;

	if (!strcmp(words[0], "client"))
		attr = NF_CT_VPN_A_FLUSH_CLIENT;
	else if (!strcmp(words[0], "server"))
		attr = NF_CT_VPN_A_FLUSH_REMOTE;
	else
		return usage_error("flush", "unknown word '%s'", words[0]);
	if (*seen & 1U << attr)
		return usage_error("flush", "%s is given twice", words[0]);
	*seen |= 1U << attr;
	if (!words[1])
		return usage_error("flush", "%s needs a value", words[0]);
	if (!parse_addr(words[1], &addr))
		return usage_error("flush", "%s '%s' is not an address",
				   words[0], words[1]);
	encode_addr(nlh, attr, &addr);
	return 0;
}

static int flush(const struct call *call)
{
	char **words = call->words;
	struct nl *nl = call->nl;
	struct nlmsghdr *nlh = nl_request(nl, NF_CT_VPN_CMD_FLUSH, 0);
	int kind = kind_of_noun(*words), err = 0;
	unsigned int seen = 0;
	char **word = words + (kind >= 0);
	uint32_t count = 0;
	char text[512];

	if (kind >= 0)
		nl_put_u8(nlh, NF_CT_VPN_A_FLUSH_KIND, kind);
	for (; *word && !err; word += 2)
		err = encode_side(nlh, &seen, word);
	if (err)
		return err;
	err = nl_talk(nl, nlh, got_flushed, &count);
	if (err) {
		command_text(text, sizeof(text), "flush", words);
		nl_error(nl, text, err);
		return EXIT_FAILED;
	}
	printf("%u entries forgotten\n", count);
	return EXIT_OK;
}

const struct command flush_command = {
	.name = "flush",
	.help = "forget everything, or all of a client or server",
	.usage = usage_flush,
	.run = flush,
	.words = true,
	.nl = true,
};
