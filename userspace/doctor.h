/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * doctor - what the checks share: what they look at, and what they find
 */
#ifndef VPNCT_DOCTOR_H
#define VPNCT_DOCTOR_H

#include <jansson.h>

#include "flows.h"
#include "snapshot.h"
#include "vpnct.h"

enum level {
	LEVEL_OK,
	LEVEL_NOTE, /* nothing to do */
	LEVEL_WARNING, /* may keep a tunnel from working */
	LEVEL_PROBLEM, /* keeps one from working */
};

struct finding {
	enum level level;
	const char *check;
	struct addr client, server; /* whom it is about; none: everybody */
	char *text;
	char *remedy; /* NULL: nothing to do */
};

/**
 * struct doctor - the patient and the findings
 * @nl: NULL if the modules aren't loaded; then @snap is empty
 * @snap: what the tracker knows
 * @flows: what conntrack knows
 * @ruleset: what nft knows, and iptables-legacy
 * @whole: whether these are all rules
 * @rp_dropped: what reverse path filtering had dropped at first
 * @check: the check that is running
 * @finding: findings so far
 * @n: how many there are
 * @room: how many @finding has room for
 */
struct doctor {
	struct nl *nl;
	struct snapshot snap;
	struct flows flows;
	json_t *ruleset;
	bool whole;
	unsigned long rp_dropped;
	const char *check;
	struct finding *finding;
	size_t n, room;
};

/* doctor_finding.c: something was found; about() and remedy() add to it. */
void found(struct doctor *d, enum level how_bad, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void about(struct doctor *d, const struct addr *client,
	   const struct addr *server);
void remedy(struct doctor *d, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

void print_findings(const struct doctor *d, enum format format);

/*
 * doctor_host.c: a file with one number, such as a sysctl; @otherwise if it
 * can't be read
 */
long read_number(const char *path, long otherwise);

/* So far, in this network namespace. */
unsigned long rp_filter_dropped(void);

/* Has an interface an IPv4 address that isn't registered? */
bool has_private_network(void);

/*
 * Is there any of it? Whoever has loaded a module wants what it is for; of
 * IPsec that is the case, too, as long as nothing is loaded.
 */
bool has_module(const char *name);
bool uses_pptp(const struct doctor *d);
bool uses_ipsec(const struct doctor *d);

void check_zones(struct doctor *d);
void check_forwarding(struct doctor *d);
void check_rp_filter(struct doctor *d);

/* doctor_modules.c */
void check_modules(struct doctor *d);
void check_boot(struct doctor *d);

/* doctor_rules.c */
void check_rules(struct doctor *d);

/* doctor_forward.c */
struct packet;

void check_forward(struct doctor *d);

/* The chain that drops @packet, or NULL: none, or none that is known. */
const json_t *forward_drops(const struct doctor *d,
			    const struct packet *packet);

/* doctor_tunnel.c */
void check_own_tunnel(struct doctor *d);

/* doctor_call.c */
void check_kernel_pptp(struct doctor *d);
void check_pptp_helper(struct doctor *d);
void check_helper(struct doctor *d);
void check_calls(struct doctor *d);

/* Objects of all tables: chains, rules and others; or NULL. */
static inline const json_t *rules_of(const struct doctor *d)
{
	return json_object_get(d->ruleset, "nftables");
}

/* doctor_fast.c */
void check_fast(struct doctor *d);

/* doctor_limits.c */
void check_limits(struct doctor *d);
void check_conntrack(struct doctor *d);

/* doctor_session.c */
void check_sessions(struct doctor *d);
void check_ah(struct doctor *d);
void check_encapsulation(struct doctor *d);
bool is_translated(const struct flow *f);

/* doctor_server.c */
void check_rekey(struct doctor *d);
void check_half_open(struct doctor *d);
void check_initial_contact(struct doctor *d);

#endif
