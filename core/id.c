// SPDX-License-Identifier: GPL-2.0-only
/*
 * Numbers of entries.
 *
 * A dump takes many messages, and the tables change between them. One can't
 * come back to a place in a hash table, which grows and moves its entries. An
 * entry keeps its number for life, so a dump that goes on after a number meets
 * each entry exactly once that lives through the dump.
 */
#include "core/id.h"
#include "core/net.h"

void nf_vpn_ids_init(struct nf_vpn_net *vn)
{
	int kind;

	/* No XA_FLAGS_LOCK_BH: &nf_vpn_net.lock, which is held, disables BH. */
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
 * nf_vpn_id_get - number an entry, so that it is dumped from now on
 * @vn: netns, its lock held
 * @kind: of the entry
 * @id: filled, never 0
 * @entry: complete, freed after a grace period
 *
 * The entry gets the lowest number that is free, so that the array stays dense.
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
 * nf_vpn_id_put - take the number from an entry that is being unlinked
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
 * nf_vpn_id_is - tell whether an entry that was found under RCU is still linked
 * @vn: netns, its lock held
 * @kind: of the entry
 * @id: its number
 * @entry: entry
 *
 * Return: whether the number is still the entry's.
 */
bool nf_vpn_id_is(struct nf_vpn_net *vn, enum nf_ct_vpn_kind kind, u32 id,
		  const void *entry)
{
	lockdep_assert_held(&vn->lock);
	return xa_load(&vn->ids[kind], id) == entry;
}
EXPORT_SYMBOL_GPL(nf_vpn_id_is);

/**
 * nf_vpn_id_next - find the entry with the lowest number from @id on
 * @vn: netns, under RCU
 * @kind: of the entry
 * @id: where to begin; set to the number that was found
 *
 * Return: entry, NULL if there is none.
 */
void *nf_vpn_id_next(struct nf_vpn_net *vn, enum nf_ct_vpn_kind kind,
		     unsigned long *id)
{
	return xa_find(&vn->ids[kind], id, U32_MAX, XA_PRESENT);
}
