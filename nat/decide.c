// SPDX-License-Identifier: GPL-2.0-only
/*
 * Decisions: which session owns an inbound SPI. If one candidate is left, or
 * evidence speaks for one, the SPI is bound to it. Otherwise it is undecided,
 * and its packets go to each candidate.
 */
#include "core/clock.h"
#include "core/expect.h"
#include "core/net.h"
#include "core/session.h"
#include "esp/grave.h"
#include "esp/sieve.h"
#include "esp/spi.h"
#include "esp/undecided.h"
#include "nat/evidence.h"
#include "nat/nat.h"

/*
 * A candidate that went away may be the owner, and come back within this time.
 */
#define NF_NAT_ESP_RETURN	(10 * HZ)
/* Packets without any budget for copies after which the owner is guessed. */
#define NF_NAT_ESP_OVER		64

/* The ruleset isn't asked again for so long whether it has a receiver. */
#define NF_NAT_ESP_ASK_RULES	(60 * HZ)

/*
 * Are some SPIs of the remote host forged, so that the only candidate of one needn't
 * be its owner? It gets the packets, but still waits for an SPI of its own.
 */
static bool nf_nat_esp_in_doubt(const struct nf_vpn_remote *remote)
{
	return remote->doubtful && remote->nsessions > 1;
}

/*
 * Index of the only candidate that is left, or of the one that the times of
 * packets speak for; -1 if there is none.
 */
static int nf_nat_esp_owner(const struct nf_esp_undecided *u)
{
	if (u->n == 1 && !u->stock &&
	    (nf_esp_spi_is_trusted(&u->spi) || !nf_nat_esp_in_doubt(u->spi.remote)) &&
	    time_after(jiffies, u->gone + NF_NAT_ESP_RETURN))
		return 0;
	return esp_winner(u->hits, u->n, u->trials);
}

static void nf_nat_esp_to_choice(struct nf_nat_esp_choice *c,
				 const struct nf_esp_undecided *u)
{
	c->n = u->n;
	c->expecting = u->expecting;
	c->stock = u->stock;
	memcpy(c->s, u->cand, u->n * sizeof(c->s[0]));
}

static struct nf_esp_spi *nf_nat_esp_bind(struct nf_vpn_net *vn,
					  struct nf_nat_esp_choice *c,
					  const struct nf_nat_esp_arrival *a,
					  enum nf_ct_vpn_conf conf)
{
	struct nf_esp_spi *spi = nf_esp_spi_bind(vn, c->s[0], a->pkt, conf);

	c->n = 1;
	c->stock = false;
	if (spi)
		nf_esp_spi_seen(spi, a->pkt, a->len);
	return spi;
}

/*
 * Note who gets the packet, or a copy: the owner's will be counted in its entry
 * of conntrack once it is known. A session without an entry gets none.
 */
static void nf_nat_esp_note_copies(struct nf_esp_undecided *u,
				   const struct nf_nat_esp_choice *c,
				   const struct nf_nat_esp_arrival *a)
{
	unsigned int i;
	int k;

	if (c->n > 1 && a->guess < 2)
		return;
	for (i = 0; i < c->n; i++) {
		/* Unless they were sorted, they are in the same order. */
		k = u->cand[i] == c->s[i] ? (int)i :
					    nf_esp_undecided_index(u, c->s[i]);
		if (k < 0 || !READ_ONCE(c->s[i]->flow[NF_VPN_FLOW_ESP].seen))
			continue;
		u->copies[k]++;
		u->bytes[k] += a->len;
	}
}

/* Bind an undecided SPI to one of its candidates. */
static void nf_nat_esp_settle(struct nf_vpn_net *vn, struct nf_esp_undecided *u,
			      unsigned int owner, struct nf_nat_esp_choice *c,
			      const struct nf_nat_esp_arrival *a,
			      enum nf_ct_vpn_conf conf)
{
	const struct nf_nat_esp_history history =
		nf_nat_esp_history_get(&u->spi);
	struct nf_esp_spi *spi;

	c->s[0] = u->cand[owner];
	c->copies = u->copies[owner];
	c->bytes = u->bytes[owner];
	nf_esp_undecided_free(vn, u);
	spi = nf_nat_esp_bind(vn, c, a, conf);
	if (!spi)
		return;
	nf_nat_esp_history_add(spi, &history);
	/* This is its second packet at least. */
	nf_esp_spi_prove(spi);
	c->proven = true;
}

/*
 * Make an entry for a new SPI. Other sessions may have to make room for it, but
 * not its candidates. Returns NULL if there is none.
 */
static struct nf_esp_undecided *
nf_nat_esp_add_undecided(struct nf_vpn_net *vn, struct nf_vpn_remote *remote,
			 const struct nf_nat_esp_choice *c,
			 const struct nf_vpn_pkt *pkt)
{
	struct nf_esp_undecided *u;
	unsigned int i;

	for (i = 0; i < c->n; i++)
		nf_vpn_session_protect(vn, c->s[i]);
	u = nf_esp_undecided_add(vn, remote, pkt);
	for (i = 0; i < c->n; i++)
		nf_vpn_session_unprotect(vn, c->s[i]);
	return u;
}

/* Make a new SPI undecided. */
static void nf_nat_esp_open(struct nf_vpn_net *vn, struct nf_vpn_remote *remote,
			    struct nf_nat_esp_choice *c,
			    const struct nf_nat_esp_arrival *a)
{
	struct nf_esp_undecided *u;
	unsigned int i;

	u = nf_nat_esp_add_undecided(vn, remote, c, a->pkt);
	if (!u)
		goto budget;
	u->expecting = c->expecting;
	u->stock = c->stock;
	for (i = 0; i < c->n; i++)
		nf_esp_undecided_admit(vn, u, c->s[i],
				       nf_nat_esp_is_fresh(c->s[i]));
	u->arrived = nf_vpn_now_us() - ESP_TRIAL_US;
	nf_nat_esp_judge(u);
	nf_esp_spi_seen(&u->spi, a->pkt, a->len);
	if (c->expecting && !c->stock)
		nf_nat_esp_mark_answered(c, remote, a->pkt);
budget:
	nf_nat_esp_budget(vn, remote, c, u);
	if (u)
		nf_nat_esp_note_copies(u, c, a);
}

/*
 * If exactly one candidate has just begun to wait, choose it. There are two
 * exceptions: if the IKE of a candidate isn't visible, it may wait unnoticed;
 * and if the packet comes a round trip after a packet of another candidate, it
 * may be that one's, whose earlier packets were lost. A single packet is weak
 * evidence, so this is used only if packets aren't copied and hosts begin one
 * after the other.
 */
static bool nf_nat_esp_only_turn(struct nf_nat_esp_choice *c)
{
	struct nf_vpn_session *turn = NULL;
	u32 now = nf_vpn_now_us();
	bool other = false;
	unsigned int i;

	for (i = 0; i < c->n; i++) {
		if (nf_vpn_expect_need(c->s[i]) < 0)
			return false;
		if (!nf_nat_esp_turn(c->s[i])) {
			other |= nf_nat_esp_is_answered(c->s[i], now);
			continue;
		}
		if (turn)
			return false;
		turn = c->s[i];
	}
	if (!turn || (other && !nf_nat_esp_is_answered(turn, now)))
		return false;
	c->s[0] = turn;
	c->n = 1;
	return true;
}

/* Can the owner be only one candidate, perhaps after a choice by its turn? */
static bool nf_nat_esp_is_clear(const struct nf_vpn_remote *remote,
				struct nf_nat_esp_choice *c, int guess)
{
	if (guess > 1 && nf_nat_esp_in_doubt(remote))
		return false;
	return (c->n == 1 && !c->stock) ||
	       (guess < 2 && c->expecting && nf_nat_esp_only_turn(c));
}

/*
 * Is the first answer to @a more likely due now than that to @b? If neither is
 * due, one that the remote host has agreed with on an SPI goes first. Among
 * equals that is the one that began to wait last, since IKE makes clients begin
 * one after the other. If IKE isn't visible, the one that has waited longest is
 * answered first.
 */
static bool nf_nat_esp_is_likelier(const struct nf_vpn_session *a,
				   const struct nf_vpn_session *b)
{
	unsigned int turn = nf_nat_esp_turn(a), best = nf_nat_esp_turn(b);

	if (turn != best)
		return turn > best;
	if (nf_vpn_expect_need(a) < 0 || nf_vpn_expect_need(b) < 0)
		return false;
	if (nf_vpn_expect_answered(a) != nf_vpn_expect_answered(b))
		return nf_vpn_expect_answered(a);
	return nf_nat_esp_waiting_ms(a) < nf_nat_esp_waiting_ms(b);
}

/*
 * Packets aren't copied: leave one candidate, whose first answer is most likely
 * due now. With nf_conntrack_esp_guess=0 all stay, and the packet is dropped,
 * unless stock conntrack has a receiver.
 */
static void nf_nat_esp_no_copies(struct nf_nat_esp_choice *c, int guess)
{
	if (c->stock || guess)
		nf_nat_esp_leave_one(c, nf_nat_esp_is_likelier);
}

/*
 * Shall the ruleset be asked for a host behind dnat? That is done by giving it
 * the packet: conntrack has an entry afterwards which tells. Not if the first
 * answer to a session is due, and seldom, since most rulesets have no such rule
 * and drop the packet or deliver it to the gateway.
 */
static bool nf_nat_esp_asks_rules(struct nf_vpn_remote *remote,
				  const struct nf_nat_esp_choice *c,
				  const struct nf_nat_esp_arrival *a)
{
	unsigned int i;

	if (!a->unknown || a->guess < 2 ||
	    time_before(jiffies, remote->asked + NF_NAT_ESP_ASK_RULES))
		return false;
	for (i = 0; i < c->n; i++)
		if ((c->expecting && nf_nat_esp_is_fresh(c->s[i])) ||
		    nf_nat_esp_is_by_remote(c->s[i]))
			return false;
	remote->asked = jiffies;
	return true;
}

/* The confidence of an owner that is the only possible one. */
static enum nf_ct_vpn_conf nf_nat_esp_conf(const struct nf_vpn_remote *remote)
{
	return remote->nsessions == 1 ? NF_CT_VPN_CONF_SOLE :
					NF_CT_VPN_CONF_INFERRED;
}

/*
 * Decide on the first packet of an SPI. Returns true if that has an owner now.
 */
static bool nf_nat_esp_decide_first(struct nf_vpn_net *vn,
				    struct nf_vpn_remote *remote,
				    struct nf_nat_esp_choice *c,
				    const struct nf_nat_esp_arrival *a)
{
	if (nf_esp_sieve_stops(vn, remote, a->pkt)) {
		nf_nat_esp_choose_due(c, remote, a);
		return false;
	}
	nf_nat_esp_choose(c, remote, a->pkt, a->stock);
	if (!c->n)
		return false;
	if (c->expecting)
		nf_nat_esp_time_first(remote, c);
	c->stock |= nf_nat_esp_asks_rules(remote, c, a);
	if (nf_nat_esp_is_clear(remote, c, a->guess)) {
		nf_nat_esp_bind(vn, c, a, nf_nat_esp_conf(remote));
		return true;
	}
	if (a->guess > 1) {
		nf_nat_esp_open(vn, remote, c, a);
		return false;
	}
	nf_nat_esp_no_copies(c, a->guess);
	if (c->n != 1)
		return false;
	nf_nat_esp_bind(vn, c, a, NF_CT_VPN_CONF_GUESSED);
	return true;
}

/*
 * There is no budget for copies. After a while the likeliest candidate is taken
 * for the owner, until nat/repair.c finds that it isn't. Returns true if it is
 * taken.
 */
static bool nf_nat_esp_give_up(struct nf_vpn_net *vn,
			       struct nf_esp_undecided *u,
			       struct nf_nat_esp_choice *c,
			       const struct nf_nat_esp_arrival *a)
{
	unsigned int i;

	if (u->stock || ++u->over < NF_NAT_ESP_OVER)
		return false;
	for (i = 0; i < u->n; i++)
		if (u->cand[i] == c->s[0])
			break;
	nf_nat_esp_settle(vn, u, i, c, a, NF_CT_VPN_CONF_GUESSED);
	return true;
}

/* Stock conntrack's receiver may have turned out to be a session, or nobody. */
static void nf_nat_esp_meet_receiver(struct nf_vpn_net *vn,
				     struct nf_esp_undecided *u,
				     const struct nf_nat_esp_arrival *a)
{
	struct nf_vpn_session *s = a->receiver;

	if (u->stock && s && !test_bit(NF_VPN_SESSION_DEAD, &s->flags) &&
	    nf_esp_undecided_index(u, s) < 0)
		nf_esp_undecided_admit(vn, u, s, false);
	u->stock = u->stock && a->stock;
}

/*
 * Decide on a further packet of an undecided SPI. Returns true if that has an
 * owner now, which is in @c.
 */
static bool nf_nat_esp_decide_next(struct nf_vpn_net *vn,
				   struct nf_esp_undecided *u,
				   struct nf_nat_esp_choice *c,
				   const struct nf_nat_esp_arrival *a)
{
	struct nf_vpn_remote *remote = u->spi.remote;
	int owner;

	nf_nat_esp_meet_receiver(vn, u, a);
	nf_nat_esp_admit_new(vn, u, a->pkt);
	nf_nat_esp_narrow(u, a->pkt);
	if (!u->n && !u->stock) {
		nf_esp_undecided_free(vn, u);
		return nf_nat_esp_decide_first(vn, remote, c, a);
	}
	nf_nat_esp_judge(u);
	owner = nf_nat_esp_owner(u);
	if (owner >= 0) {
		if (u->hits[owner])
			remote->rtt.date = nf_vpn_now_us();
		nf_nat_esp_settle(vn, u, owner, c, a, nf_nat_esp_conf(remote));
		return true;
	}
	nf_esp_spi_seen(&u->spi, a->pkt, a->len);
	nf_nat_esp_to_choice(c, u);
	if (a->guess < 2)
		nf_nat_esp_no_copies(c, a->guess);
	else if (c->n && nf_nat_esp_budget(vn, remote, c, u) &&
		 nf_nat_esp_give_up(vn, u, c, a))
		return true;
	nf_nat_esp_note_copies(u, c, a);
	return false;
}

/**
 * nf_nat_esp_decide - decide which sessions get an inbound packet
 * @vn: netns, its lock held
 * @c: filled; with no session if the packet is left to stock conntrack
 * @a: packet
 *
 * Return: true if the session in @c is the owner of the packet's SPI.
 */
bool nf_nat_esp_decide(struct nf_vpn_net *vn, struct nf_nat_esp_choice *c,
		       const struct nf_nat_esp_arrival *a)
{
	struct nf_vpn_remote *remote = nf_vpn_remote_find(vn, &a->pkt->src);
	struct nf_esp_spi *spi = nf_esp_spi_find_in(vn, a->pkt);

	c->n = 0;
	c->stock = false;
	c->proven = false;
	c->copies = 0;
	if (!remote)
		return false;
	if (spi && spi->session) {
		/* Another CPU has decided it just before. */
		c->s[c->n++] = spi->session;
		c->proven = spi->proven;
		return true;
	}
	if (spi)
		return nf_nat_esp_decide_next(vn, nf_esp_spi_undecided(spi), c,
					      a);
	if (nf_esp_spi_is_reserved(a->pkt->spi))
		return nf_nat_esp_probe(vn, remote, c, a);
	if (nf_esp_grave_keeps(vn, a->pkt))
		return false;
	return nf_nat_esp_decide_first(vn, remote, c, a);
}
