// SPDX-License-Identifier: GPL-2.0-only
/*
 * doctor_rules - do the rules masquerade what a VPN needs?
 *
 * Asked is only whether some rule may apply to a protocol: what a rule says of
 * interfaces and addresses is taken to be what the admin wants, and what can't
 * be understood to match.
 */
#include <netinet/in.h>

#include "doctor.h"
#include "ruleset.h"
#include "vpnct.h"

struct want {
	const char *title;
	struct packet packet;
	bool used; /* of no interest otherwise */
};

static const char *const nat_statements[] = { "masquerade", "snat" };

/* iptables' targets, which nft can name at best */
static bool is_xt_nat(const json_t *statement)
{
	const json_t *xt = json_object_get(statement, "xt");
	const json_t *name = json_object_get(xt, "name");

	return json_is_null(xt) || is_string(name, "MASQUERADE") ||
	       is_string(name, "SNAT");
}

static const json_t *nat_of(const json_t *statement)
{
	const json_t *nat = NULL;
	size_t i;

	for (i = 0; !nat && i < ARRAY_SIZE(nat_statements); i++)
		nat = json_object_get(statement, nat_statements[i]);
	return nat ? nat : is_xt_nat(statement) ? statement : NULL;
}

static bool chain_covers(const json_t *ruleset, const json_t *in,
			 const json_t *chain, const struct packet *packet,
			 int depth);

static bool rule_covers(const json_t *ruleset, const json_t *rule,
			const struct packet *packet, int depth)
{
	const json_t *statement, *match, *jump;
	size_t i;

	json_array_foreach(json_object_get(rule, "expr"), i, statement) {
		match = json_object_get(statement, "match");
		if (match && !matches(match, packet))
			return false;
		if (nat_of(statement))
			return true;
		jump = jump_of(statement);
		if (jump && depth < RULESET_DEPTH)
			return chain_covers(ruleset, rule, jump, packet,
					    depth + 1);
	}
	return false;
}

/* @in: any object of the same table */
static bool chain_covers(const json_t *ruleset, const json_t *in,
			 const json_t *chain, const struct packet *packet,
			 int depth)
{
	const json_t *object, *rule;
	size_t i;

	json_array_foreach(ruleset, i, object) {
		rule = json_object_get(object, "rule");
		if (rule && same_table(rule, in) &&
		    json_equal(json_object_get(rule, "chain"), chain) &&
		    rule_covers(ruleset, rule, packet, depth))
			return true;
	}
	return false;
}

static bool ruleset_covers(const json_t *ruleset,
			   const struct packet *packet)
{
	const json_t *object, *chain;
	size_t i;

	json_array_foreach(ruleset, i, object) {
		chain = json_object_get(object, "chain");
		if (is_string(json_object_get(chain, "type"), "nat") &&
		    is_string(json_object_get(chain, "hook"), "postrouting") &&
		    !is_string(json_object_get(chain, "family"), "ip6") &&
		    chain_covers(ruleset, chain, json_object_get(chain, "name"),
				 packet, 0))
			return true;
	}
	return false;
}

static void check_masquerade(struct doctor *d, const json_t *ruleset)
{
	bool ipsec = uses_ipsec(d), pptp = uses_pptp(d);
	const struct want wants[] = {
		{ "ESP (protocol 50)", { .proto = IPPROTO_ESP }, ipsec },
		{ "IKE (UDP port 500)",
		  { .proto = IPPROTO_UDP, .port = 500 },
		  ipsec },
		/* what GRE is translated to, too */
		{ "PPTP (TCP port 1723)",
		  { .proto = IPPROTO_TCP, .port = 1723 },
		  pptp },
	};
	size_t i;

	/* hosts whose addresses are registered are routed */
	if (!has_private_network())
		return;
	for (i = 0; i < ARRAY_SIZE(wants); i++) {
		if (!wants[i].used || ruleset_covers(ruleset, &wants[i].packet))
			continue;
		found(d, LEVEL_WARNING, "no rule masquerades %s",
		      wants[i].title);
		remedy(d,
		       "a rule in a nat chain at postrouting without a match on the protocol: oifname \"OUTSIDE\" masquerade");
	}
}

/* A flag alone is a string, several are an array. */
static bool has_flag(const json_t *nat, const char *flag)
{
	const json_t *flags = json_object_get(nat, "flags"), *item;
	size_t i;

	if (is_string(flags, flag))
		return true;
	json_array_foreach(flags, i, item)
		if (is_string(item, flag))
			return true;
	return false;
}

/* A map is none: it gives each client an address of its own. */
static bool is_pool(const json_t *addr)
{
	return json_object_get(addr, "range") || json_object_get(addr, "prefix");
}

static void check_nat(struct doctor *d, const json_t *nat)
{
	if (has_flag(nat, "random") || has_flag(nat, "fully-random")) {
		found(d, LEVEL_WARNING,
		      "a NAT rule chooses ports at random: IKE doesn't keep port 500");
		remedy(d,
		       "a rule without 'random' for UDP port 500 before that one");
	}
	if (is_pool(json_object_get(nat, "addr")) &&
	    !has_flag(nat, "persistent")) {
		found(d, LEVEL_WARNING,
		      "snat to several addresses: a client's NAT-T may leave from another one than its IKE");
		remedy(d, "snat to ADDRESS-ADDRESS persistent");
	}
}

static bool names_helper(const json_t *ruleset, const json_t *rule,
			 const json_t *name)
{
	const json_t *object, *helper, *type;
	size_t i;

	json_array_foreach(ruleset, i, object) {
		helper = json_object_get(object, "ct helper");
		type = json_object_get(helper, "type");
		if (helper && same_table(helper, rule) &&
		    json_equal(json_object_get(helper, "name"), name) &&
		    (is_string(type, "pptp-ext") || is_string(type, "pptp")))
			return true;
	}
	return false;
}

/* What is seen of the helper and of NAT, in all rules. */
static bool check_statements(struct doctor *d, const json_t *ruleset,
			     const json_t *rule)
{
	const json_t *statement, *nat, *name, *xt;
	bool helper = false;
	size_t i;

	json_array_foreach(json_object_get(rule, "expr"), i, statement) {
		nat = nat_of(statement);
		if (nat)
			check_nat(d, nat);
		name = json_object_get(statement, "ct helper");
		xt = json_object_get(statement, "xt");
		helper = helper || json_is_null(xt) ||
			 is_string(json_object_get(xt, "name"), "CT") ||
			 (name && names_helper(ruleset, rule, name));
	}
	return helper;
}

static void check_each(struct doctor *d, const json_t *ruleset)
{
	const json_t *object, *rule;
	bool helper = false;
	size_t i;

	json_array_foreach(ruleset, i, object) {
		rule = json_object_get(object, "rule");
		if (rule && check_statements(d, ruleset, rule))
			helper = true;
	}
	if (helper || !d->whole || !has_module("nf_conntrack_pptp_ext"))
		return;
	found(d, LEVEL_NOTE,
	      "no rule gives PPTP's control connections helper pptp-ext: see vpnct(8)");
}

void check_rules(struct doctor *d)
{
	const json_t *rules = rules_of(d);

	if (d->whole)
		check_masquerade(d, rules);
	else
		found(d, LEVEL_NOTE,
		      "not all rules can be looked at: nft -j list ruleset, or iptables-legacy-save, doesn't work here");
	check_each(d, rules);
}
