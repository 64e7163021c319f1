// SPDX-License-Identifier: GPL-2.0-only
/* How SPIs expire, and how they end with their session. */
#include <linux/sched.h>

#include "core/clock.h"
#include "core/expect.h"
#include "core/flow.h"
#include "core/net.h"
#include "core/session.h"
#include "core/tracker.h"
#include "core/walk.h"
#include "esp/grave.h"
#include "esp/sieve.h"
#include "esp/spi.h"
#include "esp/undecided.h"
#include "esp/watch.h"

/**
 * nf_esp_session_forget - drop what was learnt from packets of a session's flow
 * @vn: netns, its lock held
 * @s: session whose flow is gone
 *
 * The client's next packet sets the session up anew. SPIs that are held stay,
 * since netlink has made them.
 */
void nf_esp_session_forget(struct nf_vpn_net *vn, struct nf_vpn_session *s)
{
	struct hlist_node *next;
	struct nf_esp_spi *spi;

	lockdep_assert_held(&vn->lock);
	hlist_for_each_entry_safe(spi, next, &s->spis, by_session) {
		if (spi->hold)
			continue;
		nf_vpn_stat_inc(vn, FORGOTTEN);
		nf_esp_event_spi(vn, NF_CT_VPN_EVENT_EXPIRED, spi);
		nf_esp_spi_free(vn, spi);
	}
	nf_esp_undecided_purge(vn, s);
	s->ahead = 0;
	WRITE_ONCE(s->flow[NF_VPN_FLOW_ESP].seen, false);
	WRITE_ONCE(s->flow[NF_VPN_FLOW_IKE].deleted, false);
	clear_bit(NF_VPN_SESSION_REPLIED, &s->flags);
}

/**
 * nf_esp_session_end_esp - drop the ESP of a session
 * @vn: netns, its lock held
 * @s: session; it is freed unless it has IKE, or SPIs that are held
 */
void nf_esp_session_end_esp(struct nf_vpn_net *vn, struct nf_vpn_session *s)
{
	if (!nf_vpn_session_expects(s) && !s->held)
		nf_vpn_session_free(vn, s);
	else if (!test_bit(NF_VPN_SESSION_DEAD, &s->flags))
		nf_esp_session_forget(vn, s);
}
EXPORT_SYMBOL_GPL(nf_esp_session_end_esp);

/*
 * Jiffies that an SPI may be silent. While IKE is alive, an outbound SPI that
 * is in use is kept for as long as an inbound one: if it went, its next packet
 * would look like that of a new SA.
 */
static u32 nf_esp_spi_limit(const struct nf_vpn_net *vn,
			    const struct nf_esp_spi *spi, bool ike)
{
	if (spi->hold == NF_ESP_HOLD_IDLE)
		return HZ * (u32)READ_ONCE(vn->set.esp_timeout);
	if (spi->dir == NF_CT_VPN_DIR_IN || (ike && spi->paired))
		return NF_VPN_REMEMBER;
	return HZ * (u32)(spi->paired ? READ_ONCE(vn->set.esp_timeout) :
			  READ_ONCE(vn->set.esp_timeout_unreplied));
}

static bool nf_esp_spi_is_over(const struct nf_vpn_net *vn,
			       const struct nf_esp_spi *spi, bool ike)
{
	return spi->hold != NF_ESP_HOLD_PIN &&
	       nf_esp_spi_idle(spi) >= nf_esp_spi_limit(vn, spi, ike);
}

static void esp_gc_spis(struct nf_vpn_net *vn, struct nf_vpn_session *s,
			bool ike)
{
	struct hlist_node *next;
	struct nf_esp_spi *spi;

	hlist_for_each_entry_safe(spi, next, &s->spis, by_session) {
		if (!nf_esp_spi_is_over(vn, spi, ike))
			continue;
		nf_vpn_stat_inc(vn, EXPIRED);
		nf_esp_event_spi(vn, NF_CT_VPN_EVENT_EXPIRED, spi);
		nf_esp_spi_free(vn, spi);
	}
}

/*
 * The flow has idled out: drop the outbound SPIs, and keep inbound ones so that
 * they are recognised. Returns whether there are any.
 */
static bool esp_gc_idle(struct nf_vpn_net *vn, struct nf_vpn_session *s)
{
	struct hlist_node *next;
	struct nf_esp_spi *spi;

	hlist_for_each_entry_safe(spi, next, &s->spis, by_session) {
		if (spi->dir != NF_CT_VPN_DIR_OUT || spi->hold)
			continue;
		nf_esp_event_spi(vn, NF_CT_VPN_EVENT_EXPIRED, spi);
		nf_esp_spi_free(vn, spi);
	}
	esp_gc_spis(vn, s, false);
	return !hlist_empty(&s->spis);
}

/* Returns whether the ESP flow, or what is left of it, needs the session. */
static bool esp_gc_flow(struct nf_vpn_net *vn, struct nf_vpn_session *s,
			const struct nf_vpn_gc_view *v, bool ike)
{
	u32 unreplied = HZ * (u32)READ_ONCE(vn->set.esp_timeout_unreplied);

	switch (v->flow[NF_VPN_FLOW_ESP]) {
	case NF_VPN_FLOW_LIVE:
		esp_gc_spis(vn, s, ike);
		return true;
	case NF_VPN_FLOW_NEW:
		/*
		 * The ruleset has dropped the first packet, or has queued it.
		 */
		if (nf_vpn_since(READ_ONCE(s->last_out)) <= unreplied)
			return true;
		if (ike)
			return false;
		nf_esp_session_forget(vn, s);
		return false;
	case NF_VPN_FLOW_DELETED:
		nf_esp_session_bury(vn, s);
		nf_esp_session_forget(vn, s);
		return false;
	case NF_VPN_FLOW_IDLE:
		return esp_gc_idle(vn, s);
	}
	return false;
}

/* &nf_vpn_tracker.gc */
bool nf_esp_gc(struct nf_vpn_net *vn, struct nf_vpn_session *s,
	       const struct nf_vpn_gc_view *v, u32 needs)
{
	bool ike = needs & BIT(NF_CT_VPN_KIND_ISAKMP);
	bool esp = esp_gc_flow(vn, s, v, ike);

	if (s->held && v->flow[NF_VPN_FLOW_ESP] != NF_VPN_FLOW_LIVE)
		esp_gc_spis(vn, s, ike);
	return esp || s->held;
}

/*
 * &nf_vpn_tracker.gc_net: undecided SPIs need no run of their own, since they
 * end with the last session of their remote host.
 */
bool nf_esp_gc_net(struct nf_vpn_net *vn)
{
	nf_esp_undecided_gc(vn, HZ * (u32)
			    READ_ONCE(vn->set.esp_timeout_unreplied));
	nf_esp_sieve_free(vn, true);
	nf_esp_graves_gc(vn, HZ * (u32)READ_ONCE(vn->set.esp_timeout));
	return !list_empty_careful(&vn->esp->graves);
}

/* The session waits for no SPI any more, and its packets aren't timed. */
static void nf_esp_session_cancel_wait(struct nf_vpn_session *s)
{
	list_del_init(&s->pending);
	nf_esp_watch_free(s);
}

/* &nf_vpn_tracker.end */
void nf_esp_end(struct nf_vpn_net *vn, struct nf_vpn_session *s)
{
	struct hlist_node *next;
	struct nf_esp_spi *spi;

	hlist_for_each_entry_safe(spi, next, &s->spis, by_session) {
		nf_esp_event_spi(vn, NF_CT_VPN_EVENT_EXPIRED, spi);
		nf_esp_spi_free(vn, spi);
	}
	nf_esp_undecided_purge(vn, s);
	if (s->remote->nsessions == 1)
		nf_esp_undecided_end(vn, s->remote);
	nf_esp_session_cancel_wait(s);
}

/* Hold none of a session's SPIs any more; lock of the netns held. */
static void nf_esp_session_release(struct nf_vpn_session *s)
{
	struct nf_esp_spi *spi;

	hlist_for_each_entry(spi, &s->spis, by_session)
		nf_esp_spi_hold(spi, NF_ESP_HOLD_NONE);
}

static void nf_esp_flush_session(void *data, void *entry)
{
	struct nf_vpn_session *s = entry;
	struct nf_vpn_net *vn = data;

	spin_lock_bh(&vn->lock);
	nf_esp_session_release(s);
	nf_esp_session_end_esp(vn, s);
	if (!test_bit(NF_VPN_SESSION_DEAD, &s->flags))
		nf_esp_session_cancel_wait(s);
	spin_unlock_bh(&vn->lock);
	nf_vpn_flow_uncache(&s->flow[NF_VPN_FLOW_ESP]);
}

/**
 * nf_esp_flush - forget all SPIs
 * @vn: netns
 *
 * May sleep. Sessions that have IKE stay.
 */
void nf_esp_flush(struct nf_vpn_net *vn)
{
	while (!nf_vpn_walk(&vn->sessions, nf_esp_flush_session, vn))
		cond_resched();
	nf_esp_undecided_gc(vn, 0);
	nf_esp_sieve_free(vn, false);
	nf_esp_graves_gc(vn, 0);
}

static void nf_esp_load_session(void *data, void *entry)
{
	struct nf_vpn_session *s = entry;
	struct nf_vpn_net *vn = data;

	spin_lock_bh(&vn->lock);
	if (list_empty(&s->pending) && nf_vpn_expect_need(s) > 0)
		nf_esp_session_expect(vn, s);
	spin_unlock_bh(&vn->lock);
}

/**
 * nf_esp_load - let sessions wait that are older than this module
 * @vn: netns
 *
 * Their IKE may have announced SPIs already. May sleep.
 */
void nf_esp_load(struct nf_vpn_net *vn)
{
	nf_vpn_walk(&vn->sessions, nf_esp_load_session, vn);
}
