// SPDX-License-Identifier: GPL-2.0-only
/*
 * flows - conntrack's entries, as far as VPNs are concerned
 */
#include <errno.h>
#include <libnetfilter_conntrack/libnetfilter_conntrack.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "flows.h"
#include "vpnct.h"

static bool is_vpn(const struct nf_conntrack *ct)
{
	uint16_t dport;

	switch (nfct_get_attr_u8(ct, ATTR_L4PROTO)) {
	case IPPROTO_ESP:
	case IPPROTO_AH:
	case IPPROTO_GRE:
		return true;
	case IPPROTO_UDP:
		dport = ntohs(nfct_get_attr_u16(ct, ATTR_ORIG_PORT_DST));
		return dport == 500 || dport == 4500;
	case IPPROTO_TCP:
		dport = ntohs(nfct_get_attr_u16(ct, ATTR_ORIG_PORT_DST));
		return dport == 1723;
	}
	return false;
}

static void get_addr(const struct nf_conntrack *ct, int v4, int v6,
		     struct addr *addr)
{
	bool is_v6 = nfct_get_attr_u8(ct, ATTR_L3PROTO) == AF_INET6;
	const void *p = nfct_get_attr(ct, is_v6 ? v6 : v4);

	if (!p)
		return;
	addr->len = is_v6 ? 16 : 4;
	memcpy(addr->byte, p, addr->len);
}

static void get_orig(const struct nf_conntrack *ct, struct flow_side *side)
{
	get_addr(ct, ATTR_ORIG_IPV4_SRC, ATTR_ORIG_IPV6_SRC, &side->src);
	get_addr(ct, ATTR_ORIG_IPV4_DST, ATTR_ORIG_IPV6_DST, &side->dst);
	side->sport = ntohs(nfct_get_attr_u16(ct, ATTR_ORIG_PORT_SRC));
	side->dport = ntohs(nfct_get_attr_u16(ct, ATTR_ORIG_PORT_DST));
	side->zone = nfct_get_attr_u16(ct, ATTR_ORIG_ZONE);
	side->packets = nfct_get_attr_u64(ct, ATTR_ORIG_COUNTER_PACKETS);
	side->bytes = nfct_get_attr_u64(ct, ATTR_ORIG_COUNTER_BYTES);
}

static void get_reply(const struct nf_conntrack *ct, struct flow_side *side)
{
	get_addr(ct, ATTR_REPL_IPV4_SRC, ATTR_REPL_IPV6_SRC, &side->src);
	get_addr(ct, ATTR_REPL_IPV4_DST, ATTR_REPL_IPV6_DST, &side->dst);
	side->sport = ntohs(nfct_get_attr_u16(ct, ATTR_REPL_PORT_SRC));
	side->dport = ntohs(nfct_get_attr_u16(ct, ATTR_REPL_PORT_DST));
	side->zone = nfct_get_attr_u16(ct, ATTR_REPL_ZONE);
	side->packets = nfct_get_attr_u64(ct, ATTR_REPL_COUNTER_PACKETS);
	side->bytes = nfct_get_attr_u64(ct, ATTR_REPL_COUNTER_BYTES);
}

static void get_flow(const struct nf_conntrack *ct, struct flow *flow)
{
	uint32_t status = nfct_get_attr_u32(ct, ATTR_STATUS);
	const char *helper = nfct_get_attr(ct, ATTR_HELPER_NAME);

	memset(flow, 0, sizeof(*flow));
	get_orig(ct, &flow->orig);
	get_reply(ct, &flow->reply);
	flow->proto = nfct_get_attr_u8(ct, ATTR_L4PROTO);
	flow->timeout = nfct_get_attr_u32(ct, ATTR_TIMEOUT);
	flow->mark = nfct_get_attr_u32(ct, ATTR_MARK);
	flow->counted = nfct_attr_is_set(ct, ATTR_ORIG_COUNTER_PACKETS) > 0;
	flow->assured = status & IPS_ASSURED;
	flow->replied = status & IPS_SEEN_REPLY;
	if (helper)
		snprintf(flow->helper, sizeof(flow->helper), "%s", helper);
}

/* What shall be kept: what VPNs are made of if @wants is NULL. */
struct want {
	struct flows *flows;
	flow_cb_t wants;
	const void *data;
};

static int got_ct(enum nf_conntrack_msg_type type, struct nf_conntrack *ct,
		  void *data)
{
	const struct want *want = data;
	struct flows *flows = want->flows;
	struct flow *flow;

	(void)type;
	if (!want->wants && !is_vpn(ct))
		return NFCT_CB_CONTINUE;
	if (flows->n == flows->room) {
		flows->room = flows->room ? flows->room * 2 : 64;
		flows->flow = xrealloc(flows->flow, flows->room,
				       sizeof(*flows->flow));
	}
	flow = &flows->flow[flows->n];
	get_flow(ct, flow);
	if (!want->wants || want->wants(flow, want->data))
		flows->n++;
	return NFCT_CB_CONTINUE;
}

/* ESP before UDP (50, 17), so that the first of a session is the best one. */
static int flow_cmp(const void *a, const void *b)
{
	const struct flow *x = a, *y = b;
	int c = addr_cmp(&x->orig.src, &y->orig.src);

	if (!c)
		c = addr_cmp(&x->orig.dst, &y->orig.dst);
	if (!c)
		c = y->proto - x->proto;
	return c ? c : x->orig.dport - y->orig.dport;
}

int flows_fetch(struct flows *flows)
{
	return flows_fetch_some(flows, NULL, NULL);
}

int flows_fetch_some(struct flows *flows, flow_cb_t wants, const void *data)
{
	struct want want = { flows, wants, data };
	uint32_t family = AF_UNSPEC;
	struct nfct_handle *h;
	int err = 0;

	memset(flows, 0, sizeof(*flows));
	h = nfct_open(CONNTRACK, 0);
	if (!h)
		return -errno;
	nfct_callback_register(h, NFCT_T_ALL, got_ct, &want);
	if (nfct_query(h, NFCT_Q_DUMP, &family) < 0)
		err = -errno;
	nfct_close(h);
	if (flows->n > 1)
		qsort(flows->flow, flows->n, sizeof(*flows->flow), flow_cmp);
	return err;
}

void flows_free(struct flows *flows)
{
	free(flows->flow);
	memset(flows, 0, sizeof(*flows));
}

static void set_addr(struct nf_conntrack *ct, int v4, int v6,
		     const struct addr *addr)
{
	nfct_set_attr(ct, addr->len == 16 ? v6 : v4, addr->byte);
}

static struct nf_conntrack *key_of(const struct session *s, uint8_t proto)
{
	struct nf_conntrack *ct = nfct_new();

	if (!ct)
		return NULL;
	nfct_set_attr_u8(ct, ATTR_L3PROTO,
			 s->client.len == 16 ? AF_INET6 : AF_INET);
	set_addr(ct, ATTR_IPV4_SRC, ATTR_IPV6_SRC, &s->client);
	set_addr(ct, ATTR_IPV4_DST, ATTR_IPV6_DST, &s->server);
	nfct_set_attr_u8(ct, ATTR_L4PROTO, proto);
	if (proto == IPPROTO_UDP) {
		nfct_set_attr_u16(ct, ATTR_PORT_SRC, htons(500));
		nfct_set_attr_u16(ct, ATTR_PORT_DST, htons(500));
	}
	return ct;
}

/* What was asked for, if conntrack knows it. */
struct answer {
	struct flow flow;
	bool found;
};

/*
 * The acknowledgment behind the entry must be read with it: left in the socket
 * it would be the answer to the next question.
 */
static int got_one(enum nf_conntrack_msg_type type, struct nf_conntrack *ct,
		   void *data)
{
	struct answer *answer = data;

	(void)type;
	get_flow(ct, &answer->flow);
	answer->found = true;
	return NFCT_CB_CONTINUE;
}

/* Returns 0 or a negative errno. */
static int get_one(struct nfct_handle *h, const struct session *s,
		   uint8_t proto, struct flow *flow)
{
	struct nf_conntrack *key = key_of(s, proto);
	struct answer answer = {};
	int err;

	if (!key)
		return -ENOMEM;
	nfct_callback_register(h, NFCT_T_ALL, got_one, &answer);
	err = nfct_query(h, NFCT_Q_GET, key) < 0 ? -errno : 0;
	nfct_callback_unregister(h);
	nfct_destroy(key);
	if (!err && !answer.found)
		err = -ENOENT;
	*flow = answer.flow;
	return err;
}

static void join_one(struct session *s, const struct flow *flow)
{
	s->mark = flow->mark;
	s->flow_timeout = flow->timeout;
	s->flow = flow->proto == IPPROTO_ESP ? FLOW_ESP : FLOW_IKE;
	session_has(s, offsetof(struct session, mark));
	session_has(s, offsetof(struct session, flow_timeout));
	session_has(s, offsetof(struct session, flow));
	if (!flow->counted)
		return;
	s->packets_out = flow->orig.packets;
	s->bytes_out = flow->orig.bytes;
	s->packets_in = flow->reply.packets;
	s->bytes_in = flow->reply.bytes;
	session_has(s, offsetof(struct session, packets_out));
	session_has(s, offsetof(struct session, bytes_out));
	session_has(s, offsetof(struct session, packets_in));
	session_has(s, offsetof(struct session, bytes_in));
}

/*
 * One question for each session: conntrack's table may be large, and few of it
 * be VPNs. A table that can't be read leaves the columns empty.
 */
void flows_join(struct list *sessions)
{
	struct nfct_handle *h = nfct_open(CONNTRACK, 0);
	struct session *s;
	struct flow flow;
	int err;

	if (!h)
		return;
	for (s = list_next(sessions, NULL); s; s = list_next(sessions, s)) {
		err = get_one(h, s, IPPROTO_ESP, &flow);
		if (err == -ENOENT)
			err = get_one(h, s, IPPROTO_UDP, &flow);
		if (!err)
			join_one(s, &flow);
		else if (err != -ENOENT)
			break;
	}
	nfct_close(h);
}
