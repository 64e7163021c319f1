// SPDX-License-Identifier: GPL-2.0-only
/*
 * A tunnel's life: how it starts, what exchanges do to it, when its keys are
 * renewed.
 *
 * A side may send on a new SA when the other side has it: the responder of an
 * exchange at once, the initiator when the response is there (libreswan).
 */
#include "vpnemu.h"

/* a response that ESP shall overtake */
#define OVERTAKE	(5 * MS)
/* libreswan deletes the old SAs after this time */
#define DELETE_AFTER	SEC

static void tunnel_rekey(struct emu *e, struct host *h, long arg);
static void tunnel_probe(struct emu *e, struct host *h, long arg);

static void tunnel_cookie(struct emu *e, uint32_t cookie[2])
{
	cookie[0] = random32(e) | 1;
	cookie[1] = random32(e);
}

static void tunnel_rekey_after(struct emu *e, struct host *h, int64_t lo,
			       int64_t hi)
{
	int64_t rekey = e->set.rekey * SEC;

	if (rekey)
		after(e, random_between(e, rekey * lo / 100, rekey * hi / 100),
		      tunnel_rekey, h, 0);
}

static void tunnel_is_up(struct emu *e, struct host *h)
{
	h->up = true;
	traffic_start_host(e, h);
	tunnel_rekey_after(e, h, 30, 100);
	if (h == h->lead && e->set.dpd && !e->set.manual)
		after(e, e->set.dpd * SEC, tunnel_probe, h, 0);
}

/* keys that both sides have from the beginning */
static void tunnel_start_manual(struct emu *e, struct host *lead)
{
	struct host *h;

	for (h = lead; h < lead + e->set.children; h++) {
		sa_make_child(e, h);
		sa_host_sends(h);
		sa_server_sends(e, h);
		tunnel_is_up(e, h);
	}
}

/* The first child comes with IKE_AUTH. */
static void tunnel_ask_children(struct emu *e, struct host *lead)
{
	uint32_t k;

	for (k = 1; k < e->set.children; k++)
		ike_ask(e, lead, SIDE_HOST, IKE_CHILD, k, &lead->ike);
}

void tunnel_start(struct emu *e, struct host *h, long arg)
{
	(void)arg;
	if (e->set.manual) {
		tunnel_start_manual(e, h);
		return;
	}
	tunnel_cookie(e, h->ike.init);
	h->ike.by_host = true;
	ike_ask(e, h, SIDE_HOST, IKE_INIT, 0, &h->ike);
}

static void tunnel_probe(struct emu *e, struct host *h, long arg)
{
	(void)arg;
	if (e->stopping)
		return;
	ike_ask(e, h, SIDE_HOST, IKE_DPD, 0, &h->ike);
	after(e, e->set.dpd * SEC, tunnel_probe, h, 0);
}

static void tunnel_rekey_manual(struct emu *e, struct host *h, enum side first)
{
	sa_make_child(e, h);
	if (first == SIDE_SERVER) {
		sa_server_sends(e, h);
		sa_host_sends(h);
	} else {
		sa_host_sends(h);
		sa_server_sends(e, h);
	}
}

static void tunnel_rekey(struct emu *e, struct host *h, long arg)
{
	enum side first = random_percent(e, e->set.server_first) ?
			  SIDE_SERVER : SIDE_HOST;
	struct host *lead = h->lead;

	(void)arg;
	if (e->stopping)
		return;
	/* one thing at a time, as in earnest */
	if (lead->window[SIDE_HOST].active ||
	    lead->window[SIDE_SERVER].active) {
		after(e, SEC, tunnel_rekey, h, 0);
		return;
	}
	if (e->set.manual)
		tunnel_rekey_manual(e, h, first);
	else if (h == lead && random_percent(e, e->set.ike_rekey))
		ike_ask(e, lead, first, IKE_REKEY, 0, &lead->ike);
	else
		ike_ask(e, lead, first, IKE_CHILD, h - lead, &lead->ike);
	tunnel_rekey_after(e, h, 80, 120);
}

/*
 * A server that has a child may send; some begin before they respond. Not
 * with the first child: no gateway lets that in unasked.
 */
static int64_t tunnel_server_has_child(struct emu *e, struct host *h)
{
	bool first = !h->in;

	sa_server_sends(e, h);
	if (first || !random_percent(e, e->set.early))
		return 0;
	esp_server_send(e, h, PAYLOAD_DATA);
	return OVERTAKE;
}

/* The host of an exchange is a lead; which child the exchange is about */
static struct host *tunnel_child(struct emu *e, struct host *lead,
				 enum purpose purpose, uint32_t value)
{
	return purpose == IKE_CHILD && value < e->set.children ? lead + value :
								  lead;
}

/* a request has come; returns by how much its response shall be late */
int64_t tunnel_asked(struct emu *e, struct host *h, enum side me,
		     enum purpose purpose, uint32_t value)
{
	struct host *child = tunnel_child(e, h, purpose, value);

	switch (purpose) {
	case IKE_INIT:
		tunnel_cookie(e, h->ike.resp);
		break;
	case IKE_AUTH:
	case IKE_CHILD:
		sa_make_child(e, child);
		if (me == SIDE_SERVER)
			return tunnel_server_has_child(e, child);
		sa_host_sends(child);
		break;
	case IKE_REKEY:
		h->new_ike = (struct ike_sa){ .by_host = me == SIDE_SERVER };
		tunnel_cookie(e, h->new_ike.init);
		tunnel_cookie(e, h->new_ike.resp);
		break;
	case IKE_DELETE_SPI:
		sa_kill(e, value);
		break;
	case IKE_DELETE_CHILD:
	case IKE_DELETE_IKE:
	case IKE_DPD:
		break;
	}
	return 0;
}

static void tunnel_delete(struct emu *e, struct host *h, long arg)
{
	if (!e->stopping)
		ike_ask(e, h, arg, IKE_DELETE_CHILD, 0, &h->ike);
}

static void tunnel_child_done(struct emu *e, struct host *h, enum side me)
{
	if (me == SIDE_HOST)
		sa_host_sends(h);
	else
		sa_server_sends(e, h);
	if (h->up)
		after(e, DELETE_AFTER, tunnel_delete, h->lead, me);
	else
		tunnel_is_up(e, h);
}

static void tunnel_ike_done(struct emu *e, struct host *h, enum side me)
{
	h->old_ike = h->ike;
	h->ike = h->new_ike;
	ike_ask(e, h, me, IKE_DELETE_IKE, 0, &h->old_ike);
}

/* the response to one's own request has come */
void tunnel_answered(struct emu *e, struct host *h, enum side me,
		     enum purpose purpose, uint32_t value)
{
	switch (purpose) {
	case IKE_INIT:
		ike_ask(e, h, SIDE_HOST, IKE_AUTH, 0, &h->ike);
		break;
	case IKE_AUTH:
		sa_host_sends(h);
		tunnel_is_up(e, h);
		tunnel_ask_children(e, h);
		break;
	case IKE_CHILD:
		tunnel_child_done(e, tunnel_child(e, h, purpose, value), me);
		break;
	case IKE_REKEY:
		tunnel_ike_done(e, h, me);
		break;
	case IKE_DELETE_SPI:
	case IKE_DELETE_CHILD:
	case IKE_DELETE_IKE:
	case IKE_DPD:
		break;
	}
}
