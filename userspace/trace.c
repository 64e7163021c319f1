// SPDX-License-Identifier: GPL-2.0-only
/*
 * trace - how far ESP, GRE or IKE gets towards a server
 *
 * Most servers say nothing to ESP of no SA. What tells a server that is silent
 * from a hop that drops the protocol is a second probe for each TTL, an ICMP
 * echo: where hops answer that one only, the protocol was dropped before.
 */
#include <assert.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "complete.h"
#include "guess.h"
#include "nouns.h"
#include "trace.h"

/* So many hops in a row without any answer: it won't get better. */
#define SILENT_MAX 4

static const struct protocol *const protocols[] = {
	&protocol_esp,
	&protocol_gre,
	&protocol_isakmp,
};

static const char *const limit_words[] = { "hops", "probes", "wait" };

static const struct names limit_names = {
	.name = limit_words,
	.n = ARRAY_SIZE(limit_words),
};

static void usage(void)
{
	printf("Usage: vpnct trace esp|gre|isakmp SERVER [hops N] [probes N] [wait MS] [OPTIONS]\n\n"
	       "Send ESP, GRE or IKE (UDP port 500) with a rising TTL and show which hops\n"
	       "answer, beside those that answer an ICMP echo, and where the protocol is lost.\n"
	       "SERVER is an IPv4 or IPv6 address, or a name.\n\n"
	       "  hops N    the highest TTL, at most 64 (30)\n"
	       "  probes N  tries for each TTL without an answer (2)\n"
	       "  wait MS   milliseconds to wait for each answer (1000)\n\n");
	print_options("jp");
	printf("\nLines of -p: 'hop', TTL, address, ms, ICMP type/code of an error, and address\n"
	       "and ms again for ICMP echo; at the end 'result', and one of answers, passes,\n"
	       "refused, dropped, unknown. Exit status 3: refused or dropped.\n");
}

static bool at_server(const struct trace *t, const struct answer *a)
{
	return a->kind != ANSWER_NONE && !addr_cmp(&a->from, &t->target.addr);
}

static enum verdict judge(const struct trace *t)
{
	const struct answer *a = t->last ? &t->hop[t->last - 1].answer : NULL;

	if (a && a->kind == ANSWER_REFUSED)
		return VERDICT_REFUSED;
	if (a && at_server(t, a))
		return VERDICT_ANSWERS;
	if (!t->next)
		return VERDICT_UNKNOWN;
	/* All before the server have seen it: it needs no answer. */
	if (t->next == t->last + 1 && at_server(t, &t->hop[t->next - 1].echo))
		return VERDICT_PASSES;
	return VERDICT_DROPPED;
}

static void conclude(struct trace *t)
{
	unsigned int i;

	for (i = 0; i < t->n; i++)
		if (t->hop[i].answer.kind != ANSWER_NONE)
			t->last = i + 1;
	for (i = t->last; i < t->n && !t->next; i++)
		if (t->hop[i].echo.kind != ANSWER_NONE)
			t->next = i + 1;
}

static int probe_some(struct trace *t, struct prober *p, int ttl,
		      struct answer *answer)
{
	uint64_t i;
	int err = 0;

	for (i = 0; i < t->probes && !err; i++) {
		err = probe(p, ttl, t->wait_ms, answer);
		if (answer->kind != ANSWER_NONE)
			break;
	}
	return err;
}

/* What the machine itself says to a probe: a rule, a missing route. */
static int probe_error(const struct prober *p, int err)
{
	error("%s: %s%s", p->protocol->title, strerror(-err),
	      err == -EPERM ? " (does a rule of this machine drop it?)" : "");
	return EXIT_FAILED;
}

static int probe_hop(struct trace *t)
{
	struct hop *hop = &t->hop[t->n++];
	int err;

	err = probe_some(t, &t->prober, t->n, &hop->answer);
	if (err)
		return probe_error(&t->prober, err);
	err = probe_some(t, &t->echo, t->n, &hop->echo);
	/* Without echo it's half as good, but good for something. */
	return err && err != -EPERM ? probe_error(&t->echo, err) : 0;
}

static bool ends_here(const struct trace *t, unsigned int silent)
{
	const struct hop *hop = &t->hop[t->n - 1];

	return silent >= SILENT_MAX || at_server(t, &hop->answer) ||
	       at_server(t, &hop->echo) || hop->answer.kind == ANSWER_REFUSED;
}

static int trace_hops(struct trace *t, enum format format)
{
	unsigned int silent = 0;
	const struct hop *hop;
	int err;

	trace_head(t, format);
	while (t->n < t->hops) {
		err = probe_hop(t);
		if (err)
			return err;
		trace_hop(t, format);
		hop = &t->hop[t->n - 1];
		if (hop->answer.kind == ANSWER_NONE &&
		    hop->echo.kind == ANSWER_NONE)
			silent++;
		else
			silent = 0;
		if (ends_here(t, silent))
			break;
	}
	return 0;
}

static int trace_result(struct trace *t, enum format format)
{
	enum verdict verdict;

	conclude(t);
	verdict = judge(t);
	trace_verdict(t, verdict, format);
	return verdict == VERDICT_DROPPED || verdict == VERDICT_REFUSED ?
		       EXIT_TROUBLE :
		       EXIT_OK;
}

static int open_error(const struct protocol *protocol, int err)
{
	error("a socket for %s: %s%s", protocol->title, strerror(-err),
	      err == -EPERM ? " (needs CAP_NET_RAW: try as root)" : "");
	return EXIT_FAILED;
}

static int trace_run(struct trace *t, enum format format)
{
	int err;

	err = prober_open(&t->prober, t->protocol, &t->target);
	if (err)
		return open_error(t->protocol, err);
	err = prober_open(&t->echo, &protocol_echo, &t->target);
	if (err) {
		err = open_error(&protocol_echo, err);
	} else {
		err = trace_hops(t, format);
		prober_close(&t->echo);
	}
	prober_close(&t->prober);
	return err ? err : trace_result(t, format);
}

static int find_server(struct trace *t)
{
	struct addrinfo hints = { .ai_socktype = SOCK_DGRAM }, *ai;
	int err = getaddrinfo(t->server, NULL, &hints, &ai);

	if (err) {
		error("server '%s': %s", t->server, gai_strerror(err));
		return EXIT_FAILED;
	}
	memcpy(&t->target.sa, ai->ai_addr, ai->ai_addrlen);
	t->target.len = ai->ai_addrlen;
	if (ai->ai_family == AF_INET6) {
		t->target.addr.len = 16;
		memcpy(t->target.addr.byte,
		       &((struct sockaddr_in6 *)ai->ai_addr)->sin6_addr, 16);
	} else {
		t->target.addr.len = 4;
		memcpy(t->target.addr.byte,
		       &((struct sockaddr_in *)ai->ai_addr)->sin_addr, 4);
	}
	freeaddrinfo(ai);
	return 0;
}

static int find_protocol(struct trace *t, const char *word)
{
	size_t i;

	if (!word)
		return usage_error("trace", "which protocol: esp, gre or isakmp?");
	for (i = 0; i < ARRAY_SIZE(protocols); i++)
		if (!strcmp(word, protocols[i]->name))
			t->protocol = protocols[i];
	if (!t->protocol)
		return usage_error("trace",
				   "unknown protocol '%s': esp, gre or isakmp",
				   word);
	return 0;
}

static int set_limit(const char *word, const char *value, uint64_t max,
		     uint64_t *limit)
{
	if (!value)
		return usage_error("trace", "%s needs a value", word);
	if (!parse_number(value, 10, max, limit) || !*limit)
		return usage_error("trace",
				   "%s '%s' is not a number from 1 to %llu",
				   word, value, (unsigned long long)max);
	return 0;
}

static int parse_limits(struct trace *t, char **words)
{
	struct {
		uint64_t *value, max;
	} limits[] = {
		{ &t->hops, HOPS_MAX },
		{ &t->probes, 10 },
		{ &t->wait_ms, 60000 },
	};
	unsigned int i;
	int err = 0;

	static_assert(ARRAY_SIZE(limits) == ARRAY_SIZE(limit_words),
		      "they are in the order of their words");
	for (; *words && !err; words += 2) {
		i = names_find(&limit_names, *words);
		if (i == limit_names.n)
			return guess_error("trace", *words, &limit_names);
		err = set_limit(*words, words[1], limits[i].max,
				limits[i].value);
	}
	return err;
}

static int parse(struct call *call)
{
	struct trace *t = call->args;
	int err;

	*t = (struct trace){ .hops = 30, .probes = 2, .wait_ms = 1000 };
	err = find_protocol(t, *call->words);
	if (err)
		return err;
	t->server = call->words[1];
	if (!t->server)
		return usage_error("trace", "which server?");
	return parse_limits(t, call->words + 2);
}

static void complete_trace(struct completion *c)
{
	size_t i;

	if (!c->n)
		for (i = 0; i < ARRAY_SIZE(protocols); i++)
			offer(c, protocols[i]->name, protocols[i]->title);
	if (c->n == 1)
		offer_values(c, &session_noun,
			     field_find(&session_noun, "server"));
	if (c->n > 1 && c->n % 2 == 0)
		for (i = 0; i < limit_names.n; i++)
			offer_once(c, limit_words[i], NULL);
}

static int run(const struct call *call)
{
	int err = find_server(call->args);

	return err ? err : trace_run(call->args, call->opt->format);
}

const struct command trace_command = {
	.name = "trace",
	.help = "find the hop that drops ESP, GRE or IKE",
	.usage = usage,
	.parse = parse,
	.run = run,
	.complete = complete_trace,
	.args = sizeof(struct trace),
	.options = "jp",
	.words = true,
};
