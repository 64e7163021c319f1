// SPDX-License-Identifier: GPL-2.0-only
/*
 * watch - the summary and the sessions, live in the terminal
 *
 * A picture is made as text by what "list" prints with, cut to the size of the
 * terminal, and written at once over the one before.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "command.h"
#include "complete.h"
#include "filter.h"
#include "flows.h"
#include "print.h"
#include "screen.h"
#include "summary.h"
#include "tree.h"

/* Lines of print_head(). */
#define SUMMARY_ROWS 4

/* The longest time between two looks, in milliseconds. */
#define INTERVAL_MAX 3600000

/**
 * struct watch - what is shown, and where
 * @nl: the tracker's socket
 * @filter: which sessions
 * @interval: milliseconds between two looks
 * @screen: the terminal
 * @text: the whole picture
 * @fixed: lines of it that always stay at the top
 * @lines: lines below these
 * @top: which of these is the first to be shown
 */
struct watch {
	struct nl *nl;
	struct filter filter;
	int interval;
	struct screen screen;
	char *text;
	int fixed, lines, top;
};

static void usage(void)
{
	printf("Usage: vpnct watch [every SECONDS] [FILTER...] [OPTIONS]\n\n"
	       "Show the summary and sessions with their SPIs, anew every 2 seconds, until q is\n"
	       "pressed. Arrows, PgUp, PgDn, Home and End scroll if there are more than fit,\n"
	       "space shows them at once. SECONDS may have a point: 0.5.\n\n");
	filter_help(tree_nouns);
	putchar('\n');
	print_options("");
}

/* Rows for what scrolls; one less if something has to be said of the rest. */
static int room(const struct watch *w)
{
	int rows = w->screen.rows - w->fixed;

	if (w->lines > rows)
		rows--;
	return rows > 1 ? rows : 1;
}

static void put_picture(struct watch *w)
{
	int rows = room(w), below;
	const char *text = w->text;
	char more[80];
	int i;

	if (w->top > w->lines - rows)
		w->top = w->lines - rows;
	if (w->top < 0)
		w->top = 0;
	screen_home();
	text = screen_put(&w->screen, text, w->fixed);
	for (i = 0; i < w->top; i++)
		text = strchr(text, '\n') + 1;
	screen_put(&w->screen, text, rows);
	below = w->lines - w->top - rows;
	if (w->top || below > 0) {
		snprintf(more, sizeof(more),
			 "-- %d more below, %d above: arrows, PgUp, PgDn",
			 below > 0 ? below : 0, w->top);
		screen_put(&w->screen, more, 1);
	}
	screen_end();
}

static void print_head(FILE *out, const struct watch *w,
		       const struct summary *sum)
{
	time_t now = time(NULL);
	char buf[VALUE_SIZE];
	struct tm tm;

	localtime_r(&now, &tm);
	strftime(buf, sizeof(buf), "%H:%M:%S", &tm);
	fprintf(out, "vpnct  %s  every %g s, q quits\n", buf,
		w->interval / 1000.0);
	fprintf(out,
		"sessions %llu, established %llu; SPIs out %llu, in %llu, undecided %llu\n",
		(unsigned long long)sum->sessions,
		(unsigned long long)sum->established,
		(unsigned long long)sum->spis_out,
		(unsigned long long)sum->spis_in,
		(unsigned long long)sum->undecided);
	fprintf(out, "calls %llu; packets dropped %llu, not tracked %llu\n\n",
		(unsigned long long)sum->calls,
		(unsigned long long)sum->dropped,
		(unsigned long long)sum->untracked);
}

static int print_picture(FILE *out, struct watch *w)
{
	struct tree tree = {};
	struct summary sum;
	int err;

	err = sum_up(w->nl, &sum);
	if (!err)
		err = tree_select(w->nl, &w->filter, &tree);
	if (!err) {
		flows_join(&tree.sessions);
		print_head(out, w, &sum);
		w->fixed = SUMMARY_ROWS + tree_text(out, &tree);
	}
	tree_free(&tree);
	return err;
}

static int count_lines(const char *text)
{
	int n = 0;

	while ((text = strchr(text, '\n'))) {
		text++;
		n++;
	}
	return n;
}

/* Looks, and shows what there is. */
static int show(struct watch *w)
{
	char *text = NULL;
	size_t size;
	FILE *out;
	int err;

	out = open_memstream(&text, &size);
	if (!out)
		return -ENOMEM;
	err = print_picture(out, w);
	/* what there was no memory for */
	if (fclose(out) && !err)
		err = -ENOMEM;
	if (err) {
		free(text);
		return err;
	}
	free(w->text);
	w->text = text;
	w->lines = count_lines(text) - w->fixed;
	put_picture(w);
	return 0;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* Shows another part of the same picture; returns false if @key isn't for that. */
static bool scroll(struct watch *w, enum key key)
{
	switch (key) {
	case KEY_UP:
		w->top--;
		break;
	case KEY_DOWN:
		w->top++;
		break;
	case KEY_PAGE_UP:
		w->top -= room(w);
		break;
	case KEY_PAGE_DOWN:
		w->top += room(w);
		break;
	case KEY_HOME:
		w->top = 0;
		break;
	case KEY_END:
		w->top = w->lines;
		break;
	default:
		return false;
	}
	put_picture(w);
	return true;
}

/* Until it is time to look again. Returns false when it is time to go. */
static bool wait_keys(struct watch *w)
{
	int64_t end = now_ms() + w->interval, left;
	enum key key;

	for (;;) {
		left = end - now_ms();
		key = screen_key(&w->screen, left > 0 ? left : 0);
		if (key == KEY_QUIT)
			return false;
		if (key != KEY_OTHER && !scroll(w, key))
			return true;
	}
}

static int watch(struct watch *w)
{
	int err = screen_take(&w->screen, "watch");

	if (err)
		return err;
	do {
		err = show(w);
	} while (!err && wait_keys(w));
	screen_leave(&w->screen);
	free(w->text);
	/* what was said of it went with the other screen */
	if (err)
		error("watch: the tracker can't be read: %s", strerror(-err));
	return err ? EXIT_FAILED : EXIT_OK;
}

/* Seconds, with up to three places after a point. Returns false if @s is none. */
static bool parse_interval(const char *s, int *ms)
{
	size_t whole = strcspn(s, "."), places;
	uint64_t number, rest = 0;
	char digits[16];

	if (whole >= sizeof(digits))
		return false;
	memcpy(digits, s, whole);
	digits[whole] = '\0';
	if (!parse_number(digits, 10, INTERVAL_MAX / 1000, &number))
		return false;
	places = s[whole] ? strlen(s + whole + 1) : 0;
	if (s[whole] &&
	    (places > 3 || !parse_number(s + whole + 1, 10, 999, &rest)))
		return false;
	while (places++ < 3)
		rest *= 10;
	*ms = number * 1000 + rest;
	return *ms >= 100 && *ms <= INTERVAL_MAX;
}

static int parse(struct call *call)
{
	static const char *const own_word[] = { "every" };
	static const struct names own_words = { own_word, 1 };
	struct watch *w = call->args;
	char **words = call->words;

	w->interval = 2000;
	if (!*words || strcmp(*words, "every")) {
		w->filter.words = &own_words;
	} else {
		if (!words[1])
			return usage_error("watch", "every needs a value");
		if (!parse_interval(words[1], &w->interval))
			return usage_error("watch",
					   "every '%s' is not a number from 0.1 to 3600",
					   words[1]);
		words += 2;
	}
	return filter_parse(&w->filter, tree_nouns, "watch", words);
}

static void complete_watch(struct completion *c)
{
	bool every = c->n && !strcmp(*c->words, "every");

	if (!c->n)
		offer(c, "every", "seconds between two looks");
	if (!every || c->n > 1)
		filter_complete(c, tree_nouns, every ? 2 : 0);
}

static int run(const struct call *call)
{
	struct watch *w = call->args;

	w->nl = call->nl;
	return watch(w);
}

const struct command watch_command = {
	.name = "watch",
	.help = "show sessions live, until q is pressed",
	.usage = usage,
	.parse = parse,
	.run = run,
	.complete = complete_watch,
	.args = sizeof(struct watch),
	.words = true,
	.nl = true,
};
