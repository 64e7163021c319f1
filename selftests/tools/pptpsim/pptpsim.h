/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pptpsim: both ends of PPTP in one process, so that a test can say what
 * either of them must see. pptpsim_net.c has sockets and messages,
 * pptpsim_call.c what an end does with them, and pptpsim.c the list of
 * scenarios, which are in the other files.
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

#define PPTP_PORT	1723
#define MAX_MESSAGE	220
#define MAX_CLIENTS	16
/* How long to wait for what must not come, in ms. */
#define SILENCE		300

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

/* What the command line says. */
struct scene {
	struct host clients[MAX_CLIENTS];
	unsigned int n_clients;
	struct host server;
	struct host second;	/* at the next higher port */
	const char *address;	/* the servers' one as clients see it */
	uint16_t port;
	unsigned int number;	/* of whatever a scenario makes many of */
	const char *commands;	/* a file with those of the scenario idle */
};

/* pptpsim.c */
extern struct scene scene;

void ok(bool good, const char *text);

/* pptpsim_net.c */
extern unsigned int wait_ms;	/* how long to wait for what must come */

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

/* pptpsim_call.c */
uint32_t mark_new(void);
void dial(struct conn *c, unsigned int client);
bool tell(struct conn *c, int end, int type, uint16_t id, uint16_t peer,
	  uint8_t result, struct message *got);
bool start(struct conn *c);
void dial_up(struct conn *c, unsigned int client);
bool ask(struct call *call, struct conn *c, int end, int type, uint16_t id,
	 uint16_t peer_id, uint8_t result);
bool call_out(struct call *call, struct conn *c, uint16_t id, uint16_t peer_id);
bool carries(const struct call *call, int end, bool ack_only);
bool works(const struct call *call);
void drain(struct host *h);
bool is_silent(const struct call *call, int end);

/* pptpsim_ids.c */
void play_same_id(void);
void play_again(void);
void play_late(void);
void play_short(void);
void play_servers(void);
void play_beside(void);

/* pptpsim_calls.c */
void play_roles(void);
void play_messages(void);
void play_refused(void);
void play_many(void);
void play_idle(void);
void play_flood(void);
void play_unanswered(void);
void play_second_call(void);

/* pptpsim_stream.c */
void play_pieces(void);
void play_cuts(void);
void play_together(void);
void play_garbage(void);

/* pptpsim_gre.c */
void play_icmp(void);
void play_forged(void);

/* pptpsim_bench.c */
void bench_clear(void);
void bench(struct host *client, struct host *server, const char *address,
	   uint16_t port, unsigned int n, bool routed);

#endif /* PPTPSIM_H */
