// SPDX-License-Identifier: GPL-2.0-only
/*
 * fetch - all records of a noun, from the kernel into a sorted list
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "filter.h"
#include "vpnct.h"

/*
 * A busy table may change under every dump; then one that is nearly right is
 * better than none.
 */
#define FETCH_TRIES 5

struct fetch {
	struct list *list;
	const struct filter *filter;
	const struct field *bad;
};

static void *list_add(struct list *list)
{
	if (list->n == list->room) {
		list->room = list->room ? list->room * 2 : 64;
		list->rec = xrealloc(list->rec, list->room, list->noun->size);
	}
	return list_at(list, list->n++);
}

void list_free(struct list *list)
{
	free(list->rec);
	list->rec = NULL;
	list->n = 0;
	list->room = 0;
}

/* Moves @rec down to where the records before it end now. */
static void list_keep(struct list *list, size_t *n, const void *rec)
{
	void *to = list_at(list, (*n)++);

	if (to != rec)
		memcpy(to, rec, list->noun->size);
}

void list_filter(struct list *list,
		 bool (*keep)(const void *rec, const void *data),
		 const void *data)
{
	const void *rec;
	size_t n = 0;

	for (rec = list_next(list, NULL); rec; rec = list_next(list, rec))
		if (keep(rec, data))
			list_keep(list, &n, rec);
	list->n = n;
}

void list_sort(struct list *list)
{
	if (list->n > 1)
		qsort(list->rec, list->n, list->noun->size, list->noun->cmp);
}

/* A hash table that is resized during a dump may show an object twice. */
static void list_unique(struct list *list)
{
	const void *rec;
	size_t n = 0;

	for (rec = list_next(list, NULL); rec; rec = list_next(list, rec))
		if (!n || list->noun->cmp(list_at(list, n - 1), rec))
			list_keep(list, &n, rec);
	list->n = n;
}

static int fetch_one(const struct nlmsghdr *nlh, void *data)
{
	struct fetch *fetch = data;

	fetch->bad = decode(fetch->list->noun, nlh, list_add(fetch->list));
	return fetch->bad ? -EBADMSG : 0;
}

static int fetch_try(struct nl *nl, struct fetch *fetch)
{
	const struct noun *noun = fetch->list->noun;

	struct nlmsghdr *nlh = nl_request(nl, noun->cmd, noun->flags);

	fetch->list->n = 0;
	if (fetch->filter)
		filter_request(fetch->filter, noun, nlh);
	return nl_talk(nl, nlh, fetch_one, fetch);
}

static int fetch_error(struct nl *nl, const struct fetch *fetch, int err)
{
	const struct noun *noun = fetch->list->noun;

	if (err == -EBADMSG && fetch->bad)
		error("%s: malformed answer from the kernel: bad '%s' in record %zu",
		      noun->title, fetch->bad->key, fetch->list->n);
	else
		nl_error(nl, noun->title, err);
	return err;
}

struct keep {
	const struct filter *filter;
	const struct noun *noun;
};

static bool keep_record(const void *rec, const void *data)
{
	const struct keep *keep = data;

	return filter_record(keep->filter, keep->noun, rec);
}

/* Returns 0 or a negative errno that has been reported. */
int fetch_some(struct nl *nl, const struct noun *noun,
	       const struct filter *filter, struct list *list)
{
	struct fetch fetch = { .list = list, .filter = filter };
	const struct keep keep = { filter, noun };
	int err, i;

	*list = (struct list){ .noun = noun };
	for (i = 0; i < FETCH_TRIES; i++) {
		err = fetch_try(nl, &fetch);
		if (err != -EINTR && err != -ENOBUFS)
			break;
	}
	if (err == -EINTR) {
		error("%s: the table kept changing while it was read, some may be missing",
		      noun->title);
		err = 0;
	}
	if (err)
		return fetch_error(nl, &fetch, err);
	if (noun->cmp) {
		list_sort(list);
		list_unique(list);
	}
	/* what the kernel can't tell apart */
	if (filter)
		list_filter(list, keep_record, &keep);
	return 0;
}

int fetch(struct nl *nl, const struct noun *noun, struct list *list)
{
	return fetch_some(nl, noun, NULL, list);
}

int fetch_single(struct nl *nl, const struct noun *noun, void *rec)
{
	struct list list;
	int err = fetch(nl, noun, &list);

	if (!err && list.n != 1) {
		error("%s: the kernel sent %zu answers", noun->title, list.n);
		err = -EBADMSG;
	}
	if (!err)
		memcpy(rec, list.rec, noun->size);
	list_free(&list);
	return err;
}
