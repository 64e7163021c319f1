// SPDX-License-Identifier: GPL-2.0-only
/*
 * doctor_server - what servers do to clients that share an address
 */
#include "doctor.h"
#include "print.h"

/* Retransmitted several times: the answer isn't just late. */
#define UNANSWERED_MS 4000
#define UNANSWERED_PACKETS 2

/* How exactly two events have to coincide, with a round trip in between. */
#define COINCIDE_MS 5000

/* The kernel tells times of first packets to the second. */
#define FIRST_EXACT_MS 1000

/* A value that people would choose: up to ten minutes more. */
static unsigned long round_up(unsigned long secs)
{
	return (secs / 600 + 1) * 600;
}

static bool same_session(const struct esp *a, const struct esp *b)
{
	return !addr_cmp(&a->client, &b->client) &&
	       !addr_cmp(&a->server, &b->server);
}

/* Seconds between this outbound SPI and the one before it, 0 if unknown. */
static unsigned long rekey_interval(const struct doctor *d,
				    const struct esp *e)
{
	uint64_t best = 0;
	const struct esp *o;

	for (o = list_next(&d->snap.esp, NULL); o;
	     o = list_next(&d->snap.esp, o)) {
		if (o->dir != NF_CT_VPN_DIR_OUT || !same_session(o, e) ||
		    o->first <= e->first)
			continue;
		if (!best || o->first - e->first < best)
			best = o->first - e->first;
	}
	return best / 1000;
}

/* The SPI of the client's that was used last, if all have idled out. */
static const struct esp *last_remembered(const struct doctor *d,
					 const struct session *s)
{
	const struct esp *e, *last = NULL;

	for (e = list_next(&d->snap.esp, NULL); e;
	     e = list_next(&d->snap.esp, e)) {
		if (addr_cmp(&e->client, &s->client) ||
		    addr_cmp(&e->server, &s->server))
			continue;
		if (e->state != NF_CT_VPN_STATE_REMEMBERED)
			return NULL;
		if (!last || e->last < last->last)
			last = e;
	}
	return last;
}

static void idled_out(struct doctor *d, const struct session *s,
		      const struct esp *e)
{
	unsigned long interval = rekey_interval(d, e), idle = e->last / 1000;

	if (interval)
		found(d, LEVEL_WARNING,
		      "ESP idled out %lu s ago its last packet, while IKE lives and rekeys each %lu s: the server can't reach the client until it sends",
		      idle, interval);
	else
		found(d, LEVEL_WARNING,
		      "ESP idled out, its last packet was %lu s ago, while IKE lives: the server can't reach the client until it sends",
		      idle);
	about(d, &s->client, &s->server);
	remedy(d,
	       "sysctl -w net.netfilter.nf_conntrack_esp_timeout=%lu, or dead peer detection at the client",
	       round_up(interval > idle ? interval : idle));
}

void check_rekey(struct doctor *d)
{
	const struct session *s;
	const struct esp *e;

	for (s = list_next(&d->snap.sessions, NULL); s;
	     s = list_next(&d->snap.sessions, s)) {
		e = s->ike_timeout && !s->natt ? last_remembered(d, s) : NULL;
		if (e)
			idled_out(d, s, e);
	}
}

static bool is_unanswered(const struct isakmp *i)
{
	return i->state == NF_CT_VPN_STATE_UNREPLIED &&
	       i->first >= UNANSWERED_MS && i->packets >= UNANSWERED_PACKETS;
}

/* How many exchanges of other clients the server has answered. */
static unsigned int count_answered(const struct doctor *d,
				   const struct isakmp *i)
{
	const struct isakmp *o;
	unsigned int n = 0;

	for (o = list_next(&d->snap.isakmp, NULL); o;
	     o = list_next(&d->snap.isakmp, o))
		n += o->state == NF_CT_VPN_STATE_ESTABLISHED &&
		     !addr_cmp(&o->server, &i->server) &&
		     addr_cmp(&o->client, &i->client);
	return n;
}

void check_half_open(struct doctor *d)
{
	const struct isakmp *i;
	unsigned int n;

	for (i = list_next(&d->snap.isakmp, NULL); i;
	     i = list_next(&d->snap.isakmp, i)) {
		n = is_unanswered(i) ? count_answered(d, i) : 0;
		if (!n)
			continue;
		found(d, LEVEL_WARNING,
		      "the server answers IKE of %u others, but not of this client: it may limit half-open IKE SAs per address",
		      n);
		about(d, &i->client, &i->server);
		remedy(d,
		       "raise that limit at the server (strongSwan: charon.block_threshold), or start clients one after the other");
	}
}

/* The outbound SPI of the same session that was used last. */
static const struct esp *outbound_of(const struct doctor *d,
				     const struct esp *in)
{
	const struct esp *e, *best = NULL;

	for (e = list_next(&d->snap.esp, NULL); e;
	     e = list_next(&d->snap.esp, e))
		if (e->dir == NF_CT_VPN_DIR_OUT && same_session(e, in) &&
		    (!best || e->last < best->last))
			best = e;
	return best;
}

/* Is this the inbound SPI that its server used last? */
static bool is_latest(const struct doctor *d, const struct esp *in)
{
	const struct esp *e;

	for (e = list_next(&d->snap.esp, NULL); e;
	     e = list_next(&d->snap.esp, e))
		if (e->dir == NF_CT_VPN_DIR_IN && same_session(e, in) &&
		    e->last < in->last)
			return false;
	return true;
}

/* Inbound has ended, but the client goes on. */
static bool has_ended(const struct doctor *d, const struct esp *in)
{
	const struct esp *out;

	if (in->dir != NF_CT_VPN_DIR_IN || !in->client.len ||
	    in->last < COINCIDE_MS || !is_latest(d, in))
		return false;
	out = outbound_of(d, in);
	return out && out->last + COINCIDE_MS / 2 < in->last;
}

/* Another client whose IKE came up at that moment. */
static const struct isakmp *sibling_at(const struct doctor *d,
				       const struct esp *in)
{
	const struct isakmp *i;

	for (i = list_next(&d->snap.isakmp, NULL); i;
	     i = list_next(&d->snap.isakmp, i))
		if (i->state == NF_CT_VPN_STATE_ESTABLISHED &&
		    !addr_cmp(&i->server, &in->server) &&
		    addr_cmp(&i->client, &in->client) &&
		    in->last + COINCIDE_MS >= i->first &&
		    in->last <= i->first + FIRST_EXACT_MS + COINCIDE_MS / 2)
			return i;
	return NULL;
}

void check_initial_contact(struct doctor *d)
{
	char sibling[VALUE_SIZE];
	const struct isakmp *i;
	const struct esp *e;

	for (e = list_next(&d->snap.esp, NULL); e;
	     e = list_next(&d->snap.esp, e)) {
		i = has_ended(d, e) ? sibling_at(d, e) : NULL;
		if (!i)
			continue;
		print_addr(sibling, &i->client);
		found(d, LEVEL_WARNING,
		      "the server fell silent %llu s ago, when IKE of %s came up: it may take both for one peer (INITIAL_CONTACT)",
		      (unsigned long long)e->last / 1000, sibling);
		about(d, &e->client, &e->server);
		remedy(d,
		       "give each client an identity of its own; at the server: uniqueids=no");
	}
}
