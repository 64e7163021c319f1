// SPDX-License-Identifier: GPL-2.0-only
/* Paths: pairs of addresses, with the Call-IDs in use between them. */
#include <linux/idr.h>
#include <linux/slab.h>

#include "core/net.h"
#include "pptp/call.h"

/**
 * struct nf_pptp_path - Call-IDs on the wire between two addresses
 * @node: in &nf_pptp_net.paths
 * @addr: source and destination of the GRE packets
 * @ids: Call-IDs in use
 * @users: number of calls that have one
 *
 * Protected by &nf_vpn_net.lock.
 */
struct nf_pptp_path {
	struct rhash_head node;
	__be32 addr[2];
	struct ida ids;
	u32 users;
};

static const struct rhashtable_params nf_pptp_path_params = {
	.head_offset		= offsetof(struct nf_pptp_path, node),
	.key_offset		= offsetof(struct nf_pptp_path, addr),
	.key_len		= sizeof_field(struct nf_pptp_path, addr),
	.automatic_shrinking	= true,
};

int nf_pptp_paths_init(struct nf_pptp_net *pn)
{
	return rhashtable_init(&pn->paths, &nf_pptp_path_params);
}

void nf_pptp_paths_exit(struct nf_pptp_net *pn)
{
	rhashtable_destroy(&pn->paths);
}

/**
 * nf_pptp_path_get - find or make the path between two addresses
 * @vn: netns, its lock held
 * @src: source of the packets that carry them
 * @dst: their destination
 *
 * Return: path with one user more, or NULL if memory is short.
 */
struct nf_pptp_path *nf_pptp_path_get(struct nf_vpn_net *vn, __be32 src,
				      __be32 dst)
{
	__be32 addr[2] = { src, dst };
	struct nf_pptp_path *path;

	path = rhashtable_lookup_fast(&vn->pptp->paths, addr,
				      nf_pptp_path_params);
	if (path) {
		path->users++;
		return path;
	}
	path = kzalloc(sizeof(*path), GFP_ATOMIC);
	if (!path)
		return NULL;
	memcpy(path->addr, addr, sizeof(addr));
	ida_init(&path->ids);
	path->users = 1;
	if (!rhashtable_insert_fast(&vn->pptp->paths, &path->node,
				    nf_pptp_path_params))
		return path;
	kfree(path);
	return NULL;
}

/**
 * nf_pptp_path_put - undo nf_pptp_path_get()
 * @vn: netns, its lock held
 * @path: path, freed with its last user
 */
void nf_pptp_path_put(struct nf_vpn_net *vn,
		      struct nf_pptp_path *path)
{
	if (--path->users)
		return;
	/*
	 * Paths are looked up under the lock only, so no grace period is
	 * needed.
	 */
	rhashtable_remove_fast(&vn->pptp->paths, &path->node,
			       nf_pptp_path_params);
	ida_destroy(&path->ids);
	kfree(path);
}

/**
 * nf_pptp_path_id_get - allocate a Call-ID
 * @path: path, lock of its netns held
 * @want: the one that is preferred
 * @translate: another one will do
 * @fixed: its high byte must be that of @want, since it has been sent already
 *
 * Return: Call-ID, or a negative error.
 */
int nf_pptp_path_id_get(struct nf_pptp_path *path, u16 want, bool translate,
			bool fixed)
{
	int id = ida_alloc_range(&path->ids, want, want, GFP_ATOMIC);

	if (id == -ENOSPC && translate)
		id = ida_alloc_range(&path->ids, want & 0xff00, want | 0xff,
				     GFP_ATOMIC);
	if (id == -ENOSPC && translate && !fixed)
		id = ida_alloc_range(&path->ids, 0, U16_MAX, GFP_ATOMIC);
	return id;
}

/**
 * nf_pptp_path_id_put - free a Call-ID
 * @path: path, lock of its netns held
 * @id: Call-ID
 */
void nf_pptp_path_id_put(struct nf_pptp_path *path, u16 id)
{
	ida_free(&path->ids, id);
}
