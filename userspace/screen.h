/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * screen - the whole terminal for one program, and keys as they are pressed
 */
#ifndef VPNCT_SCREEN_H
#define VPNCT_SCREEN_H

#include <stddef.h>
#include <termios.h>

enum key {
	KEY_NONE, /* the time is up */
	KEY_OTHER,
	KEY_QUIT, /* or a signal that says the same */
	KEY_SPACE,
	KEY_UP,
	KEY_DOWN,
	KEY_PAGE_UP,
	KEY_PAGE_DOWN,
	KEY_HOME,
	KEY_END,
	KEY_RESIZED, /* the terminal has another size */
	KEY_RESUMED, /* somebody had suspended the program */
};

/**
 * struct screen - a terminal
 * @rows: how many it has
 * @columns: how many it has
 * @before: how it was, and will be again
 * @signals: signals come from there
 * @typed: what was read of it and is no key yet
 * @n: bytes of @typed
 */
struct screen {
	int rows, columns;
	struct termios before;
	int signals;
	char typed[32];
	size_t n;
};

/* For command @where. Returns 0 or an &enum exit_status. */
int screen_take(struct screen *s, const char *where);
void screen_leave(struct screen *s);

/* The next key, if one comes within @ms. */
enum key screen_key(struct screen *s, int ms);

/* So many @rows of @text below what is there since screen_home(). */
void screen_home(void);
const char *screen_put(const struct screen *s, const char *text, int rows);
void screen_end(void);

#endif
