/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ruleset - the rules as "nft -j list ruleset" describes them
 */
#ifndef VPNCT_RULESET_H
#define VPNCT_RULESET_H

#include <jansson.h>
#include <stdbool.h>

/* Before a command for popen(): cron's PATH, and that of su, have no sbin. */
#define IN_SBIN "PATH=$PATH:/usr/sbin:/sbin "

/* nft allows so many jumps, too. */
#define RULESET_DEPTH 16

/**
 * struct packet - what rules are asked about
 * @proto: IP protocol
 * @port: both ports; 0: it has none
 * @state: what "ct state" says of it; NULL: doesn't matter
 */
struct packet {
	int proto;
	int port;
	const char *state;
};

/*
 * All of it, those of iptables-legacy, too, for json_decref(). @whole becomes false
 * if nft, or iptables-legacy-save where that has rules, doesn't work here.
 */
json_t *ruleset_read(bool *whole);

/* ruleset_legacy.c; returns false if some couldn't be read. */
bool legacy_append(json_t *rules);

bool is_string(const json_t *json, const char *s);

/* Are two objects, rules or others, of the same table? */
bool same_table(const json_t *a, const json_t *b);

/*
 * Is @packet one of those whose @left is @right, or is not, if @negated? 1: it
 * is, 0: it isn't, -1: that can't be told.
 */
int compares(const json_t *left, const json_t *right, bool negated,
	     const struct packet *packet);

/* The same for a match statement. */
int matches(const json_t *match, const struct packet *packet);

/* The chain that a statement leads to, or NULL. */
const json_t *jump_of(const json_t *statement);

#endif
