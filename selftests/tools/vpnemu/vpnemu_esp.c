// SPDX-License-Identifier: GPL-2.0-only
/* ESP packets, whose payloads name their owner */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "vpnemu.h"

/* what is encrypted in earnest */
struct note {
	uint32_t magic;
	uint32_t host;
	uint32_t record;	/* of a packet from a server */
	uint32_t kind;		/* enum payload */
};

struct esp_packet {
	struct esp_head head;
	struct note note;
	unsigned char filler[1024];
};

/* bytes of filler, by what is inside */
static const size_t esp_size[] = {
	[PAYLOAD_REQUEST] = 80,
	[PAYLOAD_DATA] = 160,
	[PAYLOAD_ACK] = 32,
};

static size_t esp_make(struct esp_packet *p, struct sa *sa, uint32_t record,
		       enum payload kind)
{
	memset(p, 0xa5, sizeof(*p));
	p->head.spi = htonl(sa->spi);
	p->head.seq = htonl(++sa->seq);
	p->note.magic = MAGIC;
	p->note.host = sa->host->number;
	p->note.record = record;
	p->note.kind = kind;
	return offsetof(struct esp_packet, filler) + esp_size[kind];
}

void esp_host_send(struct emu *e, struct host *h, enum payload kind)
{
	struct esp_packet p;
	size_t len;

	if (!h->out || e->stopping)
		return;
	len = esp_make(&p, h->out, 0, kind);
	if (socket_put(e->esp[SIDE_HOST], &h->addr, &h->server, 0, &p, len))
		e->refused++;
	else
		e->sent_out++;
}

void esp_server_send(struct emu *e, struct host *h, enum payload kind)
{
	struct esp_packet p;
	size_t len;

	if (e->stopping || h->silent)
		return;
	if (!h->in || !h->lead->seen_as.family)
		return;
	if (h->in->dead) {
		e->unsent++;
		return;
	}
	len = esp_make(&p, h->in, e->n_records, kind);
	if (socket_put(e->esp[SIDE_SERVER], &h->server, &h->lead->seen_as, 0,
		       &p, len)) {
		e->refused++;
		return;
	}
	e->records = grow(e->records, &e->room_records, e->n_records,
			  sizeof(*e->records));
	e->records[e->n_records++] = (struct record){
		.sa = h->in,
		.seq = h->in->seq,
	};
}

/* whose a packet is; NULL if nobody here sent it */
static struct host *esp_read(struct emu *e, const unsigned char *data,
			     size_t len, struct esp_packet *p)
{
	if (len < offsetof(struct esp_packet, filler))
		return NULL;
	memcpy(p, data, offsetof(struct esp_packet, filler));
	p->head.spi = ntohl(p->head.spi);
	if (p->note.magic != MAGIC || p->note.host >= e->n_hosts)
		return NULL;
	return &e->hosts[p->note.host];
}

void esp_server_got(struct emu *e, const struct arrival *a)
{
	struct esp_packet p;
	struct host *h = esp_read(e, a->data, a->len, &p);

	if (!h) {
		e->strange++;
		return;
	}
	e->arrived_out++;
	h->lead->seen_as = a->src;
	traffic_server_got(e, h, p.note.kind);
}

/* NULL: no packet of a server */
static struct record *esp_record(struct emu *e, const struct esp_packet *p)
{
	if (p->note.record >= e->n_records)
		return NULL;
	return &e->records[p->note.record];
}

/* the lead of a host */
static struct host *esp_receiver(struct emu *e, const struct addr *dst)
{
	uint32_t i;

	for (i = 0; i < e->n_hosts; i += e->set.children)
		if (addr_equal(&e->hosts[i].addr, dst))
			return &e->hosts[i];
	return NULL;
}

static void esp_got_foreign(struct emu *e, struct host *receiver,
			    struct record *r)
{
	struct sa *sa = r->sa;

	r->others++;
	sa->copies++;
	if (!receiver || !receiver->deleter || sa->asked || e->stopping)
		return;
	sa->asked = true;
	ike_ask(e, receiver, SIDE_HOST, IKE_DELETE_SPI, sa->spi,
		&receiver->ike);
}

void esp_host_got(struct emu *e, const struct arrival *a)
{
	struct host *receiver = esp_receiver(e, &a->dst), *owner;
	struct esp_packet p;
	struct record *r;
	bool own;

	owner = esp_read(e, a->data, a->len, &p);
	r = owner ? esp_record(e, &p) : NULL;
	if (!r) {
		e->strange++;
		return;
	}
	own = receiver == owner->lead;
	if (!own)
		esp_got_foreign(e, receiver, r);
	else if (r->own)
		e->repeated++;
	else
		r->own = true;
	if (r->own + r->others > r->sa->candidates)
		r->sa->candidates = r->own + r->others;
	if (own)
		traffic_host_got(e, owner, p.note.kind);
}

/* what comes from outside, before the gateway does anything to it */
void esp_gateway_got(struct emu *e, const struct arrival *a)
{
	const unsigned char *end = a->data + a->len, *data;
	struct esp_packet p;
	struct addr src, dst;
	struct record *r;
	uint8_t proto;

	data = ip_parse(a->data, a->len, &src, &dst, &proto);
	if (!data || data > end || proto != IPPROTO_ESP ||
	    !esp_read(e, data, end - data, &p))
		return;
	r = esp_record(e, &p);
	if (!r)
		return;
	r->arrived = a->stamp;
	if (!r->sa->first)
		r->sa->first = a->stamp;
}
