// SPDX-License-Identifier: GPL-2.0-only
/*
 * complete - what may stand at the cursor, for the completion of shells
 *
 * Nothing is said of what is wrong: whoever presses a key doesn't want to read it.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "complete.h"
#include "netns.h"
#include "nouns.h"
#include "print.h"

#define FILES ":file"

static void add_offer(struct completion *c, const char *word, const char *help)
{
	char *line;

	if (c->n_offers == c->room) {
		c->room = c->room ? c->room * 2 : 64;
		c->offers = xrealloc(c->offers, c->room, sizeof(*c->offers));
	}
	if (asprintf(&line, "%s%s%s", word, help ? "\t" : "", help ?: "") < 0)
		exit(EXIT_FAILED);
	c->offers[c->n_offers++] = line;
}

void offer(struct completion *c, const char *word, const char *help)
{
	if (!strncmp(word, c->prefix, strlen(c->prefix)))
		add_offer(c, word, help);
}

void offer_once(struct completion *c, const char *word, const char *help)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		if (!strcmp(c->words[i], word))
			return;
	offer(c, word, help);
}

void offer_files(struct completion *c)
{
	add_offer(c, FILES, NULL);
}

void offer_nouns(struct completion *c, const struct noun *const *of)
{
	for (; *of; of++)
		offer_once(c, (*of)->plural, NULL);
}

static void offer_names(struct completion *c, const struct names *names)
{
	unsigned int i;

	for (i = 0; i < names->n; i++)
		if (names->name[i])
			offer(c, names->name[i], NULL);
}

/* Those that records have now. */
static void offer_known(struct completion *c, const struct noun *noun,
			const struct field *f)
{
	char buf[VALUE_SIZE];
	struct list list;
	const void *rec;

	if (!c->nl)
		c->nl = nl_open();
	if (!c->nl)
		return;
	if (!fetch(c->nl, noun, &list))
		for (rec = list_next(&list, NULL); rec;
		     rec = list_next(&list, rec)) {
			if (!field_present(noun, f, rec))
				continue;
			print_plain(buf, noun, f, rec);
			offer(c, buf, NULL);
		}
	list_free(&list);
}

void offer_values(struct completion *c, const struct noun *noun,
		  const struct field *f)
{
	switch (f->type) {
	case FIELD_NAME:
		offer_names(c, f->names);
		break;
	case FIELD_BOOL:
		offer(c, "yes", NULL);
		offer(c, "no", NULL);
		break;
	case FIELD_ADDR:
	case FIELD_COOKIE:
	case FIELD_SPI:
		offer_known(c, noun, f);
		break;
	default:
		if (f->flags & FIELD_ID)
			offer_known(c, noun, f);
	}
}

static bool is_given(const struct completion *c, size_t from, const char *key)
{
	size_t i;

	for (i = from; i < c->n; i += 2)
		if (!strcmp(c->words[i], key))
			return true;
	return false;
}

void offer_pairs(struct completion *c, const struct verb *verb, size_t from)
{
	const struct noun *noun = verb->noun;
	const struct field *f = noun->field;
	unsigned int i;

	if (c->n > from && (c->n - from) % 2) {
		f = field_find(noun, c->words[c->n - 1]);
		if (f)
			offer_values(c, noun, f);
		return;
	}
	for (i = 0; i < noun->n_fields; i++, f++)
		if (has_key(verb->keys, f->key) && !is_given(c, from, f->key))
			offer(c, f->key, f->input ?: f->help);
}

static void offer_commands(struct completion *c)
{
	size_t i;

	for (i = 0; i < n_commands; i++)
		offer(c, commands[i]->name, commands[i]->help);
}

static void offer_netns(struct completion *c)
{
	DIR *dir = opendir(NETNS_DIR);
	const struct dirent *e;

	while (dir && (e = readdir(dir)))
		if (*e->d_name != '.')
			offer(c, e->d_name, NULL);
	if (dir)
		closedir(dir);
	if (strchr(c->prefix, '/'))
		offer_files(c);
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void print_offers(struct completion *c)
{
	size_t i;

	if (c->n_offers)
		qsort(c->offers, c->n_offers, sizeof(*c->offers), compare);
	for (i = 0; i < c->n_offers; i++)
		if (!i || strcmp(c->offers[i], c->offers[i - 1]))
			puts(c->offers[i]);
	for (i = 0; i < c->n_offers; i++)
		free(c->offers[i]);
	free(c->offers);
}

/**
 * struct line - the words before the cursor, looked at one by one
 * @command: that is among them, or NULL
 * @given: letters of options
 * @value_of: letter of an option whose value comes next, or 0
 * @netns: value of --netns, or NULL
 * @unknown: a command that isn't known stands there
 */
struct line {
	const struct command *command;
	char given[32];
	char value_of;
	const char *netns;
	bool unknown;
};

static void take_option(struct line *line, const char *word)
{
	size_t n = strlen(line->given);

	if (n + 1 < sizeof(line->given))
		line->given[n] = option_letter(word);
	line->value_of = option_wants_value(word);
}

static void take_word(struct completion *c, struct line *line, char *word)
{
	if (line->value_of) {
		if (line->value_of == 'n')
			line->netns = word;
		line->value_of = 0;
	} else if (*word == '-' && word[1]) {
		take_option(line, word);
	} else if (line->command) {
		c->words[c->n++] = word;
	} else if (strcmp(word, "help")) {
		line->command = command_find(word);
		line->unknown = !line->command;
	}
}

static void offer_all(struct completion *c, const struct line *line)
{
	if (line->value_of == 'n')
		offer_netns(c);
	else if (line->value_of || line->unknown)
		return;
	else if (*c->prefix == '-')
		offer_options(c, line->command ?
					 line->command->options ?: "" :
					 NULL,
			      line->given);
	else if (!line->command)
		offer_commands(c);
	else if (line->command->complete)
		line->command->complete(c);
}

int complete(char **words)
{
	struct completion c = { .prefix = "" };
	struct line line = {};
	size_t n;

	for (n = 0; words[n]; n++)
		;
	c.words = xrealloc(NULL, n + 1, sizeof(*c.words));
	for (; *words && words[1]; words++)
		take_word(&c, &line, *words);
	c.words[c.n] = NULL;
	if (*words)
		c.prefix = *words;
	if (!line.netns || !netns_enter(line.netns))
		offer_all(&c, &line);
	print_offers(&c);
	if (c.nl)
		nl_close(c.nl);
	free(c.words);
	return EXIT_OK;
}
