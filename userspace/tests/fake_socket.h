/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fake_socket - what recvfrom() has in store, and who fills it
 */
#ifndef VPNCT_FAKE_SOCKET_H
#define VPNCT_FAKE_SOCKET_H

#include <stddef.h>
#include <stdint.h>

#define FAKE_FAMILY 0x2a
#define FAKE_GROUP 0x17
#define FAKE_PORTID 4711
#define FAKE_BUFSIZE 32768

/* or an error between datagrams */
struct datagram {
	struct datagram *next;
	int err;
	size_t len;
	char data[FAKE_BUFSIZE];
};

extern struct queue {
	struct datagram *first, *last;
	struct nlmsghdr *nlh; /* last message of the last datagram */
	uint32_t seq;
} queue;

struct datagram *add_datagram(void);
void add_error(int err);
struct nlmsghdr *add_message(uint16_t type, uint16_t flags);
void add_done(int err, const char *text);

/* fake_kernel.c: queues what the kernel says to a request */
void answer(const struct nlmsghdr *req);

/* fake_kernel.c: queues what comes by itself */
void add_some_events(void);

/* fake_kernel.c: as if the socket were a new one */
void forget_overrun(void);

#endif
