/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tickets: inbound SPIs that a session may soon receive on, because its IKE has
 * let the remote host use them. isakmp/ticket.c says which messages open one.
 *
 * What is declared here is pure, without allocation, locks or clock. It is built
 * in userspace as well, for unit tests and fuzzing.
 */
#ifndef _NF_VPN_TICKET_H
#define _NF_VPN_TICKET_H

#include <linux/types.h>

/*
 * Open tickets that one session can have: children that are set up together, as
 * one for each processor of the client (RFC 9611).
 */
#define NF_VPN_TICKETS		32
/* A request that has no response after this time has failed: milliseconds. */
#define NF_VPN_TICKETS_ANSWER_MS	(60 * 1000)

/**
 * struct nf_vpn_ticket - the remote host may use a new SPI from now on
 * @pair: hash of the cookie pair
 * @key: hash of pair, requester and message ID: the exchange that opened it
 * @date: milliseconds, when the message went out
 * @answered: no response is due any more
 * @auth: of the first exchange of an IKE SA, which may have several rounds
 */
struct nf_vpn_ticket {
	u32 pair;
	u32 key;
	u32 date;
	bool answered;
	bool auth;
};

/**
 * struct nf_vpn_tickets - open tickets of one session
 * @ticket: oldest first
 * @pair: hash of the cookie pair in use, for those that are opened again
 * @n: used entries of @ticket
 * @floated: its ESP comes in UDP: no candidate for raw ESP
 * @raw_esp: raw ESP has been seen since the IKE SA began
 *
 * Zeroed memory is a valid state. All calls are serialized by the caller.
 */
struct nf_vpn_tickets {
	struct nf_vpn_ticket ticket[NF_VPN_TICKETS];
	u32 pair;
	u8 n;
	bool floated;
	bool raw_esp;
};

/* Signed: another CPU's clock may be a moment ahead. */
static inline bool nf_vpn_ticket_failed(const struct nf_vpn_ticket *ticket,
					u32 now)
{
	return !ticket->answered &&
	       (s32)(now - ticket->date) > NF_VPN_TICKETS_ANSWER_MS;
}

void nf_vpn_ticket_remove(struct nf_vpn_tickets *t, unsigned int i);
unsigned int nf_vpn_tickets_open(const struct nf_vpn_tickets *t, u32 now);
u32 nf_vpn_tickets_newest(const struct nf_vpn_tickets *t);
bool nf_vpn_tickets_spend(struct nf_vpn_tickets *t, u32 now);
void nf_vpn_tickets_reopen(struct nf_vpn_tickets *t, u32 now);
void nf_vpn_tickets_raw_esp(struct nf_vpn_tickets *t);

#endif /* _NF_VPN_TICKET_H */
