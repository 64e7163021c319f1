// SPDX-License-Identifier: GPL-2.0-only
/* What IKE lets expect of a session's ESP. */
#include <linux/string.h>

#include "core/clock.h"
#include "core/expect.h"
#include "core/session.h"
#include "core/ticket.h"

/**
 * nf_vpn_expect_link - a session has IKE from now on
 * @e: complete but for what is set here
 * @s: session, lock of its netns held
 * @tickets: those of the session
 */
void nf_vpn_expect_link(struct nf_vpn_expect *e, struct nf_vpn_session *s,
			struct nf_vpn_tickets *tickets)
{
	e->session = s;
	e->tickets = tickets;
	spin_lock_init(&e->lock);
	hlist_add_head(&e->by_remote, &s->remote->expects);
	/* Complete before others see it. Pairs with nf_vpn_session_expects(). */
	smp_store_release(&s->expect, e);
}
EXPORT_SYMBOL_GPL(nf_vpn_expect_link);

/**
 * nf_vpn_expect_need - inbound SPIs that the client's IKE lets expect
 * @s: session, lock of its netns held
 *
 * Return: number of open tickets, or -1 where IKE hasn't been seen to make an
 * SA and says nothing.
 */
int nf_vpn_expect_need(const struct nf_vpn_session *s)
{
	struct nf_vpn_expect *e = nf_vpn_session_expects(s);
	int need;

	if (!e || !READ_ONCE(e->visible))
		return -1;
	spin_lock(&e->lock);
	need = nf_vpn_tickets_open(e->tickets, nf_vpn_now_ms());
	spin_unlock(&e->lock);
	return need;
}
EXPORT_SYMBOL_GPL(nf_vpn_expect_need);

/**
 * nf_vpn_expect_spend - an inbound SPI of the session is in use
 * @s: session, lock of its netns held
 */
void nf_vpn_expect_spend(struct nf_vpn_session *s)
{
	struct nf_vpn_expect *e = nf_vpn_session_expects(s);

	if (!e)
		return;
	spin_lock(&e->lock);
	nf_vpn_tickets_spend(e->tickets, nf_vpn_now_ms());
	spin_unlock(&e->lock);
}
EXPORT_SYMBOL_GPL(nf_vpn_expect_spend);

/**
 * nf_vpn_expect_reopen - the SPI that a ticket was spent for was another's
 * @s: session, lock of its netns held
 */
void nf_vpn_expect_reopen(struct nf_vpn_session *s)
{
	struct nf_vpn_expect *e = nf_vpn_session_expects(s);

	if (!e)
		return;
	spin_lock(&e->lock);
	if (e->visible)
		nf_vpn_tickets_reopen(e->tickets, nf_vpn_now_ms());
	spin_unlock(&e->lock);
}
EXPORT_SYMBOL_GPL(nf_vpn_expect_reopen);

/**
 * nf_vpn_expect_newest - when was the newest open ticket made?
 * @s: session with open tickets, lock of its netns held
 *
 * Return: nf_vpn_now_ms() of then.
 */
u32 nf_vpn_expect_newest(const struct nf_vpn_session *s)
{
	struct nf_vpn_expect *e = nf_vpn_session_expects(s);
	u32 newest;

	spin_lock(&e->lock);
	newest = nf_vpn_tickets_newest(e->tickets);
	spin_unlock(&e->lock);
	return newest;
}
EXPORT_SYMBOL_GPL(nf_vpn_expect_newest);

/**
 * nf_vpn_expect_raw_esp - the client sends ESP outside UDP
 * @s: session, lock of its netns held
 */
void nf_vpn_expect_raw_esp(struct nf_vpn_session *s)
{
	struct nf_vpn_expect *e = nf_vpn_session_expects(s);

	if (!e)
		return;
	spin_lock(&e->lock);
	nf_vpn_tickets_raw_esp(e->tickets);
	spin_unlock(&e->lock);
}
EXPORT_SYMBOL_GPL(nf_vpn_expect_raw_esp);

/**
 * nf_vpn_expect_get_view - what is there to tell of a session's IKE?
 * @s: session, under RCU, lock of its netns not held
 * @view: filled, with zeros if it has none
 */
void nf_vpn_expect_get_view(const struct nf_vpn_session *s,
			    struct nf_vpn_expect_view *view)
{
	struct nf_vpn_expect *e = nf_vpn_session_expects(s);

	memset(view, 0, sizeof(*view));
	if (!e)
		return;
	view->cookies = READ_ONCE(e->cookies);
	view->idle = nf_vpn_since_low(READ_ONCE(e->last));
	spin_lock_bh(&e->lock);
	view->tickets = nf_vpn_tickets_open(e->tickets, nf_vpn_now_ms());
	view->natt = e->tickets->floated;
	spin_unlock_bh(&e->lock);
}
