/* SPDX-License-Identifier: GPL-2.0-only */
/* PPTP: what the files of the tracker share. */
#ifndef _NF_PPTP_PPTP_H
#define _NF_PPTP_PPTP_H

#include "pptp/call.h"

/**
 * struct pptp_segment - a segment of a control connection while it is parsed
 * @vn: netns
 * @ct: entry of the control connection
 * @conn: the control connection
 * @side: sender
 * @skb: packet
 * @thoff: offset of its TCP header
 * @payload: offset of its payload
 */
struct pptp_segment {
	struct nf_vpn_net *vn;
	struct nf_conn *ct;
	struct nf_pptp_conn *conn;
	int side;
	struct sk_buff *skb;
	unsigned int thoff;
	unsigned int payload;
};

/* pptp/control.c; their argument is a &struct pptp_segment */
extern const struct pptp_ops nf_pptp_ops;

/* pptp/fast.c */
void nf_pptp_fast_learn(const struct sk_buff *skb, unsigned int protoff,
			const struct nf_conn *ct,
			enum ip_conntrack_info ctinfo);

/* pptp/flow.c */
int nf_pptp_label_register(void);
void nf_pptp_label_unregister(void);
void nf_pptp_call_up(struct nf_vpn_net *vn, struct nf_conn *master,
		     struct nf_pptp_call *call);
void nf_pptp_attach(struct nf_vpn_net *vn, struct sk_buff *skb,
		    struct nf_conn *flow, enum ip_conntrack_dir dir);

#endif /* _NF_PPTP_PPTP_H */
