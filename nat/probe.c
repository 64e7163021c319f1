// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets on a reserved SPI (RFC 4303 section 2.1), which no SA has. Hosts use
 * one to probe whether ESP gets through, and are answered on one. So such a
 * packet is for a client that has sent on a reserved SPI lately. The SPI is
 * bound to no session, since the next client may probe on the same one.
 */
#include "core/scan.h"
#include "core/session.h"
#include "esp/spi.h"
#include "nat/nat.h"

/* An answer comes within this time, or the client probes again. */
#define NF_NAT_ESP_PROBE	(2 * HZ)

/* Has the session's client probed lately, so that the packet may answer it? */
static bool nf_nat_esp_probes(const struct nf_vpn_session *s,
			      const struct nf_vpn_pkt *pkt)
{
	return nf_esp_spi_is_reserved(READ_ONCE(s->spi_out)) &&
	       time_before(jiffies, READ_ONCE(s->last_out) + NF_NAT_ESP_PROBE) &&
	       nf_nat_esp_uses(s, &pkt->dst.addr);
}

/* Has @a sent later than @b, so that its probe is more likely answered now? */
static bool nf_nat_esp_is_later(const struct nf_vpn_session *a,
				const struct nf_vpn_session *b)
{
	return time_after(READ_ONCE(a->last_out), READ_ONCE(b->last_out));
}

/**
 * nf_nat_esp_probe - decide which sessions get a packet on a reserved SPI
 * @vn: netns, its lock held
 * @remote: sender
 * @c: empty, filled with the sessions whose clients have probed
 * @a: packet
 *
 * Return: true if the packet can only be for the session in @c.
 */
bool nf_nat_esp_probe(struct nf_vpn_net *vn, struct nf_vpn_remote *remote,
		      struct nf_nat_esp_choice *c,
		      const struct nf_nat_esp_arrival *a)
{
	struct nf_vpn_session *s;

	nf_vpn_for_each_session(s, remote) {
		if (nf_nat_esp_probes(s, a->pkt))
			c->s[c->n++] = s;
		if (c->n == ARRAY_SIZE(c->s))
			break;
	}
	c->stock = a->stock;
	if (a->guess < 2)
		nf_nat_esp_leave_one(c, nf_nat_esp_is_later);
	c->proven = c->n == 1 && !c->stock;
	if (c->n && !c->proven)
		nf_nat_esp_budget(vn, remote, c, NULL);
	return c->proven;
}
