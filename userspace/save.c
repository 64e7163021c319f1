// SPDX-License-Identifier: GPL-2.0-only
/*
 * save - the tables as lines of JSON, for restore
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "complete.h"
#include "json.h"
#include "save.h"
#include "snapshot.h"

static void usage(void)
{
	printf("Usage: vpnct save [FILE] [OPTIONS]\n\n"
	       "Write what the tracker knows as lines of JSON, for 'vpnct restore' after the\n"
	       "modules were unloaded, after a reboot, or on a standby gateway. The first line\n"
	       "says which format it is; each other one is an object with one key, session,\n"
	       "esp, isakmp or pptp, that has what 'list -j' shows of it. What was in FILE\n"
	       "before stays if anything goes wrong; without FILE it goes to standard output.\n\n");
	print_options("");
}

static bool save_head(FILE *out, size_t entries)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return json_line_to(out, json_pack("{s:i, s:I, s:I}", SAVE_FORMAT,
					   SAVE_VERSION, "time",
					   (json_int_t)now.tv_sec, "entries",
					   (json_int_t)entries));
}

static bool save_list(FILE *out, const struct list *list)
{
	const void *rec;

	for (rec = list_next(list, NULL); rec; rec = list_next(list, rec))
		if (!json_line_to(out, json_pack("{s:o}", list->noun->name,
						 json_record(list->noun, rec))))
			return false;
	return true;
}

/* Sessions first: the rest belongs to them. */
static bool save(FILE *out, const struct snapshot *snap)
{
	size_t entries = snap->sessions.n + snap->esp.n + snap->isakmp.n +
			 snap->pptp.n;

	return save_head(out, entries) && save_list(out, &snap->sessions) &&
	       save_list(out, &snap->esp) && save_list(out, &snap->isakmp) &&
	       save_list(out, &snap->pptp);
}

/* To a file that isn't there yet. Returns 0 or an errno. */
static int save_new(const struct snapshot *snap, char *temp)
{
	int fd = mkstemp(temp), err = 0;
	FILE *out = fd < 0 ? NULL : fdopen(fd, "w");

	if (!out)
		return errno;
	if (!save(out, snap) || fflush(out) || fsync(fd))
		err = errno ?: ENOMEM;
	if (fclose(out) && !err)
		err = errno;
	return err;
}

static int save_file(const struct snapshot *snap, const char *file)
{
	char *temp = NULL;
	struct stat st;
	int err;

	if (!stat(file, &st) && !S_ISREG(st.st_mode)) {
		error("%s is no regular file", file);
		return EXIT_FAILED;
	}
	if (asprintf(&temp, "%s.XXXXXX", file) < 0) {
		error("%s", strerror(ENOMEM));
		return EXIT_FAILED;
	}
	err = save_new(snap, temp);
	if (!err && rename(temp, file))
		err = errno;
	if (err) {
		unlink(temp);
		error("%s: %s", file, strerror(err));
	}
	free(temp);
	return err ? EXIT_FAILED : EXIT_OK;
}

static int parse(struct call *call)
{
	if (call->words[0] && call->words[1])
		return usage_error("save", "unknown word '%s': one FILE is enough",
				   call->words[1]);
	return 0;
}

static void complete_save(struct completion *c)
{
	if (!c->n)
		offer_files(c);
}

static int run(const struct call *call)
{
	const char *file = call->words[0];
	struct snapshot snap;
	int status = EXIT_OK;

	if (snapshot_fetch(call->nl, &snap))
		status = EXIT_FAILED;
	else if (file && strcmp(file, "-"))
		status = save_file(&snap, file);
	else if (!save(stdout, &snap))
		status = EXIT_FAILED; /* main() says why */
	snapshot_free(&snap);
	return status;
}

const struct command save_command = {
	.name = "save",
	.help = "write the tables as lines of JSON",
	.usage = usage,
	.parse = parse,
	.run = run,
	.complete = complete_save,
	.words = true,
	.nl = true,
};
