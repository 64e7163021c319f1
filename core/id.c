// SPDX-License-Identifier: GPL-2.0-only
/*
 * Numbers of entries.
 *
 * A dump takes many messages, and the tables change between them. Hash tables
 * are no place to come back to: they grow and move what they hold. An entry's
 * number is its own as long as it lives, and where the last message was full is
 * a number: what lives through a dump is met exactly once.
 */
#include "core/id.h"
#include "core/net.h"

void nf_vpn_ids_init(struct nf_vpn_net *vn)
{
	int kind;

	/* Changed under &nf_vpn_net.lock, so that softirqs are off. */
	for (kind = 0; kind < NF_VPN_KINDS; kind++)
		xa_init_flags(&vn->ids[kind], XA_FLAGS_ALLOC1);
}

void nf_vpn_ids_exit(struct nf_vpn_net *vn)
{
	int kind;

	for (kind = 0; kind < NF_VPN_KINDS; kind++)
		xa_destroy(&vn->ids[kind]);
}

/**
 * nf_vpn_id_get - number an entry; from now on it is dumped
 * @vn: netns, its lock held
 * @kind: of the entry
 * @id: filled, never 0
 * @entry: complete, freed after a grace period
 *
 * The lowest number that is free: the array stays dense.
 *
 * Return: 0 or -ENOMEM.
 */
int nf_vpn_id_get(struct nf_vpn_net *vn, enum nf_ct_vpn_kind kind, u32 *id,
		  void *entry)
{
	lockdep_assert_held(&vn->lock);
	return xa_alloc(&vn->ids[kind], id, entry, xa_limit_32b, GFP_ATOMIC);
}
EXPORT_SYMBOL_GPL(nf_vpn_id_get);

/**
 * nf_vpn_id_put - an entry is unlinked
 * @vn: netns, its lock held
 * @kind: of the entry
 * @id: its number
 */
void nf_vpn_id_put(struct nf_vpn_net *vn, enum nf_ct_vpn_kind kind, u32 id)
{
	lockdep_assert_held(&vn->lock);
	xa_erase(&vn->ids[kind], id);
}
EXPORT_SYMBOL_GPL(nf_vpn_id_put);

/**
 * nf_vpn_id_is - is this still the entry of that number?
 * @vn: netns, its lock held
 * @kind: of the entry
 * @id: number
 * @entry: found under RCU before
 */
bool nf_vpn_id_is(struct nf_vpn_net *vn, enum nf_ct_vpn_kind kind, u32 id,
		  const void *entry)
{
	lockdep_assert_held(&vn->lock);
	return xa_load(&vn->ids[kind], id) == entry;
}
EXPORT_SYMBOL_GPL(nf_vpn_id_is);

/**
 * nf_vpn_id_next - the entry with the next number
 * @vn: netns, under RCU
 * @kind: of the entry
 * @id: where to begin, told which was found
 *
 * Return: entry, NULL if there is none.
 */
void *nf_vpn_id_next(struct nf_vpn_net *vn, enum nf_ct_vpn_kind kind,
		     unsigned long *id)
{
	return xa_find(&vn->ids[kind], id, U32_MAX, XA_PRESENT);
}
