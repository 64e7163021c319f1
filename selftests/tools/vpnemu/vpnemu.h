/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vpnemu - hosts behind a gateway and their VPN servers, in one process
 *
 * What passes between them is real: ISAKMP messages and ESP packets with true
 * heads through sockets in two network namespaces. What would be encrypted
 * names its owner instead, so that everything that arrives anywhere can be
 * told. A tap at the gateway's outer device tells what the gateway got, and its
 * netlink interface whose it takes each SPI for.
 *
 * All times are nanoseconds of CLOCK_REALTIME, which the kernel stamps
 * packets with.
 */
#ifndef VPNEMU_H
#define VPNEMU_H

#include "endpoint.h"
#include "vpnemu_host.h"

#define MS		1000000LL
#define SEC		(1000 * MS)
#define MAGIC		0x76706e21	/* payloads of ours */

struct emu;

/* what an ESP packet is in its tunnel */
enum payload {
	PAYLOAD_REQUEST,
	PAYLOAD_DATA,
	PAYLOAD_ACK,
};

struct settings {
	struct addr src;	/* of the first host */
	struct addr dst;	/* of the first server */
	const char *server;	/* network namespaces */
	const char *gateway;
	const char *dev;	/* the gateway's outer device */

	uint32_t hosts;
	uint32_t children;	/* of each host */
	uint32_t servers;
	uint32_t start;		/* ms within which all hosts start */
	uint32_t stagger;	/* ms between starts, instead */
	uint32_t duration;	/* s */
	const char *mix;	/* kinds of traffic, "rr=8,voice=3" */
	bool manual;		/* keys without IKE */
	uint32_t rekey;		/* s, more or less; 0: never */
	uint32_t ike_rekey;	/* percent of rekeys that are of IKE itself */
	uint32_t server_first;	/* percent of rekeys that servers begin */
	uint32_t early;		/* percent with ESP before the response */
	uint32_t dpd;		/* s between probes, 0: none */
	uint32_t silent;	/* hosts that fall silent after one packet */
	uint32_t deleters;	/* hosts that delete SPIs they don't know */
	uint32_t sleep;		/* s of a pause of the first host */
	uint32_t movers;	/* hosts that get another address */
	uint32_t spoof;		/* forged SPIs a second */
	uint32_t fault_at;	/* s: when something happens */
	const char *fault;	/* command that makes it happen at the gateway */
	uint32_t spi;		/* first inbound one, 0: random */
	uint32_t seed;
	uint32_t poll;		/* ms between looks at the gateway's table */
	bool json;
	bool verbose;
};

/* a packet from a server */
struct record {
	struct sa *sa;
	uint32_t seq;
	int64_t arrived;	/* at the gateway; 0: not */
	unsigned int others;	/* hosts that got it and don't own it */
	bool own;
};

/* how late this program was, and what it lost by that */
struct lateness {
	unsigned long events;	/* more than LATE ns late */
	unsigned long packets;
	int64_t event_max;
	int64_t packet_max;
	uint32_t dropped[5];	/* at each socket */
};

#define LATE	(10 * MS)

typedef void (*event_fn)(struct emu *e, struct host *h, long arg);

struct emu {
	struct settings set;
	struct host *hosts;
	uint32_t n_hosts;		/* one for each child */
	int64_t begun;
	bool stopping;
	uint64_t random;

	struct event *events;		/* a heap */
	size_t n_events;
	size_t room_events;

	struct sa **sas;
	size_t n_sas;
	size_t room_sas;
	struct sa **by_spi;		/* hash table, a power of two */
	size_t n_by_spi;

	struct record *records;
	size_t n_records;
	size_t room_records;

	int esp[2];			/* by side */
	int ike[2];
	int tap;
	struct watch *watch;

	unsigned long sent_out;		/* ESP of hosts */
	unsigned long arrived_out;
	unsigned long refused;		/* sends that failed */
	unsigned long unsent;		/* a server had no SA for it */
	unsigned long repeated;
	unsigned long strange;
	unsigned long killed;		/* SAs deleted for another host */
	unsigned long exchanges;
	unsigned long retransmits;
	unsigned long ike_failed;
	unsigned long ike_astray;
	unsigned long rtt_n;
	int64_t rtt_sum;
	struct lateness late;
};

/* vpnemu_clock.c: events, chance */
int64_t now_ns(void);
void at(struct emu *e, int64_t due, event_fn fn, struct host *h, long arg);
void after(struct emu *e, int64_t delay, event_fn fn, struct host *h, long arg);
int64_t events_run(struct emu *e);
uint32_t random32(struct emu *e);
int64_t random_between(struct emu *e, int64_t lo, int64_t hi);
int64_t random_exp(struct emu *e, int64_t mean);
bool random_percent(struct emu *e, uint32_t percent);
void *grow(void *p, size_t *room, size_t n, size_t size);

/* vpnemu_sa.c */
struct sa *sa_find(struct emu *e, uint32_t spi);
void sa_make_child(struct emu *e, struct host *h);
void sa_host_sends(struct host *h);
void sa_server_sends(struct emu *e, struct host *h);
void sa_kill(struct emu *e, uint32_t spi);

/* vpnemu_esp.c */
void esp_host_send(struct emu *e, struct host *h, enum payload kind);
void esp_server_send(struct emu *e, struct host *h, enum payload kind);
void esp_server_got(struct emu *e, const struct arrival *a);
void esp_host_got(struct emu *e, const struct arrival *a);
void esp_gateway_got(struct emu *e, const struct arrival *a);

/* vpnemu_ike.c: messages */
void ike_ask(struct emu *e, struct host *h, enum side me,
	     enum purpose purpose, uint32_t value, struct ike_sa *sa);
void ike_got(struct emu *e, enum side me, const struct arrival *a);

/* vpnemu_tunnel.c: what exchanges do */
void tunnel_start(struct emu *e, struct host *h, long arg);
int64_t tunnel_asked(struct emu *e, struct host *h, enum side me,
		     enum purpose purpose, uint32_t value);
void tunnel_answered(struct emu *e, struct host *h, enum side me,
		     enum purpose purpose, uint32_t value);

/* vpnemu_traffic.c */
extern const char *const traffic_names[];
void traffic_deal(struct emu *e);
void traffic_start_host(struct emu *e, struct host *h);
void traffic_host_got(struct emu *e, struct host *h, enum payload kind);
void traffic_server_got(struct emu *e, struct host *h, enum payload kind);

/* vpnemu_fault.c: what goes wrong */
void fault_schedule(struct emu *e);
int64_t fault_begin(const struct emu *e);
bool fault_excuses(const struct emu *e, int64_t when);

/* vpnemu_watch.c: the gateway's table */
struct watch *watch_open(const char *netns);
void watch_look(struct emu *e, struct host *h, long arg);
void watch_end(struct emu *e);

/* vpnemu_report.c */
void report(struct emu *e);

#endif
