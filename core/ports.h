/* SPDX-License-Identifier: GPL-2.0-only */
/* Ports of IKE. */
#ifndef _NF_VPN_PORTS_H
#define _NF_VPN_PORTS_H

#define ISAKMP_PORT		500
/* RFC 3947 section 4, RFC 7296 section 2.23 */
#define ISAKMP_NATT_PORT	4500

#endif /* _NF_VPN_PORTS_H */
