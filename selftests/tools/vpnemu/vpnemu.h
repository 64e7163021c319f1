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

#define MS		1000000LL
#define SEC		(1000 * MS)
#define MAGIC		0x76706e21	/* payloads of ours */
#define QUEUE_MAX	8		/* IKE requests of a side that wait */

struct emu;
struct host;

/* which kind of traffic a host's tunnel carries */
enum traffic {
	TRAFFIC_RR,		/* asks once a second, gets an answer */
	TRAFFIC_BULK,		/* downloads: windows and acknowledgments */
	TRAFFIC_VOICE,		/* a packet each 20 ms in both directions */
	TRAFFIC_ONEWAY,		/* the server sends each 30 to 70 ms */
	TRAFFIC_IDLE,		/* asks every 20 s */
	TRAFFIC_KINDS,
};

/* what an ESP packet is in its tunnel */
enum payload {
	PAYLOAD_REQUEST,
	PAYLOAD_DATA,
	PAYLOAD_ACK,
};

/* of two ends; a parameter "me" is the one that acts */
enum side {
	SIDE_HOST,
	SIDE_SERVER,
};

/* what an exchange is for; the type on the wire is in vpnemu_ike.c */
enum purpose {
	IKE_INIT,
	IKE_AUTH,
	IKE_CHILD,		/* value: inbound SPI of the child */
	IKE_REKEY,
	IKE_DELETE_CHILD,
	IKE_DELETE_IKE,
	IKE_DELETE_SPI,		/* value: an SPI the host doesn't know */
	IKE_DPD,
};

struct settings {
	struct addr src;	/* of the first host */
	struct addr dst;	/* of the first server */
	const char *server;	/* network namespaces */
	const char *gateway;
	const char *dev;	/* the gateway's outer device */

	uint32_t hosts;
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
	uint32_t spi;		/* first inbound one, 0: random */
	uint32_t seed;
	uint32_t poll;		/* ms between looks at the gateway's table */
	bool json;
	bool verbose;
};

/**
 * struct sa - one security association, and what became of it
 * @spi: as on the wire, in host order
 * @host: whose
 * @inbound: to the host
 * @dead: a server has deleted it
 * @seq: last sequence number sent
 * @first: when the gateway got its first packet; 0: not yet
 * @decided: when the gateway was first seen to take it for the right host's
 * @wrong_since: it takes it for another's; 0: it doesn't
 * @wrong_last: when it was last seen to
 * @wrong_first: when it was first seen to
 * @wrong_ns: for how long in total
 * @held_by: for whose
 * @conf: how sure it says it is
 * @asked: a host has asked to delete it
 * @copies: packets that others got
 * @candidates: most receivers of one packet
 */
struct sa {
	uint32_t spi;
	struct host *host;
	bool inbound;
	bool dead;
	uint32_t seq;

	int64_t first;
	int64_t decided;
	int64_t wrong_since;
	int64_t wrong_first;
	int64_t wrong_last;
	int64_t wrong_ns;
	uint32_t held_by;
	uint8_t conf;
	bool asked;
	uint32_t copies;
	uint32_t candidates;
};

struct ike_sa {
	uint32_t init[2];
	uint32_t resp[2];
	bool by_host;		/* the host is the original initiator */
	uint32_t next_id[2];	/* of each side's requests */
};

struct ike_request {
	enum purpose purpose;
	uint32_t value;
	struct ike_sa *sa;
};

/* a side's request that has no response yet, and those after it */
struct ike_window {
	bool active;
	struct ike_request request;
	uint32_t msgid;
	unsigned int tries;
	unsigned long token;	/* for timers that are late */
	int64_t sent;
	struct ike_request queue[QUEUE_MAX];
	unsigned int queued;
};

/* a side's last response, for retransmitted requests */
struct ike_response {
	uint32_t init[2];
	uint32_t msgid;
	size_t len;
	unsigned char data[PACKET_MAX];
};

struct host {
	uint32_t number;
	struct addr addr;
	struct addr server;
	struct addr seen_as;	/* by the server */
	uint16_t port;
	enum traffic traffic;
	bool silent;
	bool deleter;
	bool asleep;
	bool heard;		/* by the server */

	struct sa *out;		/* what the host sends with */
	struct sa *in;		/* what the server sends with */
	struct sa *new_out;	/* of a child that is being made */
	struct sa *new_in;
	struct ike_sa ike;
	struct ike_sa old_ike;
	struct ike_sa new_ike;
	struct ike_window window[2];
	struct ike_response response[2];
	int64_t killed;		/* since when its server has no SA */
	int64_t killed_ns;	/* longest time without */

	unsigned int outstanding;	/* of a bulk transfer */
	unsigned int received;
	int64_t acked;
	int64_t rto;
	int64_t period;

	unsigned int arrived;	/* packets for it that the gateway got */
	unsigned int own;	/* of these, those it got */
	int64_t silence;	/* longest time in which it got none of them */
};

/* a packet from a server */
struct record {
	struct sa *sa;
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

/* vpnemu_watch.c: the gateway's table */
struct watch *watch_open(const char *netns);
void watch_look(struct emu *e, struct host *h, long arg);
void watch_end(struct emu *e);

/* vpnemu_report.c */
void report(struct emu *e);

#endif
