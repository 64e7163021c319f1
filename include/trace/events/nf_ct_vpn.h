/* SPDX-License-Identifier: GPL-2.0-only */
/* What the trackers decide, for perf and ftrace instead of debug messages. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM nf_ct_vpn

#if !defined(_TRACE_NF_CT_VPN_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TRACE_NF_CT_VPN_H

#include <linux/ipv6.h>
#include <linux/tracepoint.h>
#include <net/ipv6.h>

#include "core/session.h"

#ifndef _TRACE_NF_CT_VPN_INLINES
#define _TRACE_NF_CT_VPN_INLINES
/* IPv4 addresses are shown mapped, so that one format serves both. */
static inline void nf_vpn_trace_addr(u8 to[16], const struct nf_vpn_host *host)
{
	struct in6_addr addr = host->addr.in6;

	if (host->l3num == AF_INET)
		ipv6_addr_set_v4mapped(host->addr.ip, &addr);
	memcpy(to, &addr, sizeof(addr));
}
#endif

TRACE_EVENT(nf_ct_vpn_classify,
	TP_PROTO(const struct nf_vpn_net *vn, const struct nf_vpn_pkt *pkt,
		 const struct sk_buff *skb, u8 protonum, unsigned int verdict),
	TP_ARGS(vn, pkt, skb, protonum, verdict),
	TP_STRUCT__entry(
		__field(unsigned int, netns)
		__array(u8, src, 16)
		__array(u8, dst, 16)
		__field(u8, protonum)
		__field(u8, verdict)
		__field(bool, attached)
		__field(u8, ctinfo)
	),
	TP_fast_assign(
		__entry->netns = vn->net->ns.inum;
		nf_vpn_trace_addr(__entry->src, &pkt->src);
		nf_vpn_trace_addr(__entry->dst, &pkt->dst);
		__entry->protonum = protonum;
		__entry->verdict = verdict & NF_VERDICT_MASK;
		__entry->attached = verdict == NF_ACCEPT && skb->_nfct;
		__entry->ctinfo = __entry->attached ?
				  skb->_nfct & NFCT_INFOMASK : 0;
	),
	TP_printk("netns=%u src=%pI6c dst=%pI6c proto=%u verdict=%u attached=%d ctinfo=%u",
		  __entry->netns, __entry->src, __entry->dst,
		  __entry->protonum, __entry->verdict, __entry->attached,
		  __entry->ctinfo)
);

TRACE_EVENT(nf_ct_vpn_drop,
	TP_PROTO(const struct nf_vpn_net *vn, const struct nf_vpn_pkt *pkt,
		 int reason),
	TP_ARGS(vn, pkt, reason),
	TP_STRUCT__entry(
		__field(unsigned int, netns)
		__array(u8, src, 16)
		__array(u8, dst, 16)
		__field(u32, spi)
		__field(int, reason)
	),
	TP_fast_assign(
		__entry->netns = vn->net->ns.inum;
		nf_vpn_trace_addr(__entry->src, &pkt->src);
		nf_vpn_trace_addr(__entry->dst, &pkt->dst);
		__entry->spi = ntohl(pkt->spi);
		__entry->reason = reason;
	),
	TP_printk("netns=%u src=%pI6c dst=%pI6c spi=0x%08x reason=%s",
		  __entry->netns, __entry->src, __entry->dst, __entry->spi,
		  __print_symbolic(__entry->reason,
			{ NF_CT_VPN_A_STATS_INVALID, "invalid" },
			{ NF_CT_VPN_A_STATS_BLOCKED, "blocked" },
			{ NF_CT_VPN_A_STATS_AMBIGUOUS, "ambiguous" },
			{ NF_CT_VPN_A_STATS_ICMP_DROPPED, "icmp_dropped" },
			{ NF_CT_VPN_A_STATS_COOKIE_BUSY, "cookie_busy" },
			{ NF_CT_VPN_A_STATS_PPTP_EARLY, "pptp_early" },
			{ NF_CT_VPN_A_STATS_PPTP_NO_CALL, "pptp_no_call" }))
);

DECLARE_EVENT_CLASS(nf_ct_vpn_spi,
	TP_PROTO(const struct nf_vpn_net *vn, const struct nf_vpn_session *s,
		 u32 spi, u8 conf),
	TP_ARGS(vn, s, spi, conf),
	TP_STRUCT__entry(
		__field(unsigned int, netns)
		__array(u8, client, 16)
		__array(u8, remote, 16)
		__field(u32, spi)
		__field(u8, conf)
	),
	TP_fast_assign(
		__entry->netns = vn->net->ns.inum;
		nf_vpn_trace_addr(__entry->client, &s->client->host);
		nf_vpn_trace_addr(__entry->remote, &s->remote->host);
		__entry->spi = spi;
		__entry->conf = conf;
	),
	TP_printk("netns=%u client=%pI6c remote=%pI6c spi=0x%08x confidence=%s",
		  __entry->netns, __entry->client, __entry->remote,
		  __entry->spi,
		  __print_symbolic(__entry->conf,
			{ NF_CT_VPN_CONF_NONE, "none" },
			{ NF_CT_VPN_CONF_GUESSED, "guessed" },
			{ NF_CT_VPN_CONF_INFERRED, "inferred" },
			{ NF_CT_VPN_CONF_SOLE, "sole" },
			{ NF_CT_VPN_CONF_CERTAIN, "certain" },
			{ NF_CT_VPN_CONF_PRELOADED, "preloaded" }))
);

DEFINE_EVENT(nf_ct_vpn_spi, nf_ct_vpn_bind,
	TP_PROTO(const struct nf_vpn_net *vn, const struct nf_vpn_session *s,
		 u32 spi, u8 conf),
	TP_ARGS(vn, s, spi, conf)
);

DEFINE_EVENT(nf_ct_vpn_spi, nf_ct_vpn_rebind,
	TP_PROTO(const struct nf_vpn_net *vn, const struct nf_vpn_session *s,
		 u32 spi, u8 conf),
	TP_ARGS(vn, s, spi, conf)
);

/* @spi is 0 for a session */
TRACE_EVENT(nf_ct_vpn_expire,
	TP_PROTO(const struct nf_vpn_net *vn, const struct nf_vpn_session *s,
		 u32 spi),
	TP_ARGS(vn, s, spi),
	TP_STRUCT__entry(
		__field(unsigned int, netns)
		__array(u8, client, 16)
		__array(u8, remote, 16)
		__field(u32, spi)
	),
	TP_fast_assign(
		__entry->netns = vn->net->ns.inum;
		nf_vpn_trace_addr(__entry->client, &s->client->host);
		nf_vpn_trace_addr(__entry->remote, &s->remote->host);
		__entry->spi = spi;
	),
	TP_printk("netns=%u client=%pI6c remote=%pI6c spi=0x%08x",
		  __entry->netns, __entry->client, __entry->remote,
		  __entry->spi)
);

#endif /* _TRACE_NF_CT_VPN_H */

#include <trace/define_trace.h>
