// SPDX-License-Identifier: GPL-2.0-only
/*
 * ruleset - the rules as "nft -j list ruleset" describes them
 */
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "ruleset.h"
#include "vpnct.h"

/*
 * libnftables and what it needs have ten times the size of vpnct (2.1 MB to 0.2 MB
 * on Debian 12), for one command of many; who has rules of nft has it, too.
 */
static json_t *read_nft(void)
{
	FILE *f = popen(IN_SBIN "nft -j list ruleset 2>/dev/null", "re");
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

json_t *ruleset_read(bool *whole)
{
	json_t *json = read_nft(), *rules;

	*whole = json;
	if (!json)
		json = json_pack("{s:[]}", "nftables");
	rules = json_object_get(json, "nftables");
	if (!legacy_append(rules))
		*whole = false;
	return json;
}

bool is_string(const json_t *json, const char *s)
{
	const char *value = json_string_value(json);

	return value && !strcmp(value, s);
}

bool same_table(const json_t *a, const json_t *b)
{
	return json_equal(json_object_get(a, "family"),
			  json_object_get(b, "family")) &&
	       json_equal(json_object_get(a, "table"),
			  json_object_get(b, "table"));
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

/* Like compares(): is @value in what @right describes? */
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

/* The same for a word, or several: an array, in a set or joined by "|". */
static int contains_word(const json_t *right, const char *word)
{
	const json_t *item;
	size_t i;

	if (json_is_string(right))
		return is_string(right, word);
	if (json_is_object(right))
		right = json_object_get(right, "set") ?:
				json_object_get(right, "|");
	if (!json_is_array(right))
		return -1;
	json_array_foreach(right, i, item)
		if (contains_word(item, word) > 0)
			return 1;
	return 0;
}

/*
 * What @left is of @packet: a number; -1 if that can't be told, -2 if such
 * packets have no such header.
 */
static int number_of(const json_t *left, const struct packet *packet)
{
	const json_t *payload = json_object_get(left, "payload");
	const json_t *meta = json_object_get(left, "meta");
	const json_t *field = json_object_get(payload, "field");
	const char *header =
		json_string_value(json_object_get(payload, "protocol"));

	if (is_string(json_object_get(meta, "key"), "l4proto") ||
	    is_string(field, "nexthdr") ||
	    (header && !strcmp(header, "ip") && is_string(field, "protocol")))
		return packet->proto;
	if (header && proto_of(header) >= 0 &&
	    proto_of(header) != packet->proto)
		return -2;
	if (packet->port &&
	    (is_string(field, "dport") || is_string(field, "sport")))
		return packet->port;
	return -1;
}

int compares(const json_t *left, const json_t *right, bool negated,
	     const struct packet *packet)
{
	const json_t *ct = json_object_get(left, "ct");
	int value, in;

	if (packet->state && is_string(json_object_get(ct, "key"), "state")) {
		in = contains_word(right, packet->state);
	} else {
		value = number_of(left, packet);
		if (value < 0)
			return value == -2 ? 0 : -1;
		in = contains(right, value);
	}
	return in < 0 ? in : in != negated;
}

int matches(const json_t *match, const struct packet *packet)
{
	return compares(json_object_get(match, "left"),
			json_object_get(match, "right"),
			is_string(json_object_get(match, "op"), "!="), packet);
}

const json_t *jump_of(const json_t *statement)
{
	const json_t *to = json_object_get(statement, "jump");

	if (!to)
		to = json_object_get(statement, "goto");
	return json_object_get(to, "target");
}
