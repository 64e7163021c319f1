// SPDX-License-Identifier: GPL-2.0-only
/*
 * summary - what "vpnct" alone shows
 */
#include <string.h>

#include "command.h"
#include "pairs.h"
#include "snapshot.h"
#include "summary.h"

#define TOTAL(KEY, HELP)                                         \
	{                                                        \
		.key = #KEY, .help = HELP, .type = FIELD_NUMBER, \
		.offset = offsetof(struct summary, KEY),         \
	}

static const struct field summary_fields[] = {
	TOTAL(sessions, "pairs of a client and a server"),
	TOTAL(established, "of these, answered"),
	TOTAL(spis_out, "outbound SPIs"),
	TOTAL(spis_in, "inbound SPIs with an owner"),
	TOTAL(undecided, "inbound SPIs whose owner is not known yet"),
	TOTAL(remembered, "SPIs that idled out"),
	TOTAL(dropped, "packets dropped so far; 'vpnct stats' says why"),
	TOTAL(untracked, "not tracked so far for want of room"),
	TOTAL(cookies, "cookie pairs of IKE"),
	TOTAL(calls, "PPTP calls that are up"),
};

static const struct noun summary_noun = {
	.name = "summary",
	.plural = "summary",
	.title = "summary",
	.field = summary_fields,
	.n_fields = ARRAY_SIZE(summary_fields),
	.size = sizeof(struct summary),
};

static void add_stats(struct summary *sum, const uint64_t *count)
{
	sum->dropped = count[NF_CT_VPN_A_STATS_INVALID] +
		       count[NF_CT_VPN_A_STATS_BLOCKED] +
		       count[NF_CT_VPN_A_STATS_AMBIGUOUS] +
		       count[NF_CT_VPN_A_STATS_ICMP_DROPPED] +
		       count[NF_CT_VPN_A_STATS_COOKIE_BUSY];
	sum->untracked = count[NF_CT_VPN_A_STATS_FULL] +
			 count[NF_CT_VPN_A_STATS_CLIENT_FULL] +
			 count[NF_CT_VPN_A_STATS_NO_ZONE] +
			 count[NF_CT_VPN_A_STATS_NO_MEMORY];
}

static void add_session(struct summary *sum, const struct session *s)
{
	sum->sessions++;
	sum->cookies += s->cookies;
	sum->established += s->state == NF_CT_VPN_STATE_ESTABLISHED;
}

/* Each SPI is counted once, so that the four numbers add up. */
static void add_esp(struct summary *sum, const struct esp *e)
{
	if (e->state == NF_CT_VPN_STATE_UNDECIDED)
		sum->undecided++;
	else if (e->state == NF_CT_VPN_STATE_REMEMBERED)
		sum->remembered++;
	else if (e->dir == NF_CT_VPN_DIR_OUT)
		sum->spis_out++;
	else
		sum->spis_in++;
}

static void add_call(struct summary *sum, const struct pptp *call)
{
	sum->calls += call->state == NF_CT_VPN_STATE_ESTABLISHED;
}

int sum_up(struct nl *nl, struct summary *sum)
{
	struct snapshot snap;
	const void *rec;
	int err;

	memset(sum, 0, sizeof(*sum));
	sum->rec.present = ~0ULL;
	err = snapshot_fetch(nl, &snap);
	if (!err)
		add_stats(sum, snap.stats.count);
	for (rec = list_next(&snap.sessions, NULL); rec;
	     rec = list_next(&snap.sessions, rec))
		add_session(sum, rec);
	for (rec = list_next(&snap.esp, NULL); rec;
	     rec = list_next(&snap.esp, rec))
		add_esp(sum, rec);
	for (rec = list_next(&snap.pptp, NULL); rec;
	     rec = list_next(&snap.pptp, rec))
		add_call(sum, rec);
	snapshot_free(&snap);
	return err;
}

static int run(const struct call *call)
{
	struct summary sum;
	int err = sum_up(call->nl, &sum);

	if (!err)
		print_pairs(call->opt, &summary_noun, &sum);
	return err ? EXIT_FAILED : EXIT_OK;
}

const struct command summary_command = {
	.run = run,
	.options = "jp",
	.nl = true,
};
