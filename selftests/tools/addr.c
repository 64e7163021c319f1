// SPDX-License-Identifier: GPL-2.0-only
/* addresses of either family, ranges of them, and where they are found */
#include <arpa/inet.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <string.h>

#include "endpoint.h"

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

socklen_t addr_sockaddr(const struct addr *a, uint16_t port,
			struct sockaddr_storage *ss)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ss;
	struct sockaddr_in *in = (struct sockaddr_in *)ss;

	memset(ss, 0, sizeof(*ss));
	ss->ss_family = a->family;
	if (a->family == AF_INET) {
		in->sin_addr = a->v4;
		in->sin_port = htons(port);
		return sizeof(*in);
	}
	in6->sin6_addr = a->v6;
	in6->sin6_port = htons(port);
	return sizeof(*in6);
}

/* returns the port */
uint16_t addr_from(struct addr *a, const struct sockaddr_storage *ss)
{
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)ss;
	const struct sockaddr_in *in = (const struct sockaddr_in *)ss;

	a->family = ss->ss_family;
	if (a->family == AF_INET) {
		a->v4 = in->sin_addr;
		return ntohs(in->sin_port);
	}
	a->v6 = in6->sin6_addr;
	return ntohs(in6->sin6_port);
}

/* the IP header at p; returns what follows it, NULL if that isn't all there */
const unsigned char *ip_parse(const unsigned char *p, size_t len,
			      struct addr *src, struct addr *dst,
			      uint8_t *proto)
{
	const struct ip6_hdr *ip6 = (const void *)p;
	const struct iphdr *ip = (const void *)p;

	if (len < sizeof(*ip))
		return NULL;
	if (ip->version == 4) {
		src->family = AF_INET;
		dst->family = AF_INET;
		src->v4.s_addr = ip->saddr;
		dst->v4.s_addr = ip->daddr;
		*proto = ip->protocol;
		return p + ip->ihl * 4;
	}
	if (len < sizeof(*ip6))
		return NULL;
	src->family = AF_INET6;
	dst->family = AF_INET6;
	src->v6 = ip6->ip6_src;
	dst->v6 = ip6->ip6_dst;
	*proto = ip6->ip6_nxt;
	return p + sizeof(*ip6);
}
