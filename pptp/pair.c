// SPDX-License-Identifier: GPL-2.0-only
/* Call-IDs in use between two addresses. */
#include <linux/idr.h>
#include <linux/slab.h>

#include "core/net.h"
#include "pptp/call.h"

/**
 * struct nf_vpn_call_pair - wire Call-IDs between two addresses
 * @node: in &nf_pptp_net.pairs
 * @addr: source and destination of the GRE packets
 * @ids: those in use
 * @users: their number
 *
 * Protected by &nf_vpn_net.lock.
 */
struct nf_vpn_call_pair {
	struct rhash_head node;
	__be32 addr[2];
	struct ida ids;
	u32 users;
};

static const struct rhashtable_params nf_vpn_pair_params = {
	.head_offset		= offsetof(struct nf_vpn_call_pair, node),
	.key_offset		= offsetof(struct nf_vpn_call_pair, addr),
	.key_len		= sizeof_field(struct nf_vpn_call_pair, addr),
	.automatic_shrinking	= true,
};

int nf_vpn_pairs_init(struct nf_pptp_net *pn)
{
	return rhashtable_init(&pn->pairs, &nf_vpn_pair_params);
}

void nf_vpn_pairs_exit(struct nf_pptp_net *pn)
{
	rhashtable_destroy(&pn->pairs);
}

/**
 * nf_vpn_pair_get - Call-IDs between two addresses
 * @vn: netns, its lock held
 * @src: source of the packets that carry them
 * @dst: their destination
 *
 * Return: pair with one user more, or NULL if memory is short.
 */
struct nf_vpn_call_pair *nf_vpn_pair_get(struct nf_vpn_net *vn, __be32 src,
					 __be32 dst)
{
	__be32 addr[2] = { src, dst };
	struct nf_vpn_call_pair *pair;

	pair = rhashtable_lookup_fast(&vn->pptp->pairs, addr,
				      nf_vpn_pair_params);
	if (pair) {
		pair->users++;
		return pair;
	}
	pair = kzalloc(sizeof(*pair), GFP_ATOMIC);
	if (!pair)
		return NULL;
	memcpy(pair->addr, addr, sizeof(addr));
	ida_init(&pair->ids);
	pair->users = 1;
	if (!rhashtable_insert_fast(&vn->pptp->pairs, &pair->node,
				    nf_vpn_pair_params))
		return pair;
	kfree(pair);
	return NULL;
}

/**
 * nf_vpn_pair_put - undo nf_vpn_pair_get()
 * @vn: netns, its lock held
 * @pair: pair, freed with its last user
 */
void nf_vpn_pair_put(struct nf_vpn_net *vn,
		     struct nf_vpn_call_pair *pair)
{
	if (--pair->users)
		return;
	/* Looked up under the lock only. */
	rhashtable_remove_fast(&vn->pptp->pairs, &pair->node,
			       nf_vpn_pair_params);
	ida_destroy(&pair->ids);
	kfree(pair);
}

/**
 * nf_vpn_pair_alloc - a Call-ID that is free
 * @pair: pair, lock of its netns held
 * @want: this one if it can be
 * @translate: another one will do
 * @fixed: but its high byte must be the same: that may have to be sent before the
 *	low one is known
 *
 * Return: Call-ID, or a negative error.
 */
int nf_vpn_pair_alloc(struct nf_vpn_call_pair *pair, u16 want, bool translate,
		      bool fixed)
{
	int id = ida_alloc_range(&pair->ids, want, want, GFP_ATOMIC);

	if (id == -ENOSPC && translate)
		id = ida_alloc_range(&pair->ids, want & 0xff00, want | 0xff,
				     GFP_ATOMIC);
	if (id == -ENOSPC && translate && !fixed)
		id = ida_alloc_range(&pair->ids, 0, U16_MAX, GFP_ATOMIC);
	return id;
}

/**
 * nf_vpn_pair_free - a Call-ID is free again
 * @pair: pair, lock of its netns held
 * @id: Call-ID
 */
void nf_vpn_pair_free(struct nf_vpn_call_pair *pair, u16 id)
{
	ida_free(&pair->ids, id);
}
