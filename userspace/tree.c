// SPDX-License-Identifier: GPL-2.0-only
/*
 * tree - sessions with their SPIs below them
 */
#include <stdlib.h>

#include "encode.h"
#include "filter.h"
#include "json.h"
#include "print.h"
#include "table.h"
#include "tree.h"

void tree_free(struct tree *tree)
{
	list_free(&tree->sessions);
	list_free(&tree->esp);
}

/* The list of sessions is sorted by client and server. */
static struct session *tree_find(const struct tree *tree, const struct esp *e)
{
	const struct list *sessions = &tree->sessions;
	struct session key = { .client = e->client, .server = e->server };

	if (!sessions->n)
		return NULL;
	return bsearch(&key, sessions->rec, sessions->n, sizeof(key),
		       session_noun.cmp);
}

static bool is_owned(const void *rec, const void *data)
{
	const struct esp *e = rec;

	(void)data;
	return !e->orphan;
}

/*
 * Counts the SPIs of each session; those that are left become orphans, or go, if
 * @strict.
 */
static void tree_link(struct tree *tree, bool strict)
{
	struct session *s;
	struct esp *e;

	for (e = list_next(&tree->esp, NULL); e; e = list_next(&tree->esp, e)) {
		s = tree_find(tree, e);
		e->orphan = !s;
		if (s)
			s->n_esp++;
	}
	if (strict)
		list_filter(&tree->esp, is_owned, NULL);
	list_sort(&tree->esp);
}

static bool has_spis(const void *rec, const void *data)
{
	const struct session *s = rec;

	(void)data;
	return s->n_esp;
}

/* In the tree: those that match, and those that head an SPI that does. */
static bool keep_branch(const void *rec, const void *data)
{
	return has_spis(rec, NULL) ||
	       filter_record(data, &session_noun, rec);
}

const struct noun *const tree_nouns[] = { &session_noun, &esp_noun, NULL };

/* What heads of SPIs have to be: @own, and between the same hosts. */
static struct filter heads_of(const struct filter *filter,
			      const struct filter *own)
{
	struct filter heads = *own;
	const struct term *term;

	for (term = filter->term; term < filter->term + filter->n; term++)
		if (has_key("client server", term->word))
			heads.term[heads.n++] = *term;
	return heads;
}

/*
 * A key that both have, as the state, may be different of a session and of the
 * SPIs that it heads: there the SPIs decide.
 */
int tree_select(struct nl *nl, const struct filter *filter, struct tree *tree)
{
	const struct filter both = filter_part(filter, &session_noun, NULL);
	const struct filter own = filter_part(filter, &session_noun, &esp_noun);
	const struct filter heads = heads_of(filter, &own);
	const struct filter spis = filter_part(filter, &esp_noun, NULL);
	int err;

	err = fetch_some(nl, &session_noun, &heads, &tree->sessions);
	if (!err)
		err = fetch_some(nl, &esp_noun, &spis, &tree->esp);
	if (err)
		return err;
	tree_link(tree, own.n);
	list_filter(&tree->sessions,
		    filter_fits(filter, &session_noun) ? keep_branch : has_spis,
		    &both);
	return 0;
}

int tree_select_sessions(struct nl *nl, const struct filter *filter,
			 struct tree *tree)
{
	const struct filter own = filter_part(filter, &session_noun, NULL);
	const struct filter spis = filter_part(filter, &esp_noun, &session_noun);
	int err;

	err = fetch_some(nl, &session_noun, &own, &tree->sessions);
	if (err || !spis.n)
		return err;
	err = fetch_some(nl, &esp_noun, &spis, &tree->esp);
	if (err)
		return err;
	tree_link(tree, false);
	list_filter(&tree->sessions, has_spis, NULL);
	return 0;
}

static void tree_orphans_text(FILE *out, const struct tree *tree, size_t first)
{
	const struct list *esp = &tree->esp;
	struct table table = { .out = out, .noun = &esp_noun, .indent = 2 };
	size_t i;

	if (first == esp->n)
		return;
	for (i = first; i < esp->n; i++)
		table_measure(&table, list_at(esp, i));
	fprintf(out, "%sSPIs of no session:\n", tree->sessions.n ? "\n" : "");
	table_head(&table);
	for (i = first; i < esp->n; i++)
		table_row(&table, list_at(esp, i));
}

unsigned int tree_text(FILE *out, const struct tree *tree)
{
	struct table sessions = { .out = out, .noun = &session_noun };
	struct table esp = {
		.out = out, .noun = &esp_noun, .indent = 2, .owned = true
	};
	const struct session *s;
	unsigned int heads;
	size_t end, e = 0;

	for (s = list_next(&tree->sessions, NULL); s;
	     s = list_next(&tree->sessions, s)) {
		table_measure(&sessions, s);
		for (end = e + s->n_esp; e < end; e++)
			table_measure(&esp, list_at(&tree->esp, e));
	}
	if (tree->sessions.n)
		table_head(&sessions);
	if (e)
		table_head(&esp);
	heads = !!tree->sessions.n + !!e;
	e = 0;
	for (s = list_next(&tree->sessions, NULL); s;
	     s = list_next(&tree->sessions, s)) {
		table_row(&sessions, s);
		for (end = e + s->n_esp; e < end; e++)
			table_row(&esp, list_at(&tree->esp, e));
	}
	tree_orphans_text(out, tree, e);
	if (!tree->sessions.n && !tree->esp.n)
		fputs("no sessions\n", out);
	return heads;
}

static json_t *json_esp(const struct tree *tree, size_t i)
{
	return json_record(&esp_noun, list_at(&tree->esp, i));
}

static void tree_json(const struct tree *tree)
{
	const struct session *s;
	size_t end, e = 0;
	json_t *item, *below;

	json_open("{\"sessions\": [");
	for (s = list_next(&tree->sessions, NULL); s;
	     s = list_next(&tree->sessions, s)) {
		item = json_record(&session_noun, s);
		below = json_array();
		for (end = e + s->n_esp; e < end; e++)
			json_array_append_new(below, json_esp(tree, e));
		json_object_set_new(item, "esp", below);
		json_item(item);
	}
	json_close("],");
	/* mostly undecided ones */
	json_open(" \"esp_without_session\": [");
	for (; e < tree->esp.n; e++)
		json_item(json_esp(tree, e));
	json_close("]}");
}

static void tree_tsv(const struct tree *tree)
{
	const struct session *s;
	size_t end, e = 0;

	for (s = list_next(&tree->sessions, NULL); s;
	     s = list_next(&tree->sessions, s)) {
		tsv_row(&session_noun, s);
		for (end = e + s->n_esp; e < end; e++)
			tsv_row(&esp_noun, list_at(&tree->esp, e));
	}
	for (; e < tree->esp.n; e++)
		tsv_row(&esp_noun, list_at(&tree->esp, e));
}

void tree_print(enum format format, const struct tree *tree)
{
	switch (format) {
	case FORMAT_TEXT:
		tree_text(stdout, tree);
		break;
	case FORMAT_JSON:
		tree_json(tree);
		break;
	case FORMAT_TSV:
		tree_tsv(tree);
		break;
	}
}
