// SPDX-License-Identifier: GPL-2.0-only
/*
 * doctor_tunnel - tunnels of the gateway's own, whose traffic a rule masquerades
 *
 * The kernel looks for a policy once more after NAT: what has the gateway's
 * address by then belongs to no tunnel, and leaves in the clear.
 */
#include <netinet/in.h> /* musl's goes before the kernel's in6.h */
#include <libmnl/libmnl.h>
#include <linux/xfrm.h>
#include <string.h>
#include <time.h>

#include "doctor.h"

/* What a policy sends through a tunnel. */
struct selector {
	struct addr src, dst;
	unsigned int sbits, dbits;
};

static bool is_masqueraded(const struct flow *f, const struct selector *s)
{
	return addr_in(&f->orig.src, &s->src, s->sbits) &&
	       addr_in(&f->orig.dst, &s->dst, s->dbits) &&
	       addr_cmp(&f->orig.src, &f->reply.dst);
}

/* Room for more than people have tunnels to look after. */
#define SELECTORS_MAX 64

struct selectors {
	struct selector selector[SELECTORS_MAX];
	size_t n;
};

static int got_policy(const struct nlmsghdr *nlh, void *data)
{
	const struct xfrm_userpolicy_info *p = mnl_nlmsg_get_payload(nlh);
	struct selectors *all = data;
	const struct nlattr *attr;
	struct selector s = {};

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*p) ||
	    p->dir != XFRM_POLICY_OUT || p->action != XFRM_POLICY_ALLOW)
		return MNL_CB_OK;
	s.src.len = p->sel.family == AF_INET ? 4 : 16;
	s.dst.len = s.src.len;
	memcpy(s.src.byte, &p->sel.saddr, s.src.len);
	memcpy(s.dst.byte, &p->sel.daddr, s.dst.len);
	s.sbits = p->sel.prefixlen_s;
	s.dbits = p->sel.prefixlen_d;
	if (s.sbits > s.src.len * 8 || s.dbits > s.dst.len * 8)
		return MNL_CB_OK;
	/* without a template it lets traffic pass as it is */
	mnl_attr_for_each(attr, nlh, sizeof(*p))
		if (mnl_attr_get_type(attr) == XFRMA_TMPL &&
		    all->n < SELECTORS_MAX)
			all->selector[all->n++] = s;
	return MNL_CB_OK;
}

/* Whoever may not ask, or has no IPsec, has none. */
static void get_selectors(struct selectors *all)
{
	struct mnl_socket *nl = mnl_socket_open(NETLINK_XFRM);
	unsigned int seq = time(NULL);
	char buf[16384];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	ssize_t n;

	if (!nl)
		return;
	nlh->nlmsg_type = XFRM_MSG_GETPOLICY;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	nlh->nlmsg_seq = seq;
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct xfrm_userpolicy_id));
	if (!mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) &&
	    mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) >= 0)
		do {
			n = mnl_socket_recvfrom(nl, buf, sizeof(buf));
		} while (n > 0 &&
			 mnl_cb_run(buf, n, seq, mnl_socket_get_portid(nl),
				    got_policy, all) > MNL_CB_STOP);
	mnl_socket_close(nl);
}

static const struct selector *selector_of(const struct selectors *all,
					  const struct flow *f)
{
	size_t i;

	for (i = 0; i < all->n; i++)
		if (is_masqueraded(f, &all->selector[i]))
			return &all->selector[i];
	return NULL;
}

static bool wants_flow(const struct flow *flow, const void *data)
{
	return selector_of(data, flow);
}

static void report(struct doctor *d, const struct flow *f,
		   const struct selector *s)
{
	char net[INET6_ADDRSTRLEN];

	print_addr(net, &s->dst);
	found(d, LEVEL_WARNING,
	      "a rule masquerades what this gateway's own tunnel to %s/%u should take: it leaves in the clear",
	      net, s->dbits);
	about(d, &f->orig.src, &f->orig.dst);
	remedy(d,
	       "a rule before that one: rt ipsec exists accept, or iptables -m policy --dir out --pol ipsec -j ACCEPT");
}

/* One of each tunnel is enough. */
void check_own_tunnel(struct doctor *d)
{
	const struct selector *s, *told = NULL;
	struct selectors all = {};
	struct flows flows;
	size_t i;

	get_selectors(&all);
	if (!all.n)
		return;
	if (!flows_fetch_some(&flows, wants_flow, &all))
		for (i = 0; i < flows.n; i++) {
			s = selector_of(&all, &flows.flow[i]);
			if (s != told)
				report(d, &flows.flow[i], s);
			told = s;
		}
	flows_free(&flows);
}
