/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * trace - hops towards a server, and what they make of a protocol
 */
#ifndef VPNCT_TRACE_H
#define VPNCT_TRACE_H

#include "probe.h"
#include "vpnct.h"

#define HOPS_MAX 64

struct hop {
	struct answer answer; /* in the protocol asked about */
	struct answer echo;
};

enum verdict {
	VERDICT_ANSWERS,
	VERDICT_PASSES,
	VERDICT_REFUSED,
	VERDICT_DROPPED,
	VERDICT_UNKNOWN,
};

struct trace {
	const struct protocol *protocol;
	const char *server;
	struct target target;
	uint64_t hops, probes, wait_ms;
	struct prober prober, echo;
	struct hop hop[HOPS_MAX];
	unsigned int n; /* hops probed */
	unsigned int last; /* the last one that answered the protocol, or 0 */
	unsigned int next; /* the first one after it that answered echo, or 0 */
};

/* As far as it can be told yet: before the first hop, and of the last one. */
void trace_head(const struct trace *t, enum format format);
void trace_hop(const struct trace *t, enum format format);

/* At the end. */
void trace_verdict(const struct trace *t, enum verdict how,
		   enum format format);

#endif
