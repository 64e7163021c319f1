// SPDX-License-Identifier: GPL-2.0-only
/*
 * stats - counters of the network namespace
 */
#include <assert.h>
#include <string.h>

#include "command.h"
#include "complete.h"
#include "guess.h"
#include "nouns.h"
#include "pairs.h"
#include "prometheus.h"

/* The first of a group names the group. */
#define NUMBER(ATTR, KEY, GROUP, HELP, FLAGS)                           \
	{                                                               \
		.key = KEY, .help = HELP, .group = GROUP, .flags = FLAGS, \
		.type = FIELD_NUMBER, .attr = NF_CT_VPN_A_STATS_##ATTR, \
		.size = 8,                                              \
		.offset = offsetof(struct stats,                        \
				   count[NF_CT_VPN_A_STATS_##ATTR]),    \
	}

#define COUNTER(ATTR, KEY, GROUP, HELP) NUMBER(ATTR, KEY, GROUP, HELP, 0)
/* What there is now, and may become less. */
#define GAUGE(ATTR, KEY, GROUP, HELP) NUMBER(ATTR, KEY, GROUP, HELP, FIELD_NOW)

static const struct field stats_fields[] = {
	GAUGE(ENTRIES, "entries", "in the tables now",
	      "sessions, SPIs, cookie pairs, PPTP connections and calls"),
	GAUGE(CLIENTS, "clients", NULL, "reply zones in use"),
	GAUGE(SESSIONS, "sessions", NULL, "sessions"),

	COUNTER(ATTACHED_OUT, "attached_out", "packets of sessions",
		"outbound, attached to their flow"),
	COUNTER(ATTACHED_IN, "attached_in", NULL,
		"inbound, attached to their flow"),
	COUNTER(FLOW_NEW, "flow_new", NULL, "sent on to create a flow"),

	COUNTER(SPI_NEW, "spi_new", "SPIs and their owners",
		"SPIs learnt, both directions"),
	COUNTER(BOUND, "bound", NULL, "inbound, bound to a session"),
	COUNTER(UNDECIDED, "undecided", NULL, "inbound, several candidates"),
	COUNTER(COPIES, "copies", NULL, "copies sent to candidates"),
	COUNTER(COPY_LIMIT, "copy_limit", NULL,
		"packets not copied: over the rate budget"),
	COUNTER(COPY_FAILED, "copy_failed", NULL,
		"copies lost for want of memory"),

	COUNTER(LOCAL, "local", "packets left to stock conntrack",
		"for an SA of the gateway"),
	COUNTER(STOCK, "stock", NULL, "none of ours"),
	COUNTER(FOREIGN_ZONE, "foreign_zone", NULL, "the ruleset chose a zone"),
	COUNTER(TRUNCATED, "truncated", NULL, "shorter than their headers say"),

	COUNTER(INVALID, "invalid", "packets dropped", "SPI 0"),
	COUNTER(BLOCKED, "blocked", NULL,
		"another client has the server (nf_conntrack_esp_parallel)"),
	COUNTER(AMBIGUOUS, "ambiguous", NULL,
		"several candidates (nf_conntrack_esp_guess=0)"),

	COUNTER(FULL, "full", "not tracked", "nf_conntrack_vpn_max reached"),
	COUNTER(CLIENT_FULL, "client_full", NULL,
		"nf_conntrack_vpn_max_per_client reached"),
	COUNTER(NO_ZONE, "no_zone", NULL, "no free reply zone"),
	COUNTER(NO_MEMORY, "no_memory", NULL, "allocation failed"),
	COUNTER(TWINS, "twins", NULL, "eight have that SPI or cookie already"),

	COUNTER(SPI_RECYCLED, "spi_recycled", "gone from the tables",
		"SPIs replaced by newer ones of the session"),
	COUNTER(FORGOTTEN, "forgotten", NULL, "SPIs whose flow conntrack lost"),
	COUNTER(EXPIRED, "expired", NULL,
		"SPIs, cookie pairs and sessions that idled out"),

	COUNTER(ICMP_RELATED, "icmp_related", "ICMP errors",
		"brought to their flow"),
	COUNTER(ICMP_DROPPED, "icmp_dropped", NULL,
		"about an SPI of somebody else"),

	COUNTER(COOKIE_NEW, "cookie_new", "IKE", "cookie pairs learnt"),
	COUNTER(COOKIE_RECYCLED, "cookie_recycled", NULL,
		"pairs replaced by newer ones of the session"),
	COUNTER(COOKIE_BUSY, "cookie_busy", NULL,
		"dropped: another client waits with the same cookie"),
	COUNTER(COOKIE_UNKNOWN, "cookie_unknown", NULL,
		"inbound messages whose owner had to be guessed"),
	COUNTER(ZERO_COOKIE, "zero_cookie", NULL,
		"on port 500 but no IKE, left alone"),
	COUNTER(ISAKMP_INVALID, "isakmp_invalid", NULL,
		"no ISAKMP messages, not looked into"),
	COUNTER(TICKETS, "tickets", NULL,
		"inbound SPIs that a client's IKE announced"),
	COUNTER(FLOATED, "floated", NULL, "sessions whose ESP goes into UDP"),
	COUNTER(PORT_LOST, "port_lost", NULL,
		"left from another port than 500: the ruleset wants that"),
	COUNTER(ISAKMP_PACED, "isakmp_paced", NULL,
		"held, so that one host after the other gets an SPI"),

	GAUGE(PPTP_CONNS, "pptp_conns", "PPTP", "control connections now"),
	GAUGE(PPTP_CALLS, "pptp_calls", NULL, "calls now, closed ones too"),
	COUNTER(PPTP_CALL_NEW, "pptp_call_new", NULL, "calls that came up"),
	COUNTER(PPTP_CALL_REFUSED, "pptp_call_refused", NULL,
		"calls not tracked: limit, Call-ID taken"),
	COUNTER(PPTP_TRANSLATED, "pptp_translated", NULL,
		"Call-IDs replaced in control messages"),
	COUNTER(PPTP_LOST, "pptp_lost", NULL,
		"bytes of control streams not understood"),
	COUNTER(PPTP_EARLY, "pptp_early", NULL,
		"segments dropped: what they belong to hasn't come yet"),
	COUNTER(PPTP_NO_CALL, "pptp_no_call", NULL,
		"GRE packets dropped: their call isn't up"),

	COUNTER(STOCK_UNTRACKED, "stock_untracked", "of stock, because",
		"conntrack doesn't look at such packets"),
	COUNTER(STOCK_REMOTE_BEGAN, "stock_remote_began", NULL,
		"the other side began the entry"),
	COUNTER(STOCK_GATEWAY, "stock_gateway", NULL,
		"for the gateway or a host behind dnat, no session"),
	COUNTER(STOCK_NO_ROOM, "stock_no_room", NULL,
		"no room for the session or its owner"),
	COUNTER(STOCK_NO_FLOW, "stock_no_flow", NULL,
		"the flow of its SPI has gone and isn't resumed"),

	COUNTER(LOADED, "loaded", "by netlink", "entries made"),
	COUNTER(DELETED, "deleted", NULL, "entries deleted"),
	COUNTER(EVENTS_LOST, "events_lost", NULL,
		"events not sent for want of memory"),

	COUNTER(FAST, "fast", "packets on the fast path", "sent on by it"),
	COUNTER(FAST_XFRM, "fast_xfrm", NULL,
		"not: the gateway has IPsec policies of its own"),
	COUNTER(FAST_ROUTE, "fast_route", NULL,
		"not: VRF, the same device, or no ordinary route"),
	COUNTER(FAST_STATE, "fast_state", NULL,
		"not: guessed, seen once, or not ASSURED"),
	COUNTER(FAST_PACKET, "fast_packet", NULL,
		"not: fragment, options, TTL, GSO, bridged, traced"),
	COUNTER(FAST_MTU, "fast_mtu", NULL,
		"not: larger than the MTU of the route"),
};

static_assert(ARRAY_SIZE(stats_fields) <= FIELD_MAX,
	      "struct record.present has no bit for some field");

const struct noun stats_noun = {
	.name = "stats",
	.plural = "stats",
	.title = "stats",
	.field = stats_fields,
	.n_fields = ARRAY_SIZE(stats_fields),
	.size = sizeof(struct stats),
	.cmd = NF_CT_VPN_CMD_STATS_GET,
};

static void usage(void)
{
	const struct field *f = stats_fields;
	unsigned int i;

	printf("Usage: vpnct stats [reset] [OPTIONS]\n\n"
	       "Show the counters of this network namespace; with 'reset' they begin anew from\n"
	       "what is shown.\n\n");
	print_options(stats_command.options);
	printf("\nWith -p each line is a name and a number. The names, also keys of -j:\n");
	for (i = 0; i < stats_noun.n_fields; i++, f++) {
		if (f->group)
			printf(" %s\n", f->group);
		printf("  %-17s  %s\n", f->key, f->help);
	}
}

static int parse(struct call *call)
{
	static const char *const word[] = { "reset" };
	struct names names = { .name = word, .n = ARRAY_SIZE(word) };
	char **words = call->words;

	if (call->opt->prometheus && call->opt->format != FORMAT_TEXT)
		return usage_error("stats",
				   "--prometheus excludes -j and -p");
	if (!*words)
		return 0;
	if (strcmp(*words, *word))
		return guess_error("stats", *words, &names);
	/* once is enough */
	names.n = 0;
	return words[1] ? guess_error("stats", words[1], &names) : 0;
}

static void complete_stats(struct completion *c)
{
	offer_once(c, "reset", "let them begin anew");
}

static int run(const struct call *call)
{
	struct noun noun = stats_noun;
	struct stats stats;
	int err;

	if (*call->words)
		noun.cmd = NF_CT_VPN_CMD_STATS_RESET;
	err = fetch_single(call->nl, &noun, &stats);
	if (err)
		return EXIT_FAILED;
	if (call->opt->prometheus)
		print_prometheus(&stats_noun, &stats);
	else
		print_pairs(call->opt, &stats_noun, &stats);
	return EXIT_OK;
}

const struct command stats_command = {
	.name = "stats",
	.help = "show the counters of this network namespace",
	.usage = usage,
	.parse = parse,
	.run = run,
	.complete = complete_stats,
	.options = "jpP",
	.words = true,
	.nl = true,
};
