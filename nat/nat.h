/* SPDX-License-Identifier: GPL-2.0-only */
/* NAT of ESP: what the files share that find the owner of an inbound SPI. */
#ifndef _NF_NAT_ESP_NAT_H
#define _NF_NAT_ESP_NAT_H

#include "core/remote.h"
#include "esp/esp.h"
#include "esp/undecided.h"

/**
 * struct nf_nat_esp_choice - candidates of an inbound SPI, or its owner
 * @n: number of sessions in @s
 * @expecting: they wait for a new SPI
 * @stock: the receiver that stock conntrack has, or has rules for, is a
 *	candidate, too
 * @proven: there is an owner, and this packet isn't the first one on the SPI
 * @copies: packets that the owner has got while the SPI was undecided
 * @bytes: their bytes
 * @s: candidates, longest waiting first
 */
struct nf_nat_esp_choice {
	unsigned int n;
	bool expecting;
	bool stock;
	bool proven;
	u32 copies;
	u64 bytes;
	struct nf_vpn_session *s[NF_ESP_CANDIDATES];
};

/*
 * Index of @s in @c, where each session notes its own in &nf_vpn_session.order;
 * -1 if it isn't there.
 */
static inline int nf_nat_esp_index(const struct nf_nat_esp_choice *c,
				   const struct nf_vpn_session *s)
{
	return s->order < c->n && c->s[s->order] == s ? s->order : -1;
}

/**
 * struct nf_nat_esp_arrival - an inbound packet of unknown owner
 * @pkt: its addresses, SPI and sequence number
 * @len: its length
 * @guess: nf_conntrack_esp_guess, or 1 if the packet can't be copied from its
 *	hook
 * @stock: stock conntrack has a receiver that has no session
 * @receiver: session of the receiver that stock conntrack has by a dnat rule,
 *	NULL if it has none; under RCU
 * @unknown: stock conntrack would have to ask the ruleset
 */
struct nf_nat_esp_arrival {
	const struct nf_vpn_pkt *pkt;
	unsigned int len;
	int guess;
	bool stock;
	struct nf_vpn_session *receiver;
	bool unknown;
};

/**
 * struct nf_nat_esp_history - what stays true of an inbound SPI that changes
 * hands
 * @packets: packets seen
 * @bytes: their bytes
 * @first: seconds of the boot clock of the first packet
 * @repairs: how often its owner was doubted
 * @old: it was in use before we saw it
 */
struct nf_nat_esp_history {
	s64 packets;
	s64 bytes;
	u32 first;
	u8 repairs;
	bool old;
};

static inline struct nf_nat_esp_history
nf_nat_esp_history_get(const struct nf_esp_spi *spi)
{
	return (struct nf_nat_esp_history){
		.packets = atomic64_read(&spi->packets),
		.bytes = atomic64_read(&spi->bytes),
		.first = spi->first,
		.repairs = spi->repairs,
		.old = spi->old,
	};
}

/* Give the SPI's new entry its history; the entry may have counted packets. */
static inline void
nf_nat_esp_history_add(struct nf_esp_spi *spi,
		       const struct nf_nat_esp_history *history)
{
	atomic64_add(history->packets, &spi->packets);
	atomic64_add(history->bytes, &spi->bytes);
	spi->first = history->first;
	spi->repairs = history->repairs;
	spi->old = history->old;
}

/*
 * Does a dnat rule deliver a session's ESP? While there is none, IKE tells who
 * has begun.
 */
static inline bool nf_nat_esp_is_by_remote(const struct nf_vpn_session *s)
{
	const struct nf_vpn_flow *esp = &s->flow[NF_VPN_FLOW_ESP];

	if (READ_ONCE(esp->seen))
		return nf_vpn_flow_is_by_remote(esp);
	return nf_vpn_flow_is_by_remote(&s->flow[NF_VPN_FLOW_IKE]);
}

/* Is it an SPI of a flood? One that was seen once is taken for one. */
static inline bool nf_nat_esp_is_forged(const struct nf_esp_undecided *u)
{
	return u->spi.remote->flooded && atomic64_read(&u->spi.packets) < 2;
}

/* nat/awaited.c */
int nf_nat_esp_awaited(const struct nf_vpn_session *s);
int nf_nat_esp_begun(const struct nf_vpn_session *s, u32 age);
bool nf_nat_esp_waits(const struct nf_vpn_session *s, bool old);

/* nat/candidate.c */
bool nf_nat_esp_uses(const struct nf_vpn_session *s,
		     const union nf_inet_addr *addr);
u32 nf_nat_esp_fresh_ms(const struct nf_vpn_session *s);
u32 nf_nat_esp_waiting_ms(const struct nf_vpn_session *s);
bool nf_nat_esp_is_fresh(const struct nf_vpn_session *s);
unsigned int nf_nat_esp_turn(const struct nf_vpn_session *s);
void nf_nat_esp_choose(struct nf_nat_esp_choice *c,
		       struct nf_vpn_remote *remote,
		       const struct nf_vpn_pkt *pkt, bool stock);
void nf_nat_esp_choose_due(struct nf_nat_esp_choice *c,
			   struct nf_vpn_remote *remote,
			   const struct nf_nat_esp_arrival *a);
void nf_nat_esp_admit_new(struct nf_vpn_net *vn, struct nf_esp_undecided *u,
			  const struct nf_vpn_pkt *pkt);

/* nat/taken.c */
void nf_nat_esp_drop_taken(struct nf_nat_esp_choice *c,
			   const struct nf_vpn_remote *remote,
			   const struct nf_vpn_pkt *pkt);
void nf_nat_esp_mark_answered(struct nf_nat_esp_choice *c,
			      const struct nf_vpn_remote *remote,
			      const struct nf_vpn_pkt *pkt);

/* nat/trial.c */
bool nf_nat_esp_is_answered(const struct nf_vpn_session *s, u32 now);
void nf_nat_esp_judge(struct nf_esp_undecided *u);
void nf_nat_esp_time_first(struct nf_vpn_remote *remote,
			   const struct nf_nat_esp_choice *c);

/* nat/budget.c */
bool nf_nat_esp_may_spare(struct nf_vpn_remote *remote, unsigned int n);
bool nf_nat_esp_budget(struct nf_vpn_net *vn, struct nf_vpn_remote *remote,
		       struct nf_nat_esp_choice *c,
		       const struct nf_esp_undecided *u);
void nf_nat_esp_leave_one(struct nf_nat_esp_choice *c,
			  bool (*is_likelier)(const struct nf_vpn_session *a,
					      const struct nf_vpn_session *b));

/* nat/stream.c */
bool nf_nat_esp_went_over(const struct nf_esp_undecided *u,
			  const struct nf_vpn_session *s);

/* nat/narrow.c */
bool nf_nat_esp_is_likely(const struct nf_esp_undecided *u,
			  const struct nf_vpn_session *s);
void nf_nat_esp_narrow(struct nf_esp_undecided *u,
		       const struct nf_vpn_pkt *pkt);

/* nat/probe.c */
bool nf_nat_esp_probe(struct nf_vpn_net *vn, struct nf_vpn_remote *remote,
		      struct nf_nat_esp_choice *c,
		      const struct nf_nat_esp_arrival *a);

/* nat/decide.c */
bool nf_nat_esp_decide(struct nf_vpn_net *vn, struct nf_nat_esp_choice *c,
		       const struct nf_nat_esp_arrival *a);

/* nat/admit.c */
bool nf_nat_esp_admit(struct nf_vpn_net *vn, const struct nf_vpn_pkt *pkt);

/* nat/repair.c */
void nf_nat_esp_starved(struct nf_vpn_net *vn, const struct nf_esp_spi *spi,
			u32 since);
void nf_nat_esp_moved(struct nf_vpn_net *vn, struct nf_vpn_session *s,
		      struct nf_vpn_session *from);

#endif /* _NF_NAT_ESP_NAT_H */
