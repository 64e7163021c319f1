// SPDX-License-Identifier: GPL-2.0-only
/*
 * unit - the spec against the header and vpnct's tables; values and filters
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "filter.h"
#include "nouns.h"
#include "print.h"
#include "tap.h"
#include "vpnct.h"

enum spec_kind { VALUE, ATTR, CMD };

/* The spec, with the value that the header gives each name. */
static const struct spec {
	enum spec_kind kind;
	const char *set, *name, *type;
	int header, value;
} spec[] = {
#define SPEC_VALUE(s, n, c, v) { VALUE, #s, n, NULL, c, v },
#define SPEC_ATTR(s, n, t, c, v) { ATTR, #s, n, t, c, v },
#define SPEC_CMD(n, c, v) { CMD, "cmd", n, NULL, c, v },
#include "spec.h"
};

static const struct spec *const spec_end = spec + ARRAY_SIZE(spec);

static unsigned int count(enum spec_kind kind, const char *set)
{
	const struct spec *s;
	unsigned int n = 0;

	for (s = spec; s < spec_end; s++)
		n += s->kind == kind && !strcmp(s->set, set);
	return n;
}

static void test_numbers(enum spec_kind kind, const char *text)
{
	const struct spec *s;
	bool good = true;

	for (s = spec; s < spec_end; s++) {
		if (s->kind != kind || s->header == s->value)
			continue;
		printf("# %s %s: header %d, spec %d\n", s->set, s->name,
		       s->header, s->value);
		good = false;
	}
	ok(good, text);
}

static void test_spec(void)
{
	test_numbers(VALUE, "spec: enumerations have the header's values");
	test_numbers(ATTR, "spec: attributes have the header's values");
	test_numbers(CMD, "spec: commands have the header's values");
	ok(count(CMD, "cmd") == NF_CT_VPN_CMD_MAX + 1,
	   "spec: every command is there");
	ok(count(ATTR, "session") == NF_CT_VPN_A_SESSION_MAX + 1,
	   "spec: every session attribute is there");
	ok(count(ATTR, "esp") == NF_CT_VPN_A_ESP_MAX + 1,
	   "spec: every ESP attribute is there");
	ok(count(ATTR, "isakmp") == NF_CT_VPN_A_ISAKMP_MAX + 1,
	   "spec: every ISAKMP attribute is there");
	ok(count(ATTR, "pptp") == NF_CT_VPN_A_PPTP_MAX + 1,
	   "spec: every PPTP attribute is there");
	ok(count(ATTR, "stats") == NF_CT_VPN_A_STATS_MAX + 1,
	   "spec: every counter is there");
	ok(count(ATTR, "setting") == NF_CT_VPN_A_SETTING_MAX + 1,
	   "spec: every setting is there");
	ok(count(ATTR, "flush") == NF_CT_VPN_A_FLUSH_MAX + 1,
	   "spec: every flush attribute is there");
	ok(count(ATTR, "event") == NF_CT_VPN_A_EVENT_MAX + 1,
	   "spec: every event attribute is there");
}

static const struct field *field_of(const struct noun *noun, int attr)
{
	unsigned int i;

	for (i = 0; i < noun->n_fields; i++)
		if (noun->field[i].attr == attr)
			return &noun->field[i];
	return NULL;
}

static bool field_is(const struct field *f, const char *type)
{
	if (!strcmp(type, "binary"))
		return f->type == FIELD_ADDR;
	return type[0] == 'u' && f->size * 8 == atoi(type + 1);
}

/* What the kernel sends, not what fills gaps. */
static bool is_shown(const struct spec *s, const char *set)
{
	return s->kind == ATTR && !strcmp(s->set, set) &&
	       strcmp(s->type, "unused") && strcmp(s->type, "pad");
}

/* "esp-timeout" is esp_timeout_s: vpnct's keys have a unit. */
static bool same_key(const char *key, const char *name)
{
	for (; *name; name++, key++)
		if (*key != (*name == '-' ? '_' : *name))
			return false;
	return !*key || !strcmp(key, "_s") || !strcmp(key, "_ms");
}

static void test_keys(const char *set, const struct noun *noun)
{
	const struct field *f;
	const struct spec *s;
	char text[64];
	bool good = true;

	for (s = spec; s < spec_end; s++) {
		f = is_shown(s, set) ? field_of(noun, s->header) : NULL;
		if (!f || same_key(f->key, s->name))
			continue;
		printf("# %s in the spec, %s in vpnct\n", s->name, f->key);
		good = false;
	}
	snprintf(text, sizeof(text), "%s: keys have the spec's names", set);
	ok(good, text);
}

static void test_fields(const char *set, const struct noun *noun)
{
	const struct field *f;
	const struct spec *s;
	char text[64];
	bool good = true;

	for (s = spec; s < spec_end; s++) {
		if (!is_shown(s, set))
			continue;
		f = field_of(noun, s->header);
		if (f && field_is(f, s->type))
			continue;
		printf("# %s: %s\n", s->name, f ? "wrong size" : "not shown");
		good = false;
	}
	snprintf(text, sizeof(text), "%s: shows every attribute of the spec",
		 set);
	ok(good, text);
}

static void test_names(const char *set, const struct noun *noun, int attr)
{
	const struct names *names = field_of(noun, attr)->names;
	const struct spec *s;
	char text[64];
	bool good = names->n == count(VALUE, set);

	for (s = spec; good && s < spec_end; s++)
		if (s->kind == VALUE && !strcmp(s->set, set))
			good = !strcmp(s->name, names->name[s->value]);
	snprintf(text, sizeof(text), "%s: same names as in the spec", set);
	ok(good, text);
}

/* In a child, as what has no room ends the program. */
static void test_room(void)
{
	static struct nl *nl; /* which no checker of leaks minds */
	struct nlmsghdr *nlh;
	int status = 0, i;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		if (!freopen("/dev/null", "w", stderr))
			_exit(99);
		nl = nl_open();
		nlh = nl_request(nl, NF_CT_VPN_CMD_SETTING_SET, 0);
		for (i = 0; i < 100000; i++)
			nl_put_u32(nlh, NF_CT_VPN_A_SETTING_VPN_MAX, i);
		_exit(EXIT_OK);
	}
	waitpid(pid, &status, 0);
	ok(WIFEXITED(status) && WEXITSTATUS(status) == EXIT_FAILED,
	   "a request has no more attributes than there is room for");
}

static void test_tables(void)
{
	test_fields("session", &session_noun);
	test_fields("esp", &esp_noun);
	test_fields("isakmp", &isakmp_noun);
	test_fields("pptp", &pptp_noun);
	test_fields("stats", &stats_noun);
	test_keys("session", &session_noun);
	test_keys("esp", &esp_noun);
	test_keys("isakmp", &isakmp_noun);
	test_keys("pptp", &pptp_noun);
	test_keys("stats", &stats_noun);
	test_names("state", &session_noun, NF_CT_VPN_A_SESSION_STATE);
	test_names("state", &esp_noun, NF_CT_VPN_A_ESP_STATE);
	test_names("state", &isakmp_noun, NF_CT_VPN_A_ISAKMP_STATE);
	test_names("state", &pptp_noun, NF_CT_VPN_A_PPTP_STATE);
	test_names("dir", &esp_noun, NF_CT_VPN_A_ESP_DIR);
	test_names("conf", &esp_noun, NF_CT_VPN_A_ESP_CONFIDENCE);
}

static void test_value(int attr, uint64_t number, const char *want)
{
	struct esp esp = { .rec.present = ~0ULL };
	const struct field *f = field_of(&esp_noun, attr);
	char buf[VALUE_SIZE], text[64];
	int len;

	*(uint64_t *)((char *)&esp + f->offset) = number;
	len = print_value(buf, &esp_noun, f, &esp);
	snprintf(text, sizeof(text), "text: %s is '%s'", f->key, want);
	same(buf, want, text);
	if (len != (int)strlen(buf))
		ok(false, "text: the length is right");
}

static void test_values(void)
{
	test_value(NF_CT_VPN_A_ESP_LAST, 999, "0s");
	test_value(NF_CT_VPN_A_ESP_LAST, 59999, "59s");
	test_value(NF_CT_VPN_A_ESP_LAST, 60000, "1m");
	test_value(NF_CT_VPN_A_ESP_LAST, 3599999, "59m");
	test_value(NF_CT_VPN_A_ESP_LAST, 3600000, "1h");
	test_value(NF_CT_VPN_A_ESP_LAST, 86400000, "1d");
	test_value(NF_CT_VPN_A_ESP_LAST, UINT64_MAX, "213503982334d");
	test_value(NF_CT_VPN_A_ESP_BYTES, 0, "0 B");
	test_value(NF_CT_VPN_A_ESP_BYTES, 1023, "1023 B");
	test_value(NF_CT_VPN_A_ESP_BYTES, 1024, "1.0 KiB");
	test_value(NF_CT_VPN_A_ESP_BYTES, 1048524, "1023.9 KiB");
	test_value(NF_CT_VPN_A_ESP_BYTES, 1048575, "1.0 MiB");
	test_value(NF_CT_VPN_A_ESP_BYTES, UINT64_MAX, "16.0 EiB");
	test_value(NF_CT_VPN_A_ESP_SPI, 0x100, "0x00000100");
	test_value(NF_CT_VPN_A_ESP_SPI, UINT32_MAX, "0xffffffff");
	test_value(NF_CT_VPN_A_ESP_STATE, 250, "250");
}

/* @words: a filter, blank-separated; says whether @client is let through */
static void test_filter(const char *words, const char *client, bool want)
{
	struct session s = { .rec.present = ~0ULL,
			     .state = NF_CT_VPN_STATE_ESTABLISHED };
	char copy[128], text[192], *argv[10] = {}, *save = NULL;
	struct filter filter = {};
	int i = 0, err;

	snprintf(copy, sizeof(copy), "%s", words);
	argv[0] = strtok_r(copy, " ", &save);
	while (argv[i])
		argv[++i] = strtok_r(NULL, " ", &save);
	s.client.len = strchr(client, ':') ? 16 : 4;
	inet_pton(s.client.len == 4 ? AF_INET : AF_INET6, client,
		  s.client.byte);
	err = filter_parse(&filter, nouns, "list", argv);
	snprintf(text, sizeof(text), "filter '%s' %s %s", words,
		 want ? "lets through" : "keeps out", client);
	ok(!err && filter_record(&filter, &session_noun, &s) == want, text);
}

static void test_filters(void)
{
	test_filter("", "10.0.0.2", true);
	test_filter("client 10.0.0.2", "10.0.0.2", true);
	test_filter("client 10.0.0.2", "10.0.0.3", false);
	test_filter("client 10.0.0.2", "a00:2::", false);
	test_filter("client 10.0.0.0/30", "10.0.0.3", true);
	test_filter("client 10.0.0.0/30", "10.0.0.4", false);
	test_filter("client 10.0.0.1/31", "10.0.0.0", true);
	test_filter("client 0.0.0.0/0", "255.255.255.255", true);
	test_filter("client 0.0.0.0/0", "::", false);
	test_filter("client fd00::/127", "fd00::1", true);
	test_filter("client fd00::/127", "fd00::2", false);
	test_filter("client fd00::2/128", "fd00::2", true);
	test_filter("state established", "10.0.0.2", true);
	test_filter("state undecided", "10.0.0.2", false);
	test_filter("state established client 10.0.0.3", "10.0.0.2", false);
	test_filter("not client 10.0.0.2", "10.0.0.2", false);
	test_filter("not client 10.0.0.2", "10.0.0.3", true);
	test_filter("not client 10.0.0.2/31 not client 10.0.0.4", "10.0.0.5",
		    true);
	test_filter("not client 10.0.0.2/31 not client 10.0.0.4", "10.0.0.4",
		    false);
	test_filter("not client fd00::/8", "10.0.0.2", true);
	test_filter("spi 7", "10.0.0.2", false);
	test_filter("not spi 7", "10.0.0.2", false);
	test_filter("not natt yes zone 0", "10.0.0.2", true);
}

int main(void)
{
	setlinebuf(stdout);
	test_spec();
	test_tables();
	test_room();
	test_values();
	test_filters();
	return done_testing();
}
