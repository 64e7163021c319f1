// SPDX-License-Identifier: GPL-2.0-only
/*
 * restore - what save has written, back into the tables
 *
 * Done twice it changes nothing: the kernel takes what it has already for
 * granted. One line that it refuses doesn't keep the others out.
 */
#include <errno.h>
#include <linux/netlink.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "add.h"
#include "command.h"
#include "complete.h"
#include "guess.h"
#include "present.h"
#include "save.h"

/* How much the clocks of two gateways may differ, in seconds. */
#define CLOCK_SKEW 60

struct restore {
	struct nl *nl;
	const char *file;
	unsigned long line;
	unsigned long placed, skipped, failed;
	unsigned long there; /* of those that are placed */
	json_int_t entries; /* of which the file says that they are in it */
	bool replace, force;
	json_t *present; /* what there is, if nothing is to be done, else NULL */
	json_int_t age; /* seconds since it was saved */
	json_t *gone; /* whose sessions have idled out since: pair_text() */
};

static void usage(void)
{
	printf("Usage: vpnct restore [FILE] [replace] [force] [OPTIONS]\n\n"
	       "Read what 'vpnct save' has written, from FILE or standard input, and make it\n"
	       "known again. Sessions that had conntrack entries get new ones, so that traffic\n"
	       "goes on in both directions without a rekey. Zones are new ones, too. What can't\n"
	       "be placed is told, line by line: SPIs without an owner and the calls of PPTP\n"
	       "never can. The time since it was saved counts as idle: what would have idled out\n"
	       "is left out, and a file older than nf_conntrack_esp_timeout is refused.\n\n"
	       "  replace        take SPIs from other clients; delete flows in the way\n"
	       "  force          whatever its age: as if it were saved now\n\n");
	print_options("N");
	printf("\nWith --dry-run nothing is placed: it is told line by line what would not be, and\n"
	       "how much of the rest is there already. Exit status 3: the kernel refused some of\n"
	       "it, or the end is missing.\n");
}

/* Whose entry a line is about, for people. */
static void describe(char *buf, size_t size, const char *noun,
		     const json_t *object)
{
	static const char *const keys[] = { "client", "server", "dir",
					    "spi",    "initiator" };
	size_t i, n = snprintf(buf, size, "%s", noun);
	const char *value;

	for (i = 0; i < ARRAY_SIZE(keys) && n < size; i++) {
		value = json_string_value(json_object_get(object, keys[i]));
		if (value)
			n += snprintf(buf + n, size - n, " %s %s", keys[i],
				      value);
	}
}

static void complain(const struct restore *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void complain(const struct restore *r, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	error("%s:%lu: %s", r->file, r->line, text);
}

static bool is_state(const json_t *object, const char *state)
{
	const char *value =
		json_string_value(json_object_get(object, "state"));

	return value && !strcmp(value, state);
}

/* Why an entry is left out; NULL if it isn't. */
static const char *reason_to_skip(const char *noun, const json_t *object)
{
	const json_t *zone = json_object_get(object, "zone");

	if (!strcmp(noun, "pptp"))
		return "calls live with their control connection, which can't be restored";
	if (is_state(object, "undecided"))
		return "it has no owner";
	if (is_state(object, "remembered"))
		return "it had idled out";
	if (is_state(object, "unreplied") && !strcmp(noun, "isakmp"))
		return "it had no answer";
	if (zone && !json_integer_value(zone))
		return "it is the gateway's own, or not masqueraded";
	return NULL;
}

/* Between whom an entry is. */
static void pair_text(char *buf, size_t size, const json_t *object)
{
	snprintf(buf, size, "%s %s",
		 json_string_value(json_object_get(object, "client")) ?: "",
		 json_string_value(json_object_get(object, "server")) ?: "");
}

/* Takes the file's age from what a session has left; is it nothing then? */
static bool ran_out(const struct restore *r, const json_t *session)
{
	static const char *const keys[] = { "esp_timeout_s", "ike_timeout_s" };
	bool had = false, has = false;
	json_int_t left;
	json_t *value;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		value = json_object_get(session, keys[i]);
		left = json_integer_value(value);
		if (left <= 0)
			continue;
		had = true;
		left = left > r->age ? left - r->age : 0;
		has |= left > 0;
		json_integer_set(value, left);
	}
	return had && !has;
}

/*
 * Sessions come first in the file; what belongs to one goes with it, but for
 * pinned SPIs, which stay until they are deleted.
 */
static bool is_gone(struct restore *r, const char *noun, const json_t *object)
{
	char pair[128];

	pair_text(pair, sizeof(pair), object);
	if (!strcmp(noun, "session") && ran_out(r, object))
		json_object_set_new(r->gone, pair, json_true());
	return json_object_get(r->gone, pair) &&
	       !json_is_true(json_object_get(object, "pin"));
}

/* What the kernel would make of it, by what there is. */
static void foresee(struct restore *r, const struct verb *verb,
		    const json_t *object, const char *text)
{
	bool replace = r->replace && verb->replace;
	char why[PRESENT_SIZE];

	switch (present_find(r->present, verb->word, object, why)) {
	case PRESENT_OTHERS:
		if (!replace) {
			complain(r, "%s: %s", text, why);
			r->failed++;
			return;
		}
		complain(r, "replaces: %s: %s", text, why);
		break;
	case PRESENT_SAME:
		r->there++;
		break;
	case PRESENT_NOT:
		break;
	}
	present_add(r->present, verb->word, object);
	r->placed++;
}

static void restore_entry(struct restore *r, const char *noun,
			  const json_t *object)
{
	const struct verb *verb = verb_find(add_verbs, n_add_verbs, noun);
	const char *why = reason_to_skip(noun, object), *bad;
	char text[256], what[300];
	struct nlmsghdr *nlh;
	int err;

	describe(text, sizeof(text), noun, object);
	if (!why && is_gone(r, noun, object))
		why = "it has idled out since";
	if (why) {
		complain(r, "not placed: %s: %s", text, why);
		r->skipped++;
		return;
	}
	if (!verb) {
		complain(r, "unknown kind '%s'", noun);
		r->failed++;
		return;
	}
	nlh = nl_request(r->nl, verb->cmd,
			 r->replace && verb->replace ? NLM_F_REPLACE : 0);
	bad = encode_json(nlh, verb, object);
	if (bad) {
		complain(r, "%s: '%s' is missing or malformed", text, bad);
		r->failed++;
		return;
	}
	if (r->present) {
		foresee(r, verb, object, text);
		return;
	}
	err = nl_talk(r->nl, nlh, NULL, NULL);
	if (err) {
		snprintf(what, sizeof(what), "%s:%lu: %s", r->file, r->line,
			 text);
		nl_error(r->nl, what, err);
		r->failed++;
		return;
	}
	r->placed++;
}

static void restore_line(struct restore *r, json_t *json)
{
	const json_t *object;
	const char *noun;
	void *i = json_object_iter(json);

	noun = i ? json_object_iter_key(i) : NULL;
	object = i ? json_object_iter_value(i) : NULL;
	if (json_is_object(object)) {
		restore_entry(r, noun, object);
		return;
	}
	complain(r, "not an object with one kind of entry");
	r->failed++;
}

/* Tunnels that are dead by now must not be made up as established. */
static bool check_limit(const struct restore *r)
{
	struct settings settings;
	unsigned long long limit;

	if (fetch_single(r->nl, &settings_noun, &settings))
		return false;
	limit = settings.value[NF_CT_VPN_A_SETTING_ESP_TIMEOUT];
	if ((unsigned long long)r->age < limit)
		return true;
	complain(r,
		 "it was saved %lld s ago, ESP idles out after %llu s (nf_conntrack_esp_timeout): 'force' restores it nevertheless",
		 (long long)r->age, limit);
	return false;
}

static bool check_age(struct restore *r, const json_t *head)
{
	json_int_t saved = json_integer_value(json_object_get(head, "time"));
	struct timespec now;

	if (r->force)
		return true;
	clock_gettime(CLOCK_REALTIME, &now);
	if (saved <= 0) {
		complain(r,
			 "it doesn't say when it was saved: 'force' restores it nevertheless");
		return false;
	}
	if (saved > now.tv_sec + CLOCK_SKEW) {
		complain(r,
			 "it was saved %lld s from now: if the clock is wrong, 'force' restores it nevertheless",
			 (long long)(saved - now.tv_sec));
		return false;
	}
	r->age = saved < now.tv_sec ? now.tv_sec - saved : 0;
	return check_limit(r);
}

/* What begins otherwise is no work of save. */
static bool check_head(struct restore *r, const json_t *json)
{
	const json_t *version = json_object_get(json, SAVE_FORMAT);

	if (json_integer_value(version) == SAVE_VERSION) {
		r->entries =
			json_integer_value(json_object_get(json, "entries"));
		return check_age(r, json);
	}
	if (version)
		complain(r, "format %lld is not known here",
			 (long long)json_integer_value(version));
	else
		complain(r, "this is not what 'vpnct save' writes");
	return false;
}

/* Returns false if the file is no use. */
static bool restore_text(struct restore *r, const char *line)
{
	json_error_t why;
	json_t *json = json_loads(line, 0, &why);
	bool good = true;

	if (!json)
		complain(r, "no JSON: %s", why.text);
	if (r->line == 1)
		good = json && check_head(r, json);
	else if (json)
		restore_line(r, json);
	else
		r->failed++;
	json_decref(json);
	return good;
}

/* The end of the file, or what looks like it: has all of it been read? */
static int check_end(struct restore *r, FILE *f)
{
	if (!feof(f)) {
		error("%s: %s", r->file, strerror(errno));
		return EXIT_FAILED;
	}
	if (!r->line) {
		error("%s: it is empty", r->file);
		return EXIT_FAILED;
	}
	if (r->entries < (json_int_t)r->line)
		return EXIT_OK;
	error("%s: it was cut off: %lu of %lld entries are there", r->file,
	      r->line - 1, (long long)r->entries);
	return EXIT_TROUBLE;
}

static int restore_file(struct restore *r, FILE *f)
{
	char *line = NULL;
	size_t size = 0;
	int status;

	while (getline(&line, &size, f) >= 0) {
		r->line++;
		if (restore_text(r, line))
			continue;
		free(line);
		return EXIT_FAILED;
	}
	status = check_end(r, f);
	free(line);
	if (!r->line)
		return status;
	if (r->present)
		printf("would be placed: %lu (%lu of them are there already), left out: %lu, refused: %lu\n",
		       r->placed, r->there, r->skipped, r->failed);
	else
		printf("%lu placed, %lu left out, %lu refused\n", r->placed,
		       r->skipped, r->failed);
	return status == EXIT_OK && r->failed ? EXIT_TROUBLE : status;
}

static int restore(struct restore *r)
{
	bool is_stdin = !r->file || !strcmp(r->file, "-");
	FILE *f = is_stdin ? stdin : fopen(r->file, "re");
	int status;

	if (!f) {
		error("%s: %s", r->file, strerror(errno));
		return EXIT_FAILED;
	}
	if (is_stdin)
		r->file = "standard input";
	status = restore_file(r, f);
	if (!is_stdin)
		fclose(f);
	return status;
}

static int parse(struct call *call)
{
	static const char *const flag[] = { "replace", "force" };
	const struct names flags = { .name = flag, .n = ARRAY_SIZE(flag) };
	struct restore *r = call->args;
	char **word;

	for (word = call->words; *word; word++) {
		if (!strcmp(*word, "replace"))
			r->replace = true;
		else if (!strcmp(*word, "force"))
			r->force = true;
		else if (!r->file)
			r->file = *word;
		else
			return guess_error("restore", *word, &flags);
	}
	return 0;
}

static bool is_flag(const char *word)
{
	return !strcmp(word, "replace") || !strcmp(word, "force");
}

static void complete_restore(struct completion *c)
{
	size_t i, files = 0;

	for (i = 0; i < c->n; i++)
		files += !is_flag(c->words[i]);
	if (!files)
		offer_files(c);
	offer_once(c, "replace", "take SPIs from other clients");
	offer_once(c, "force", "whatever its age");
}

static int run(const struct call *call)
{
	struct restore *r = call->args;
	int status;

	r->nl = call->nl;
	if (call->opt->dry_run) {
		r->present = present_fetch(r->nl);
		if (!r->present)
			return EXIT_FAILED;
	}
	r->gone = json_object();
	status = restore(r);
	json_decref(r->gone);
	json_decref(r->present);
	return status;
}

const struct command restore_command = {
	.name = "restore",
	.help = "make what was saved known again",
	.usage = usage,
	.parse = parse,
	.run = run,
	.complete = complete_restore,
	.args = sizeof(struct restore),
	.options = "N",
	.words = true,
	.nl = true,
};
