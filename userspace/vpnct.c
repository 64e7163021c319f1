// SPDX-License-Identifier: GPL-2.0-only
/*
 * vpnct - show what the VPN connection tracker knows
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "complete.h"
#include "guess.h"
#include "netns.h"

#ifndef VERSION
#define VERSION "unknown"
#endif

static int usage(void)
{
	size_t i;

	printf("Usage: vpnct [OPTIONS] [COMMAND]\n\n"
	       "Without a command: a summary.\n\n"
	       "Commands:\n");
	for (i = 0; i < n_commands; i++)
		printf("  %-8s %s\n", commands[i]->name,
		       commands[i]->help);
	putchar('\n');
	print_options("jp");
	printf("  -V, --version       the version of this tool\n"
	       "\n'vpnct COMMAND --help' says more; so does vpnct(8).\n");
	return EXIT_OK;
}

static int unknown_command(const char *word)
{
	struct guess guess = { .word = word };
	char hint[GUESS_SIZE];
	size_t i;

	for (i = 0; i < n_commands; i++)
		guess_try(&guess, commands[i]->name);
	guess_try(&guess, "help");
	guess_try(&guess, "version");
	return usage_error("", "unknown command '%s'%s", word,
			   guess_hint(hint, &guess));
}

static int help(const struct command *cmd, const struct call *call)
{
	if (!cmd->usage_of || !cmd->usage_of(*call->words))
		cmd->usage();
	return EXIT_OK;
}

/* Words are looked at first: what makes no sense needs no tracker. */
static int run(const struct command *cmd, struct call *call)
{
	int status;

	if (!cmd->words && *call->words)
		return usage_error(cmd->name, "unknown word '%s': '%s' takes none",
				   *call->words, cmd->name);
	status = cmd->parse ? cmd->parse(call) : 0;
	if (status)
		return status;
	if (!cmd->nl)
		return cmd->run(call);
	call->nl = nl_open();
	if (!call->nl)
		return EXIT_FAILED;
	status = cmd->run(call);
	nl_close(call->nl);
	return status;
}

/* @argv: from the command's name on; without one nothing is left to parse */
static int run_words(struct options *opt, int argc, char **argv)
{
	const struct command *cmd = *argv ? command_find(*argv) :
					    &summary_command;
	struct call call = { .opt = opt, .words = argv };
	int status;

	if (!cmd)
		return unknown_command(*argv);
	if (argc) {
		status = parse_options(opt, argc, argv, cmd->options ?: "");
		if (status)
			return status;
		call.words = argv + optind;
	}
	if (opt->help)
		return help(cmd, &call);
	status = check_options(opt, *argv ?: "", cmd->options ?: "");
	if (status)
		return status;
	if (cmd->args)
		call.args = memset(xrealloc(NULL, 1, cmd->args), 0, cmd->args);
	status = opt->netns ? netns_enter(opt->netns) : 0;
	if (!status)
		status = run(cmd, &call);
	free(call.args);
	return status;
}

/* A full disk or a closed pipe must not look like success. */
static int flush_output(int status)
{
	int failed = ferror(stdout);

	if (!fflush(stdout) && !failed)
		return status;
	error("writing the output: %s", strerror(errno));
	return status == EXIT_OK ? EXIT_FAILED : status;
}

/*
 * What was closed before we began can neither be read nor written, but has a
 * number: else a socket would get it, and the kernel what is meant for people.
 */
static void open_standard_files(void)
{
	int fd;

	for (fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			open("/dev/null", fd ? O_RDONLY : O_WRONLY);
}

int main(int argc, char **argv)
{
	struct options opt = {};
	int err;

	open_standard_files();
	if (argc > 1 && !strcmp(argv[1], "--complete"))
		return flush_output(complete(argv + 2));
	err = parse_options(&opt, argc, argv, NULL);
	if (err)
		return err;
	argc -= optind;
	argv += optind;
	while (argc && !strcmp(*argv, "help")) {
		opt.help = true;
		argc--;
		argv++;
	}
	if (argc > 1 && !strcmp(*argv, "version"))
		return usage_error("", "unknown word '%s': 'version' takes none",
				   argv[1]);
	if (opt.version || (argc && !strcmp(*argv, "version"))) {
		printf("vpnct %s\n", VERSION);
		return flush_output(EXIT_OK);
	}
	if (opt.help && !argc)
		return flush_output(usage());
	return flush_output(run_words(&opt, argc, argv));
}
