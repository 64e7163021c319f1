/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * netns - another network namespace than the one that vpnct was called in
 */
#ifndef VPNCT_NETNS_H
#define VPNCT_NETNS_H

/* Where ip-netns(8) keeps them. */
#define NETNS_DIR "/run/netns/"

/*
 * Goes to it for good: by the name that ip-netns(8) knows, or by the path of its
 * file. Returns 0 or an &enum exit_status, after it has said why.
 */
int netns_enter(const char *name);

#endif
