/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fake - what the parts of the fake kernel share
 */
#ifndef VPNCT_FAKE_H
#define VPNCT_FAKE_H

#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <stdint.h>

/* Is that what VPNCT_FAKE says? */
bool scenario(const char *name);

/* A message of the family, to be filled and ended. */
struct nlmsghdr *add_answer(uint8_t cmd, uint16_t flags);
void end_message(const struct nlmsghdr *nlh);

/* NLMSG_ERROR with the kernel's text, or an acknowledgment */
void add_ack(const struct nlmsghdr *req, int err, const char *text);

/* fake_table.c: unless it is to be left out */
void put_u64(struct nlmsghdr *nlh, uint16_t type, uint64_t value);

/* fake_table.c: all of what a command asks for */
void add_table(uint8_t cmd);

/* fake_change.c: settings, add, delete, flush */
void answer_change(const struct nlmsghdr *req, uint8_t cmd);

/* fake_change.c: what the group "events" has to say */
void add_events(void);

#endif
