// SPDX-License-Identifier: GPL-2.0-only
/* capture - reads captures that convert.py has made */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture.h"

static bool from_hex(struct packet *p, const char *hex)
{
	unsigned int byte;
	size_t i;

	p->len = strlen(hex) / 2;
	p->data = malloc(p->len ? p->len : 1);
	for (i = 0; p->data && i < p->len; i++) {
		if (sscanf(hex + 2 * i, "%2x", &byte) != 1)
			return false;
		p->data[i] = byte;
	}
	return p->data;
}

/* SECONDS CLIENT DIRECTION (PORT HEX | esp SPI SEQ) */
static bool parse_line(struct packet *p, char *line)
{
	char *save, *when, *who, *what, *rest;

	when = strtok_r(line, "\n ", &save);
	who = strtok_r(NULL, "\n ", &save);
	what = strtok_r(NULL, "\n ", &save);
	rest = strtok_r(NULL, "\n ", &save);
	if (!rest || strlen(who) != 2 || who[0] < 'a' ||
	    who[0] >= 'a' + CAPTURE_CLIENTS)
		return false;
	p->ms = strtod(when, NULL) * 1000 + 0.5;
	p->client = who[0] - 'a';
	p->out = who[1] == '>';
	if (!strcmp(what, "esp")) {
		p->type = PACKET_ESP;
		p->spi = strtoul(rest, NULL, 16);
		p->seq = atoi(save);
		return true;
	}
	p->type = strcmp(what, "500") ? PACKET_NATT_IKE : PACKET_IKE;
	return from_hex(p, rest);
}

static bool append(struct capture *c, char *line)
{
	struct packet *more;

	more = realloc(c->packet, (c->n + 1) * sizeof(*more));
	if (!more)
		return false;
	c->packet = more;
	memset(&more[c->n], 0, sizeof(*more));
	return parse_line(&more[c->n++], line);
}

bool capture_read(struct capture *c, const char *file)
{
	FILE *f = fopen(file, "r");
	size_t size = 0;
	char *line = NULL;
	bool good = f;

	memset(c, 0, sizeof(*c));
	while (good && getline(&line, &size, f) > 0)
		if (line[0] != '#')
			good = append(c, line);
	free(line);
	if (f)
		fclose(f);
	if (!good)
		fprintf(stderr, "%s: can't be read\n", file);
	return good;
}

void capture_free(struct capture *c)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		free(c->packet[i].data);
	free(c->packet);
}
