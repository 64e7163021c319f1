/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * nouns - the records there are
 *
 * What the kernel calls the remote host is the server here, whichever side
 * began: one word for the column, the JSON key and the filter.
 */
#ifndef VPNCT_NOUNS_H
#define VPNCT_NOUNS_H

#include <linux/netfilter/nf_ct_vpn.h>

#include "record.h"

extern const struct names dir_names;

struct session {
	struct record rec;
	uint64_t family;
	struct addr client;
	struct addr server;
	struct addr masq;
	uint64_t zone;
	uint64_t state;
	uint64_t age;
	uint64_t idle;
	uint64_t timeout;
	uint64_t spis_out;
	uint64_t spis_in;
	uint64_t cookies;
	uint64_t tickets;
	uint64_t ike_timeout;
	uint64_t natt;
	uint64_t esp_timeout;
	/* of its entry in conntrack */
	uint64_t flow;
	uint64_t flow_timeout;
	uint64_t mark;
	uint64_t packets_out;
	uint64_t bytes_out;
	uint64_t packets_in;
	uint64_t bytes_in;
	size_t n_esp; /* SPIs to show below it */
};

enum { FLOW_NONE, FLOW_ESP, FLOW_IKE };

/* The member at @offset, which the kernel didn't send, has a value now. */
void session_has(struct session *s, size_t offset);

struct esp {
	struct record rec;
	uint64_t family;
	uint64_t dir;
	uint64_t spi;
	struct addr client;
	struct addr server;
	struct addr masq;
	uint64_t zone;
	uint64_t state;
	uint64_t confidence;
	uint64_t packets;
	uint64_t bytes;
	uint64_t first;
	uint64_t last;
	uint64_t seq;
	uint64_t candidates;
	uint64_t pin;
	uint64_t fast;
	bool orphan; /* of no session that is known */
};

struct isakmp {
	struct record rec;
	uint64_t family;
	struct addr client;
	struct addr server;
	struct addr masq;
	uint64_t zone;
	uint64_t initiator;
	uint64_t responder;
	uint64_t version;
	uint64_t exchange;
	uint64_t state;
	uint64_t begun_by;
	uint64_t packets;
	uint64_t first;
	uint64_t last;
};

struct pptp {
	struct record rec;
	uint64_t family;
	struct addr client;
	struct addr server;
	struct addr masq;
	struct addr host;
	uint64_t state;
	uint64_t client_id;
	uint64_t client_wire;
	uint64_t host_id;
	uint64_t host_wire;
	uint64_t client_port;
	uint64_t server_port;
	uint64_t age;
	uint64_t idle;
	uint64_t timeout;
	uint64_t packets_out;
	uint64_t packets_in;
};

struct stats {
	struct record rec;
	uint64_t count[NF_CT_VPN_A_STATS_MAX + 1];
};

struct settings {
	struct record rec;
	uint64_t value[NF_CT_VPN_A_SETTING_MAX + 1];
};

extern const struct noun session_noun;
extern const struct noun esp_noun;
extern const struct noun isakmp_noun;
extern const struct noun pptp_noun;
extern const struct noun stats_noun;
extern const struct noun settings_noun;

/* Those that the tables hold, by &enum nf_ct_vpn_kind, and NULL. */
extern const struct noun *const nouns[];
extern const size_t n_nouns;

/* By the noun's word in the singular or plural; NULL if there is none. */
const struct noun *noun_find(const char *word);

#endif
