// SPDX-License-Identifier: GPL-2.0-only
/* what happens when: a heap of events, and chance that a seed repeats */
#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "vpnemu.h"

struct event {
	int64_t due;
	event_fn fn;
	struct host *host;
	long arg;
};

int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec * SEC + t.tv_nsec;
}

/* room for one more than n; the old contents are kept */
void *grow(void *p, size_t *room, size_t n, size_t size)
{
	if (n < *room)
		return p;
	*room = *room ? *room * 2 : 1024;
	p = realloc(p, *room * size);
	if (!p)
		die("no memory");
	return p;
}

static void events_swap(struct emu *e, size_t i, size_t j)
{
	struct event tmp = e->events[i];

	e->events[i] = e->events[j];
	e->events[j] = tmp;
}

void at(struct emu *e, int64_t due, event_fn fn, struct host *h, long arg)
{
	size_t i = e->n_events++;

	e->events = grow(e->events, &e->room_events, i, sizeof(*e->events));
	e->events[i] = (struct event){ due, fn, h, arg };
	for (; i && e->events[(i - 1) / 2].due > due; i = (i - 1) / 2)
		events_swap(e, i, (i - 1) / 2);
}

void after(struct emu *e, int64_t delay, event_fn fn, struct host *h, long arg)
{
	at(e, now_ns() + delay, fn, h, arg);
}

static struct event events_pop(struct emu *e)
{
	struct event first = e->events[0];
	size_t i = 0, child;

	e->events[0] = e->events[--e->n_events];
	while ((child = 2 * i + 1) < e->n_events) {
		if (child + 1 < e->n_events &&
		    e->events[child + 1].due < e->events[child].due)
			child++;
		if (e->events[i].due <= e->events[child].due)
			break;
		events_swap(e, i, child);
		i = child;
	}
	return first;
}

static void events_note_delay(struct lateness *late, int64_t delay)
{
	if (delay > LATE)
		late->events++;
	if (delay > late->event_max)
		late->event_max = delay;
}

/* runs one event if it is due; returns for how long there is none */
int64_t events_run(struct emu *e)
{
	int64_t left = e->n_events ? e->events[0].due - now_ns() : SEC;
	struct event event;

	if (left > 0)
		return left;
	events_note_delay(&e->late, -left);
	event = events_pop(e);
	event.fn(e, event.host, event.arg);
	return 0;
}

/* xorshift64* */
uint32_t random32(struct emu *e)
{
	e->random ^= e->random >> 12;
	e->random ^= e->random << 25;
	e->random ^= e->random >> 27;
	return (e->random * 0x2545f4914f6cdd1dULL) >> 32;
}

static double random_unit(struct emu *e)
{
	return (random32(e) + 0.5) / 4294967296.0;
}

int64_t random_between(struct emu *e, int64_t lo, int64_t hi)
{
	return lo + random_unit(e) * (hi - lo);
}

int64_t random_exp(struct emu *e, int64_t mean)
{
	return -log(random_unit(e)) * mean;
}

bool random_percent(struct emu *e, uint32_t percent)
{
	return random_unit(e) * 100 < percent;
}
