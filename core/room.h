/* SPDX-License-Identifier: GPL-2.0-only */
/* Room for new hosts, see core/room.c. */
#ifndef _NF_VPN_ROOM_H
#define _NF_VPN_ROOM_H

#include <linux/workqueue.h>

void nf_vpn_room_work(struct work_struct *work);

#endif /* _NF_VPN_ROOM_H */
