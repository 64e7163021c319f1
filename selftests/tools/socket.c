// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sockets that speak for many addresses: what is sent names its source, what
 * is received tells its destination and when it came.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "endpoint.h"

#define RCVBUF	(32 << 20)

/* returns what netns_leave() wants, to come back */
int netns_enter(const char *netns)
{
	int here = open("/proc/self/ns/net", O_RDONLY), there;
	char path[256];

	snprintf(path, sizeof(path), "/run/netns/%s", netns);
	there = open(path, O_RDONLY);
	if (here < 0 || there < 0 || setns(there, CLONE_NEWNET))
		die("network namespace %s: %m", netns);
	close(there);
	return here;
}

void netns_leave(int here)
{
	if (setns(here, CLONE_NEWNET))
		die("network namespace: %m");
	close(here);
}

/* Packets of a tap say by themselves where they go. */
static void socket_set(int fd, int family)
{
	int on = 1, size = RCVBUF;
	bool err = false;

	/* the second of each: to speak for addresses that aren't here */
	if (family == AF_INET)
		err = setsockopt(fd, SOL_IP, IP_PKTINFO, &on, sizeof(on)) ||
		      setsockopt(fd, SOL_IP, IP_TRANSPARENT, &on, sizeof(on));
	else if (family == AF_INET6)
		err = setsockopt(fd, SOL_IPV6, IPV6_RECVPKTINFO, &on,
				 sizeof(on)) ||
		      setsockopt(fd, SOL_IPV6, IPV6_TRANSPARENT, &on,
				 sizeof(on));
	err |= setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) ||
	       setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof(on)) ||
	       setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	if (err)
		die("socket options: %m");
}

static int socket_new(int family, int type, int proto, const char *netns)
{
	int here = netns ? netns_enter(netns) : -1;
	int fd = socket(family, type | SOCK_NONBLOCK, proto);

	if (fd < 0)
		die("socket: %m");
	if (netns)
		netns_leave(here);
	socket_set(fd, family);
	return fd;
}

int socket_open_raw(int family, int proto, const char *netns)
{
	return socket_new(family, SOCK_RAW, proto, netns);
}

int socket_open_udp(int family, uint16_t port, const char *netns)
{
	struct addr any = { .family = family };
	int fd = socket_new(family, SOCK_DGRAM, 0, netns);
	struct sockaddr_storage ss;

	if (bind(fd, (struct sockaddr *)&ss, addr_sockaddr(&any, port, &ss)))
		die("port %u: %m", port);
	return fd;
}

/* what comes in at a device, IP headers included */
int socket_open_tap(int family, const char *dev, const char *netns)
{
	struct sockaddr_ll ll = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(family == AF_INET ? ETH_P_IP :
							  ETH_P_IPV6),
	};
	int fd = socket_new(AF_PACKET, SOCK_DGRAM, 0, netns);
	int here = netns ? netns_enter(netns) : -1;

	ll.sll_ifindex = if_nametoindex(dev);
	if (netns)
		netns_leave(here);
	if (!ll.sll_ifindex || bind(fd, (struct sockaddr *)&ll, sizeof(ll)))
		die("packet socket on %s: %m", dev);
	return fd;
}

/* a socket has one bound address at most: src goes in the packet info */
static size_t put_source(struct cmsghdr *c, const struct addr *src)
{
	struct in6_pktinfo info6 = { .ipi6_addr = src->v6 };
	struct in_pktinfo info = { .ipi_spec_dst = src->v4 };
	bool v4 = src->family == AF_INET;
	size_t len = v4 ? sizeof(info) : sizeof(info6);

	c->cmsg_level = v4 ? SOL_IP : SOL_IPV6;
	c->cmsg_type = v4 ? IP_PKTINFO : IPV6_PKTINFO;
	c->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(c), v4 ? (void *)&info : (void *)&info6, len);
	return CMSG_SPACE(len);
}

/* returns 0 or a negative errno; raw sockets want port 0 */
int socket_put(int fd, const struct addr *src, const struct addr *dst,
	       uint16_t port, const void *data, size_t len)
{
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(sizeof(struct in6_pktinfo))];
	} control = {};
	struct sockaddr_storage to;
	struct iovec iov = { (void *)data, len };
	struct msghdr msg = {
		.msg_name = &to,
		.msg_namelen = addr_sockaddr(dst, port, &to),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.buf,
		.msg_controllen = sizeof(control.buf),
	};

	msg.msg_controllen = put_source(CMSG_FIRSTHDR(&msg), src);
	return sendmsg(fd, &msg, 0) < 0 ? -errno : 0;
}

static void get_control(struct arrival *a, const struct cmsghdr *c)
{
	struct in6_pktinfo info6;
	struct in_pktinfo info;
	struct timespec t;

	if (c->cmsg_level == SOL_IP && c->cmsg_type == IP_PKTINFO) {
		memcpy(&info, CMSG_DATA(c), sizeof(info));
		a->dst.family = AF_INET;
		a->dst.v4 = info.ipi_addr;
	} else if (c->cmsg_level == SOL_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
		memcpy(&info6, CMSG_DATA(c), sizeof(info6));
		a->dst.family = AF_INET6;
		a->dst.v6 = info6.ipi6_addr;
	} else if (c->cmsg_level == SOL_SOCKET &&
		   c->cmsg_type == SCM_TIMESTAMPNS) {
		memcpy(&t, CMSG_DATA(c), sizeof(t));
		a->stamp = t.tv_sec * 1000000000LL + t.tv_nsec;
	} else if (c->cmsg_level == SOL_SOCKET &&
		   c->cmsg_type == SO_RXQ_OVFL) {
		memcpy(&a->dropped, CMSG_DATA(c), sizeof(a->dropped));
	}
}

/* Of raw sockets only IPv4 ones hand over the IP header. */
static void skip_ip_header(int fd, int family, struct arrival *a)
{
	socklen_t size = sizeof(int);
	size_t head;
	int type;

	if (family != AF_INET || !a->len ||
	    getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) ||
	    type != SOCK_RAW)
		return;
	head = (a->data[0] & 15) * 4;
	if (head > a->len)
		head = a->len;
	a->data += head;
	a->len -= head;
}

/* false: there is nothing */
bool socket_get(int fd, struct arrival *a)
{
	struct sockaddr_storage from;
	char control[256];
	struct iovec iov = { a->buf, sizeof(a->buf) };
	struct msghdr msg = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	ssize_t len = recvmsg(fd, &msg, 0);
	struct cmsghdr *c;

	if (len < 0)
		return false;
	a->stamp = 0;
	a->dropped = 0;
	a->data = a->buf;
	a->len = len;
	if (from.ss_family != AF_PACKET)
		a->port = addr_from(&a->src, &from);
	for (c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c))
		get_control(a, c);
	skip_ip_header(fd, from.ss_family, a);
	return true;
}
