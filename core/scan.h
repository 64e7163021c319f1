/* SPDX-License-Identifier: GPL-2.0-only */
/* Bounded walks over the sessions of one remote host. */
#ifndef _NF_VPN_SCAN_H
#define _NF_VPN_SCAN_H

#include "core/session.h"

/*
 * Most sessions of one remote host that are looked at for one packet. The walk
 * is done under the lock, for packets that anybody may send.
 */
#define NF_VPN_SCAN		256

/**
 * struct nf_vpn_scan - state of a bounded walk, over one of two kinds of list
 * @left: how many sessions may still be looked at
 * @first: first entry of an hlist as &nf_vpn_remote.sessions
 * @node: entry of the hlist that was looked at last; must still be linked
 * @head: instead of @first: the list &nf_vpn_remote.pending
 * @at: instead of @node: entry of @head that was looked at last
 */
struct nf_vpn_scan {
	unsigned int left;
	struct hlist_node *first;
	struct hlist_node *node;
	const struct list_head *head;
	const struct list_head *at;
};

static inline struct hlist_node *nf_vpn_scan_node(struct nf_vpn_scan *scan)
{
	struct hlist_node *node = scan->node ? scan->node->next : scan->first;

	if (!node || !scan->left--)
		return NULL;
	scan->node = node;
	return node;
}

static inline struct nf_vpn_session *
nf_vpn_scan_waiting(struct nf_vpn_scan *scan, bool reverse)
{
	const struct list_head *at = scan->at ? scan->at : scan->head;

	at = reverse ? at->prev : at->next;
	if (at == scan->head || !scan->left--)
		return NULL;
	scan->at = at;
	return list_entry(at, struct nf_vpn_session, pending);
}

/*
 * Sessions, newest first. For all these macros the lock of the netns is held.
 */
#define nf_vpn_for_each_session(s, remote)				\
	for (struct nf_vpn_scan scan_ = {				\
		     .left = NF_VPN_SCAN,				\
		     .first = (remote)->sessions.first,			\
	     };								\
	     ((s) = hlist_entry_safe(nf_vpn_scan_node(&scan_),		\
				     struct nf_vpn_session, by_remote));)

#define nf_vpn_for_each_waiting_by(s, remote, reverse)			\
	for (struct nf_vpn_scan scan_ = {				\
		     .left = NF_VPN_SCAN,				\
		     .head = &(remote)->pending,			\
	     };								\
	     ((s) = nf_vpn_scan_waiting(&scan_, reverse));)

/* Sessions that wait for an inbound SPI, longest waiting first. */
#define nf_vpn_for_each_waiting(s, remote)				\
	nf_vpn_for_each_waiting_by(s, remote, false)

/* Sessions that wait for an inbound SPI, longest waiting last. */
#define nf_vpn_for_each_waiting_reverse(s, remote)			\
	nf_vpn_for_each_waiting_by(s, remote, true)

#endif /* _NF_VPN_SCAN_H */
