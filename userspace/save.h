/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * save - what save writes and restore reads
 */
#ifndef VPNCT_SAVE_H
#define VPNCT_SAVE_H

/*
 * The first line is { SAVE_FORMAT: SAVE_VERSION, "time": seconds since 1970,
 * "entries": how many lines follow }.
 */
#define SAVE_FORMAT "vpnct"
#define SAVE_VERSION 1

#endif
