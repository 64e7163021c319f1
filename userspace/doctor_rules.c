// SPDX-License-Identifier: GPL-2.0-only
/*
 * doctor_rules - do the rules masquerade what a VPN needs?
 *
 * Asked is only whether some rule may apply to a protocol: what a rule says of
 * interfaces and addresses is taken to be what the admin wants, and what can't
 * be understood to match.
 */
#include <jansson.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "doctor.h"
#include "vpnct.h"

/* nft allows 16, too */
#define DEPTH_MAX 16

/* A packet that shall be masqueraded. */
struct want {
	const char *title;
	int proto;
	int port; /* both ports; 0: has none */
	bool used; /* of no interest otherwise */
};

static const char *const nat_statements[] = { "masquerade", "snat" };

static bool is_string(const json_t *json, const char *s)
{
	const char *value = json_string_value(json);

	return value && !strcmp(value, s);
}

static int proto_of(const char *name)
{
	static const struct {
		const char *name;
		int proto;
	} protos[] = {
		{ "icmp", IPPROTO_ICMP }, { "tcp", IPPROTO_TCP },
		{ "udp", IPPROTO_UDP },	  { "gre", IPPROTO_GRE },
		{ "esp", IPPROTO_ESP },	  { "ah", IPPROTO_AH },
		{ "sctp", IPPROTO_SCTP }, { "icmpv6", IPPROTO_ICMPV6 },
		{ "ipv6-icmp", IPPROTO_ICMPV6 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(protos); i++)
		if (!strcmp(name, protos[i].name))
			return protos[i].proto;
	return -1;
}

/* 1: @value is in what @right describes, 0: it isn't, -1: can't tell */
static int contains(const json_t *right, int value)
{
	const json_t *item, *range, *set;
	size_t i;
	int ret;

	if (json_is_integer(right))
		return json_integer_value(right) == value;
	if (json_is_string(right)) {
		ret = proto_of(json_string_value(right));
		return ret < 0 ? -1 : ret == value;
	}
	range = json_object_get(right, "range");
	if (range)
		return value >= json_integer_value(json_array_get(range, 0)) &&
		       value <= json_integer_value(json_array_get(range, 1));
	set = json_object_get(right, "set");
	if (!json_is_array(set))
		return -1;
	json_array_foreach(set, i, item) {
		ret = contains(item, value);
		if (ret)
			return ret;
	}
	return 0;
}

/* Does a match keep such packets from the rest of its rule? */
static bool excludes(const json_t *match, const struct want *want)
{
	const json_t *left = json_object_get(match, "left");
	const json_t *payload = json_object_get(left, "payload");
	const json_t *meta = json_object_get(left, "meta");
	const char *header =
		json_string_value(json_object_get(payload, "protocol"));
	const json_t *field = json_object_get(payload, "field");
	bool negated = is_string(json_object_get(match, "op"), "!=");
	int value = -1, in;

	if (is_string(json_object_get(meta, "key"), "l4proto") ||
	    is_string(field, "nexthdr") ||
	    (header && !strcmp(header, "ip") && is_string(field, "protocol")))
		value = want->proto;
	else if (header && proto_of(header) >= 0 &&
		 proto_of(header) != want->proto)
		return true;
	else if (want->port && (is_string(field, "dport") ||
				is_string(field, "sport")))
		value = want->port;
	if (value < 0)
		return false;
	in = contains(json_object_get(match, "right"), value);
	return in >= 0 && in == negated;
}

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

static bool same(const json_t *a, const json_t *b, const char *key)
{
	return json_equal(json_object_get(a, key), json_object_get(b, key));
}

/* The chain that a statement leads to, or NULL. */
static const json_t *jump_of(const json_t *statement)
{
	const json_t *to = json_object_get(statement, "jump");

	if (!to)
		to = json_object_get(statement, "goto");
	return json_object_get(to, "target");
}

static bool chain_covers(const json_t *ruleset, const json_t *in,
			 const json_t *chain, const struct want *want,
			 int depth);

static bool rule_covers(const json_t *ruleset, const json_t *rule,
			const struct want *want, int depth)
{
	const json_t *statement, *match, *jump;
	size_t i;

	json_array_foreach(json_object_get(rule, "expr"), i, statement) {
		match = json_object_get(statement, "match");
		if (match && excludes(match, want))
			return false;
		if (nat_of(statement))
			return true;
		jump = jump_of(statement);
		if (jump && depth < DEPTH_MAX)
			return chain_covers(ruleset, rule, jump, want,
					    depth + 1);
	}
	return false;
}

/* @in: any object of the same table */
static bool chain_covers(const json_t *ruleset, const json_t *in,
			 const json_t *chain, const struct want *want,
			 int depth)
{
	const json_t *object, *rule;
	size_t i;

	json_array_foreach(ruleset, i, object) {
		rule = json_object_get(object, "rule");
		if (rule && same(rule, in, "family") &&
		    same(rule, in, "table") &&
		    json_equal(json_object_get(rule, "chain"), chain) &&
		    rule_covers(ruleset, rule, want, depth))
			return true;
	}
	return false;
}

static bool ruleset_covers(const json_t *ruleset, const struct want *want)
{
	const json_t *object, *chain;
	size_t i;

	json_array_foreach(ruleset, i, object) {
		chain = json_object_get(object, "chain");
		if (is_string(json_object_get(chain, "type"), "nat") &&
		    is_string(json_object_get(chain, "hook"), "postrouting") &&
		    !is_string(json_object_get(chain, "family"), "ip6") &&
		    chain_covers(ruleset, chain, json_object_get(chain, "name"),
				 want, 0))
			return true;
	}
	return false;
}

static void check_masquerade(struct doctor *d, const json_t *ruleset)
{
	bool ipsec = uses_ipsec(d), pptp = uses_pptp(d);
	const struct want wants[] = {
		{ "ESP (protocol 50)", IPPROTO_ESP, 0, ipsec },
		{ "IKE (UDP port 500)", IPPROTO_UDP, 500, ipsec },
		{ "GRE (protocol 47)", IPPROTO_GRE, 0, pptp },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(wants); i++) {
		if (!wants[i].used || ruleset_covers(ruleset, &wants[i]))
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
		if (helper && same(helper, rule, "family") &&
		    same(helper, rule, "table") &&
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
	if (helper || !has_module("nf_conntrack_pptp_ext"))
		return;
	found(d, LEVEL_NOTE,
	      "no rule gives PPTP's control connections helper pptp-ext: see vpnct(8)");
}

static bool has_line(const char *path, const char *wanted)
{
	FILE *f = fopen(path, "re");
	bool has = false;
	char line[64];

	while (f && !has && fgets(line, sizeof(line), f))
		has = !strcmp(line, wanted);
	if (f)
		fclose(f);
	return has;
}

/* Rules through libnftables would cost a library for one command of many. */
static json_t *read_ruleset(void)
{
	FILE *f = popen("nft -j list ruleset 2>/dev/null", "re");
	json_t *json;
	int status;

	if (!f)
		return NULL;
	json = json_loadf(f, 0, NULL);
	status = pclose(f);
	if (status < 0 || !WIFEXITED(status) || WEXITSTATUS(status)) {
		json_decref(json);
		return NULL;
	}
	return json;
}

void check_rules(struct doctor *d)
{
	json_t *json = read_ruleset();
	const json_t *ruleset = json_object_get(json, "nftables");
	bool legacy = has_line("/proc/net/ip_tables_names", "nat\n");

	if (legacy)
		found(d, LEVEL_NOTE,
		      "rules of iptables-legacy are in use, and not looked at");
	if (!ruleset)
		found(d, LEVEL_NOTE,
		      "nft -j list ruleset doesn't work here: rules were not looked at");
	if (ruleset && !legacy)
		check_masquerade(d, ruleset);
	if (ruleset)
		check_each(d, ruleset);
	json_decref(json);
}
