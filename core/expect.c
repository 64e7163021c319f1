// SPDX-License-Identifier: GPL-2.0-only
/* What a session's IKE has announced of its ESP. */
#include <linux/minmax.h>
#include <linux/string.h>

#include "core/clock.h"
#include "core/expect.h"
#include "core/session.h"
#include "core/ticket.h"

/**
 * nf_vpn_expect_link - give a session its IKE
 * @e: complete but for @tickets and what belongs to @s
 * @s: session, lock of its netns held
 * @tickets: the session's tickets
 */
void nf_vpn_expect_link(struct nf_vpn_expect *e, struct nf_vpn_session *s,
			struct nf_vpn_tickets *tickets)
{
	e->session = s;
	e->tickets = tickets;
	spin_lock_init(&e->lock);
	hlist_add_head(&e->by_remote, &s->remote->expects);
	/*
	 * Complete before others see it. Pairs with nf_vpn_session_expects().
	 */
	smp_store_release(&s->expect, e);
}
EXPORT_SYMBOL_GPL(nf_vpn_expect_link);

/* Open tickets that aren't older than that, -1 if IKE doesn't show. */
static int nf_vpn_expect_count(const struct nf_vpn_session *s, u32 age)
{
	struct nf_vpn_expect *e = nf_vpn_session_expects(s);
	int n;

	if (!e || !READ_ONCE(e->visible))
		return -1;
	spin_lock(&e->lock);
	n = nf_vpn_tickets_younger(e->tickets, age, nf_vpn_now_ms());
	spin_unlock(&e->lock);
	return n;
}

/**
 * nf_vpn_expect_need - count the new inbound SPIs that IKE has announced
 * @s: session, lock of its netns held
 *
 * Return: number of open tickets, or -1 if no IKE exchange that makes an SA for
 * ESP has been seen: then IKE says nothing about new SPIs.
 */
int nf_vpn_expect_need(const struct nf_vpn_session *s)
{
	return nf_vpn_expect_count(s, NF_VPN_TICKETS_ANY_AGE);
}
EXPORT_SYMBOL_GPL(nf_vpn_expect_need);

/**
 * nf_vpn_expect_spend - spend a ticket on a new inbound SPI
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
 * nf_vpn_expect_reopen - give a ticket back: its SPI was another session's
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
 * nf_vpn_expect_younger - count the new inbound SPIs that IKE has announced
 * lately
 * @s: session, lock of its netns held
 * @age: milliseconds that are lately
 *
 * Return: number of open tickets that aren't older; 0 if IKE doesn't show
 */
int nf_vpn_expect_younger(const struct nf_vpn_session *s, u32 age)
{
	return max(nf_vpn_expect_count(s, age), 0);
}
EXPORT_SYMBOL_GPL(nf_vpn_expect_younger);

/**
 * nf_vpn_expect_newest - date of the newest open ticket
 * @s: session with open tickets, lock of its netns held
 *
 * Return: value of nf_vpn_now_ms() when it was opened
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
 * nf_vpn_expect_answered - tell whether the remote host has agreed to an SPI that
 * is expected
 * @s: session, lock of its netns held
 *
 * Return: false as well if none is expected, or IKE doesn't show.
 */
bool nf_vpn_expect_answered(const struct nf_vpn_session *s)
{
	struct nf_vpn_expect *e = nf_vpn_session_expects(s);
	bool answered;

	if (!e)
		return false;
	spin_lock(&e->lock);
	answered = nf_vpn_tickets_answered(e->tickets);
	spin_unlock(&e->lock);
	return answered;
}
EXPORT_SYMBOL_GPL(nf_vpn_expect_answered);

/**
 * nf_vpn_expect_raw_esp - note that the client sends ESP outside UDP
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
 * nf_vpn_expect_get_view - collect what netlink tells of a session's IKE
 * @s: session, under RCU, lock of its netns not held
 * @view: filled, with zeros if the session has no IKE
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
