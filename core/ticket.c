// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tickets: inbound SPIs that a session may soon receive on, see core/ticket.h.
 */
#include <linux/string.h>
#include <linux/types.h>

#include "core/ticket.h"

/**
 * nf_vpn_ticket_remove - remove a ticket
 * @t: tickets
 * @i: its index
 */
void nf_vpn_ticket_remove(struct nf_vpn_tickets *t, unsigned int i)
{
	t->n--;
	memmove(t->ticket + i, t->ticket + i + 1,
		(t->n - i) * sizeof(t->ticket[0]));
}
EXPORT_SYMBOL_GPL(nf_vpn_ticket_remove);

/**
 * nf_vpn_tickets_open - count the open tickets
 * @t: tickets
 * @now: milliseconds
 *
 * Return: their number; 0 if the session's ESP comes in UDP
 */
unsigned int nf_vpn_tickets_open(const struct nf_vpn_tickets *t, u32 now)
{
	return nf_vpn_tickets_younger(t, NF_VPN_TICKETS_ANY_AGE, now);
}

/**
 * nf_vpn_tickets_younger - count the open tickets that aren't older than that
 * @t: tickets
 * @age: milliseconds, %NF_VPN_TICKETS_ANY_AGE for any
 * @now: milliseconds
 *
 * Return: their number; 0 if the session's ESP comes in UDP
 */
unsigned int nf_vpn_tickets_younger(const struct nf_vpn_tickets *t, u32 age,
				    u32 now)
{
	unsigned int i, n = 0;

	if (t->floated)
		return 0;
	for (i = 0; i < t->n; i++)
		n += !nf_vpn_ticket_failed(&t->ticket[i], now) &&
		     (s32)(now - t->ticket[i].date) <= (s32)age;
	return n;
}

/**
 * nf_vpn_tickets_newest - tell when the newest ticket was opened
 * @t: tickets, at least one is open
 *
 * Return: milliseconds
 */
u32 nf_vpn_tickets_newest(const struct nf_vpn_tickets *t)
{
	return t->n ? t->ticket[t->n - 1].date : 0;
}

/**
 * nf_vpn_tickets_answered - tell whether the remote host has taken part in the
 * exchange of an open ticket
 * @t: tickets
 *
 * Return: true if it has, of any.
 */
bool nf_vpn_tickets_answered(const struct nf_vpn_tickets *t)
{
	unsigned int i;

	for (i = 0; i < t->n; i++)
		if (t->ticket[i].answered)
			return true;
	return false;
}

/**
 * nf_vpn_tickets_spend - spend the oldest open ticket on a new inbound SPI
 * @t: tickets, of which none need be open
 * @now: milliseconds
 */
void nf_vpn_tickets_spend(struct nf_vpn_tickets *t, u32 now)
{
	unsigned int i;

	if (t->floated)
		return;
	for (i = 0; i < t->n; i++) {
		if (nf_vpn_ticket_failed(&t->ticket[i], now))
			continue;
		nf_vpn_ticket_remove(t, i);
		return;
	}
}

/**
 * nf_vpn_tickets_reopen - open a ticket again whose SPI was another session's
 * @t: tickets
 * @now: milliseconds
 */
void nf_vpn_tickets_reopen(struct nf_vpn_tickets *t, u32 now)
{
	if (t->n == NF_VPN_TICKETS)
		nf_vpn_ticket_remove(t, 0);
	t->ticket[t->n++] = (struct nf_vpn_ticket){
		.pair = t->pair,
		.date = now,
		.answered = true,
	};
}

/**
 * nf_vpn_tickets_raw_esp - note that the client sends raw ESP, on a new SPI
 * @t: tickets
 *
 * Its IKE may be on port 4500 nevertheless.
 */
void nf_vpn_tickets_raw_esp(struct nf_vpn_tickets *t)
{
	t->raw_esp = true;
	t->floated = false;
}
