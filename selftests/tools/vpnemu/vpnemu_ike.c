// SPDX-License-Identifier: GPL-2.0-only
/*
 * IKEv2 messages (RFC 7296): true heads, plausible lengths, one request of a
 * side at a time, retransmitted until it is answered. Lengths are those of
 * libreswan.
 */
#include <arpa/inet.h>
#include <assert.h>
#include <string.h>

#include "vpnemu.h"

#define IKE_PORT	500
#define IKE_VERSION	0x20
#define IKE_RESPONSE	0x20	/* RFC 7296 section 3.1 */
#define IKE_INITIATOR	0x08
#define PAYLOAD_SA	33
#define PAYLOAD_SK	46	/* encrypted */
#define RETRANSMIT	(500 * MS)
#define TRIES		6

static const struct ike_kind {
	uint8_t exchange;
	uint16_t request;	/* bytes from the ISAKMP head on */
	uint16_t response;
} kinds[] = {
	[IKE_INIT] = { 34, 828, 456 },
	[IKE_AUTH] = { 35, 430, 224 },
	[IKE_CHILD] = { 36, 269, 257 },
	[IKE_REKEY] = { 36, 213, 213 },
	[IKE_DELETE_CHILD] = { 37, 69, 69 },
	[IKE_DELETE_IKE] = { 37, 65, 57 },
	[IKE_DELETE_SPI] = { 37, 69, 69 },
	[IKE_DPD] = { 37, 57, 57 },
};

/* what is encrypted in earnest, after the head of the first payload */
struct ike_note {
	uint32_t magic;
	uint32_t host;
	uint32_t purpose;
	uint32_t value;
};

struct ike_message {
	struct isakmp_head head;
	uint8_t next;
	uint8_t critical;
	uint16_t length;
	struct ike_note note;
};

static_assert(sizeof(struct ike_message) <= 57, "fits in the shortest message");

static void ike_transmit(struct emu *e, const struct host *h, enum side me,
			 const void *data, size_t len)
{
	const struct addr *src = &h->addr, *dst = &h->server;
	uint16_t port = IKE_PORT;

	if (me == SIDE_SERVER) {
		src = &h->server;
		dst = &h->seen_as;
		port = h->port;
	}
	if (socket_put(e->ike[me], src, dst, port, data, len))
		e->refused++;
}

static size_t ike_make(unsigned char *data, const struct host *h,
		       enum side me, const struct ike_request *r,
		       uint32_t msgid, bool response)
{
	const struct ike_kind *k = &kinds[r->purpose];
	size_t len = response ? k->response : k->request;
	bool init = r->purpose == IKE_INIT, from_host = me == SIDE_HOST;
	struct ike_message m = {
		.head = {
			.init_cookie = { r->sa->init[0], r->sa->init[1] },
			.next = init ? PAYLOAD_SA : PAYLOAD_SK,
			.version = IKE_VERSION,
			.exchange = k->exchange,
			.flags = response ? IKE_RESPONSE : 0,
			.msgid = htonl(msgid),
			.length = htonl(len),
		},
		.length = htons(len - sizeof(m.head)),
		.note = { MAGIC, h->number, r->purpose, r->value },
	};

	if (r->sa->by_host == from_host)
		m.head.flags |= IKE_INITIATOR;
	if (!init || response)
		memcpy(m.head.resp_cookie, r->sa->resp,
		       sizeof(m.head.resp_cookie));
	memset(data, 0xa5, len);
	memcpy(data, &m, sizeof(m));
	return len;
}

static void ike_send_request(struct emu *e, struct host *h, long arg);

static void ike_next(struct emu *e, struct host *h, enum side me)
{
	struct ike_window *w = &h->window[me];

	w->active = w->queued > 0;
	if (!w->active)
		return;
	w->request = w->queue[0];
	memmove(w->queue, w->queue + 1, --w->queued * sizeof(w->queue[0]));
	w->msgid = w->request.sa->next_id[me]++;
	w->tries = 0;
	w->token++;
	w->sent = now_ns();
	e->exchanges++;
	ike_send_request(e, h, w->token << 1 | me);
}

/* arg: token and side of the request that may have been answered meanwhile */
static void ike_send_request(struct emu *e, struct host *h, long arg)
{
	struct ike_window *w = &h->window[arg & 1];
	unsigned char data[PACKET_MAX];
	enum side me = arg & 1;
	size_t len;

	if (!w->active || (long)w->token != arg >> 1 || e->stopping)
		return;
	if (w->tries == TRIES) {
		e->ike_failed++;
		ike_next(e, h, me);
		return;
	}
	if (w->tries)
		e->retransmits++;
	len = ike_make(data, h, me, &w->request, w->msgid, false);
	ike_transmit(e, h, me, data, len);
	after(e, RETRANSMIT << w->tries++, ike_send_request, h, arg);
}

void ike_ask(struct emu *e, struct host *h, enum side me,
	     enum purpose purpose, uint32_t value, struct ike_sa *sa)
{
	struct ike_window *w = &h->window[me];

	if (w->queued == QUEUE_MAX) {
		e->ike_failed++;
		return;
	}
	w->queue[w->queued++] = (struct ike_request){ purpose, value, sa };
	if (!w->active)
		ike_next(e, h, me);
}

/* the response that tunnel_asked() wanted to go out a bit later */
static void ike_respond(struct emu *e, struct host *h, long me)
{
	const struct ike_response *r = &h->response[me];

	ike_transmit(e, h, me, r->data, r->len);
}

static bool ike_is_repeated(const struct ike_response *r,
			    const struct ike_message *m)
{
	return r->len && r->msgid == m->head.msgid &&
	       !memcmp(r->init, m->head.init_cookie, sizeof(r->init));
}

static bool ike_is_under(const struct ike_sa *sa, const struct ike_message *m)
{
	return !memcmp(sa->init, m->head.init_cookie, sizeof(sa->init));
}

/* NULL if it is gone */
static struct ike_sa *ike_sa_of(struct host *h, const struct ike_message *m)
{
	if (ike_is_under(&h->old_ike, m))
		return &h->old_ike;
	return ike_is_under(&h->ike, m) ? &h->ike : NULL;
}

static void ike_got_request(struct emu *e, struct host *h, enum side me,
			    const struct ike_message *m)
{
	struct ike_response *r = &h->response[me];
	uint32_t msgid = ntohl(m->head.msgid);
	struct ike_request request = {
		.purpose = m->note.purpose,
		.value = m->note.value,
	};
	int64_t delay;

	if (ike_is_repeated(r, m)) {
		ike_respond(e, h, me);
		return;
	}
	request.sa = ike_sa_of(h, m);
	/* RFC 7296 section 2.3: repeated, and answered before the last one */
	if (!request.sa || msgid < request.sa->heard[me])
		return;
	request.sa->heard[me] = msgid + 1;
	delay = tunnel_asked(e, h, me, request.purpose, request.value);
	memcpy(r->init, m->head.init_cookie, sizeof(r->init));
	r->msgid = m->head.msgid;
	r->len = ike_make(r->data, h, me, &request, msgid, true);
	if (delay)
		after(e, delay, ike_respond, h, me);
	else
		ike_respond(e, h, me);
}

static void ike_got_response(struct emu *e, struct host *h, enum side me,
			     const struct ike_message *m)
{
	struct ike_window *w = &h->window[me];
	struct ike_request request = w->request;

	if (!w->active || w->msgid != ntohl(m->head.msgid) ||
	    request.purpose != m->note.purpose)
		return;
	if (w->tries == 1) {
		e->rtt_sum += now_ns() - w->sent;
		e->rtt_n++;
	}
	w->active = false;
	tunnel_answered(e, h, me, request.purpose, request.value);
	if (!w->active)
		ike_next(e, h, me);
}

void ike_got(struct emu *e, enum side me, const struct arrival *a)
{
	struct ike_message m;
	struct host *h;

	if (a->len < sizeof(m))
		return;
	memcpy(&m, a->data, sizeof(m));
	if (m.note.magic != MAGIC || m.note.host >= e->n_hosts)
		return;
	h = &e->hosts[m.note.host];
	if (me == SIDE_HOST && !addr_equal(&h->addr, &a->dst)) {
		e->ike_astray++;
		return;
	}
	if (me == SIDE_SERVER) {
		h->seen_as = a->src;
		h->port = a->port;
	}
	if (m.head.flags & IKE_RESPONSE)
		ike_got_response(e, h, me, &m);
	else
		ike_got_request(e, h, me, &m);
}
