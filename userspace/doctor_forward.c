// SPDX-License-Identifier: GPL-2.0-only
/*
 * doctor_forward - does the forward filter let through what a VPN needs?
 *
 * As with NAT, a rule whose match can't be understood is taken to be what the
 * admin wants: it may accept, it doesn't drop.
 */
#include <netinet/in.h>

#include "doctor.h"
#include "ruleset.h"
#include "vpnct.h"

enum verdict {
	GOES_ON, /* no rule has decided */
	RETURNS,
	PASSES,
	DROPPED,
};

/* A packet that shall pass, and the rule that lets it. */
struct need {
	const char *title;
	const char *rule;
	struct packet packet;
	bool used; /* of no interest otherwise */
};

static bool has(const json_t *statement, const char *key)
{
	return json_object_get(statement, key);
}

static enum verdict chain_verdict(const json_t *rules, const json_t *in,
				  const json_t *chain,
				  const struct packet *packet, int depth);

/* What a statement of rule @in decides, if it does. */
static enum verdict statement_verdict(const json_t *rules, const json_t *in,
				      const json_t *statement,
				      const struct packet *packet, int depth)
{
	const json_t *jump = jump_of(statement);

	if (has(statement, "accept") || has(statement, "queue"))
		return PASSES;
	if (has(statement, "drop") || has(statement, "reject"))
		return DROPPED;
	if (has(statement, "return"))
		return RETURNS;
	if (jump && depth < RULESET_DEPTH)
		return chain_verdict(rules, in, jump, packet, depth + 1);
	return GOES_ON;
}

/* The verdict for @packet, or the best of those that may be meant. */
static enum verdict map_verdict(const json_t *rules, const json_t *in,
				const json_t *map, const struct packet *packet,
				int depth)
{
	const json_t *set = json_object_get(json_object_get(map, "data"),
					    "set");
	enum verdict verdict;
	const json_t *item;
	size_t i;
	int same;

	/* a map with a name: what is in it is trusted */
	if (!json_is_array(set))
		return PASSES;
	json_array_foreach(set, i, item) {
		same = compares(json_object_get(map, "key"),
				json_array_get(item, 0), false, packet);
		if (!same)
			continue;
		verdict = statement_verdict(rules, in, json_array_get(item, 1),
					    packet, depth);
		if (same > 0 || verdict == PASSES)
			return verdict;
	}
	return GOES_ON;
}

/* Statements that neither decide nor match. */
static bool is_harmless(const json_t *statement)
{
	return has(statement, "counter") || has(statement, "log") ||
	       has(statement, "mangle") || has(statement, "flow") ||
	       has(statement, "ct helper");
}

static enum verdict rule_verdict(const json_t *rules, const json_t *rule,
				 const struct packet *packet, int depth)
{
	const json_t *statement, *match, *map;
	enum verdict verdict;
	bool sure = true;
	size_t i;
	int same;

	json_array_foreach(json_object_get(rule, "expr"), i, statement) {
		match = json_object_get(statement, "match");
		map = json_object_get(statement, "vmap");
		same = match ? matches(match, packet) : 1;
		if (!same)
			return GOES_ON;
		sure = sure && same > 0;
		verdict = map ? map_verdict(rules, rule, map, packet, depth) :
				statement_verdict(rules, rule, statement,
						  packet, depth);
		if (verdict != GOES_ON)
			return sure || verdict == PASSES ? verdict : GOES_ON;
		if (!match && !map && !is_harmless(statement))
			sure = false;
	}
	return GOES_ON;
}

/* @in: any object of the same table */
static enum verdict chain_verdict(const json_t *rules, const json_t *in,
				  const json_t *chain,
				  const struct packet *packet, int depth)
{
	enum verdict verdict = GOES_ON;
	const json_t *object, *rule;
	size_t i;

	json_array_foreach(rules, i, object) {
		rule = json_object_get(object, "rule");
		if (!rule || !same_table(rule, in) ||
		    !json_equal(json_object_get(rule, "chain"), chain))
			continue;
		verdict = rule_verdict(rules, rule, packet, depth);
		if (verdict != GOES_ON)
			break;
	}
	return verdict == RETURNS ? GOES_ON : verdict;
}

static bool is_forward(const json_t *chain)
{
	const json_t *family = json_object_get(chain, "family");

	return is_string(json_object_get(chain, "hook"), "forward") &&
	       (is_string(family, "ip") || is_string(family, "inet"));
}

/* The chain that drops @packet, or NULL. */
static const json_t *who_drops(const json_t *rules, const struct packet *packet)
{
	const json_t *object, *chain;
	enum verdict verdict;
	size_t i;

	json_array_foreach(rules, i, object) {
		chain = json_object_get(object, "chain");
		if (!is_forward(chain))
			continue;
		verdict = chain_verdict(rules, chain,
					json_object_get(chain, "name"), packet,
					0);
		if (verdict == DROPPED ||
		    (verdict == GOES_ON &&
		     is_string(json_object_get(chain, "policy"), "drop")))
			return chain;
	}
	return NULL;
}

const json_t *forward_drops(const struct doctor *d, const struct packet *packet)
{
	return who_drops(rules_of(d), packet);
}

/* Returns false if what is needed doesn't pass. */
static bool check_need(struct doctor *d, const json_t *rules,
		       const struct need *need)
{
	const json_t *chain = need->used ? who_drops(rules, &need->packet) :
					   NULL;

	if (!chain)
		return true;
	found(d, LEVEL_WARNING,
	      "the forward filter drops %s: chain %s of table %s %s",
	      need->title, json_string_value(json_object_get(chain, "name")),
	      json_string_value(json_object_get(chain, "family")),
	      json_string_value(json_object_get(chain, "table")));
	remedy(d, "a rule there, before what drops it: %s", need->rule);
	return false;
}

static void check_out(struct doctor *d, const json_t *rules, bool ipsec,
		      bool pptp)
{
	const struct need needs[] = {
		{ "ESP (protocol 50) of clients", "meta l4proto esp accept",
		  { .proto = IPPROTO_ESP, .state = "new" }, ipsec },
		{ "IKE (UDP port 500) of clients", "udp dport 500 accept",
		  { .proto = IPPROTO_UDP, .port = 500, .state = "new" },
		  ipsec },
		{ "PPTP (TCP port 1723) of clients", "tcp dport 1723 accept",
		  { .proto = IPPROTO_TCP, .port = 1723, .state = "new" },
		  pptp },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(needs); i++)
		check_need(d, rules, &needs[i]);
}

/* One rule lets all of them in: it is asked for once. */
static void check_in(struct doctor *d, const json_t *rules, bool ipsec,
		     bool pptp)
{
	static const char rule[] = "ct state established,related accept";
	const struct need needs[] = {
		{ "ESP (protocol 50) of servers", rule,
		  { .proto = IPPROTO_ESP, .state = "established" }, ipsec },
		{ "IKE (UDP port 500) of servers", rule,
		  { .proto = IPPROTO_UDP, .port = 500, .state = "established" },
		  ipsec },
		{ "GRE (protocol 47) of PPTP calls", rule,
		  { .proto = IPPROTO_GRE, .state = "related" }, pptp },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(needs); i++)
		if (!check_need(d, rules, &needs[i]))
			break;
}

void check_forward(struct doctor *d)
{
	const json_t *rules = rules_of(d);

	/* what is known to drop something drops it, whatever else there is */
	if (!d->whole)
		found(d, LEVEL_NOTE,
		      "not all of the forward filter was looked at");
	check_out(d, rules, uses_ipsec(d), uses_pptp(d));
	check_in(d, rules, uses_ipsec(d), uses_pptp(d));
}
