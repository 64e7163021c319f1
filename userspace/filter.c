// SPDX-License-Identifier: GPL-2.0-only
/*
 * filter - which records a command is about
 */
#include <arpa/inet.h>
#include <string.h>

#include "encode.h"
#include "filter.h"
#include "guess.h"
#include "vpnct.h"

const char filter_help[] =
	"Filters, of which all must match:\n"
	"  client ADDRESS[/BITS]   the client\n"
	"  server ADDRESS[/BITS]   the server\n"
	"  spi NUMBER              the SPI; hexadecimal with 0x; ESP only\n"
	"  state STATE             unreplied, established, undecided, remembered,\n"
	"                          closed\n";

/* What is wrong with @s, or NULL. */
static const char *parse_prefix(const char *s, struct prefix *prefix)
{
	char buf[INET6_ADDRSTRLEN];
	const char *slash = strchr(s, '/');
	size_t len = slash ? (size_t)(slash - s) : strlen(s);
	uint64_t bits;

	if (len >= sizeof(buf))
		return "is not an address";
	memcpy(buf, s, len);
	buf[len] = '\0';
	if (!parse_addr(buf, &prefix->addr))
		return "is not an address";
	bits = prefix->addr.len * 8;
	if (slash && !parse_number(slash + 1, 10, bits, &bits))
		return prefix->addr.len == 4 ?
			       "has no prefix length from 0 to 32" :
			       "has no prefix length from 0 to 128";
	prefix->bits = bits;
	return NULL;
}

static int parse_client(struct filter *filter, const char *where, char *s)
{
	const char *wrong = parse_prefix(s, &filter->client);

	filter->by_client = true;
	return wrong ? usage_error(where, "client '%s' %s", s, wrong) : 0;
}

static int parse_server(struct filter *filter, const char *where, char *s)
{
	const char *wrong = parse_prefix(s, &filter->server);

	filter->by_server = true;
	return wrong ? usage_error(where, "server '%s' %s", s, wrong) : 0;
}

static int parse_filter_spi(struct filter *filter, const char *where, char *s)
{
	uint64_t spi;

	filter->by_spi = true;
	if (parse_spi(s, &spi)) {
		filter->spi = spi;
		return 0;
	}
	return usage_error(where,
			   "spi '%s' is not a 32-bit number (hex: 0x...)", s);
}

static int parse_state(struct filter *filter, const char *where, char *s)
{
	unsigned int i;
	char text[128];

	filter->by_state = true;
	for (i = 0; i < state_names.n; i++) {
		if (strcmp(s, state_names.name[i]))
			continue;
		filter->state = i;
		return 0;
	}
	names_text(text, sizeof(text), &state_names);
	return usage_error(where, "state '%s' is unknown: %s", s, text);
}

static const struct {
	const char *word;
	int (*parse)(struct filter *filter, const char *where, char *s);
} filter_words[] = {
	{ "client", parse_client },
	{ "server", parse_server },
	{ "spi", parse_filter_spi },
	{ "state", parse_state },
};

#define N_WORDS (ARRAY_SIZE(filter_words))

static size_t find_word(const char *word)
{
	size_t i;

	for (i = 0; i < N_WORDS; i++)
		if (!strcmp(word, filter_words[i].word))
			break;
	return i;
}

/* Words of others' tools, and addresses without a word, are told of. */
static int unknown_word(const char *where, const char *word)
{
	struct guess guess = { .word = word };
	char hint[GUESS_SIZE];
	struct addr addr;
	size_t i;

	if (parse_addr(word, &addr) || strchr(word, '/') ||
	    !strcmp(word, "src") || !strcmp(word, "dst"))
		return usage_error(where,
				   "unknown word '%s': say client ADDRESS or server ADDRESS",
				   word);
	for (i = 0; i < N_WORDS; i++)
		guess_try(&guess, filter_words[i].word);
	return usage_error(where, "unknown word '%s'%s", word,
			   guess_hint(hint, &guess));
}

int filter_parse(struct filter *filter, const char *where, char **words)
{
	bool seen[N_WORDS] = {};
	size_t i;
	int err;

	for (; *words; words += 2) {
		i = find_word(*words);
		if (i == N_WORDS)
			return unknown_word(where, *words);
		if (seen[i])
			return usage_error(where, "%s is given twice", *words);
		if (!words[1])
			return usage_error(where, "%s needs a value", *words);
		seen[i] = true;
		err = filter_words[i].parse(filter, where, words[1]);
		if (err)
			return err;
	}
	return 0;
}

static bool prefix_match(const struct prefix *prefix, const struct addr *addr)
{
	unsigned int bytes = prefix->bits / 8, bits = prefix->bits % 8;
	uint8_t differ;

	if (addr->len != prefix->addr.len)
		return false;
	if (memcmp(addr->byte, prefix->addr.byte, bytes))
		return false;
	if (!bits)
		return true;
	differ = addr->byte[bytes] ^ prefix->addr.byte[bytes];
	return !(differ >> (8 - bits));
}

static bool filter_addrs(const struct filter *filter, const struct addr *client,
			 const struct addr *server)
{
	if (filter->by_client && !prefix_match(&filter->client, client))
		return false;
	return !filter->by_server || prefix_match(&filter->server, server);
}

/* What an SPI matches is for the caller: a session has none in itself. */
bool filter_session(const struct filter *filter, const struct session *s)
{
	return filter_addrs(filter, &s->client, &s->server) &&
	       (!filter->by_state || s->state == filter->state);
}

bool filter_esp(const struct filter *filter, const struct esp *e)
{
	return filter_addrs(filter, &e->client, &e->server) &&
	       (!filter->by_spi || e->spi == filter->spi) &&
	       (!filter->by_state || e->state == filter->state);
}

bool filter_isakmp(const struct filter *filter, const struct isakmp *i)
{
	return filter_addrs(filter, &i->client, &i->server) &&
	       (!filter->by_state || i->state == filter->state);
}

bool filter_pptp(const struct filter *filter, const struct pptp *p)
{
	return filter_addrs(filter, &p->client, &p->server) &&
	       !filter->by_spi &&
	       (!filter->by_state || p->state == filter->state);
}

bool filter_record(const struct filter *filter, const struct noun *noun,
		   const void *rec)
{
	if (noun == &session_noun)
		return filter_session(filter, rec);
	if (noun == &esp_noun)
		return filter_esp(filter, rec);
	if (noun == &isakmp_noun)
		return filter_isakmp(filter, rec);
	return filter_pptp(filter, rec);
}

static void request_prefix(struct nlmsghdr *nlh, const struct noun *noun,
			   const char *key, const struct prefix *prefix)
{
	if (prefix->bits == prefix->addr.len * 8U)
		encode_addr(nlh, attr_of(noun, key), &prefix->addr);
}

/*
 * As much as the kernel can do; of prefixes and of what a session heads the
 * rest is left to the functions above.
 */
void filter_request(const struct filter *filter, const struct noun *noun,
		    struct nlmsghdr *nlh)
{
	if (filter->by_client)
		request_prefix(nlh, noun, "client", &filter->client);
	if (filter->by_server)
		request_prefix(nlh, noun, "server", &filter->server);
	if (filter->by_client || filter->by_server)
		encode_family(nlh, noun,
			      filter->by_client ? &filter->client.addr :
						  &filter->server.addr);
	if (filter->by_spi && noun == &esp_noun)
		nl_put_u32(nlh, NF_CT_VPN_A_ESP_SPI, filter->spi);
	if (filter->by_state)
		nl_put_u8(nlh, attr_of(noun, "state"), filter->state);
}
