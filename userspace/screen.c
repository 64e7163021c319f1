// SPDX-License-Identifier: GPL-2.0-only
/*
 * screen - the whole terminal for one program, and keys as they are pressed
 *
 * Signals are read like keys, so that the terminal is always left clean.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "screen.h"
#include "terminal.h"
#include "vpnct.h"

#define ALTERNATE_SCREEN "\033[?1049h\033[?25l"
#define NORMAL_SCREEN "\033[?25h\033[?1049l"
#define HOME "\033[H"
#define CLEAR_LINE "\033[K"
#define CLEAR_BELOW "\033[J"

static void get_size(struct screen *s)
{
	struct winsize ws;

	s->rows = 24;
	s->columns = 80;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) || !ws.ws_row || !ws.ws_col)
		return;
	s->rows = ws.ws_row;
	s->columns = ws.ws_col;
	set_output_width(s->columns);
}

static void set_terminal(struct screen *s)
{
	struct termios raw;

	tcgetattr(STDIN_FILENO, &s->before);
	raw = s->before;
	raw.c_lflag &= ~(ICANON | ECHO);
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	fputs(ALTERNATE_SCREEN, stdout);
	fflush(stdout);
	get_size(s);
}

static void reset_terminal(struct screen *s)
{
	fputs(NORMAL_SCREEN, stdout);
	fflush(stdout);
	tcsetattr(STDIN_FILENO, TCSANOW, &s->before);
}

int screen_take(struct screen *s, const char *where)
{
	sigset_t set;

	if (!isatty(STDOUT_FILENO) || tcgetattr(STDIN_FILENO, &s->before))
		return usage_error(where, "%s needs a terminal", where);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGQUIT);
	sigaddset(&set, SIGTSTP);
	sigaddset(&set, SIGWINCH);
	sigprocmask(SIG_BLOCK, &set, NULL);
	s->signals = signalfd(-1, &set, SFD_CLOEXEC);
	if (s->signals < 0) {
		error("signalfd: %s", strerror(errno));
		return EXIT_FAILED;
	}
	s->n = 0;
	/* a picture at once, rather than line by line */
	setvbuf(stdout, NULL, _IOFBF, 1 << 16);
	set_terminal(s);
	return 0;
}

void screen_leave(struct screen *s)
{
	reset_terminal(s);
	close(s->signals);
}

/* Stopped here until somebody wants it to go on. */
static enum key suspend(struct screen *s)
{
	reset_terminal(s);
	raise(SIGSTOP);
	set_terminal(s);
	return KEY_RESUMED;
}

static enum key read_signal(struct screen *s)
{
	struct signalfd_siginfo info;

	if (read(s->signals, &info, sizeof(info)) != sizeof(info))
		return KEY_QUIT;
	switch (info.ssi_signo) {
	case SIGTSTP:
		return suspend(s);
	case SIGWINCH:
		get_size(s);
		return KEY_RESIZED;
	default:
		return KEY_QUIT;
	}
}

/* What terminals send for a key; some send another letter than others. */
static const struct {
	const char *sent;
	enum key key;
} keys[] = {
	{ "q", KEY_QUIT },	   { "Q", KEY_QUIT },
	{ " ", KEY_SPACE },	   { "\033[A", KEY_UP },
	{ "\033OA", KEY_UP },	   { "\033[B", KEY_DOWN },
	{ "\033OB", KEY_DOWN },	   { "\033[5~", KEY_PAGE_UP },
	{ "\033[6~", KEY_PAGE_DOWN }, { "\033[H", KEY_HOME },
	{ "\033OH", KEY_HOME },	   { "\033[1~", KEY_HOME },
	{ "\033[F", KEY_END },	   { "\033OF", KEY_END },
	{ "\033[4~", KEY_END },
};

/* How much of what was typed is the sequence of a key that isn't known. */
static size_t unknown_length(const struct screen *s)
{
	size_t i = 2;

	if (s->typed[0] != '\033' || s->n < 2)
		return 1;
	if (s->typed[1] != '[' && s->typed[1] != 'O')
		return 2;
	while (i < s->n && strchr("0123456789;", s->typed[i]))
		i++;
	return i < s->n ? i + 1 : i;
}

static enum key take_key(struct screen *s)
{
	enum key key = KEY_OTHER;
	size_t i, n, taken = 0;

	for (i = 0; i < ARRAY_SIZE(keys) && !taken; i++) {
		n = strlen(keys[i].sent);
		if (n > s->n || memcmp(s->typed, keys[i].sent, n))
			continue;
		key = keys[i].key;
		taken = n;
	}
	if (!taken)
		taken = unknown_length(s);
	s->n -= taken;
	memmove(s->typed, s->typed + taken, s->n);
	return key;
}

enum key screen_key(struct screen *s, int ms)
{
	struct pollfd pfd[] = { { .fd = STDIN_FILENO, .events = POLLIN },
				{ .fd = s->signals, .events = POLLIN } };
	ssize_t n;

	if (s->n)
		return take_key(s);
	if (poll(pfd, ARRAY_SIZE(pfd), ms) <= 0)
		return KEY_NONE;
	if (pfd[1].revents)
		return read_signal(s);
	n = read(STDIN_FILENO, s->typed, sizeof(s->typed));
	if (n <= 0)
		return KEY_QUIT;
	s->n = n;
	return take_key(s);
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

/* One line, cut to the width; returns the next one. */
static const char *put_line(const struct screen *screen, const char *s)
{
	int column = 0;
	size_t n;

	while (*s && *s != '\n') {
		n = escape_length(s);
		if (n)
			fwrite(s, 1, n, stdout);
		else if (column++ < screen->columns)
			fputc(*s, stdout);
		s += n ? n : 1;
	}
	/* a cut may have left colours on */
	fputs("\033[0m" CLEAR_LINE, stdout);
	return *s ? s + 1 : s;
}

static bool at_home;

void screen_home(void)
{
	fputs(HOME, stdout);
	at_home = true;
}

const char *screen_put(const struct screen *s, const char *text, int rows)
{
	for (; rows > 0 && *text; rows--) {
		if (!at_home)
			fputs("\r\n", stdout);
		at_home = false;
		text = put_line(s, text);
	}
	return text;
}

void screen_end(void)
{
	fputs(CLEAR_BELOW, stdout);
	fflush(stdout);
}
