/* SPDX-License-Identifier: GPL-2.0-only */
/* ESP: what the files of the tracker share, and what nf_nat_esp adds to it. */
#ifndef _NF_ESP_ESP_H
#define _NF_ESP_ESP_H

#include "core/session.h"
#include "esp/spi.h"

/*
 * RFC 4303 section 3.3.3: the first packet of an SA carries 1. If the first one
 * that we see carries more than this, which allows for loss and reordering, the
 * SA was in use before. Of extended sequence numbers the low half is sent.
 */
#define ESP_SEQ_NEW	64

static inline bool esp_seq_is_new(__u32 seq)
{
	return seq <= ESP_SEQ_NEW;
}

struct genl_info;
struct nf_vpn_kind;

/* Return value of &nf_esp_nat_ops.inbound: the packet is no session's. */
#define NF_ESP_NOT_OURS	NF_MAX_VERDICT

/**
 * struct nf_esp_nat_ops - what nf_nat_esp adds
 * @inbound: delivers an inbound packet on an SPI without a known owner, from a
 *	host that sessions talk to. Returns a verdict or %NF_ESP_NOT_OURS.
 * @admit: tells whether a client may open a session with a remote host
 * @starved: looks for the owner's SPI among those of other sessions, after an
 *	outbound SPI has perhaps not been answered since a second or more ago
 *	(@since, low half of jiffies)
 * @moved: a session sends on an outbound SPI that was another one's, so that its
 *	host may have moved; lock of the netns held
 * @revive: makes a flow for an inbound packet whose session's flow has idled
 *	out. Returns it with a reference, or NULL.
 */
struct nf_esp_nat_ops {
	unsigned int (*inbound)(struct nf_vpn_net *vn, struct sk_buff *skb,
				const struct nf_vpn_pkt *pkt,
				const struct nf_hook_state *state);
	bool (*admit)(struct nf_vpn_net *vn, const struct nf_vpn_pkt *pkt);
	void (*starved)(struct nf_vpn_net *vn, const struct nf_esp_spi *spi,
			u32 since);
	void (*moved)(struct nf_vpn_net *vn, struct nf_vpn_session *s,
		      struct nf_vpn_session *from);
	struct nf_conn *(*revive)(struct nf_vpn_net *vn,
				  struct nf_vpn_session *s,
				  const struct nf_esp_spi *spi,
				  const struct nf_vpn_pkt *pkt,
				  const struct nf_hook_state *state);
};

extern const struct nf_esp_nat_ops __rcu *nf_esp_nat;
extern const struct nf_vpn_kind nf_esp_kind;
int nf_esp_new(struct sk_buff *skb, struct genl_info *info);

/* esp/out.c */
void nf_esp_nat_register(const struct nf_esp_nat_ops *ops);
void nf_esp_nat_unregister(void);
unsigned int nf_esp_attach_out(struct nf_vpn_net *vn, struct sk_buff *skb,
			       struct nf_vpn_session *s,
			       struct nf_esp_spi *spi, struct nf_conn *ct);
unsigned int nf_esp_answer_out(struct nf_vpn_net *vn, struct nf_vpn_session *s,
			       struct nf_esp_spi *spi);
unsigned int nf_esp_create(struct nf_vpn_net *vn, struct sk_buff *skb,
			   struct nf_vpn_session *s,
			   const struct nf_hook_state *state);
unsigned int nf_esp_unknown_out(struct nf_vpn_net *vn, struct sk_buff *skb,
				const struct nf_vpn_pkt *pkt, bool local,
				const struct nf_hook_state *state);

/* esp/fast.c */
void nf_esp_fast_learn(const struct sk_buff *skb, unsigned int protoff,
		       const struct nf_conn *ct,
		       enum ip_conntrack_info ctinfo);
unsigned int nf_esp_fast_send(struct nf_vpn_net *vn, struct sk_buff *skb,
			      unsigned int thoff, struct nf_esp_spi *spi,
			      const struct nf_hook_state *state);

/* esp/flow.c */
int nf_esp_labels_register(void);
void nf_esp_labels_unregister(void);
struct nf_conntrack_helper *nf_esp_label(u32 l3num);
unsigned int nf_esp_attach_in(struct nf_vpn_net *vn, struct sk_buff *skb,
			      struct nf_vpn_session *s, struct nf_conn *ct,
			      bool proven);

#endif /* _NF_ESP_ESP_H */
