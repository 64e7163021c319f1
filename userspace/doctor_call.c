// SPDX-License-Identifier: GPL-2.0-only
/*
 * doctor_call - PPTP: helpers, and calls that only one side is heard of
 */
#include <netinet/in.h>
#include <string.h>

#include "doctor.h"
#include "print.h"
#include "ruleset.h"

/* PPP asks each three seconds, and a first packet may be lost. */
#define PATIENCE_MS 5000
#define PATIENCE_PACKETS 2

/* A rule gets the kernel's helper by that name wherever it is loaded. */
static void check_rule(struct doctor *d, const json_t *object)
{
	const json_t *helper = json_object_get(object, "ct helper");
	const char *table =
		json_string_value(json_object_get(helper, "table"));

	if (!is_string(json_object_get(helper, "type"), "pptp"))
		return;
	found(d, LEVEL_WARNING,
	      "ct helper %s of table %s is the kernel's own: a quiet call dies after three minutes, and two hosts that choose one Call-ID share it",
	      json_string_value(json_object_get(helper, "name")) ?: "?",
	      table ?: "?");
	remedy(d, "type \"pptp-ext\" instead of \"pptp\" there");
}

static void check_connection(struct doctor *d, const struct flow *f)
{
	if (f->orig.dport != 1723 || strcmp(f->helper, "pptp"))
		return;
	found(d, LEVEL_WARNING,
	      "PPTP of this client has the kernel's own helper: a quiet call dies after three minutes");
	about(d, &f->orig.src, &f->orig.dst);
	remedy(d, "use helper pptp-ext in the rule; this connection keeps the other one until it ends");
}

/* Where the kernel's isn't loaded, our own goes by its name, too. */
void check_kernel_pptp(struct doctor *d)
{
	const json_t *object;
	size_t i;

	if (!has_module("nf_conntrack_pptp"))
		return;
	json_array_foreach(rules_of(d), i, object)
		check_rule(d, object);
	for (i = 0; i < d->flows.n; i++)
		check_connection(d, &d->flows.flow[i]);
}

void check_pptp_helper(struct doctor *d)
{
	bool loaded = has_module("nf_conntrack_pptp_ext");
	const struct flow *f = d->flows.flow;
	size_t i;

	for (i = 0; i < d->flows.n; i++, f++) {
		if (f->orig.dport != 1723 || *f->helper || !f->replied ||
		    !is_translated(f))
			continue;
		found(d, LEVEL_PROBLEM,
		      "PPTP's control connection has no helper: its calls won't pass");
		about(d, &f->orig.src, &f->orig.dst);
		remedy(d,
		       "%sa rule has to give it helper pptp-ext when it begins, see vpnct(8)",
		       loaded ? "" : "modprobe nf_conntrack_pptp_ext; ");
	}
}

/* The helper that the module for @f gives it, or NULL. */
static const char *own_helper(const struct flow *f)
{
	if (f->proto == IPPROTO_UDP && f->orig.dport == 500 &&
	    has_module("nf_conntrack_isakmp"))
		return "isakmp";
	return f->proto == IPPROTO_TCP && f->orig.dport == 1723 ? "pptp" :
								  NULL;
}

/* A connection has one helper, and keeps it. */
void check_helper(struct doctor *d)
{
	const struct flow *f = d->flows.flow;
	const char *own;
	size_t i;

	for (i = 0; i < d->flows.n; i++, f++) {
		own = own_helper(f);
		if (!own || !*f->helper ||
		    !strncmp(f->helper, own, strlen(own)))
			continue;
		found(d, LEVEL_WARNING,
		      "helper %s is in the way of %s: what this client sends isn't understood",
		      f->helper, own);
		about(d, &f->orig.src, &f->orig.dst);
		remedy(d, "no rule may give helper %s to %s port %u", f->helper,
		       f->proto == IPPROTO_TCP ? "TCP" : "UDP", f->orig.dport);
	}
}

static bool counts(const struct pptp *call, const char *key)
{
	return field_present(&pptp_noun, field_find(&pptp_noun, key), call);
}

static void check_call(struct doctor *d, const struct pptp *call)
{
	char server[VALUE_SIZE];
	bool out, in;

	if (call->state != NF_CT_VPN_STATE_ESTABLISHED ||
	    call->age < PATIENCE_MS || !counts(call, "packets_out") ||
	    !counts(call, "packets_in"))
		return;
	out = call->packets_out >= PATIENCE_PACKETS;
	in = call->packets_in >= PATIENCE_PACKETS;
	print_addr(server, &call->server);
	if (out && !call->packets_in) {
		found(d, LEVEL_PROBLEM,
		      "GRE of this call goes out, and none comes in: the server or a hop before it drops protocol 47");
		about(d, &call->client, &call->server);
		remedy(d, "find the hop: vpnct trace gre %s", server);
	} else if (in && !call->packets_out) {
		found(d, LEVEL_PROBLEM,
		      "GRE of this call comes in, and none goes out: the client or a hop before this gateway drops protocol 47");
		about(d, &call->client, &call->server);
		remedy(d, "on the inside: tcpdump -n ip proto 47");
	}
}

void check_calls(struct doctor *d)
{
	const struct pptp *call;

	for (call = list_next(&d->snap.pptp, NULL); call;
	     call = list_next(&d->snap.pptp, call))
		check_call(d, call);
}
