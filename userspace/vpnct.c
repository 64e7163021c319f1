// SPDX-License-Identifier: GPL-2.0-only
/*
 * vpnct - show what the VPN connection tracker knows
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "vpnct.h"

#ifndef VERSION
#define VERSION "unknown"
#endif

static const struct command commands[] = {
	{ "list", cmd_list, "show sessions, their SPIs, their IKE exchanges" },
	{ "stats", cmd_stats, "show the counters of this network namespace" },
	{ "watch", cmd_watch, "show sessions live, until q is pressed" },
	{ "monitor", cmd_monitor, "show events as they come" },
	{ "get", cmd_get, "show settings" },
	{ "set", cmd_set, "change settings" },
	{ "add", cmd_add, "preload an SPI, a session, an IKE SA" },
	{ "delete", cmd_delete, "forget a session, an SPI, an IKE SA, a call" },
	{ "flush", cmd_flush, "forget everything, or all of a client or server" },
	{ "save", cmd_save, "write the tables as lines of JSON" },
	{ "restore", cmd_restore, "make what was saved known again" },
	{ "doctor", cmd_doctor, "look for what keeps tunnels from working" },
	{ "trace", cmd_trace, "find the hop that drops ESP, GRE or IKE" },
};

static int usage(void)
{
	size_t i;

	printf("Usage: vpnct [OPTIONS] [COMMAND]\n\n"
	       "Without a command: a summary.\n\n"
	       "Commands:\n");
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		printf("  %-8s %s\n", commands[i].name, commands[i].help);
	printf("\n" OPTIONS_HELP "  -V, --version  the version of this tool\n"
	       "\n'vpnct COMMAND --help' says more; so does vpnct(8).\n");
	return EXIT_OK;
}

static int run(struct options *opt, int argc, char **argv)
{
	size_t i;

	if (!argc)
		return cmd_summary(opt, argc, argv);
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(argv[0], commands[i].name))
			return commands[i].run(opt, argc, argv);
	return usage_error("", "unknown command '%s'", argv[0]);
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

int main(int argc, char **argv)
{
	struct options opt = {};
	int err;

	err = parse_options(&opt, argc, argv, false);
	if (err)
		return err;
	if (opt.version) {
		printf("vpnct %s\n", VERSION);
		return flush_output(EXIT_OK);
	}
	if (opt.help)
		return flush_output(usage());
	return flush_output(run(&opt, argc - optind, argv + optind));
}
