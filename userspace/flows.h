/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * flows - conntrack's entries, as far as VPNs are concerned
 */
#ifndef VPNCT_FLOWS_H
#define VPNCT_FLOWS_H

#include "nouns.h"

struct flow_side {
	struct addr src, dst;
	uint16_t sport, dport; /* 0 where the protocol has none */
	uint16_t zone;
	uint64_t packets, bytes;
};

struct flow {
	struct flow_side orig, reply;
	uint8_t proto;
	uint32_t timeout;
	uint32_t mark;
	bool counted; /* nf_conntrack_acct was on */
	bool assured;
	bool replied;
	char helper[32];
};

struct flows {
	struct flow *flow;
	size_t n, room;
};

/*
 * ESP, AH, GRE, UDP 500 and 4500, TCP 1723, in the order of their clients.
 * Returns 0 or a negative errno.
 */
int flows_fetch(struct flows *flows);

/* The same of those that @wants wants, whatever they are. */
typedef bool (*flow_cb_t)(const struct flow *flow, const void *data);
int flows_fetch_some(struct flows *flows, flow_cb_t wants, const void *data);
void flows_free(struct flows *flows);

/* Fills the columns of sessions that conntrack knows. */
void flows_join(struct list *sessions);

#endif
