// SPDX-License-Identifier: GPL-2.0-only
/*
 * save - the tables as lines of JSON, for restore
 */
#include <stdio.h>
#include <time.h>

#include "command.h"
#include "print.h"
#include "save.h"
#include "snapshot.h"

static void usage(void)
{
	printf("Usage: vpnct save [OPTIONS] > FILE\n\n"
	       "Write what the tracker knows as lines of JSON, for 'vpnct restore' after the\n"
	       "modules were unloaded, after a reboot, or on a standby gateway. The first line\n"
	       "says which format it is; each other one is an object with one key, session, esp,\n"
	       "isakmp or pptp, that has what 'list -j' shows of it.\n\n"
	       "Options:\n  -h, --help     this text\n");
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

static int run(const struct call *call)
{
	struct snapshot snap;
	int err = snapshot_fetch(call->nl, &snap);

	if (!err)
		save(&snap);
	snapshot_free(&snap);
	return err ? EXIT_FAILED : EXIT_OK;
}

const struct command save_command = {
	.name = "save",
	.help = "write the tables as lines of JSON",
	.usage = usage,
	.run = run,
	.nl = true,
};
