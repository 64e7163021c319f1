// SPDX-License-Identifier: GPL-2.0-only
/*
 * trace_print - what trace has found, in every format
 */
#include <arpa/inet.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <stdio.h>

#include "json.h"
#include "print.h"
#include "trace.h"

static const char *const verdicts[] = {
	[VERDICT_ANSWERS] = "answers", [VERDICT_PASSES] = "passes",
	[VERDICT_REFUSED] = "refused", [VERDICT_DROPPED] = "dropped",
	[VERDICT_UNKNOWN] = "unknown",
};

static const char *addr_text(char *buf, const struct addr *addr)
{
	return inet_ntop(addr->len == 4 ? AF_INET : AF_INET6, addr->byte, buf,
			 VALUE_SIZE);
}

/* What an unreachable host says, for people. */
static const char *refusal(const struct answer *a)
{
	if (a->kind != ANSWER_REFUSED)
		return "";
	if (a->from.len == 4 && a->type == ICMP_DEST_UNREACH) {
		switch (a->code) {
		case ICMP_PROT_UNREACH:
			return "protocol unreachable";
		case ICMP_PORT_UNREACH:
			return "port unreachable";
		case ICMP_PKT_FILTERED:
		case ICMP_NET_ANO:
		case ICMP_HOST_ANO:
			return "prohibited";
		}
		return "unreachable";
	}
	if (a->from.len == 16 && a->type == ICMP6_PARAM_PROB)
		return "protocol unreachable";
	if (a->from.len == 16 && a->type == ICMP6_DST_UNREACH) {
		switch (a->code) {
		case ICMP6_DST_UNREACH_NOPORT:
			return "port unreachable";
		case ICMP6_DST_UNREACH_ADMIN:
			return "prohibited";
		}
		return "unreachable";
	}
	return "error";
}

static void answer_text(const struct answer *a, int width)
{
	char buf[VALUE_SIZE] = "-", ms[VALUE_SIZE] = "";

	if (a->kind != ANSWER_NONE) {
		addr_text(buf, &a->from);
		snprintf(ms, sizeof(ms), "%.1f ms", a->ms);
	}
	printf("%-*s  %10s", width, buf, ms);
}

static void hop_text(const struct trace *t, unsigned int i)
{
	int width = t->target.addr.len == 4 ? 15 : 30;

	printf("%3u  ", i + 1);
	answer_text(&t->hop[i].answer, width);
	printf("   ");
	answer_text(&t->hop[i].echo, width);
	if (t->hop[i].answer.kind == ANSWER_REFUSED)
		printf("  %s", refusal(&t->hop[i].answer));
	putchar('\n');
	fflush(stdout);
}

static void head_text(const struct trace *t)
{
	int width = t->target.addr.len == 4 ? 15 : 30;
	char buf[VALUE_SIZE];

	printf("%s to %s (%s), at most %u hops\n", t->protocol->title,
	       t->server, addr_text(buf, &t->target.addr),
	       (unsigned int)t->hops);
	if (t->prober.other_port)
		printf("port 500 is in use here: probes come from another one\n");
	printf("%3s  %-*s  %10s   %s\n", "hop", width, t->protocol->name, "",
	       "echo");
}

static void verdict_text(const struct trace *t, enum verdict verdict)
{
	char last[VALUE_SIZE], next[VALUE_SIZE];
	const char *name = t->protocol->title;

	if (t->last)
		addr_text(last, &t->hop[t->last - 1].answer.from);
	if (t->next)
		addr_text(next, &t->hop[t->next - 1].echo.from);
	switch (verdict) {
	case VERDICT_ANSWERS:
		printf("%s reaches the server, which answers.\n", name);
		break;
	case VERDICT_PASSES:
		printf("%s passes every hop before the server, which doesn't answer: nor need it.\n",
		       name);
		break;
	case VERDICT_REFUSED:
		printf("%s is refused by hop %u, %s: %s.\n", name, t->last, last,
		       refusal(&t->hop[t->last - 1].answer));
		break;
	case VERDICT_DROPPED:
		if (t->last)
			printf("%s is last seen by hop %u, %s.\n", name, t->last,
			       last);
		else
			printf("%s is seen by no hop.\n", name);
		printf("Hop %u, %s, answers to ICMP echo only: %s is dropped there or by the hop before.\n",
		       t->next, next, name);
		break;
	case VERDICT_UNKNOWN:
		printf("Nobody%s answers, neither to %s nor to ICMP echo: no telling where it ends.\n",
		       t->last ? " after the last hop" : "", name);
		break;
	}
}

static void answer_tsv(const struct answer *a)
{
	char buf[VALUE_SIZE];

	if (a->kind == ANSWER_NONE)
		printf("\t-\t-");
	else
		printf("\t%s\t%.3f", addr_text(buf, &a->from), a->ms);
}

static void hop_tsv(const struct trace *t, unsigned int i)
{
	const struct answer *a = &t->hop[i].answer;

	printf("hop\t%u", i + 1);
	answer_tsv(a);
	if (a->kind == ANSWER_REFUSED)
		printf("\t%u/%u", a->type, a->code);
	else
		printf("\t-");
	answer_tsv(&t->hop[i].echo);
	putchar('\n');
	fflush(stdout);
}

static json_t *answer_json(const struct answer *a)
{
	char buf[VALUE_SIZE];
	json_t *o;

	if (a->kind == ANSWER_NONE)
		return json_null();
	o = json_pack("{s:s, s:f}", "address", addr_text(buf, &a->from), "ms",
		      a->ms);
	if (a->kind == ANSWER_REFUSED)
		json_object_set_new(o, "error", json_string(refusal(a)));
	return o;
}

static json_t *hop_json(const struct trace *t, unsigned int i)
{
	return json_pack("{s:i, s:o, s:o}", "hop", i + 1, "answer",
			 answer_json(&t->hop[i].answer), "echo",
			 answer_json(&t->hop[i].echo));
}

static void trace_json(const struct trace *t, enum verdict verdict)
{
	char buf[VALUE_SIZE];
	json_t *hops = json_array(), *o;
	unsigned int i;

	for (i = 0; i < t->n; i++)
		json_array_append_new(hops, hop_json(t, i));
	o = json_pack("{s:s, s:s, s:o, s:s, s:o, s:o}", "protocol",
		      t->protocol->name, "server",
		      addr_text(buf, &t->target.addr), "hops", hops, "result",
		      verdicts[verdict], "last_hop",
		      t->last ? json_integer(t->last) : json_null(), "next_hop",
		      t->next ? json_integer(t->next) : json_null());
	json_line(o, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
}

void trace_head(const struct trace *t, enum format format)
{
	if (format == FORMAT_TEXT)
		head_text(t);
}

void trace_hop(const struct trace *t, enum format format)
{
	if (format == FORMAT_TEXT)
		hop_text(t, t->n - 1);
	else if (format == FORMAT_TSV)
		hop_tsv(t, t->n - 1);
}

void trace_verdict(const struct trace *t, enum verdict how,
		   enum format format)
{
	switch (format) {
	case FORMAT_TEXT:
		verdict_text(t, how);
		break;
	case FORMAT_TSV:
		printf("result\t%s\n", verdicts[how]);
		break;
	case FORMAT_JSON:
		trace_json(t, how);
		break;
	}
}
