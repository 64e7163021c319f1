// SPDX-License-Identifier: GPL-2.0-only
/* When a session sends, noted while an inbound SPI may be its own. */
#include <linux/slab.h>

#include "core/session.h"
#include "esp/watch.h"

/**
 * nf_esp_watch_get - one reason more to watch a session
 * @s: session, lock of its netns held
 *
 * If memory is short it isn't watched; then nf_esp_watch_put() may end another
 * one's watch early. Both cost evidence and nothing else.
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
 * nf_esp_watch_put - a reason to watch a session is gone
 * @s: session, lock of its netns held
 */
void nf_esp_watch_put(struct nf_vpn_session *s)
{
	struct nf_esp_watch *w = rcu_dereference_protected(s->watch, true);

	if (w && !--w->refs)
		nf_esp_watch_free(s);
}

/**
 * nf_esp_watch_free - the session goes away
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
