/* SPDX-License-Identifier: GPL-2.0-only */
/* vpnemu: a host and its server, and what the two have with each other */
#ifndef VPNEMU_HOST_H
#define VPNEMU_HOST_H

#include "endpoint.h"

#define QUEUE_MAX	64		/* IKE requests of a side that wait */

struct host;

/* which kind of traffic a host's tunnel carries */
enum traffic {
	TRAFFIC_RR,		/* asks once a second, gets an answer */
	TRAFFIC_BULK,		/* downloads: windows and acknowledgments */
	TRAFFIC_VOICE,		/* a packet each 20 ms in both directions */
	TRAFFIC_ONEWAY,		/* the server sends each 30 to 70 ms */
	TRAFFIC_IDLE,		/* asks every 20 s */
	TRAFFIC_PULSE,		/* asks every second */
	TRAFFIC_POLLED,		/* the server asks every 3 s, after a word of it */
	TRAFFIC_KINDS,
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
	IKE_CHILD,		/* value: which child of the host */
	IKE_REKEY,
	IKE_DELETE_CHILD,
	IKE_DELETE_IKE,
	IKE_DELETE_SPI,		/* value: an SPI the host doesn't know */
	IKE_DPD,
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
	uint32_t heard[2];	/* those before it have come to each side */
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

/*
 * A host with one child of it. A host with several has one of these for each;
 * the first of them, its lead, has what they share: IKE, and whether it sleeps.
 */
struct host {
	uint32_t number;
	struct host *lead;
	struct addr addr;
	struct addr server;
	struct addr seen_as;	/* by the server */
	uint16_t port;
	enum traffic traffic;
	bool silent;
	bool deleter;
	bool asleep;
	bool heard;		/* by the server */
	bool up;

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

#endif
