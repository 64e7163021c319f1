// SPDX-License-Identifier: GPL-2.0-only
/* nf_conntrack_esp_parallel=0: one client per remote host at a time. */
#include "core/clock.h"
#include "core/expect.h"
#include "core/flow.h"
#include "core/net.h"
#include "core/packet.h"
#include "core/scan.h"
#include "core/session.h"
#include "esp/spi.h"
#include "nat/nat.h"

/*
 * An IKE SA is deleted by an INFORMATIONAL exchange, which looks like one of
 * dead peer detection. The latter is repeated while a tunnel is idle, so a
 * tunnel has ended if nothing at all follows for this time.
 */
#define NF_NAT_ESP_GONE		(60 * HZ)
/*
 * Most ended sessions that are dropped for the first packet of another client.
 */
#define NF_NAT_ESP_ENDED	16

/*
 * A session of another client with the remote host that @pkt is for, if there
 * is one in use. Lock of the netns held.
 */
static struct nf_vpn_session *nf_nat_esp_holder(struct nf_vpn_net *vn,
						const struct nf_vpn_pkt *pkt)
{
	const struct nf_vpn_remote *remote;
	struct nf_vpn_session *s;

	remote = nf_vpn_remote_find(vn, &pkt->dst);
	if (!remote)
		return NULL;
	nf_vpn_for_each_session(s, remote)
		if (!test_bit(NF_VPN_SESSION_LOCAL, &s->flags) &&
		    !nf_vpn_flow_is_by_remote(&s->flow[NF_VPN_FLOW_ESP]) &&
		    s->nspis[NF_CT_VPN_DIR_OUT] &&
		    !nf_vpn_session_is_remembered(s) &&
		    !nf_vpn_host_equal(&s->client->host, &pkt->src))
			return s;
	return NULL;
}

/* Was an INFORMATIONAL exchange the last that both sides have said? */
static bool nf_nat_esp_ike_ended(const struct nf_vpn_session *s)
{
	const struct nf_vpn_expect *e = nf_vpn_session_expects(s);

	if (time_before(jiffies, READ_ONCE(s->last_in) + NF_NAT_ESP_GONE) ||
	    time_before(jiffies, READ_ONCE(s->last_out) + NF_NAT_ESP_GONE))
		return false;
	return e && READ_ONCE(e->cookies) && READ_ONCE(e->informational) &&
	       nf_vpn_since_low(READ_ONCE(e->last)) >= NF_NAT_ESP_GONE;
}

/*
 * Has the client gone on sending for esp_timeout_unreplied without an answer?
 */
static bool nf_nat_esp_is_unanswered(const struct nf_vpn_net *vn,
				     const struct nf_vpn_session *s)
{
	return time_after(READ_ONCE(s->last_out), READ_ONCE(s->last_in) +
			  HZ * READ_ONCE(vn->set.esp_timeout_unreplied));
}

static bool nf_nat_esp_flow_ended(struct nf_vpn_net *vn,
				  struct nf_vpn_session *s,
				  enum nf_vpn_flow_kind kind)
{
	enum nf_vpn_flow_state state = nf_vpn_flow_state(vn, s, kind);

	return state == NF_VPN_FLOW_DELETED || state == NF_VPN_FLOW_IDLE;
}

/*
 * Has the session ended, so that the remote host is free for another client? It
 * has if the conntrack entry of its ESP or IKE is gone, if nobody answers, or
 * if its IKE SA was deleted.
 */
static bool nf_nat_esp_has_ended(struct nf_vpn_net *vn,
				 struct nf_vpn_session *s)
{
	if (nf_nat_esp_flow_ended(vn, s, NF_VPN_FLOW_ESP) ||
	    nf_nat_esp_is_unanswered(vn, s) ||
	    READ_ONCE(s->flow[NF_VPN_FLOW_IKE].deleted))
		return true;
	if (!READ_ONCE(s->flow[NF_VPN_FLOW_IKE].seen))
		return false;
	return nf_nat_esp_flow_ended(vn, s, NF_VPN_FLOW_IKE) ||
	       nf_nat_esp_ike_ended(s);
}

/**
 * nf_nat_esp_admit - tell whether a client may open a session with a remote
 * host
 * @vn: netns, its lock not held
 * @pkt: the client's first packet
 *
 * Return: false if another client has one, and nf_conntrack_esp_parallel is 0.
 */
bool nf_nat_esp_admit(struct nf_vpn_net *vn, const struct nf_vpn_pkt *pkt)
{
	unsigned int i;

	if (READ_ONCE(vn->set.esp_parallel))
		return true;
	for (i = 0; i < NF_NAT_ESP_ENDED; i++) {
		struct nf_vpn_session *s;

		spin_lock_bh(&vn->lock);
		s = nf_nat_esp_holder(vn, pkt);
		spin_unlock_bh(&vn->lock);
		if (!s)
			return true;
		if (!nf_nat_esp_has_ended(vn, s))
			return false;
		spin_lock_bh(&vn->lock);
		nf_esp_session_end_esp(vn, s);
		spin_unlock_bh(&vn->lock);
	}
	return false;
}
