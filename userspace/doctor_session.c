// SPDX-License-Identifier: GPL-2.0-only
/*
 * doctor_session - which leg of a session is missing
 */
#include <netinet/in.h>

#include "doctor.h"
#include "print.h"
#include "ruleset.h"

/* A peer that is well answers sooner, even if a packet is lost. */
#define PATIENCE_MS 5000

/* A child SA follows its IKE SA at once. */
#define CHILD_PATIENCE_MS 20000

/* Who has sent so lately still sends. */
#define LATELY_MS 10000

/* What there is of a session, added up. */
struct legs {
	bool ike_answered, ike_unanswered;
	bool esp_out, esp_in, esp_undecided, esp_sends;
	uint64_t ike_first, esp_first; /* ms since the oldest */
};

static bool of_session(const struct session *s, const struct addr *client,
		       const struct addr *server)
{
	return !addr_cmp(&s->client, client) && !addr_cmp(&s->server, server);
}

static void add_ike(struct legs *legs, const struct isakmp *i)
{
	if (i->state == NF_CT_VPN_STATE_ESTABLISHED)
		legs->ike_answered = true;
	if (i->state == NF_CT_VPN_STATE_UNREPLIED)
		legs->ike_unanswered = true;
	if (i->first > legs->ike_first)
		legs->ike_first = i->first;
}

static void add_esp(struct legs *legs, const struct esp *e)
{
	if (e->dir == NF_CT_VPN_DIR_IN) {
		legs->esp_in = true;
		return;
	}
	legs->esp_out = true;
	legs->esp_sends |= e->last < LATELY_MS;
	if (e->first > legs->esp_first)
		legs->esp_first = e->first;
}

static void get_legs(const struct doctor *d, const struct session *s,
		     struct legs *legs)
{
	const struct isakmp *i;
	const struct esp *e;

	*legs = (struct legs){};
	for (i = list_next(&d->snap.isakmp, NULL); i;
	     i = list_next(&d->snap.isakmp, i))
		if (of_session(s, &i->client, &i->server))
			add_ike(legs, i);
	for (e = list_next(&d->snap.esp, NULL); e;
	     e = list_next(&d->snap.esp, e)) {
		if (of_session(s, &e->client, &e->server))
			add_esp(legs, e);
		else if (e->state == NF_CT_VPN_STATE_UNDECIDED &&
			 !addr_cmp(&e->server, &s->server))
			legs->esp_undecided = true;
	}
}

static void esp_unanswered(struct doctor *d, const struct session *s,
			   const struct legs *legs)
{
	char server[VALUE_SIZE];

	print_addr(server, &s->server);
	if (legs->ike_answered)
		found(d, LEVEL_PROBLEM,
		      "IKE is answered, but ESP only goes out: a firewall at the server or a hop before it drops protocol 50");
	else
		found(d, LEVEL_PROBLEM,
		      "ESP goes out, and none comes in: the server or a hop before it drops protocol 50, or the server has another SA");
	about(d, &s->client, &s->server);
	remedy(d,
	       "find the hop: vpnct trace esp %s; let protocol 50 in there, or use NAT-T",
	       server);
}

/*
 * What a rule of the gateway drops is in our tables but never in conntrack's. An
 * entry may also have gone with an address: then no rule is to blame.
 */
static bool esp_dropped(struct doctor *d, const struct session *s,
			const struct legs *legs)
{
	const struct packet packet = { .proto = IPPROTO_ESP, .state = "new" };
	const json_t *chain;

	if (!legs->esp_sends || s->esp_timeout || s->client.len != 4)
		return false;
	chain = forward_drops(d, &packet);
	if (!chain)
		return false;
	found(d, LEVEL_PROBLEM,
	      "ESP of the client comes in and doesn't go out: chain %s of table %s %s of this gateway drops it",
	      json_string_value(json_object_get(chain, "name")),
	      json_string_value(json_object_get(chain, "family")),
	      json_string_value(json_object_get(chain, "table")));
	about(d, &s->client, &s->server);
	remedy(d, "a rule there, before what drops it: meta l4proto esp accept");
	return true;
}

static void ike_unanswered(struct doctor *d, const struct session *s)
{
	char server[VALUE_SIZE];

	print_addr(server, &s->server);
	found(d, LEVEL_PROBLEM,
	      "IKE goes out and is not answered: UDP 500 is dropped on its way, or the server refuses proposal or identity without a word");
	about(d, &s->client, &s->server);
	remedy(d, "find the hop: vpnct trace isakmp %s; read the server's log",
	       server);
}

static void no_child(struct doctor *d, const struct session *s)
{
	if (s->tickets) {
		found(d, LEVEL_NOTE,
		      "IKE has set up a tunnel, through which nothing has gone yet");
		about(d, &s->client, &s->server);
		return;
	}
	found(d, LEVEL_WARNING,
	      "IKE is answered, but no ESP follows: authentication fails, or protocol 50 of the client doesn't reach the gateway");
	about(d, &s->client, &s->server);
	remedy(d,
	       "read the client's log; on the gateway: tcpdump -n ip proto 50 on the inside");
}

static void check_session(struct doctor *d, const struct session *s)
{
	struct legs legs;

	get_legs(d, s, &legs);
	if (s->natt) {
		found(d, LEVEL_NOTE,
		      "ESP goes in UDP port 4500 (NAT-T): nothing to do");
		about(d, &s->client, &s->server);
	} else if (esp_dropped(d, s, &legs)) {
		return;
	} else if (legs.esp_out && !legs.esp_in && !legs.esp_undecided &&
		   legs.esp_first >= PATIENCE_MS) {
		esp_unanswered(d, s, &legs);
	} else if (legs.ike_unanswered && !legs.ike_answered &&
		   legs.ike_first >= PATIENCE_MS) {
		ike_unanswered(d, s);
	} else if (legs.ike_answered && !legs.esp_out && !legs.esp_in &&
		   legs.ike_first >= CHILD_PATIENCE_MS) {
		no_child(d, s);
	}
}

void check_sessions(struct doctor *d)
{
	const struct session *s;

	for (s = list_next(&d->snap.sessions, NULL); s;
	     s = list_next(&d->snap.sessions, s))
		check_session(d, s);
}

bool is_translated(const struct flow *f)
{
	return addr_cmp(&f->orig.src, &f->reply.dst) ||
	       addr_cmp(&f->orig.dst, &f->reply.src);
}

/* RFC 4302 3.3.3.1.1: AH covers the addresses. */
void check_ah(struct doctor *d)
{
	const struct flow *f = d->flows.flow;
	size_t i;

	for (i = 0; i < d->flows.n; i++, f++) {
		if (f->proto != IPPROTO_AH || !is_translated(f))
			continue;
		found(d, LEVEL_PROBLEM,
		      "the client sends AH, which protects its address: no masquerading can work");
		about(d, &f->orig.src, &f->orig.dst);
		remedy(d, "use ESP, which can authenticate, too");
	}
}

static const struct session *raw_session(const struct doctor *d,
					 const struct flow *f)
{
	const struct session *s;

	for (s = list_next(&d->snap.sessions, NULL); s;
	     s = list_next(&d->snap.sessions, s))
		if (!s->natt && !addr_cmp(&s->server, &f->orig.src) &&
		    !addr_cmp(&s->masq, &f->orig.dst))
			return s;
	return NULL;
}

/* What a client floated to port 4500 itself is an answer, no new entry. */
void check_encapsulation(struct doctor *d)
{
	const struct flow *f = d->flows.flow;
	const struct session *s;
	size_t i;

	for (i = 0; i < d->flows.n; i++, f++) {
		if (f->orig.dport != 4500 || f->replied)
			continue;
		s = raw_session(d, f);
		if (!s)
			continue;
		found(d, LEVEL_PROBLEM,
		      "the server sends ESP in UDP port 4500, though IKE stayed on port 500: nobody waits for it here");
		about(d, &s->client, &s->server);
		remedy(d,
		       "forbid it at the server (libreswan: encapsulation=no), or let the client use NAT-T, too");
	}
}
