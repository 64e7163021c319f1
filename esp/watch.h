/* SPDX-License-Identifier: GPL-2.0-only */
/* When a session sends, while an inbound SPI may be its own. */
#ifndef _NF_ESP_WATCH_H
#define _NF_ESP_WATCH_H

#include "core/session.h"
#include "esp/times.h"

/**
 * struct nf_esp_watch - when a session sends, while an SPI may be its own
 * @sent: its outbound packets
 * @refs: reasons to watch: it waits for an SPI, it is a candidate of some
 * @rcu: for freeing
 *
 * @sent is lockless, &nf_vpn_net.lock protects @refs.
 */
struct nf_esp_watch {
	struct esp_times sent;
	u32 refs;
	struct rcu_head rcu;
};

void nf_esp_watch_get(struct nf_vpn_session *s);
void nf_esp_watch_put(struct nf_vpn_session *s);
void nf_esp_watch_free(struct nf_vpn_session *s);

#endif /* _NF_ESP_WATCH_H */
