/* SPDX-License-Identifier: GPL-2.0-only */
/* Times of a session's packets, noted while an undecided SPI may be its own. */
#ifndef _NF_ESP_WATCH_H
#define _NF_ESP_WATCH_H

#include "core/session.h"
#include "esp/times.h"

/**
 * struct nf_esp_watch - times of a session's packets
 * @sent: when its outbound packets went out, lockless
 * @refs: reasons to watch it: one if it waits for an SPI, and one for each SPI
 *	that it is a candidate of; &nf_vpn_net.lock protects it
 * @rcu: for freeing
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
