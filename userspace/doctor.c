// SPDX-License-Identifier: GPL-2.0-only
/*
 * doctor - look for what keeps tunnels from working, and say what to do
 */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "doctor.h"
#include "print.h"
#include "vpnct.h"

static const char *const levels[] = {
	[LEVEL_OK] = "ok",
	[LEVEL_NOTE] = "note",
	[LEVEL_WARNING] = "warning",
	[LEVEL_PROBLEM] = "problem",
};

static const struct {
	const char *name;
	void (*run)(struct doctor *d);
	const char *fine; /* what to say if nothing was found */
	bool live; /* needs what the modules know */
} checks[] = {
	{ "modules", check_modules, "the modules that are needed are loaded", false },
	{ "zones", check_zones, "the kernel has conntrack zones", false },
	{ "forwarding", check_forwarding, "packets are forwarded", false },
	{ "rp_filter", check_rp_filter,
	  "reverse path filtering has dropped nothing", false },
	{ "rules", check_rules,
	  "rules do what the protocols in use need", false },
	{ "kernel-pptp", check_kernel_pptp,
	  "the kernel's own PPTP helper is not in the way", false },
	{ "limits", check_limits, "the tables have room", true },
	{ "conntrack", check_conntrack, "conntrack's table has room", false },
	{ "session", check_sessions, "every session gets answers", true },
	{ "ah", check_ah, "nobody sends AH", false },
	{ "encapsulation", check_encapsulation,
	  "no server encapsulates unasked", false },
	{ "rekey", check_rekey, "no tunnel idled out before its rekey", true },
	{ "half-open", check_half_open,
	  "no server leaves some clients without an answer", true },
	{ "initial-contact", check_initial_contact,
	  "no server drops one client for another", true },
	{ "pptp-helper", check_pptp_helper,
	  "every PPTP connection has the helper", false },
};

static char *format(const char *fmt, va_list ap)
{
	char *s;

	if (vasprintf(&s, fmt, ap) < 0) {
		error("%s", strerror(ENOMEM));
		exit(EXIT_FAILED);
	}
	return s;
}

void found(struct doctor *d, enum level how_bad, const char *fmt, ...)
{
	struct finding *f;
	va_list ap;

	if (d->n == d->room) {
		d->room = d->room ? d->room * 2 : 32;
		d->finding = xrealloc(d->finding, d->room, sizeof(*f));
	}
	f = &d->finding[d->n++];
	*f = (struct finding){ .level = how_bad, .check = d->check };
	va_start(ap, fmt);
	f->text = format(fmt, ap);
	va_end(ap);
}

void about(struct doctor *d, const struct addr *client,
	   const struct addr *server)
{
	struct finding *f = &d->finding[d->n - 1];

	f->client = *client;
	f->server = *server;
}

void remedy(struct doctor *d, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	d->finding[d->n - 1].remedy = format(fmt, ap);
	va_end(ap);
}

long read_number(const char *path, long otherwise)
{
	FILE *f = fopen(path, "re");
	long number;

	if (!f)
		return otherwise;
	if (fscanf(f, "%ld", &number) != 1)
		number = otherwise;
	fclose(f);
	return number;
}

static int usage(void)
{
	size_t i;

	printf("Usage: vpnct doctor [OPTIONS]\n\n"
	       "Look at modules, settings, rules, tables and at each session for what keeps\n"
	       "tunnels from working, and say what to do. The rules are read with nft(8).\n\n"
	       "Checks, and what they say if all is well:\n");
	for (i = 0; i < ARRAY_SIZE(checks); i++)
		printf("  %-15s  %s\n", checks[i].name, checks[i].fine);
	printf("\n" OPTIONS_HELP
	       "\nLines of -p: level (ok, note, warning, problem), check, client, server, text,\n"
	       "remedy. Exit status 3: there is a warning or a problem.\n");
	return EXIT_OK;
}

static void run_checks(struct doctor *d)
{
	size_t i, before;

	for (i = 0; i < ARRAY_SIZE(checks); i++) {
		if (checks[i].live && !d->nl)
			continue;
		d->check = checks[i].name;
		before = d->n;
		checks[i].run(d);
		if (d->n == before)
			found(d, LEVEL_OK, "%s", checks[i].fine);
	}
}

static int columns(void)
{
	struct winsize ws;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) || ws.ws_col < 40)
		return 80;
	return ws.ws_col > 100 ? 100 : ws.ws_col;
}

/* Words of @s in lines that begin at column @indent, where the cursor is. */
static void wrap(const char *s, int indent, int width)
{
	int column = indent, len;

	for (; *s; s += len, s += strspn(s, " ")) {
		len = strcspn(s, " ");
		if (column > indent && column + 1 + len > width) {
			printf("\n%*s", indent, "");
			column = indent;
		}
		column += printf("%s%.*s", column > indent ? " " : "", len, s);
	}
	putchar('\n');
}

#define LEVEL_WIDTH 9
#define INDENT (LEVEL_WIDTH + 17)

static void finding_text(const struct finding *f, int width)
{
	char client[VALUE_SIZE], server[VALUE_SIZE];
	char *text = NULL;

	print_coloured(f->level == LEVEL_OK	 ? COLOUR_GOOD :
		       f->level == LEVEL_NOTE	 ? COLOUR_DIM :
		       f->level == LEVEL_WARNING ? COLOUR_WARN :
						   COLOUR_BAD,
		       levels[f->level], LEVEL_WIDTH);
	printf("%-*s", INDENT - LEVEL_WIDTH, f->check);
	if (f->client.len) {
		print_addr(client, &f->client);
		print_addr(server, &f->server);
		if (asprintf(&text, "%s to %s: %s", client, server, f->text) <
		    0)
			text = NULL;
	}
	wrap(text ? text : f->text, INDENT, width);
	free(text);
	if (f->remedy) {
		printf("%*s", INDENT, "-> ");
		wrap(f->remedy, INDENT, width);
	}
}

static const char *addr_or(char *buf, const struct addr *addr, const char *none)
{
	if (!addr->len)
		return none;
	print_addr(buf, addr);
	return buf;
}

static void finding_tsv(const struct finding *f)
{
	char client[VALUE_SIZE], server[VALUE_SIZE];

	printf("%s\t%s\t%s\t%s\t%s\t%s\n", levels[f->level], f->check,
	       addr_or(client, &f->client, "-"),
	       addr_or(server, &f->server, "-"), f->text,
	       f->remedy ? f->remedy : "-");
}

static json_t *finding_json(const struct finding *f)
{
	char client[VALUE_SIZE], server[VALUE_SIZE];

	return json_pack("{s:s, s:s, s:s?, s:s?, s:s, s:s?}", "level",
			 levels[f->level], "check", f->check, "client",
			 addr_or(client, &f->client, NULL), "server",
			 addr_or(server, &f->server, NULL), "text", f->text,
			 "remedy", f->remedy);
}

static void print_findings(const struct doctor *d, enum format format)
{
	int width = columns();
	size_t i;

	if (format == FORMAT_JSON)
		json_open("[");
	for (i = 0; i < d->n; i++) {
		switch (format) {
		case FORMAT_TEXT:
			finding_text(&d->finding[i], width);
			break;
		case FORMAT_TSV:
			finding_tsv(&d->finding[i]);
			break;
		case FORMAT_JSON:
			json_item(finding_json(&d->finding[i]));
			break;
		}
	}
	if (format == FORMAT_JSON)
		json_close("]");
}

static int worst(const struct doctor *d)
{
	size_t i;

	for (i = 0; i < d->n; i++)
		if (d->finding[i].level >= LEVEL_WARNING)
			return EXIT_TROUBLE;
	return EXIT_OK;
}

static void doctor_free(struct doctor *d)
{
	size_t i;

	for (i = 0; i < d->n; i++) {
		free(d->finding[i].text);
		free(d->finding[i].remedy);
	}
	free(d->finding);
	flows_free(&d->flows);
	snapshot_free(&d->snap);
	if (d->nl)
		nl_close(d->nl);
}

/* Without the modules there is still much to look at. */
static int examine(struct doctor *d)
{
	int err = 0;

	if (!access("/sys/module/nf_conntrack_vpn", F_OK)) {
		d->nl = nl_open();
		if (!d->nl)
			return -ENOENT;
		err = snapshot_fetch(d->nl, &d->snap);
	}
	if (err)
		return err;
	err = flows_fetch(&d->flows);
	if (err)
		error("conntrack: %s%s", strerror(-err), nl_hint(err));
	return err;
}

int cmd_doctor(struct options *opt, int argc, char **argv)
{
	struct doctor d = {};
	int err;

	err = parse_options(opt, argc, argv, true);
	if (err)
		return err;
	if (opt->help)
		return usage();
	if (argv[optind])
		return usage_error("doctor", "unknown word '%s'", argv[optind]);
	err = examine(&d) ? EXIT_FAILED : EXIT_OK;
	if (!err) {
		run_checks(&d);
		print_findings(&d, opt->format);
		err = worst(&d);
	}
	doctor_free(&d);
	return err;
}
