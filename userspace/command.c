// SPDX-License-Identifier: GPL-2.0-only
/*
 * command - the commands that there are
 */
#include <string.h>

#include "command.h"

const struct command *const commands[] = {
	&list_command,
	&stats_command,
	&watch_command,
	&monitor_command,
	&get_command,
	&set_command,
	&add_command,
	&delete_command,
	&flush_command,
	&save_command,
	&restore_command,
	&doctor_command,
	&trace_command,
};

const size_t n_commands = ARRAY_SIZE(commands);

/* What wg calls it. */
#define LIST_ALIAS "show"

const struct command *command_find(const char *word)
{
	size_t i;

	if (!strcmp(word, LIST_ALIAS))
		return &list_command;
	for (i = 0; i < n_commands; i++)
		if (!strcmp(word, commands[i]->name))
			return commands[i];
	return NULL;
}
