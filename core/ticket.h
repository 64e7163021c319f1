/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tickets: inbound SPIs that a session may soon receive on, because its IKE has
 * let the remote host use them. isakmp/ticket.c says which messages open one.
 *
 * The functions allocate nothing, take no lock and read no clock. They are
 * built in userspace as well, for unit tests and fuzzing.
 */
#ifndef _NF_VPN_TICKET_H
#define _NF_VPN_TICKET_H

#include <linux/types.h>

/*
 * Open tickets of one session: a client may set up many children together, such
 * as one for each of its processors (RFC 9611).
 */
#define NF_VPN_TICKETS		32
/* Milliseconds after which a request without a response has failed. */
#define NF_VPN_TICKETS_ANSWER_MS	(60 * 1000)
/* No ticket is older, since signed differences are compared: milliseconds. */
#define NF_VPN_TICKETS_ANY_AGE	0x7fffffffU

/**
 * struct nf_vpn_ticket - one inbound SPI to come
 * @pair: hash of the cookie pair of the exchange that opened it
 * @key: hash of pair, requester and message ID, which names the exchange
 * @date: when its message last went out in a way that lets expect the SPI soon,
 *	milliseconds
 * @waited: how long after the first message of the exchange that was, in units
 *	of %NF_VPN_TICKET_TICK_MS
 * @answered: no response is due any more
 * @auth: it is of an IKE_AUTH exchange, which may have several rounds
 * @late: a message has gone out since which @date doesn't take into account
 */
struct nf_vpn_ticket {
	u32 pair;
	u32 key;
	u32 date;
	u16 waited;
	u8 answered:1;
	u8 auth:1;
	u8 late:1;
};

#define NF_VPN_TICKET_TICK_MS	16

/**
 * struct nf_vpn_tickets - open tickets of one session
 * @pair: hash of the cookie pair in use, for tickets that are opened again
 * @n: used entries of @ticket
 * @floated: the session's ESP comes in UDP, so that it is no candidate for raw
 *	ESP
 * @raw_esp: raw ESP has been seen since the IKE SA began
 * @ticket: oldest first
 *
 * Zeroed memory is a valid state. All calls are serialized by the caller.
 */
struct nf_vpn_tickets {
	u32 pair;
	u8 n;
	bool floated;
	bool raw_esp;
	struct nf_vpn_ticket ticket[NF_VPN_TICKETS];
};

/*
 * Has the request of a ticket failed? The difference is signed because another
 * CPU's clock may be a moment ahead.
 */
static inline bool nf_vpn_ticket_failed(const struct nf_vpn_ticket *ticket,
					u32 now)
{
	s32 limit = NF_VPN_TICKETS_ANSWER_MS << ticket->late;

	return !ticket->answered && (s32)(now - ticket->date) > limit;
}

void nf_vpn_ticket_remove(struct nf_vpn_tickets *t, unsigned int i);
unsigned int nf_vpn_tickets_open(const struct nf_vpn_tickets *t, u32 now);
unsigned int nf_vpn_tickets_younger(const struct nf_vpn_tickets *t, u32 age,
				    u32 now);
u32 nf_vpn_tickets_newest(const struct nf_vpn_tickets *t);
bool nf_vpn_tickets_answered(const struct nf_vpn_tickets *t);
void nf_vpn_tickets_spend(struct nf_vpn_tickets *t, u32 now);
void nf_vpn_tickets_reopen(struct nf_vpn_tickets *t, u32 now);
void nf_vpn_tickets_raw_esp(struct nf_vpn_tickets *t);

#endif /* _NF_VPN_TICKET_H */
