// SPDX-License-Identifier: GPL-2.0-only
/*
 * setting - get and set what the sysctls net.netfilter.* are
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "complete.h"
#include "encode.h"
#include "guess.h"
#include "nouns.h"
#include "pairs.h"
#include "print.h"

#define PREFIX "nf_conntrack_"
#define SYSCTLS "net.netfilter."
#define SYSCTLS_DIR "net/netfilter/"
#define SYSCTLS_ROOT "/proc/sys/"

/* Times are kept in jiffies, of which there are at most 1000 a second. */
#define SECS_MAX (INT32_MAX / 1000)

/* Most of them are a switch; the first one of a group names the group. */
#define SETTING(ATTR, KEY, GROUP, MIN, MAX, USUAL, HELP)               \
	{                                                              \
		.key = PREFIX KEY, .help = HELP, .group = GROUP,       \
		.range = &(const struct range){ MIN, MAX, USUAL },     \
		.type = FIELD_NUMBER, .flags = FIELD_RARE,             \
		.attr = NF_CT_VPN_A_SETTING_##ATTR, .size = 4,         \
		.offset = offsetof(struct settings,                    \
				   value[NF_CT_VPN_A_SETTING_##ATTR]), \
	}

static const struct field setting_fields[] = {
	SETTING(VPN_ENABLE, "vpn_enable", "all VPNs", 0, 1, 1,
		"0: leave every packet to stock conntrack"),
	SETTING(VPN_ZONE_BASE, "vpn_zone_base", NULL, 1, UINT16_MAX, 32768,
		"lowest reply zone; yours should be below"),
	SETTING(VPN_MAX, "vpn_max", NULL, 1, INT32_MAX, 65536,
		"sessions, SPIs, cookie pairs and calls"),
	SETTING(VPN_MAX_PER_CLIENT, "vpn_max_per_client", NULL, 1, INT32_MAX,
		1024, "the same for one client"),
	SETTING(ESP_TIMEOUT, "esp_timeout", "ESP", 1, SECS_MAX, 1800,
		"seconds an answered session may idle"),
	SETTING(ESP_TIMEOUT_UNREPLIED, "esp_timeout_unreplied", NULL, 1,
		SECS_MAX, 120, "seconds for one without an answer"),
	SETTING(ESP_PARALLEL, "esp_parallel", NULL, 0, 1, 1,
		"0: one client per server at a time"),
	SETTING(ESP_GUESS, "esp_guess", NULL, 0, 2, 2,
		"unclear SPIs: 2 copy, 1 guess, 0 drop"),
	SETTING(ESP_INBOUND_FIRST, "esp_inbound_first", NULL, 0, 1, 0,
		"1: a server may send before its client has"),
	SETTING(ISAKMP_TIMEOUT, "isakmp_timeout", "IKE", 1, SECS_MAX, 1800,
		"seconds answered IKE may idle"),
	SETTING(ISAKMP_KEEP_PORT, "isakmp_keep_port", NULL, 0, 2, 1,
		"1: keep port 500, 2: unless NAT-T, 0: no"),
	SETTING(PPTP_EXT_TIMEOUT, "pptp_ext_timeout", "PPTP", 1, SECS_MAX,
		18000, "seconds a call may idle"),
	SETTING(VPN_FASTPATH, "vpn_fastpath", "speed", 0, 1, 0,
		"1: what is up bypasses the ruleset"),
};

const struct noun settings_noun = {
	.name = "setting",
	.plural = "settings",
	.title = "settings",
	.field = setting_fields,
	.n_fields = ARRAY_SIZE(setting_fields),
	.size = sizeof(struct settings),
	.cmd = NF_CT_VPN_CMD_SETTING_GET,
};

static void help_settings(void)
{
	const struct field *f = setting_fields;
	char range[RANGE_SIZE];
	unsigned int i;

	printf("\nSettings, also without " PREFIX ":\n");
	for (i = 0; i < settings_noun.n_fields; i++, f++) {
		printf("  %-34s  %s\n", f->key, f->help);
		printf("  %-34s  (%s, default %u)\n", "",
		       range_text(range, f->range), f->range->usual);
	}
}

static void usage_get(void)
{
	printf("Usage: vpnct get [NAME...] [OPTIONS]\n\n"
	       "Show the settings of this network namespace, or those that are named: the\n"
	       "sysctls under net.netfilter. One name alone gives its value alone.\n\n");
	print_options("jp");
	help_settings();
}

static void usage_set(void)
{
	printf("Usage: vpnct set NAME VALUE [NAME VALUE...] [OPTIONS]\n\n"
	       "Change settings of this network namespace, until it goes; for longer see\n"
	       "sysctl.d(5). NAME=VALUE, as sysctl has it, is the same. If one value is out\n"
	       "of range none is changed.\n\n");
	print_options("");
	help_settings();
}

/* As sysctl spells it, too, or as the path of the file. */
static const struct field *find_setting(const char *name)
{
	const struct field *f = setting_fields;
	unsigned int i;

	if (!strncmp(name, SYSCTLS_ROOT, strlen(SYSCTLS_ROOT)))
		name += strlen(SYSCTLS_ROOT);
	if (!strncmp(name, SYSCTLS, strlen(SYSCTLS)) ||
	    !strncmp(name, SYSCTLS_DIR, strlen(SYSCTLS_DIR)))
		name += strlen(SYSCTLS);
	for (i = 0; i < settings_noun.n_fields; i++, f++)
		if (!strcmp(name, f->key) ||
		    !strcmp(name, f->key + strlen(PREFIX)))
			return f;
	return NULL;
}

static int unknown_setting(const char *where, const char *name)
{
	const struct field *f = setting_fields;
	struct guess guess = { .word = name };
	char hint[GUESS_SIZE];
	unsigned int i;

	for (i = 0; i < settings_noun.n_fields; i++, f++) {
		guess_try(&guess, f->key + strlen(PREFIX));
		guess_alias(&guess, f->key);
	}
	return usage_error(where, "unknown setting '%s'%s", name,
			   guess_hint(hint, &guess));
}

/* What wasn't asked for has no value, and isn't shown. */
static int keep_named(char **names, struct settings *settings)
{
	uint64_t wanted = 0;
	const struct field *f;

	for (; *names; names++) {
		f = find_setting(*names);
		if (!f)
			return unknown_setting("get", *names);
		wanted |= 1ULL << (f - setting_fields);
	}
	settings->rec.present &= wanted;
	return 0;
}

static void print_settings(const struct options *opt,
			   const struct settings *settings, char **names)
{
	char buf[VALUE_SIZE];

	if (opt->format == FORMAT_TEXT && names[0] && !names[1]) {
		print_plain(buf, &settings_noun, find_setting(*names),
			    settings);
		puts(buf);
		return;
	}
	print_pairs(opt, &settings_noun, settings);
}

static int parse_get(struct call *call)
{
	struct settings settings = {};

	return keep_named(call->words, &settings);
}

static int run_get(const struct call *call)
{
	struct settings settings;

	if (fetch_single(call->nl, &settings_noun, &settings))
		return EXIT_FAILED;
	if (*call->words)
		keep_named(call->words, &settings);
	print_settings(call->opt, &settings, call->words);
	return EXIT_OK;
}

/* The prefixes of a long name are offered once somebody begins one. */
static void offer_setting(struct completion *c, const struct field *f)
{
	char sysctl[64];

	offer(c, f->key + strlen(PREFIX), f->help);
	if (*c->prefix != 'n')
		return;
	offer(c, f->key, f->help);
	snprintf(sysctl, sizeof(sysctl), SYSCTLS "%s", f->key);
	offer(c, sysctl, f->help);
}

/* @given: a bit for each of setting_fields[] */
static void offer_settings(struct completion *c, uint64_t given)
{
	unsigned int i;

	for (i = 0; i < settings_noun.n_fields; i++)
		if (!(given & 1ULL << i))
			offer_setting(c, &setting_fields[i]);
}

static uint64_t setting_bit(const char *name)
{
	const struct field *f = find_setting(name);

	return f ? 1ULL << (f - setting_fields) : 0;
}

static void complete_get(struct completion *c)
{
	uint64_t given = 0;
	size_t i;

	for (i = 0; i < c->n; i++)
		given |= setting_bit(c->words[i]);
	offer_settings(c, given);
}

const struct command get_command = {
	.name = "get",
	.help = "show settings",
	.usage = usage_get,
	.parse = parse_get,
	.run = run_get,
	.complete = complete_get,
	.options = "jp",
	.words = true,
	.nl = true,
};

/*
 * A limit of 0 would be within the sysctl's range, but everything would count as
 * too much; that isn't how to switch tracking off.
 */
static bool is_no_limit(const struct field *f, uint64_t value)
{
	return !value &&
	       (f->attr == NF_CT_VPN_A_SETTING_VPN_MAX ||
		f->attr == NF_CT_VPN_A_SETTING_VPN_MAX_PER_CLIENT);
}

static int encode_setting(struct nlmsghdr *nlh, const struct field *f,
			  const char *name, const char *s)
{
	char range[RANGE_SIZE];
	uint64_t value;

	if (!parse_number(s, 10, UINT32_MAX, &value))
		return usage_error("set", "%s '%s' is %s: it can be %s", name, s,
				   *s && !s[strspn(s, "0123456789")] ?
					   "too large" :
					   "not a number",
				   range_text(range, f->range));
	if (is_no_limit(f, value))
		return usage_error("set",
				   "%s '0' would leave no room for anything: to switch tracking off set vpn_enable 0",
				   name);
	nl_put_u32(nlh, f->attr, value);
	return 0;
}

/* The value of NAME=VALUE, which sysctl takes, is cut off; else the next word. */
static char *value_of(char ***words)
{
	char *value = strchr(**words, '=');

	if (value)
		*value++ = '\0';
	else
		value = *++*words;
	return value;
}

static int encode_settings(struct nlmsghdr *nlh, char **words)
{
	const struct field *f;
	uint64_t seen = 0, bit;
	char *name, *value;
	int err;

	if (!*words)
		return usage_error("set", "set what?");
	for (; *words; words++) {
		name = *words;
		value = value_of(&words);
		f = find_setting(name);
		if (!f)
			return unknown_setting("set", name);
		bit = 1ULL << (f - setting_fields);
		if (seen & bit)
			return usage_error("set", "%s is given twice", f->key);
		seen |= bit;
		if (!value)
			return usage_error("set", "%s needs a value", name);
		err = encode_setting(nlh, f, name, value);
		if (err)
			return err;
	}
	return 0;
}

/* The setting that the kernel's @reason is about, or NULL. */
static const struct field *blamed(const char *reason)
{
	const struct field *f = setting_fields;
	unsigned int i;
	size_t n;

	for (i = 0; i < settings_noun.n_fields; i++, f++) {
		n = strlen(f->key);
		if (!strncmp(reason, f->key, n) && reason[n] == ' ')
			return f;
	}
	return NULL;
}

static int refused(struct nl *nl, const char *what, int err)
{
	const struct field *f = err == -ERANGE ? blamed(nl_reason(nl)) : NULL;
	char range[RANGE_SIZE];

	if (f)
		error("%s: %s: it can be %s", what, nl_reason(nl),
		      range_text(range, f->range));
	else
		nl_error(nl, what, err);
	return EXIT_FAILED;
}

static int run_set(const struct call *call)
{
	struct nl *nl = call->nl;
	struct nlmsghdr *nlh = nl_request(nl, NF_CT_VPN_CMD_SETTING_SET, 0);
	char text[512];
	int err;

	/* before "=" is cut */
	command_text(text, sizeof(text), "set", call->words);
	err = encode_settings(nlh, call->words);
	if (err)
		return err;
	err = nl_talk(nl, nlh, NULL, NULL);
	return err ? refused(nl, text, err) : EXIT_OK;
}

/* A few values are all offered, else the usual one is. */
static void offer_setting_values(struct completion *c, const struct range *range)
{
	char buf[16];
	uint32_t i;

	for (i = range->min; i <= range->max && range->max < 10; i++) {
		snprintf(buf, sizeof(buf), "%u", i);
		offer(c, buf, i == range->usual ? "default" : NULL);
	}
	snprintf(buf, sizeof(buf), "%u", range->usual);
	if (range->max >= 10)
		offer(c, buf, "default");
}

static void complete_set(struct completion *c)
{
	const struct field *f;
	uint64_t given = 0;
	char name[64];
	size_t i, n;

	for (i = 0; i < c->n; i += n) {
		snprintf(name, sizeof(name), "%.*s",
			 (int)strcspn(c->words[i], "="), c->words[i]);
		n = strchr(c->words[i], '=') ? 1 : 2;
		f = find_setting(name);
		given |= setting_bit(name);
		if (i + n <= c->n)
			continue;
		if (f)
			offer_setting_values(c, f->range);
		return;
	}
	offer_settings(c, given);
}

const struct command set_command = {
	.name = "set",
	.help = "change settings",
	.usage = usage_set,
	.run = run_set,
	.complete = complete_set,
	.words = true,
	.nl = true,
};
