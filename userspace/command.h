/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * command - what vpnct.c has to know of each command
 */
#ifndef VPNCT_COMMAND_H
#define VPNCT_COMMAND_H

#include "nl.h"
#include "vpnct.h"

struct completion;

/**
 * struct call - a command as it was typed
 * @opt: options before and after its name
 * @words: what follows its name, without options; ends with NULL
 * @nl: the tracker's socket; NULL for commands that don't need one
 * @args: what the command makes of @words; zeroed before it does
 */
struct call {
	const struct options *opt;
	char **words;
	struct nl *nl;
	void *args;
};

/**
 * struct command - one word after "vpnct"
 * @name: the word
 * @help: one line for "vpnct --help"
 * @usage: prints what "vpnct NAME --help" says
 * @usage_of: says less, if the word after the name is known; or NULL
 * @parse: fills @args of a call before the tracker is asked for, so that words
 *	are refused without it, too; or NULL. Returns 0 or an &enum exit_status
 * @run: does it; returns an &enum exit_status
 * @complete: offers what may stand at the cursor, for shells; NULL: nothing but
 *	options may
 * @args: size of @args of a call
 * @options: letters of those that it takes and not every command does: "jp" if
 *	it prints what these have a form for; NULL: none
 * @words: whether any words may follow the name
 * @nl: whether @run needs the tracker
 */
struct command {
	const char *name;
	const char *help;
	void (*usage)(void);
	bool (*usage_of)(const char *word);
	int (*parse)(struct call *call);
	int (*run)(const struct call *call);
	void (*complete)(struct completion *c);
	size_t args;
	const char *options;
	bool words;
	bool nl;
};

/* Without a name: what "vpnct" alone does. */
extern const struct command summary_command;

extern const struct command add_command;
extern const struct command delete_command;
extern const struct command doctor_command;
extern const struct command flush_command;
extern const struct command get_command;
extern const struct command list_command;
extern const struct command monitor_command;
extern const struct command restore_command;
extern const struct command save_command;
extern const struct command set_command;
extern const struct command stats_command;
extern const struct command trace_command;
extern const struct command watch_command;

/* In the order of --help. */
extern const struct command *const commands[];
extern const size_t n_commands;

/* By its name, or what else it is called; NULL if there is none. */
const struct command *command_find(const char *word);

#endif
