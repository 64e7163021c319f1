// SPDX-License-Identifier: GPL-2.0-only
/*
 * doctor_limits - tables that are full, or soon will be
 */
#include "doctor.h"

#define SYSCTL "/proc/sys/net/netfilter/"

/* In percent of a limit: time to raise it. */
#define NEARLY_FULL 80

static bool nearly(unsigned long n, unsigned long limit)
{
	return limit && n * 100 >= limit * NEARLY_FULL;
}

static void check_refused(struct doctor *d, const char *name,
			  const char *setting, unsigned long refused)
{
	if (!refused)
		return;
	found(d, LEVEL_WARNING,
	      "%lu packets were not tracked so far: %s", refused, name);
	remedy(d, "%s", setting);
}

static void check_table(struct doctor *d)
{
	unsigned long max = read_number(SYSCTL "nf_conntrack_vpn_max", 0);
	unsigned long n = d->snap.stats.count[NF_CT_VPN_A_STATS_ENTRIES];

	if (!nearly(n, max))
		return;
	found(d, n >= max ? LEVEL_PROBLEM : LEVEL_WARNING,
	      "%lu of %lu entries are in use", n, max);
	remedy(d, "sysctl -w net.netfilter.nf_conntrack_vpn_max=%lu", 2 * max);
}

/* Session, SPIs and cookie pairs; sessions are sorted by client. */
static void check_clients(struct doctor *d)
{
	unsigned long max =
		read_number(SYSCTL "nf_conntrack_vpn_max_per_client", 0);
	const struct session *s, *next;
	unsigned long n = 0;

	for (s = list_next(&d->snap.sessions, NULL); s; s = next) {
		next = list_next(&d->snap.sessions, s);
		n += 1 + s->spis_out + s->spis_in + s->cookies;
		if (next && !addr_cmp(&s->client, &next->client))
			continue;
		if (nearly(n, max)) {
			found(d, n >= max ? LEVEL_PROBLEM : LEVEL_WARNING,
			      "the client has %lu of %lu entries", n, max);
			about(d, &s->client, &s->server);
			remedy(d,
			       "sysctl -w net.netfilter.nf_conntrack_vpn_max_per_client=%lu, if the client is a friend",
			       2 * max);
		}
		n = 0;
	}
}

void check_limits(struct doctor *d)
{
	const uint64_t *count = d->snap.stats.count;

	check_table(d);
	check_clients(d);
	check_refused(d, "the table was full",
		      "raise net.netfilter.nf_conntrack_vpn_max",
		      count[NF_CT_VPN_A_STATS_FULL]);
	check_refused(d, "their client had too many entries",
		      "raise net.netfilter.nf_conntrack_vpn_max_per_client",
		      count[NF_CT_VPN_A_STATS_CLIENT_FULL]);
	check_refused(d, "no reply zone was free",
		      "lower net.netfilter.nf_conntrack_vpn_zone_base",
		      count[NF_CT_VPN_A_STATS_NO_ZONE]);
	check_refused(d, "no memory was free", "give the gateway more memory",
		      count[NF_CT_VPN_A_STATS_NO_MEMORY]);
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
