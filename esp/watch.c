// SPDX-License-Identifier: GPL-2.0-only
/* Times of a session's packets, noted while an undecided SPI may be its own. */
#include <linux/slab.h>

#include "core/session.h"
#include "esp/watch.h"

/**
 * nf_esp_watch_get - note the times of a session's packets, for one reason more
 * @s: session, lock of its netns held
 *
 * If memory is short, nothing is noted, and the later nf_esp_watch_put() may
 * end the watch of another reason early. Both cost evidence and nothing else.
 */
void nf_esp_watch_get(struct nf_vpn_session *s)
{
	struct nf_esp_watch *w = rcu_dereference_protected(s->watch, true);

	if (!w) {
		w = kzalloc(sizeof(*w), GFP_ATOMIC);
		if (!w)
			return;
		rcu_assign_pointer(s->watch, w);
	}
	w->refs++;
}

/**
 * nf_esp_watch_put - undo one nf_esp_watch_get()
 * @s: session, lock of its netns held
 */
void nf_esp_watch_put(struct nf_vpn_session *s)
{
	struct nf_esp_watch *w = rcu_dereference_protected(s->watch, true);

	if (w && !--w->refs)
		nf_esp_watch_free(s);
}

/**
 * nf_esp_watch_free - undo all nf_esp_watch_get() of a session that ends
 * @s: session, lock of its netns held
 */
void nf_esp_watch_free(struct nf_vpn_session *s)
{
	struct nf_esp_watch *w = rcu_dereference_protected(s->watch, true);

	if (!w)
		return;
	RCU_INIT_POINTER(s->watch, NULL);
	kfree_rcu(w, rcu);
}
