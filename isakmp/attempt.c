// SPDX-License-Identifier: GPL-2.0-only
/* Sessions that messages of unknown cookies were last delivered to. */
#include <linux/jhash.h>
#include <linux/random.h>

#include "core/packet.h"
#include "isakmp/attempt.h"

/**
 * nf_isakmp_attempts_init - set up an empty table of attempts
 * @t: zeroed memory
 */
void nf_isakmp_attempts_init(struct isakmp_attempts *t)
{
	t->seed = get_random_u32();
}

/**
 * nf_isakmp_attempts_key - hash a cookie pair and the addresses of its messages
 * @t: attempts
 * @addr: addresses of a message under the pair
 * @init: initiator's cookie
 * @resp: responder's cookie
 *
 * Return: hash, never 0.
 */
u32 nf_isakmp_attempts_key(const struct isakmp_attempts *t,
			   const struct nf_vpn_pkt *addr, __be64 init,
			   __be64 resp)
{
	u32 words[12];

	BUILD_BUG_ON(sizeof(words) != 2 * sizeof(addr->src.addr) +
				      sizeof(init) + sizeof(resp));
	memcpy(words, &addr->src.addr, sizeof(addr->src.addr));
	memcpy(words + 4, &addr->dst.addr, sizeof(addr->dst.addr));
	memcpy(words + 8, &init, sizeof(init));
	memcpy(words + 10, &resp, sizeof(resp));
	return jhash2(words, ARRAY_SIZE(words), t->seed) ?: 1;
}

static unsigned int isakmp_attempts_place(u32 key)
{
	return key % ISAKMP_ATTEMPTS;
}

/**
 * nf_isakmp_attempts_find - find the last attempt for a cookie pair
 * @t: attempts, lock of the netns held
 * @key: hash of nf_isakmp_attempts_key()
 *
 * Return: attempt, or NULL if there was none or it is forgotten.
 */
const u8 *nf_isakmp_attempts_find(const struct isakmp_attempts *t, u32 key)
{
	unsigned int i = isakmp_attempts_place(key);

	return t->key[i] == key ? &t->last[i] : NULL;
}

/**
 * nf_isakmp_attempts_note - note an attempt for a cookie pair
 * @t: attempts, lock of the netns held
 * @key: hash of nf_isakmp_attempts_key()
 * @last: attempt, or %ISAKMP_ATTEMPT_STOCK
 */
void nf_isakmp_attempts_note(struct isakmp_attempts *t, u32 key, u8 last)
{
	unsigned int i = isakmp_attempts_place(key);

	t->key[i] = key;
	t->last[i] = last;
}
