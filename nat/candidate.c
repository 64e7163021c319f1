// SPDX-License-Identifier: GPL-2.0-only
/* Candidates: which sessions may own an inbound SPI that is new. */
#include "core/clock.h"
#include "core/expect.h"
#include "core/flow.h"
#include "core/net.h"
#include "core/packet.h"
#include "core/scan.h"
#include "core/session.h"
#include "esp/esp.h"
#include "esp/spi.h"
#include "esp/undecided.h"
#include "nat/evidence.h"
#include "nat/nat.h"

/*
 * An answer comes within four round trips, or within this time (milliseconds).
 */
#define NF_NAT_ESP_FRESH	500U
/* A longer one was measured across a pause (milliseconds). */
#define NF_NAT_ESP_RTT_MAX	5000U
/* A session that has received within this time is served by the SPIs it has. */
#define NF_NAT_ESP_QUIET	HZ

/* The address that the remote host answers to; NULL if it can't answer yet. */
static const union nf_inet_addr *nf_nat_esp_masq(const struct nf_vpn_session *s)
{
	/* Pairs with nf_vpn_flow_seen(): @masq is read after. */
	if (smp_load_acquire(&s->flow[NF_VPN_FLOW_ESP].seen))
		return &s->flow[NF_VPN_FLOW_ESP].masq;
	/*
	 * It hasn't sent ESP yet, but may get some if IKE has announced an SPI.
	 */
	/* Pairs with nf_vpn_flow_seen(). */
	if (!smp_load_acquire(&s->flow[NF_VPN_FLOW_IKE].seen) ||
	    nf_vpn_expect_need(s) <= 0)
		return NULL;
	return &s->flow[NF_VPN_FLOW_IKE].masq;
}

/**
 * nf_nat_esp_uses - tell whether a packet may be a session's by its destination
 * @s: session, lock of its netns held
 * @addr: destination
 *
 * A session that is only remembered doesn't count, also because it may be freed
 * for want of room while candidates are being looked at.
 *
 * Return: whether it may
 */
bool nf_nat_esp_uses(const struct nf_vpn_session *s,
		     const union nf_inet_addr *addr)
{
	const union nf_inet_addr *masq;

	if (test_bit(NF_VPN_SESSION_LOCAL, &s->flags) ||
	    nf_vpn_session_is_remembered(s))
		return false;
	masq = nf_nat_esp_masq(s);
	return masq && nf_inet_addr_cmp(masq, addr);
}

/**
 * nf_nat_esp_fresh_ms - tell within which time the first answer to a session
 * comes
 * @s: session, lock of its netns held
 *
 * Return: milliseconds
 */
u32 nf_nat_esp_fresh_ms(const struct nf_vpn_session *s)
{
	const struct nf_vpn_expect *e = nf_vpn_session_expects(s);

	return max(NF_NAT_ESP_FRESH, e ? 4 * min(READ_ONCE(e->rtt),
						 NF_NAT_ESP_RTT_MAX) : 0);
}

/*
 * Milliseconds since the session's IKE announced an SPI that is still to come.
 */
static u32 nf_nat_esp_announced_ms(const struct nf_vpn_session *s)
{
	return nf_vpn_expect_need(s) > 0 ?
		nf_vpn_now_ms() - nf_vpn_expect_newest(s) : U32_MAX;
}

/* Milliseconds since the session's newest unpaired outbound SPI appeared. */
static u32 nf_nat_esp_asked_ms(const struct nf_vpn_session *s)
{
	return s->unpaired ? jiffies_to_msecs(nf_vpn_since_low(s->pending_since)) :
			     U32_MAX;
}

/**
 * nf_nat_esp_waiting_ms - tell how long a session has waited for an SPI
 * @s: session, lock of its netns held
 *
 * Return: milliseconds since it began last, U32_MAX if it doesn't wait.
 */
u32 nf_nat_esp_waiting_ms(const struct nf_vpn_session *s)
{
	if (nf_nat_esp_awaited(s) <= 0)
		return U32_MAX;
	return min(nf_nat_esp_announced_ms(s), nf_nat_esp_asked_ms(s));
}

/**
 * nf_nat_esp_is_fresh - tell whether a session has just begun to wait for an
 * SPI
 * @s: session, lock of its netns held
 *
 * Return: whether its first answer is due now
 */
bool nf_nat_esp_is_fresh(const struct nf_vpn_session *s)
{
	return nf_nat_esp_waiting_ms(s) <= nf_nat_esp_fresh_ms(s);
}

/*
 * Is the first answer due now, after waiting for @ms? From the first moment at
 * which it can come, for as long as IKE messages of different hosts are held
 * apart (isakmp/pace.c): so no two of these hosts are due at once.
 */
static bool nf_nat_esp_in_turn(const struct nf_vpn_session *s, u32 ms)
{
	u32 rtt = s->remote->rtt.us / USEC_PER_MSEC;

	return ms >= rtt - rtt / ESP_JITTER_PART && ms < rtt + NF_VPN_PACE_MS;
}

/**
 * nf_nat_esp_turn - tell how likely the first answer to a session is due now
 * @s: session, lock of its netns held
 *
 * This is used if packets aren't copied, so that hosts begin one after the
 * other.
 *
 * Return: 2 if it has just sent on a new SPI, 1 if only its IKE has just
 * announced one, else 0.
 */
unsigned int nf_nat_esp_turn(const struct nf_vpn_session *s)
{
	if (nf_nat_esp_awaited(s) <= 0)
		return 0;
	if (nf_nat_esp_in_turn(s, nf_nat_esp_asked_ms(s)))
		return 2;
	return nf_nat_esp_in_turn(s, nf_nat_esp_announced_ms(s));
}

static bool nf_nat_esp_is_quiet(const struct nf_vpn_session *s)
{
	return time_after(jiffies, READ_ONCE(s->last_in) + NF_NAT_ESP_QUIET);
}

static void nf_nat_esp_add(struct nf_nat_esp_choice *c,
			   struct nf_vpn_session *s)
{
	c->s[c->n++] = s;
}

static bool nf_nat_esp_full(const struct nf_nat_esp_choice *c)
{
	return c->n == ARRAY_SIZE(c->s);
}

/*
 * Find the sessions that wait for a new or an old SPI, longest waiting first.
 * If there are too many, those count that began to wait last, since an answer
 * comes within a round trip.
 */
static void nf_nat_esp_pending(struct nf_nat_esp_choice *c,
			       const struct nf_vpn_remote *remote,
			       const struct nf_vpn_pkt *pkt, bool old)
{
	struct nf_vpn_session *s;
	unsigned int i;

	nf_vpn_for_each_waiting_reverse(s, remote) {
		if (nf_nat_esp_waits(s, old) && nf_nat_esp_uses(s, &pkt->dst.addr))
			nf_nat_esp_add(c, s);
		if (nf_nat_esp_full(c))
			break;
	}
	for (i = 0; i < c->n / 2; i++)
		swap(c->s[i], c->s[c->n - 1 - i]);
}

/* Most sessions that get a packet of a flood. */
#define NF_NAT_ESP_DUE		4

/**
 * nf_nat_esp_choose_due - find sessions that a packet of a flood may answer
 * @c: filled with sessions that have just begun to wait
 * @remote: sender
 * @a: packet whose SPI comes for the first time
 *
 * The second packet of an SPI is handled like any other. So the owner loses the
 * first one if it has waited for long, unless it is the only session.
 */
void nf_nat_esp_choose_due(struct nf_nat_esp_choice *c,
			   struct nf_vpn_remote *remote,
			   const struct nf_nat_esp_arrival *a)
{
	bool old = !esp_seq_is_new(a->pkt->seq), sole = remote->nsessions == 1;
	struct nf_vpn_session *s;

	c->n = 0;
	c->stock = a->stock;
	nf_vpn_for_each_waiting_reverse(s, remote) {
		if ((!sole && !nf_nat_esp_is_fresh(s)) ||
		    c->n == NF_NAT_ESP_DUE)
			break;
		if (nf_nat_esp_waits(s, old) && nf_nat_esp_uses(s, &a->pkt->dst.addr))
			nf_nat_esp_add(c, s);
	}
	if ((a->guess < 2 && c->n > 1) ||
	    (c->n && !nf_nat_esp_may_spare(remote, c->n)))
		c->n = 0;
}

/* A session that has lost an SPI may get it back within this time. */
#define NF_NAT_ESP_LOST		(60 * HZ)

/*
 * Classes of sessions that may own an SPI that nobody waits for, likeliest
 * first.
 */
enum nf_nat_esp_want {
	NF_NAT_ESP_ASKS,
	NF_NAT_ESP_HAS_LOST,
	NF_NAT_ESP_QUIET_NOW,
	NF_NAT_ESP_SERVED,
	NF_NAT_ESP_WANTS
};

static enum nf_nat_esp_want nf_nat_esp_want(const struct nf_vpn_session *s)
{
	bool quiet = nf_nat_esp_is_quiet(s);

	if (s->unpaired || (quiet && time_after(READ_ONCE(s->last_out),
						READ_ONCE(s->last_in))))
		return NF_NAT_ESP_ASKS;
	if (nf_vpn_since_low(s->lost) < NF_NAT_ESP_LOST)
		return NF_NAT_ESP_HAS_LOST;
	return quiet ? NF_NAT_ESP_QUIET_NOW : NF_NAT_ESP_SERVED;
}

/* Insert a candidate at the end of its class; @n counts those of each class. */
static void nf_nat_esp_insert(struct nf_nat_esp_choice *c,
			      struct nf_vpn_session *s,
			      enum nf_nat_esp_want want, unsigned int *n)
{
	unsigned int i, end = 0;

	for (i = 0; i <= want; i++)
		end += n[i];
	if (end == ARRAY_SIZE(c->s))
		return;
	if (nf_nat_esp_full(c)) {
		for (i = NF_NAT_ESP_SERVED; !n[i]; i--)
			;
		n[i]--;
		c->n--;
	}
	memmove(c->s + end + 1, c->s + end, (c->n - end) * sizeof(c->s[0]));
	c->s[end] = s;
	n[want]++;
	c->n++;
}

/*
 * No session waits for the SPI. If it is new, the remote host may have begun to
 * use it on its own, for any session; those whose old SPI still receives are
 * excluded later. If it is old, it was dropped here or in use before we saw it,
 * so sessions that are served by their SPIs don't count.
 */
static void nf_nat_esp_unexpected(struct nf_nat_esp_choice *c,
				  const struct nf_vpn_remote *remote,
				  const struct nf_vpn_pkt *pkt)
{
	unsigned int n[NF_NAT_ESP_WANTS] = {};
	struct nf_vpn_session *s;

	nf_vpn_for_each_session(s, remote)
		if (nf_nat_esp_uses(s, &pkt->dst.addr))
			nf_nat_esp_insert(c, s, nf_nat_esp_want(s), n);
	if (!esp_seq_is_new(pkt->seq) && c->n > n[NF_NAT_ESP_SERVED])
		c->n -= n[NF_NAT_ESP_SERVED];
}

/**
 * nf_nat_esp_admit_new - add sessions that wait by now to an SPI's candidates
 * @vn: netns, its lock held
 * @u: entry; if a session waited for it at first, or its owner was doubted,
 *	nothing happens
 * @pkt: packet that has arrived
 *
 * A client whose entry was deleted waits again once it has sent again.
 */
void nf_nat_esp_admit_new(struct nf_vpn_net *vn, struct nf_esp_undecided *u,
			  const struct nf_vpn_pkt *pkt)
{
	bool old = !esp_seq_is_new(pkt->seq);
	struct nf_vpn_session *s;

	if (u->expecting || u->spi.repairs)
		return;
	nf_vpn_for_each_waiting_reverse(s, u->spi.remote) {
		if (s->unpaired && (s32)(s->pending_since - (u32)u->first) < 0)
			return;
		if (!nf_nat_esp_waits(s, old) ||
		    !nf_nat_esp_uses(s, &pkt->dst.addr) ||
		    nf_esp_undecided_index(u, s) >= 0)
			continue;
		nf_esp_undecided_admit(vn, u, s, true);
	}
}

/*
 * How many SPIs have sessions begun to wait for, if these are fewer than @enough?
 * What a session has waited for since long ago, as for the SPIs of idle children,
 * doesn't explain that many come now.
 */
static u32 nf_nat_esp_spis_due(const struct nf_vpn_remote *remote, u32 enough)
{
	const struct nf_vpn_session *s;
	u32 due = 0, n = 0;

	nf_vpn_for_each_waiting(s, remote) {
		due += max3(nf_vpn_expect_younger(s, NF_VPN_TICKETS_ANSWER_MS),
			    (int)s->unpaired, 1);
		if (due >= enough || ++n == NF_VPN_SCAN)
			return enough;
	}
	return due;
}

/*
 * See &nf_vpn_remote.flooded and .doubtful. Sessions may be waiting for those SPIs
 * that are undecided, so that nobody waits for the one that has just come.
 */
static void nf_nat_esp_look_for_forged(struct nf_vpn_remote *remote)
{
	u32 spis = remote->nunproven + remote->nundecided;
	u32 due = nf_nat_esp_spis_due(remote, spis + 1);

	remote->flooded = due < spis;
	remote->doubtful = due < spis + !!remote->nundecided;
}

/**
 * nf_nat_esp_choose - find the candidates of an unknown inbound SPI
 * @c: filled
 * @remote: sender
 * @pkt: first packet
 * @stock: stock conntrack has a receiver in zone 0, which is a candidate, too
 */
void nf_nat_esp_choose(struct nf_nat_esp_choice *c,
		       struct nf_vpn_remote *remote,
		       const struct nf_vpn_pkt *pkt, bool stock)
{
	bool old = !esp_seq_is_new(pkt->seq);

	nf_nat_esp_look_for_forged(remote);
	c->n = 0;
	c->expecting = true;
	c->stock = stock;
	nf_nat_esp_pending(c, remote, pkt, old);
	/* An old session may have been rekeyed; a new one has no old SPI. */
	if (!c->n && !stock && !old)
		nf_nat_esp_pending(c, remote, pkt, true);
	if (c->n) {
		nf_nat_esp_drop_taken(c, remote, pkt);
		return;
	}
	c->expecting = false;
	nf_nat_esp_unexpected(c, remote, pkt);
}
