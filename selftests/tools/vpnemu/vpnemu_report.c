// SPDX-License-Identifier: GPL-2.0-only
/* what became of it, as text or JSON */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "vpnemu.h"

struct summary {
	unsigned long arrived, own, only_others, lost, copies;
	unsigned long outside, own_outside;	/* of the time of a fault */
	unsigned long spis, decided, wrong;
	int64_t p50, p95, max;		/* from first packet to decided */
	int64_t wrong_longest;
	int64_t wrong_latest;		/* since the first packet */
	int64_t silence;
	int64_t killed;
	double worst;			/* percent that a host didn't get */
	double copies_each;		/* copies of an SPI by its candidates */
};

static double ms(int64_t ns)
{
	return ns / 1e6;
}

static double percent(unsigned long part, unsigned long whole)
{
	return whole ? 100.0 * part / whole : 100;
}

static int record_compare(const void *a, const void *b)
{
	const struct record *x = a, *y = b;

	return x->arrived < y->arrived ? -1 : x->arrived > y->arrived;
}

/*
 * In the order in which the gateway got them. A host is silent from the first
 * to the last of its packets that it doesn't get in a row.
 */
static void count_record(struct summary *s, const struct record *r,
			 int64_t *since, bool outside)
{
	struct host *h = r->sa->host;

	s->copies += r->others;
	s->arrived++;
	h->arrived++;
	s->own += r->own;
	h->own += r->own;
	s->only_others += !r->own && r->others;
	s->lost += !r->own && !r->others;
	s->outside += outside;
	s->own_outside += outside && r->own;
	if (r->own) {
		*since = 0;
		return;
	}
	if (!*since)
		*since = r->arrived;
	if (r->arrived - *since > h->silence)
		h->silence = r->arrived - *since;
}

static void count_records(struct emu *e, struct summary *s)
{
	int64_t *since = calloc(e->n_hosts, sizeof(*since));
	size_t i;

	if (!since)
		die("no memory");
	qsort(e->records, e->n_records, sizeof(*e->records), record_compare);
	for (i = 0; i < e->n_records; i++)
		if (e->records[i].arrived)
			count_record(s, &e->records[i],
				     &since[e->records[i].sa->host->number],
				     !fault_excuses(e, e->records[i].arrived));
	free(since);
}

static void count_hosts(struct emu *e, struct summary *s)
{
	const struct host *h;
	double lost;

	for (h = e->hosts; h < e->hosts + e->n_hosts; h++) {
		if (h->silence > s->silence)
			s->silence = h->silence;
		if (h->killed_ns > s->killed)
			s->killed = h->killed_ns;
		lost = 100 - percent(h->own, h->arrived);
		if (lost > s->worst)
			s->worst = lost;
	}
}

static int64_t decided_after(const struct sa *sa)
{
	return sa->decided > sa->first ? sa->decided - sa->first : 0;
}

static void count_sa(struct summary *s, const struct sa *sa)
{
	s->spis++;
	s->decided += !!sa->decided;
	if (sa->candidates > 1 &&
	    (double)sa->copies / sa->candidates > s->copies_each)
		s->copies_each = (double)sa->copies / sa->candidates;
	if (!sa->wrong_first)
		return;
	s->wrong++;
	if (sa->wrong_ns > s->wrong_longest)
		s->wrong_longest = sa->wrong_ns;
	if (sa->wrong_last - sa->first > s->wrong_latest)
		s->wrong_latest = sa->wrong_last - sa->first;
}

static int time_compare(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Undecided ones count as later than any. */
static void count_sas(struct emu *e, struct summary *s)
{
	int64_t *times = calloc(e->n_sas + 1, sizeof(*times));
	size_t i, n = 0;

	if (!times)
		die("no memory");
	for (i = 0; i < e->n_sas; i++) {
		const struct sa *sa = e->sas[i];

		if (!sa->inbound || !sa->first)
			continue;
		count_sa(s, sa);
		times[n++] = sa->decided ? decided_after(sa) : INT64_MAX;
	}
	qsort(times, n, sizeof(*times), time_compare);
	if (n) {
		s->p50 = times[(n - 1) / 2];
		s->p95 = times[(n * 95 + 99) / 100 - 1];
		s->max = times[n - 1];
	}
	free(times);
}

/* null: never */
static json_t *json_time(int64_t ns)
{
	return ns == INT64_MAX ? json_null() : json_real(ms(ns));
}

static json_t *json_wrong(const struct emu *e)
{
	json_t *list = json_array(), *one;
	size_t i;

	for (i = 0; i < e->n_sas; i++) {
		const struct sa *sa = e->sas[i];

		if (!sa->inbound || !sa->wrong_first)
			continue;
		one = json_pack("{sI, si, si, sf, sf, sb, si}", "spi",
				(json_int_t)sa->spi, "owner", sa->host->number,
				"held_by", sa->held_by, "since_ms",
				ms(sa->wrong_first - sa->first), "length_ms",
				ms(sa->wrong_ns), "healed", !sa->wrong_since,
				"confidence", sa->conf);
		json_array_append_new(list, one);
	}
	return list;
}

static json_t *json_hosts(const struct emu *e)
{
	json_t *list = json_array(), *one;
	const struct host *h;
	char text[64];

	for (h = e->hosts; h < e->hosts + e->n_hosts; h++) {
		one = json_pack("{ss, ss, si, si, sf}", "addr",
				addr_text(&h->addr, text, sizeof(text)),
				"traffic", traffic_names[h->traffic],
				"arrived", h->arrived, "own", h->own,
				"silent_ms", ms(h->silence));
		json_array_append_new(list, one);
	}
	return list;
}

/* Packets that came and their owner didn't get, in the order of time. */
static json_t *json_missed(const struct emu *e)
{
	json_t *list = json_array(), *one;
	size_t i;

	for (i = 0; i < e->n_records; i++) {
		const struct record *r = &e->records[i];

		if (!r->arrived || r->own)
			continue;
		one = json_pack("{sf, si, sI, si, sf, si}", "at_ms",
				ms(r->arrived - e->begun), "owner",
				r->sa->host->number, "spi",
				(json_int_t)r->sa->spi, "seq", r->seq,
				"since_ms", ms(r->arrived - r->sa->first),
				"others", r->others);
		json_array_append_new(list, one);
	}
	return list;
}

static void json_set(json_t *o, const char *key, json_int_t n)
{
	json_object_set_new(o, key, json_integer(n));
}

static json_t *json_lateness(const struct lateness *l)
{
	uint32_t dropped = 0;
	size_t i;

	for (i = 0; i < sizeof(l->dropped) / sizeof(*l->dropped); i++)
		dropped += l->dropped[i];
	return json_pack("{sI, sf, sI, sf, si}", "late_events",
			 (json_int_t)l->events, "event_max_ms",
			 ms(l->event_max), "late_packets",
			 (json_int_t)l->packets, "packet_max_ms",
			 ms(l->packet_max), "dropped", dropped);
}

static void json_packets(json_t *o, const struct emu *e,
			 const struct summary *s)
{
	json_set(o, "sent", e->n_records);
	json_set(o, "arrived", s->arrived);
	json_set(o, "own", s->own);
	json_set(o, "outside", s->outside);
	json_set(o, "own_outside", s->own_outside);
	json_set(o, "only_others", s->only_others);
	json_set(o, "lost", s->lost);
	json_set(o, "copies", s->copies);
	json_set(o, "repeated", e->repeated);
	json_set(o, "strange", e->strange);
	json_set(o, "unsent", e->unsent);
	json_set(o, "sent_out", e->sent_out);
	json_set(o, "arrived_out", e->arrived_out);
	json_set(o, "refused", e->refused);
	json_object_set_new(o, "delivered_percent",
			    json_real(percent(s->own, s->arrived)));
	json_object_set_new(o, "worst_host_percent", json_real(s->worst));
	json_object_set_new(o, "copies_percent",
			    json_real(percent(s->copies, s->arrived)));
	json_object_set_new(o, "silent_ms", json_real(ms(s->silence)));
}

static void json_spis(json_t *o, const struct emu *e, const struct summary *s)
{
	json_set(o, "spis", s->spis);
	json_set(o, "decided", s->decided);
	json_object_set_new(o, "decided_p50_ms", json_time(s->p50));
	json_object_set_new(o, "decided_p95_ms", json_time(s->p95));
	json_object_set_new(o, "decided_max_ms", json_time(s->max));
	json_object_set_new(o, "copies_per_candidate",
			    json_real(s->copies_each));
	json_set(o, "wrong", s->wrong);
	json_object_set_new(o, "wrong_longest_ms",
			    json_real(ms(s->wrong_longest)));
	json_object_set_new(o, "wrong_latest_ms",
			    json_real(ms(s->wrong_latest)));
	json_set(o, "killed", e->killed);
	json_object_set_new(o, "killed_longest_ms", json_real(ms(s->killed)));
}

static void json_ike(json_t *o, const struct emu *e)
{
	unsigned long n = e->rtt_n ? e->rtt_n : 1;

	json_set(o, "exchanges", e->exchanges);
	json_set(o, "retransmits", e->retransmits);
	json_set(o, "ike_failed", e->ike_failed);
	json_set(o, "ike_astray", e->ike_astray);
	json_object_set_new(o, "ike_rtt_ms", json_real(ms(e->rtt_sum / n)));
}

static json_t *report_json(struct emu *e, const struct summary *s)
{
	json_t *o = json_object();

	json_set(o, "hosts", e->set.hosts);
	json_set(o, "children", e->set.children);
	json_set(o, "seconds", e->set.duration);
	json_packets(o, e, s);
	json_spis(o, e, s);
	json_ike(o, e);
	json_object_set_new(o, "lateness", json_lateness(&e->late));
	json_object_set_new(o, "wrong_bindings", json_wrong(e));
	if (e->set.verbose) {
		json_object_set_new(o, "each", json_hosts(e));
		json_object_set_new(o, "missed", json_missed(e));
	}
	return o;
}

/* One line for each number; lists and objects as they are. */
static void report_text(const json_t *o)
{
	const char *key;
	json_t *value;
	char *text;

	json_object_foreach((json_t *)o, key, value) {
		text = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(6));
		if (!text)
			die("no memory");
		printf("%-22s %s\n", key, text);
		free(text);
	}
}

void report(struct emu *e)
{
	struct summary s = {};
	json_t *o;

	count_records(e, &s);
	count_hosts(e, &s);
	count_sas(e, &s);
	o = report_json(e, &s);
	if (e->set.json)
		json_dumpf(o, stdout, JSON_REAL_PRECISION(6) | JSON_COMPACT);
	else
		report_text(o);
	printf("\n");
	json_decref(o);
}
