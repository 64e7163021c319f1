// SPDX-License-Identifier: GPL-2.0-only
/*
 * doctor_finding - what the checks have found: kept, and printed
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "doctor.h"
#include "json.h"
#include "pairs.h"
#include "print.h"
#include "terminal.h"

static const char *const levels[] = {
	[LEVEL_OK] = "ok",
	[LEVEL_NOTE] = "note",
	[LEVEL_WARNING] = "warning",
	[LEVEL_PROBLEM] = "problem",
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

static int columns(void)
{
	struct winsize ws;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) || ws.ws_col < 40)
		return 80;
	return ws.ws_col > 100 ? 100 : ws.ws_col;
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
	print_wrapped(text ? text : f->text, INDENT, width);
	free(text);
	if (f->remedy) {
		printf("%*s", INDENT, "-> ");
		print_wrapped(f->remedy, INDENT, width);
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

void print_findings(const struct doctor *d, enum format format)
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
