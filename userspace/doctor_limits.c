// SPDX-License-Identifier: GPL-2.0-only
/*
 * doctor_limits - tables that are full, or soon will be
 */
#include "doctor.h"

#define SYSCTL "/proc/sys/net/netfilter/"

/* In percent of a limit: time to raise it. */
#define NEARLY_FULL 80

static bool nearly(uint64_t n, uint64_t limit)
{
	return limit && n * 100 >= limit * NEARLY_FULL;
}

/**
 * struct refusal - a counter of what found no room
 * @attr: the counter
 * @why: what was lacking
 * @remedy: what to do while it is
 * @full: whether it is still
 */
struct refusal {
	int attr;
	const char *why;
	const char *remedy;
	bool full;
};

/*
 * Counters begin with the network namespace, and few people reset them: what has
 * been mended since is only worth a note, or doctor would complain for ever.
 */
static void check_refused(struct doctor *d, const struct refusal *refusal,
			  const struct stats *now)
{
	uint64_t before = d->snap.stats.count[refusal->attr];
	uint64_t count = now->count[refusal->attr];

	if (!count)
		return;
	if (count <= before && !refusal->full) {
		found(d, LEVEL_NOTE,
		      "%llu packets were not tracked some time ago: %s",
		      (unsigned long long)count, refusal->why);
		return;
	}
	found(d, LEVEL_WARNING,
	      "%llu packets were not tracked so far: %s",
	      (unsigned long long)count, refusal->why);
	remedy(d, "%s", refusal->remedy);
}

/* Returns true if the table is full, or nearly so. */
static bool check_table(struct doctor *d)
{
	unsigned long max = read_number(SYSCTL "nf_conntrack_vpn_max", 0);
	unsigned long n = d->snap.stats.count[NF_CT_VPN_A_STATS_ENTRIES];

	if (!nearly(n, max))
		return false;
	found(d, n >= max ? LEVEL_PROBLEM : LEVEL_WARNING,
	      "%lu of %lu entries are in use", n, max);
	remedy(d, "sysctl -w net.netfilter.nf_conntrack_vpn_max=%lu", 2 * max);
	return true;
}

/*
 * Session, SPIs and cookie pairs; sessions are sorted by client. Returns true if
 * a client has all that it may, or nearly so.
 */
static bool check_clients(struct doctor *d)
{
	unsigned long max =
		read_number(SYSCTL "nf_conntrack_vpn_max_per_client", 0);
	const struct session *s, *next;
	unsigned long n = 0;
	bool full = false;

	for (s = list_next(&d->snap.sessions, NULL); s; s = next) {
		next = list_next(&d->snap.sessions, s);
		n += 1 + s->spis_out + s->spis_in + s->cookies;
		if (next && !addr_cmp(&s->client, &next->client))
			continue;
		if (nearly(n, max)) {
			full = true;
			found(d, n >= max ? LEVEL_PROBLEM : LEVEL_WARNING,
			      "the client has %lu of %lu entries", n, max);
			about(d, &s->client, &s->server);
			remedy(d,
			       "sysctl -w net.netfilter.nf_conntrack_vpn_max_per_client=%lu, if the client is a friend",
			       2 * max);
		}
		n = 0;
	}
	return full;
}

void check_limits(struct doctor *d)
{
	bool full = check_table(d), client_full = check_clients(d);
	const struct refusal refusals[] = {
		{ NF_CT_VPN_A_STATS_FULL, "the table was full",
		  "raise net.netfilter.nf_conntrack_vpn_max", full },
		{ NF_CT_VPN_A_STATS_CLIENT_FULL,
		  "their client had too many entries",
		  "raise net.netfilter.nf_conntrack_vpn_max_per_client",
		  client_full },
		{ NF_CT_VPN_A_STATS_NO_ZONE, "no reply zone was free",
		  "lower net.netfilter.nf_conntrack_vpn_zone_base", false },
		{ NF_CT_VPN_A_STATS_NO_MEMORY, "no memory was free",
		  "give the gateway more memory", false },
	};
	struct stats now;
	size_t i;

	if (fetch_single(d->nl, &stats_noun, &now))
		now = d->snap.stats;
	for (i = 0; i < ARRAY_SIZE(refusals); i++)
		check_refused(d, &refusals[i], &now);
}

void check_conntrack(struct doctor *d)
{
	unsigned long n = read_number(SYSCTL "nf_conntrack_count", 0);
	unsigned long max = read_number(SYSCTL "nf_conntrack_max", 0);

	if (!nearly(n, max))
		return;
	found(d, n >= max ? LEVEL_PROBLEM : LEVEL_WARNING,
	      "conntrack has %lu of %lu entries", n, max);
	remedy(d, "sysctl -w net.netfilter.nf_conntrack_max=%lu", 2 * max);
}
