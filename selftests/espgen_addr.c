// SPDX-License-Identifier: GPL-2.0-only
/* addresses of either family, and ranges of them */
#include <arpa/inet.h>
#include <string.h>

#include "espgen.h"

bool addr_parse(struct addr *a, const char *text)
{
	memset(a, 0, sizeof(*a));
	a->family = strchr(text, ':') ? AF_INET6 : AF_INET;
	return inet_pton(a->family, text, &a->v6) == 1;
}

/* the n-th address from a on; only the last 32 bits count */
struct addr addr_nth(const struct addr *a, uint32_t n)
{
	struct addr r = *a;

	if (r.family == AF_INET)
		r.v4.s_addr = htonl(ntohl(r.v4.s_addr) + n);
	else
		r.v6.s6_addr32[3] = htonl(ntohl(r.v6.s6_addr32[3]) + n);
	return r;
}

bool addr_equal(const struct addr *a, const struct addr *b)
{
	if (a->family != b->family)
		return false;
	if (a->family == AF_INET)
		return a->v4.s_addr == b->v4.s_addr;
	return !memcmp(&a->v6, &b->v6, sizeof(a->v6));
}

const char *addr_text(const struct addr *a, char *buf, size_t len)
{
	return inet_ntop(a->family, &a->v6, buf, len);
}

struct addr host_src(const struct options *o, unsigned int host)
{
	return addr_nth(&o->src, o->spread & SPREAD_SRC ? host : 0);
}

struct addr host_dst(const struct options *o, unsigned int host)
{
	return addr_nth(&o->dst, o->spread & SPREAD_DST ? host : 0);
}

socklen_t addr_sockaddr(const struct addr *a, struct sockaddr_storage *ss)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ss;
	struct sockaddr_in *in = (struct sockaddr_in *)ss;

	memset(ss, 0, sizeof(*ss));
	ss->ss_family = a->family;
	if (a->family == AF_INET) {
		in->sin_addr = a->v4;
		return sizeof(*in);
	}
	in6->sin6_addr = a->v6;
	return sizeof(*in6);
}
