// SPDX-License-Identifier: GPL-2.0-only
/*
 * ruleset_legacy - rules of iptables-legacy, in the words of nft's JSON
 *
 * What isn't known here becomes a match that can't be told: checks take it for
 * what the admin wants.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "ruleset.h"
#include "vpnct.h"

#define WORDS_MAX 128

#define BLANKS "\n "

/* Said behind the name of a table, which nft may have, too. */
#define LEGACY " (iptables-legacy)"

static json_t *lower(const char *word)
{
	char buf[64];
	size_t i;

	for (i = 0; word[i] && i < sizeof(buf) - 1; i++)
		buf[i] = tolower((unsigned char)word[i]);
	return json_stringn(buf, i);
}

static json_t *number_or_name(const char *word)
{
	uint64_t number;

	return parse_number(word, 10, UINT16_MAX, &number) ?
		       json_integer(number) :
		       json_string(word);
}

/* "500" or "400:600" */
static json_t *ports(char *word)
{
	char *end = strchr(word, ':');

	if (!end)
		return number_or_name(word);
	*end++ = '\0';
	return json_pack("{s:[o, o]}", "range",
			 number_or_name(*word ? word : "0"),
			 number_or_name(*end ? end : "65535"));
}

/* Words with commas between them. */
static json_t *each(char *list, json_t *(*item)(char *))
{
	json_t *set = json_array();
	char *save, *word;

	for (word = strtok_r(list, ",", &save); word;
	     word = strtok_r(NULL, ",", &save))
		json_array_append_new(set, item(word));
	return set;
}

static json_t *state(char *word)
{
	return lower(word);
}

static json_t *match(json_t *left, json_t *right, bool negated)
{
	return json_pack("{s:{s:o, s:s, s:o}}", "match", "left", left, "op",
			 negated ? "!=" : "==", "right", right);
}

static json_t *port_of(const char *field)
{
	return json_pack("{s:{s:s, s:s}}", "payload", "protocol", "th", "field",
			 field);
}

/* Which one @name is of the words, or -1. */
static int which(const char *name, const char *const *words, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!strcmp(name, words[i]))
			return i;
	return -1;
}

/* A match with a value, NULL for what says nothing. */
static json_t *match_of(const char *option, char *value, bool negated)
{
	static const char *const options[] = {
		"-p",	   "--dport",	"--sport", "--dports",
		"--sports", "--ctstate", "--state", "-m", "--comment",
	};

	switch (which(option, options, ARRAY_SIZE(options))) {
	case 0:
		return match(json_pack("{s:{s:s}}", "meta", "key", "l4proto"),
			     number_or_name(value), negated);
	case 1:
	case 2:
		return match(port_of(option + 2), ports(value), negated);
	case 3:
		return match(port_of("dport"),
			     json_pack("{s:o}", "set", each(value, ports)),
			     negated);
	case 4:
		return match(port_of("sport"),
			     json_pack("{s:o}", "set", each(value, ports)),
			     negated);
	case 5:
	case 6:
		return match(json_pack("{s:{s:s}}", "ct", "key", "state"),
			     each(value, state), negated);
	case 7:
	case 8:
		return NULL;
	}
	return match(json_object(), json_string(option), false);
}

/* What is behind "-j": flags of NAT are all that matters. */
static json_t *nat(char **words)
{
	json_t *flags = json_array(), *addr = json_null();
	char *end;

	for (; *words; words++) {
		if (!strncmp(*words, "--random", strlen("--random")))
			json_array_append_new(flags, json_string("random"));
		if (!strcmp(*words, "--persistent"))
			json_array_append_new(flags, json_string("persistent"));
		if (strcmp(*words, "--to-source") || !words[1])
			continue;
		json_decref(addr);
		end = strchr(words[1], '-');
		if (end)
			addr = json_pack("{s:[s#, s]}", "range", words[1],
					 (int)(end - words[1]), end + 1);
		else
			addr = json_string(words[1]);
	}
	return json_pack("{s:o, s:o}", "flags", flags, "addr", addr);
}

static json_t *target(const char *name, char **words)
{
	static const char *const known[] = {
		"ACCEPT", "DROP", "REJECT", "RETURN", "QUEUE", "NFQUEUE",
		"MASQUERADE", "SNAT", "CT", "LOG", "NFLOG", "MARK",
		"CONNMARK", "TCPMSS", "CLASSIFY", "TOS", "DSCP",
	};
	static const char *const verdicts[] = {
		"accept", "drop", "reject", "return", "queue", "queue",
	};
	int i = which(name, known, ARRAY_SIZE(known));

	if (i < 0)
		return json_pack("{s:{s:s}}", "jump", "target", name);
	if (i < 6)
		return json_pack("{s:n}", verdicts[i]);
	if (i < 8)
		return json_pack("{s:o}", i == 6 ? "masquerade" : "snat",
				 nat(words));
	if (i == 8)
		return json_pack("{s:{s:s}}", "xt", "name", "CT");
	return json_pack("{s:n}", "log");
}

/* The words between "-A CHAIN" and the end, as statements. */
static json_t *statements(char **word)
{
	json_t *expr = json_array(), *one;
	char none[1] = "";
	const char *option;
	bool negated;

	while (*word) {
		negated = !strcmp(*word, "!");
		if (negated && !*++word)
			break;
		option = *word++;
		if ((!strcmp(option, "-j") || !strcmp(option, "-g")) && *word) {
			json_array_append_new(expr, target(*word, word + 1));
			break;
		}
		one = match_of(option, *word ?: none, negated);
		if (one)
			json_array_append_new(expr, one);
		/* its values */
		while (*word && **word != '-' && strcmp(*word, "!"))
			word++;
	}
	return expr;
}

/* Where a line is torn apart: a comment may have blanks in quotes. */
static size_t split(char *line, char **words)
{
	size_t n = 0;
	char *c = line;

	while (n < WORDS_MAX - 1) {
		c += strspn(c, BLANKS);
		if (!*c)
			break;
		if (*c == '"') {
			words[n++] = ++c;
			while (*c && *c != '"')
				c += 1 + (*c == '\\' && c[1]);
		} else {
			words[n++] = c;
			c += strcspn(c, BLANKS);
		}
		if (*c)
			*c++ = '\0';
	}
	words[n] = NULL;
	return n;
}

static json_t *chain(const char *table, char **words)
{
	static const char *const hooks[] = { "PREROUTING", "INPUT", "FORWARD",
					     "OUTPUT", "POSTROUTING" };
	const char *name = words[0] + 1;
	json_t *c = json_pack("{s:s, s:s+, s:s}", "family", "ip", "table",
			      table, LEGACY, "name", name);

	if (which(name, hooks, ARRAY_SIZE(hooks)) >= 0) {
		json_object_set_new(c, "type",
				    json_string(strcmp(table, "nat") ?
							"filter" :
							"nat"));
		json_object_set_new(c, "hook", lower(name));
		json_object_set_new(c, "policy", lower(words[1]));
	}
	return json_pack("{s:o}", "chain", c);
}

static json_t *rule(const char *table, char **words)
{
	return json_pack("{s:{s:s, s:s+, s:s, s:o}}", "rule", "family", "ip",
			 "table", table, LEGACY, "chain", words[1], "expr",
			 statements(words + 2));
}

static void read_lines(FILE *f, json_t *rules)
{
	char *words[WORDS_MAX], *line = NULL, table[32] = "";
	size_t size = 0, n;

	while (getline(&line, &size, f) >= 0) {
		n = split(line, words);
		if (n && *words[0] == '*')
			snprintf(table, sizeof(table), "%s", words[0] + 1);
		else if (n > 1 && *words[0] == ':')
			json_array_append_new(rules, chain(table, words));
		else if (n > 1 && !strcmp(words[0], "-A"))
			json_array_append_new(rules, rule(table, words));
	}
	free(line);
}

static bool in_use(void)
{
	FILE *f = fopen("/proc/net/ip_tables_names", "re");
	bool some = f && fgetc(f) != EOF;

	if (f)
		fclose(f);
	return some;
}

bool legacy_append(json_t *rules)
{
	int status;
	FILE *f;

	if (!in_use())
		return true;
	f = popen(IN_SBIN "iptables-legacy-save 2>/dev/null", "re");
	if (!f)
		return false;
	read_lines(f, rules);
	status = pclose(f);
	return status >= 0 && WIFEXITED(status) && !WEXITSTATUS(status);
}
