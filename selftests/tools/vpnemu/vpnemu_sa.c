// SPDX-License-Identifier: GPL-2.0-only
/* security associations, found by their SPIs */
#include <stdlib.h>

#include "vpnemu.h"

static size_t sa_slot(const struct emu *e, uint32_t spi)
{
	size_t i = spi * 2654435761u & (e->n_by_spi - 1);

	while (e->by_spi[i] && e->by_spi[i]->spi != spi)
		i = (i + 1) & (e->n_by_spi - 1);
	return i;
}

struct sa *sa_find(struct emu *e, uint32_t spi)
{
	return e->n_by_spi ? e->by_spi[sa_slot(e, spi)] : NULL;
}

/* at most half full */
static void sa_rehash(struct emu *e)
{
	size_t i;

	if (e->n_sas * 2 < e->n_by_spi)
		return;
	free(e->by_spi);
	e->n_by_spi = e->n_by_spi ? e->n_by_spi * 2 : 1024;
	e->by_spi = calloc(e->n_by_spi, sizeof(*e->by_spi));
	if (!e->by_spi)
		die("no memory");
	for (i = 0; i < e->n_sas; i++)
		e->by_spi[sa_slot(e, e->sas[i]->spi)] = e->sas[i];
}

static uint32_t sa_pick_spi(struct emu *e, struct host *h, bool inbound)
{
	uint32_t spi;

	/* only the first ones can be foretold */
	if (inbound && e->set.spi && !h->in && !h->new_in)
		return e->set.spi + h->number;
	do {
		spi = random32(e);
	} while (spi < 256 || sa_find(e, spi));
	return spi;
}

static struct sa *sa_new(struct emu *e, struct host *h, bool inbound)
{
	struct sa *sa = calloc(1, sizeof(*sa));

	if (!sa)
		die("no memory");
	sa->spi = sa_pick_spi(e, h, inbound);
	sa->host = h;
	sa->inbound = inbound;
	e->sas = grow(e->sas, &e->room_sas, e->n_sas, sizeof(*e->sas));
	e->sas[e->n_sas++] = sa;
	sa_rehash(e);
	e->by_spi[sa_slot(e, sa->spi)] = sa;
	return sa;
}

/* a pair of SAs that neither side uses yet */
void sa_make_child(struct emu *e, struct host *h)
{
	h->new_out = sa_new(e, h, false);
	h->new_in = sa_new(e, h, true);
}

void sa_host_sends(struct host *h)
{
	h->out = h->new_out;
}

static void sa_end_of_death(struct host *h)
{
	int64_t ns = now_ns() - h->killed;

	if (h->killed && ns > h->killed_ns)
		h->killed_ns = ns;
	h->killed = 0;
}

void sa_server_sends(struct emu *e, struct host *h)
{
	h->in = h->new_in;
	if (!e->stopping)
		sa_end_of_death(h);
}

/*
 * A server that goes by SPI and address deletes what a host says, and all
 * hosts have one address.
 */
void sa_kill(struct emu *e, uint32_t spi)
{
	struct sa *sa = sa_find(e, spi);

	if (!sa || !sa->inbound || sa->dead)
		return;
	sa->dead = true;
	e->killed++;
	if (sa == sa->host->in)
		sa->host->killed = now_ns();
}
