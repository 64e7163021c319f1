// SPDX-License-Identifier: GPL-2.0-only
/*
 * save - the tables as lines of JSON, for restore
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <time.h>

#include "print.h"
#include "save.h"
#include "snapshot.h"
#include "vpnct.h"

static int usage(void)
{
	printf("Usage: vpnct save [OPTIONS] > FILE\n\n"
	       "Write what the tracker knows as lines of JSON, for 'vpnct restore' after the\n"
	       "modules were unloaded, after a reboot, or on a standby gateway. The first line\n"
	       "says which format it is; each other one is an object with one key, session, esp,\n"
	       "isakmp or pptp, that has what 'list -j' shows of it.\n\n"
	       "Options:\n  -h, --help     this text\n");
	return EXIT_OK;
}

static void save_head(size_t entries)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	json_line(json_pack("{s:i, s:I, s:I}", SAVE_FORMAT, SAVE_VERSION,
			    "time", (json_int_t)now.tv_sec, "entries",
			    (json_int_t)entries),
		  0);
}

static void save_list(const struct list *list)
{
	const void *rec;

	for (rec = list_next(list, NULL); rec; rec = list_next(list, rec))
		json_line(json_pack("{s:o}", list->noun->name,
				    json_record(list->noun, rec)),
			  0);
}

/* Sessions first: the rest belongs to them. */
static void save(const struct snapshot *snap)
{
	save_head(snap->sessions.n + snap->esp.n + snap->isakmp.n +
		  snap->pptp.n);
	save_list(&snap->sessions);
	save_list(&snap->esp);
	save_list(&snap->isakmp);
	save_list(&snap->pptp);
}

int cmd_save(struct options *opt, int argc, char **argv)
{
	struct snapshot snap;
	struct nl *nl;
	int err;

	err = parse_options(opt, argc, argv, true);
	if (err)
		return err;
	if (opt->help)
		return usage();
	if (argv[optind])
		return usage_error("save", "unknown word '%s'", argv[optind]);
	nl = nl_open();
	if (!nl)
		return EXIT_FAILED;
	err = snapshot_fetch(nl, &snap);
	if (!err)
		save(&snap);
	snapshot_free(&snap);
	nl_close(nl);
	return err ? EXIT_FAILED : EXIT_OK;
}
