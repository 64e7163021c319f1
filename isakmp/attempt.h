/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sessions that messages of unknown cookies were last delivered to.
 *
 * A session keeps few pairs that only the remote host has used, so that an
 * attacker can't fill its table in a server's name. His pairs push the true one
 * out of it. How many sessions that was delivered to is kept here, in a few
 * bytes.
 */
#ifndef _NF_ISAKMP_ATTEMPT_H
#define _NF_ISAKMP_ATTEMPT_H

#include <linux/types.h>

/* Most cookie pairs that are remembered. */
#define ISAKMP_ATTEMPTS		1024
/* Stock conntrack has it, before any session: a dnat rule may match. */
#define ISAKMP_ATTEMPT_STOCK	U8_MAX

struct nf_vpn_pkt;

/**
 * struct isakmp_attempts - attempts to deliver messages of unknown cookies
 * @seed: seed of the hash of pairs, so that an attacker can't choose its place
 * @key: hashes of pairs, 0 in unused places; a pair has one place
 * @last: the last attempt, which counts candidates, or %ISAKMP_ATTEMPT_STOCK
 *
 * &nf_vpn_net.lock protects all but @seed.
 */
struct isakmp_attempts {
	u32 seed;
	u32 key[ISAKMP_ATTEMPTS];
	u8 last[ISAKMP_ATTEMPTS];
};

void nf_isakmp_attempts_init(struct isakmp_attempts *t);
u32 nf_isakmp_attempts_key(const struct isakmp_attempts *t,
			   const struct nf_vpn_pkt *addr, __be64 init,
			   __be64 resp);
const u8 *nf_isakmp_attempts_find(const struct isakmp_attempts *t, u32 key);
void nf_isakmp_attempts_note(struct isakmp_attempts *t, u32 key, u8 last);

#endif /* _NF_ISAKMP_ATTEMPT_H */
