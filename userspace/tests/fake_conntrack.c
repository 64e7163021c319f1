// SPDX-License-Identifier: GPL-2.0-only
/*
 * fake_conntrack - what else golden outputs need: entries of conntrack, a clock
 */
#include <arpa/inet.h>
#include <errno.h>
#include <libnetfilter_conntrack/libnetfilter_conntrack.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <time.h>

#include "fake.h"

typedef int (*callback_t)(enum nf_conntrack_msg_type type,
			  struct nf_conntrack *ct, void *data);

struct nfct_handle *__wrap_nfct_open(uint8_t subsys, unsigned int groups);
int __wrap_nfct_close(struct nfct_handle *h);
int __wrap_nfct_callback_register(struct nfct_handle *h,
				  enum nf_conntrack_msg_type type,
				  callback_t cb, void *data);
void __wrap_nfct_callback_unregister(struct nfct_handle *h);
int __wrap_nfct_query(struct nfct_handle *h, enum nf_conntrack_query query,
		      const void *data);

int __wrap_clock_gettime(clockid_t clock, struct timespec *ts);

static struct {
	callback_t cb;
	void *data;
	bool unread; /* the end of an answer, as a callback didn't want it */
} fake;

struct nfct_handle *__wrap_nfct_open(uint8_t subsys, unsigned int groups)
{
	(void)subsys;
	(void)groups;
	return (struct nfct_handle *)&fake;
}

int __wrap_nfct_close(struct nfct_handle *h)
{
	(void)h;
	return 0;
}

int __wrap_nfct_callback_register(struct nfct_handle *h,
				  enum nf_conntrack_msg_type type,
				  callback_t cb, void *data)
{
	(void)h;
	(void)type;
	fake.cb = cb;
	fake.data = data;
	return 0;
}

void __wrap_nfct_callback_unregister(struct nfct_handle *h)
{
	(void)h;
}

/* ESP of 10.0.0.2, IKE of 10.0.0.4; counters can't be set from outside */
int __wrap_nfct_query(struct nfct_handle *h, enum nf_conntrack_query query,
		      const void *data)
{
	struct nf_conntrack *ct;
	uint8_t proto;
	uint32_t src, dst;

	(void)h;
	/* of all there is, nothing */
	if (query == NFCT_Q_DUMP)
		return 0;
	if (query != NFCT_Q_GET)
		abort();
	if (fake.unread) {
		fake.unread = false;
		return 0;
	}
	src = ntohl(nfct_get_attr_u32(data, ATTR_IPV4_SRC));
	dst = ntohl(nfct_get_attr_u32(data, ATTR_IPV4_DST));
	proto = nfct_get_attr_u8(data, ATTR_L4PROTO);
	if (dst != 0xc7000001 || /* 199.0.0.1 */
	    (!(src == 0x0a000002 && proto == IPPROTO_ESP) &&
	     !(src == 0x0a000004 && proto == IPPROTO_UDP))) {
		errno = ENOENT;
		return -1;
	}
	ct = nfct_clone(data);
	nfct_set_attr_u32(ct, ATTR_TIMEOUT, 1798);
	nfct_set_attr_u32(ct, ATTR_MARK, 7);
	fake.unread = fake.cb(NFCT_T_UPDATE, ct, fake.data) != NFCT_CB_CONTINUE;
	nfct_destroy(ct);
	return 0;
}

/* Always the same moment. */
int __wrap_clock_gettime(clockid_t clock, struct timespec *ts)
{
	(void)clock;
	ts->tv_sec = 1000000000;
	ts->tv_nsec = 123456789;
	return 0;
}
