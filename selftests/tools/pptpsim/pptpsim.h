/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pptpsim: both ends of PPTP in one process, so that a test can say what
 * either of them must see. pptpsim_net.c has sockets and messages, pptpsim.c
 * what is done with them.
 */
#ifndef PPTPSIM_H
#define PPTPSIM_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

enum {
	START_REQUEST = 1, START_REPLY, STOP_REQUEST, STOP_REPLY, ECHO_REQUEST,
	ECHO_REPLY, OUT_REQUEST, OUT_REPLY, IN_REQUEST, IN_REPLY, IN_CONNECTED,
	CLEAR, DISCONNECT, WAN_ERROR, LINK_INFO, TYPES,
};

#define MAX_MESSAGE	220

/* A network namespace with a raw GRE socket. */
struct host {
	const char *name;
	struct sockaddr_in addr;
	int ns;
	int gre;
	int icmp;
	int listener;
};

/* A control connection; end 0 has opened it. */
struct conn {
	struct host *host[2];
	int fd[2];
	struct in_addr peer[2];	/* as each end sees the other */
	bool split;		/* send byte by byte */
};

/* A call: the Call-ID of each end, and what the other end sees of it. */
struct call {
	struct conn *conn;
	uint16_t id[2];
	uint16_t seen[2];
};

struct message {
	uint8_t type;
	uint8_t result;
	uint16_t id;
	uint16_t peer;
	uint16_t len;
	uint8_t bytes[MAX_MESSAGE];
};

extern unsigned int wait_ms;

void die(const char *what);
void host_open(struct host *h, const char *name);
int host_socket(const struct host *h, int domain, int type, int protocol);
void host_listen(struct host *h, uint16_t port);
void conn_dial(struct conn *c, struct host *from, struct host *to,
	       const char *addr, uint16_t port);
void conn_open(struct conn *c, struct host *from, struct host *to,
	       const char *addr, uint16_t port);
void conn_close(struct conn *c);
struct in_addr conn_address(const struct conn *c, int end);
void message_make(struct message *m, int type, uint16_t id, uint16_t peer,
		  uint8_t result);
void message_send(struct conn *c, int end, const struct message *m);
bool message_receive(struct conn *c, int end, struct message *m);
void bytes_send(struct conn *c, int end, const uint8_t *data, size_t len);
size_t gre_make(uint8_t *data, uint16_t id, uint32_t mark, bool ack_only);
void gre_send(const struct conn *c, int end, uint16_t id, uint32_t mark,
	      bool ack_only);
bool gre_receive(struct host *h, unsigned int ms, uint16_t *id, uint32_t *mark);
uint16_t checksum(const uint8_t *p, size_t len);
void icmp_send(const struct conn *c, int end, struct in_addr src,
	       struct in_addr dst, uint16_t id, uint16_t mtu);
bool icmp_receive(struct host *h, unsigned int ms, struct in_addr *src,
		  struct in_addr *dst, uint16_t *id);
void bench(struct host *client, struct host *server, const char *address,
	   uint16_t port, unsigned int n, bool routed);

#endif /* PPTPSIM_H */
