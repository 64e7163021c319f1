/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * filter - which records a command is about
 */
#ifndef VPNCT_FILTER_H
#define VPNCT_FILTER_H

#include "nouns.h"

struct prefix {
	struct addr addr;
	unsigned int bits;
};

/* Parts that weren't asked for match everything. */
struct filter {
	bool by_client;
	bool by_server;
	bool by_spi;
	bool by_state;
	struct prefix client;
	struct prefix server;
	uint32_t spi;
	unsigned int state;
};

extern const char filter_help[];

/* Words in pairs; prints what is wrong and returns an &enum exit_status. */
int filter_parse(struct filter *filter, const char *where, char **words);

/* Any of the nouns that can be listed. */
bool filter_record(const struct filter *filter, const struct noun *noun,
		   const void *rec);

/* Adds what the kernel can filter to a request for @noun. */
void filter_request(const struct filter *filter, const struct noun *noun,
		    struct nlmsghdr *nlh);

bool filter_session(const struct filter *filter, const struct session *s);
bool filter_pptp(const struct filter *filter, const struct pptp *p);
bool filter_esp(const struct filter *filter, const struct esp *e);
bool filter_isakmp(const struct filter *filter, const struct isakmp *i);

#endif
