// SPDX-License-Identifier: GPL-2.0-only
/*
 * watch - the summary and the sessions, live in the terminal
 *
 * A picture is made as text by what "list" prints with, cut to the size of the
 * terminal, and written at once over the one before.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "complete.h"
#include "filter.h"
#include "flows.h"
#include "print.h"
#include "summary.h"
#include "terminal.h"
#include "tree.h"

#define ALTERNATE_SCREEN "\033[?1049h\033[?25l"
#define NORMAL_SCREEN "\033[?25h\033[?1049l"
#define HOME "\033[H"
#define CLEAR_LINE "\033[K"
#define CLEAR_BELOW "\033[J"

struct watch {
	struct nl *nl;
	struct filter filter;
	uint64_t interval; /* seconds */
	struct termios before;
	int signals;
	int rows, columns;
};

static void usage(void)
{
	printf("Usage: vpnct watch [every SECONDS] [FILTER...] [OPTIONS]\n\n"
	       "Show the summary and sessions with their SPIs, anew every 2 seconds, until q is\n"
	       "pressed. Space shows them at once.\n\n");
	filter_help(tree_nouns);
	putchar('\n');
	print_options("");
}

static void get_size(struct watch *w)
{
	struct winsize ws;

	w->rows = 24;
	w->columns = 80;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) || !ws.ws_row || !ws.ws_col)
		return;
	w->rows = ws.ws_row;
	w->columns = ws.ws_col;
	set_output_width(w->columns);
}

/* Bytes of an escape sequence at @s, 0 if there is none. */
static size_t escape_length(const char *s)
{
	size_t n;

	if (s[0] != '\033' || s[1] != '[')
		return 0;
	n = 2 + strspn(s + 2, "0123456789;?");
	return s[n] ? n + 1 : n;
}

/* One line of the picture, cut to the width; returns the next one. */
static const char *put_line(const struct watch *w, const char *s)
{
	int column = 0;
	size_t n;

	while (*s && *s != '\n') {
		n = escape_length(s);
		if (n)
			fwrite(s, 1, n, stdout);
		else if (column++ < w->columns)
			fputc(*s, stdout);
		s += n ? n : 1;
	}
	/* a cut may have left colours on */
	fputs("\033[0m" CLEAR_LINE, stdout);
	return *s ? s + 1 : s;
}

static void put_picture(const struct watch *w, const char *text)
{
	int row;

	fputs(HOME, stdout);
	for (row = 0; row < w->rows && *text; row++) {
		if (row)
			fputs("\r\n", stdout);
		text = put_line(w, text);
	}
	fputs(CLEAR_BELOW, stdout);
	fflush(stdout);
}

static void print_head(FILE *out, const struct watch *w,
		       const struct summary *sum)
{
	time_t now = time(NULL);
	char buf[VALUE_SIZE];
	struct tm tm;

	localtime_r(&now, &tm);
	strftime(buf, sizeof(buf), "%H:%M:%S", &tm);
	fprintf(out, "vpnct  %s  every %u s, q quits\n", buf,
		(unsigned int)w->interval);
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
		tree_text(out, &tree);
	}
	tree_free(&tree);
	return err;
}

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
	if (!err)
		put_picture(w, text);
	free(text);
	return err;
}

/* Signals are read like keys, so that the terminal is always left clean. */
static int take_terminal(struct watch *w)
{
	struct termios raw;
	sigset_t set;

	if (!isatty(STDOUT_FILENO) || tcgetattr(STDIN_FILENO, &w->before))
		return usage_error("watch", "watch needs a terminal");
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGQUIT);
	sigaddset(&set, SIGTSTP);
	sigaddset(&set, SIGWINCH);
	sigprocmask(SIG_BLOCK, &set, NULL);
	w->signals = signalfd(-1, &set, SFD_CLOEXEC);
	if (w->signals < 0) {
		error("signalfd: %s", strerror(errno));
		return EXIT_FAILED;
	}
	raw = w->before;
	raw.c_lflag &= ~(ICANON | ECHO);
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	fputs(ALTERNATE_SCREEN, stdout);
	return 0;
}

static void leave_terminal(struct watch *w)
{
	fputs(NORMAL_SCREEN, stdout);
	fflush(stdout);
	tcsetattr(STDIN_FILENO, TCSANOW, &w->before);
	close(w->signals);
}

/* Returns false when it is time to go. */
static bool wait_key(struct watch *w)
{
	struct pollfd pfd[] = { { .fd = STDIN_FILENO, .events = POLLIN },
				{ .fd = w->signals, .events = POLLIN } };
	struct signalfd_siginfo info;
	char key;

	if (poll(pfd, ARRAY_SIZE(pfd), w->interval * 1000) <= 0)
		return true;
	if (pfd[1].revents) {
		if (read(w->signals, &info, sizeof(info)) != sizeof(info) ||
		    info.ssi_signo != SIGWINCH)
			return false;
		get_size(w);
		return true;
	}
	return read(STDIN_FILENO, &key, 1) == 1 && key != 'q' && key != 'Q';
}

static int watch(struct watch *w)
{
	int err = take_terminal(w);

	if (err)
		return err;
	get_size(w);
	do {
		err = show(w);
	} while (!err && wait_key(w));
	leave_terminal(w);
	/* what was said of it went with the other screen */
	if (err)
		error("watch: the tracker can't be read: %s", strerror(-err));
	return err ? EXIT_FAILED : EXIT_OK;
}

static int parse(struct call *call)
{
	struct watch *w = call->args;
	char **words = call->words;

	w->interval = 2;
	if (*words && !strcmp(*words, "every")) {
		if (!words[1])
			return usage_error("watch", "every needs a value");
		if (!parse_number(words[1], 10, 3600, &w->interval) ||
		    !w->interval)
			return usage_error("watch",
					   "every '%s' is not a number from 1 to 3600",
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
