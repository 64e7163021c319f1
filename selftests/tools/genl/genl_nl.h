/* SPDX-License-Identifier: GPL-2.0-only */
/* genl_nl - the socket of the programs that speak to the family nf_ct_vpn */
#ifndef GENL_NL_H
#define GENL_NL_H

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/netfilter/nf_ct_vpn.h>
#include <stdbool.h>
#include <stdint.h>

extern struct mnl_socket *nl;
extern char buf[65536];

void die(const char *what);
struct nlmsghdr *request(uint16_t family, uint8_t cmd, uint16_t flags);
void transmit(const struct nlmsghdr *nlh);
/* prints "error=... messages=... message=..."; @show sees each message */
void print_answer(void (*show)(const struct nlmsghdr *nlh));
uint16_t family_id(uint32_t *group);
void netlink_open(void);

#endif
