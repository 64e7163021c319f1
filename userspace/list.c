// SPDX-License-Identifier: GPL-2.0-only
/*
 * list - sessions, SPIs, both as a tree, IKE exchanges, PPTP calls
 */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "complete.h"
#include "filter.h"
#include "flows.h"
#include "json.h"
#include "print.h"
#include "table.h"
#include "tree.h"

/* What to show. Without a noun: sessions and SPIs, as a tree. */
struct query {
	const struct noun *noun;
	struct filter filter;
};

static void help_columns(const struct noun *noun)
{
	printf("\nColumns of -p for '%s', and keys of -j:\n", noun->plural);
	print_columns(noun);
}

static void usage(void)
{
	size_t i;

	printf("Usage: vpnct list [OPTIONS] [sessions|esp|isakmp|pptp] [FILTER...]\n\n"
	       "Show sessions, or the SPIs of ESP, or without a word both: the SPIs of a\n"
	       "session below it, at the end those of no session. Or show the exchanges of\n"
	       "IKE, which is ISAKMP, by their cookies, or the calls of PPTP.\n\n");
	filter_help(nouns);
	putchar('\n');
	print_options("jp");
	for (i = 0; i < n_nouns; i++)
		help_columns(nouns[i]);
}

static bool usage_of(const char *word)
{
	const struct noun *noun = noun_find(word);
	const struct noun *only[] = { noun, NULL };

	if (!noun)
		return false;
	printf("Usage: vpnct list %s [OPTIONS] [FILTER...]\n\n",
	       noun->plural);
	filter_help(noun == &session_noun ? tree_nouns : only);
	putchar('\n');
	print_options("jp");
	help_columns(noun);
	return true;
}

static void flat_text(const struct list *list)
{
	struct table table = { .out = stdout, .noun = list->noun };
	const void *rec;

	if (!list->n) {
		printf("no %s\n", list->noun->title);
		return;
	}
	for (rec = list_next(list, NULL); rec; rec = list_next(list, rec))
		table_measure(&table, rec);
	table_head(&table);
	for (rec = list_next(list, NULL); rec; rec = list_next(list, rec))
		table_row(&table, rec);
}

static void flat_json(const struct list *list)
{
	const void *rec;

	json_open("[");
	for (rec = list_next(list, NULL); rec; rec = list_next(list, rec))
		json_item(json_record(list->noun, rec));
	json_close("]");
}

static void flat_tsv(const struct list *list)
{
	const void *rec;

	for (rec = list_next(list, NULL); rec; rec = list_next(list, rec))
		tsv_row(list->noun, rec);
}

static void print_flat(enum format format, const struct list *list)
{
	switch (format) {
	case FORMAT_TEXT:
		flat_text(list);
		break;
	case FORMAT_JSON:
		flat_json(list);
		break;
	case FORMAT_TSV:
		flat_tsv(list);
		break;
	}
}

static int list_flat(struct nl *nl, const struct options *opt,
		     const struct query *query)
{
	struct list list;
	int err = fetch_some(nl, query->noun, &query->filter, &list);

	if (!err)
		print_flat(opt->format, &list);
	list_free(&list);
	return err;
}

static int list_tree(struct nl *nl, const struct options *opt,
		     const struct query *query)
{
	struct tree tree = {};
	int err = tree_select(nl, &query->filter, &tree);

	if (!err) {
		flows_join(&tree.sessions);
		tree_print(opt->format, &tree);
	}
	tree_free(&tree);
	return err;
}

static int list_sessions(struct nl *nl, const struct options *opt,
			 const struct query *query)
{
	struct tree tree = {};
	int err = tree_select_sessions(nl, &query->filter, &tree);

	if (!err) {
		flows_join(&tree.sessions);
		print_flat(opt->format, &tree.sessions);
	}
	tree_free(&tree);
	return err;
}

static int list_query(struct nl *nl, const struct options *opt,
		      const struct query *query)
{
	if (query->noun == &session_noun)
		return list_sessions(nl, opt, query);
	if (query->noun)
		return list_flat(nl, opt, query);
	return list_tree(nl, opt, query);
}

static int parse(struct call *call)
{
	struct query *query = call->args;
	char **words = call->words;
	const struct noun *only[] = { NULL, NULL };

	query->noun = *only = noun_find(*words);
	if (query->noun)
		words++;
	else
		query->filter.nouns = nouns;
	if (!query->noun || query->noun == &session_noun)
		return filter_parse(&query->filter, tree_nouns, "list", words);
	return filter_parse(&query->filter, only, "list", words);
}

static void complete_list(struct completion *c)
{
	const struct noun *only[] = { noun_find(*c->words), NULL };

	if (!c->n)
		offer_nouns(c, nouns);
	if (!*only || *only == &session_noun)
		filter_complete(c, tree_nouns, *only ? 1 : 0);
	else
		filter_complete(c, only, 1);
}

static int run(const struct call *call)
{
	int err = list_query(call->nl, call->opt, call->args);

	return err ? EXIT_FAILED : EXIT_OK;
}

const struct command list_command = {
	.name = "list",
	.help = "show sessions, their SPIs, IKE exchanges, PPTP calls",
	.usage = usage,
	.usage_of = usage_of,
	.parse = parse,
	.run = run,
	.complete = complete_list,
	.args = sizeof(struct query),
	.options = "jp",
	.words = true,
	.nl = true,
};
