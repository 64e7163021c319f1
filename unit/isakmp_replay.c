// SPDX-License-Identifier: GPL-2.0-only
/*
 * isakmp_replay FILE - a capture as the parser and the ticket rule see it
 *
 * One line a packet: what it is, what it did to the tickets of its session,
 * how many are open then. New inbound SPIs spend them.
 */
#include <stdio.h>
#include <stdlib.h>

#include "capture.h"
#include "isakmp/ticket.h"

struct session {
	struct isakmp_tickets tickets;
};

static const char *exchange_name(const struct isakmp_message *m)
{
	switch (m->exchange) {
	case ISAKMP_V1_MAIN:
		return "Main";
	case ISAKMP_V1_AGGRESSIVE:
		return "Aggressive";
	case ISAKMP_V1_QUICK:
		return "Quick";
	case ISAKMP_V1_TRANSACTION:
		return "Transaction";
	case ISAKMP_V1_INFORMATIONAL:
	case ISAKMP_V2_INFORMATIONAL:
		return "Informational";
	case ISAKMP_V2_INIT:
		return "INIT";
	case ISAKMP_V2_AUTH:
		return "AUTH";
	case ISAKMP_V2_CHILD:
		return "CHILD";
	case ISAKMP_V2_INTERMEDIATE:
		return "INTERMEDIATE";
	}
	return "?";
}

static void print_message(const struct isakmp_message *m)
{
	unsigned int i;

	printf("v%u %s", m->major, exchange_name(m));
	if (m->major == 2)
		printf(isakmp_is_response(m) ? " response" : " request");
	printf(" %x %u bytes", m->msgid, m->length);
	if (m->fragment)
		printf(" fragment %u", m->fragment);
	printf("%s%s%s", m->encrypted ? "" : " clear", m->natt ? " natt" : "",
	       m->malformed ? " MALFORMED" : "");
	for (i = 0; i < m->ninvalid; i++)
		printf(" invalid-spi");
}

static void print_events(unsigned int events)
{
	static const char *const name[] = {
		"opened", "cancelled", "redated", "duplicate", "floated", "raw",
	};
	unsigned int i;

	printf(":");
	for (i = 0; i < sizeof(name) / sizeof(name[0]); i++)
		if (events & 1u << i)
			printf(" %s", name[i]);
}

static void ike(struct session *s, const struct packet *p)
{
	struct isakmp_message m = {};
	int reason = isakmp_parse(&m, p->data, p->len, p->len);

	if (reason != ISAKMP_OK) {
		printf("no message (%d):", reason);
		return;
	}
	print_message(&m);
	print_events(isakmp_tickets_message(&s->tickets, &m, p->out,
					    p->type == PACKET_NATT_IKE,
					    p->ms));
}

static void esp(struct session *s, const struct packet *p)
{
	printf("ESP %08x seq %u:", p->spi, p->seq);
	if (p->out) {
		nf_vpn_tickets_raw_esp(&s->tickets.list);
		return;
	}
	printf(nf_vpn_tickets_open(&s->tickets.list, p->ms) ? " spent" :
							      " NO TICKET");
	nf_vpn_tickets_spend(&s->tickets.list, p->ms);
}

static void replay(const struct capture *c)
{
	struct session session[CAPTURE_CLIENTS] = {};
	const struct packet *p;
	struct session *s;

	for (p = c->packet; p < c->packet + c->n; p++) {
		s = &session[p->client];
		printf("%7.3f %c%c ", p->ms / 1000.0, 'a' + p->client,
		       p->out ? '>' : '<');
		if (p->type == PACKET_ESP)
			esp(s, p);
		else
			ike(s, p);
		printf(" -> %u\n", nf_vpn_tickets_open(&s->tickets.list, p->ms));
	}
}

int main(int argc, char **argv)
{
	struct capture c;

	if (argc != 2 || !capture_read(&c, argv[1]))
		return 1;
	replay(&c);
	capture_free(&c);
	return 0;
}
